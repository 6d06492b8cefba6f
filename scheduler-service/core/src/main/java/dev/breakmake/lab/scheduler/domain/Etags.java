package dev.breakmake.lab.scheduler.domain;

/** Opaque version tags. */
public final class Etags {

    private Etags() {}

    /** Tag of a row's version. */
    public static String of(long version) {
        return "v" + Long.toString(version, 36);
    }

    /** Throws ETAG_MISMATCH if {@code etag} is given and not that of {@code version}. */
    public static void check(String name, String etag, long version) {
        if (!etag.isEmpty() && !etag.equals(of(version))) {
            throw LabException.etagMismatch(name);
        }
    }
}
