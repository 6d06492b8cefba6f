package dev.breakmake.engine.flow;

import dev.breakmake.translation.register.Granule;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How a flow's translation tables look: what a port to another system or another part of the same one would choose otherwise.
 *
 * @param granule size of a page and of a table; AArch32 has 4 KiB only
 * @param walks cacheability of table walks (TCR.IRGN0, ORGN0)
 * @param sharing shareability of walks and of normal memory
 */
public record TableOptions(Granule granule, Walks walks, Sharing sharing) {

    /** What Xen has: 4 KiB, write-back, inner shareable. */
    public static final TableOptions DEFAULT = new TableOptions(Granule.K4, Walks.WRITE_BACK, Sharing.INNER);

    /** Names of the options. */
    public static final List<String> NAMES = List.of("granule", "walks", "sharing");

    /** Bits of the input address of the arm64 flows. */
    private static final int INPUT_BITS = 48;

    /** Cacheability of table walks. */
    public enum Walks {
        WRITE_BACK,
        NON_CACHEABLE;

        /** Name on the command line. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Shareability domain. */
    public enum Sharing {
        INNER(3),
        OUTER(2);

        private final int field;

        Sharing(final int field) {
            this.field = field;
        }

        /** Encoding of an SH field. */
        int field() {
            return field;
        }

        /** Name on the command line. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The same with one option set.
     *
     * @param name one of {@link #NAMES}
     * @param value {@code 4k}, {@code 16k} or {@code 64k}; {@code write-back} or {@code non-cacheable}; {@code inner} or {@code outer}
     * @throws IllegalArgumentException naming the values there are
     */
    public TableOptions with(final String name, final String value) {
        return switch (name) {
            case "granule" -> new TableOptions(granuleOf(value), walks, sharing);
            case "walks" -> {
                for (final Walks each : Walks.values()) {
                    if (each.id().equals(value)) {
                        yield new TableOptions(granule, each, sharing);
                    }
                }
                throw no(
                        name,
                        value,
                        Arrays.stream(Walks.values()).map(Walks::id).toList());
            }
            case "sharing" -> {
                for (final Sharing each : Sharing.values()) {
                    if (each.id().equals(value)) {
                        yield new TableOptions(granule, walks, each);
                    }
                }
                throw no(
                        name,
                        value,
                        Arrays.stream(Sharing.values()).map(Sharing::id).toList());
            }
            default -> throw new IllegalArgumentException("no option '" + name + "'");
        };
    }

    /** A granule as it is named on the command line. */
    public static String id(final Granule granule) {
        return (granule.bytes() >> 10) + "k";
    }

    private static Granule granuleOf(final String value) {
        for (final Granule each : Granule.values()) {
            if (id(each).equals(value.toLowerCase(Locale.ROOT))) {
                return each;
            }
        }
        throw no(
                "granule",
                value,
                Arrays.stream(Granule.values()).map(TableOptions::id).toList());
    }

    private static IllegalArgumentException no(final String name, final String value, final List<String> known) {
        return new IllegalArgumentException("%s '%s' is none of %s".formatted(name, value, String.join(", ", known)));
    }

    /** Level of the root of a 48-bit regime. */
    public int topLevel() {
        final int bits = granule.bitsPerLevel();
        return 4 - (INPUT_BITS - granule.shift() + bits - 1) / bits;
    }

    /** Bytes a block of level 2 maps, which is what one table of level 3 covers. */
    public long blockBytes() {
        return granule.entrySpan(2);
    }

    /** IRGN0, ORGN0, SH0 and TG0 of a translation control register (TCR_EL2, HTCR). */
    long control() {
        final long walk = walks == Walks.WRITE_BACK ? 1 : 0;
        final long granuleField = switch (granule) {
            case K4 -> 0;
            case K64 -> 1;
            case K16 -> 2;
        };
        return granuleField << 14 | (long) sharing.field() << 12 | walk << 10 | walk << 8;
    }
}
