package dev.breakmake.translation.finding;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a finding over runs and builds. It holds no raw address and no step, so that a rebuilt image, another load
 * address or another PE count gives the same one. Its digest is worked out when it is first asked for: a report on a terminal shows none.
 */
public final class Fingerprint {
    /** Runs of one job find the same things again and again: this many fingerprints are remembered. */
    private static final int REMEMBERED = 4096;

    private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

    private final String text;

    private Fingerprint(String text) {
        this.text = text;
    }

    /**
     * The fingerprint of a finding.
     *
     * @param rule rule id
     * @param regime regime name without VMID and ASID
     * @param level table level, or -2 where the rule has none
     * @param region symbolic region the address lies in, or null if unknown
     * @param writer symbol of the instruction without offset, or null if unknown
     */
    public static Fingerprint of(
            String rule, String regime, int level, @Nullable String region, @Nullable String writer) {
        return new Fingerprint(rule
                + '|'
                + regime
                + '|'
                + (level == -2 ? "" : level)
                + '|'
                + (region == null ? "" : region)
                + '|'
                + (writer == null ? "" : writer));
    }

    /** Lower-case hexadecimal digits of the SHA-256. */
    public String hex() {
        String known = KNOWN.get(text);
        if (known != null) {
            return known;
        }
        String fingerprint = digest(text);
        if (KNOWN.size() < REMEMBERED) {
            KNOWN.put(text, fingerprint);
        }
        return fingerprint;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fingerprint that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return hex();
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256, this one does not", e);
        }
    }
}
