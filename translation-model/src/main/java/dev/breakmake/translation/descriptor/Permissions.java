package dev.breakmake.translation.descriptor;

/**
 * Access permissions as a bit mask. Regimes with one privilege level and stage 2 use the privileged bits; stage 2 with FEAT_XNX and
 * the two-level regimes use both.
 */
public final class Permissions {
    /** Privileged (EL2, EL1) read. */
    public static final int READ = 1;
    /** Privileged write. */
    public static final int WRITE = 2;
    /** Privileged execute. */
    public static final int EXECUTE = 4;
    /** Unprivileged read. */
    public static final int USER_READ = 8;
    /** Unprivileged write. */
    public static final int USER_WRITE = 16;
    /** Unprivileged execute. */
    public static final int USER_EXECUTE = 32;

    private static final int ANY_WRITE = WRITE | USER_WRITE;
    private static final int ANY_EXECUTE = EXECUTE | USER_EXECUTE;

    private Permissions() {}

    /** Whether any level may write. */
    public static boolean writable(int mask) {
        return (mask & ANY_WRITE) != 0;
    }

    /** Whether any level may execute. */
    public static boolean executable(int mask) {
        return (mask & ANY_EXECUTE) != 0;
    }

    /** The mask once WXN is set: writable memory is not executable (a level's own writes count, D8.4.4). */
    public static int withWriteExecuteNever(int mask) {
        int result = (mask & WRITE) != 0 ? mask & ~EXECUTE : mask;
        return (mask & USER_WRITE) != 0 ? result & ~ANY_EXECUTE : result;
    }

    /** Short form: {@code RW XN}, {@code RO X}; with unprivileged rights after a slash: {@code RW XN/RO X}. */
    public static String name(int mask) {
        String privileged = half(mask);
        int user = mask >>> 3;
        return user == 0 ? privileged : privileged + "/" + half(user);
    }

    private static String half(int mask) {
        String data = switch (mask & 3) {
            case READ -> "RO";
            case WRITE -> "WO";
            case READ | WRITE -> "RW";
            default -> "NA";
        };
        return data + ((mask & EXECUTE) != 0 ? " X" : " XN");
    }
}
