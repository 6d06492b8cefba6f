package dev.breakmake.cli.layout;

/** Numbers of bytes as people write them. */
final class Amounts {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Amounts() {}

    /** {@code 2 MiB}, {@code 1.5 GiB}; exact where a unit divides it, else to one digit. */
    static String text(long bytes) {
        int unit = 0;
        while (unit < UNITS.length - 1 && bytes >= 1L << (10 * (unit + 1))) {
            unit++;
        }
        long one = 1L << (10 * unit);
        return bytes % one == 0
                ? bytes / one + " " + UNITS[unit]
                : String.format(java.util.Locale.ROOT, "%.1f %s", (double) bytes / one, UNITS[unit]);
    }
}
