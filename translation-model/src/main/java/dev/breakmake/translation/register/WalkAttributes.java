package dev.breakmake.translation.register;

import org.jspecify.annotations.Nullable;

/**
 * Cacheability and shareability of a regime's own table walks, as encoded in a translation control register.
 *
 * @param inner IRGN: 0 Non-cacheable, 1 Write-Back allocating, 2 Write-Through, 3 Write-Back no write-allocate
 * @param outer ORGN, encoded alike
 * @param shareability SH: 0 Non-shareable, 2 Outer, 3 Inner Shareable
 */
public record WalkAttributes(int inner, int outer, int shareability) {

    /** Takes the three adjacent fields IRGN, ORGN, SH with IRGN at {@code shift}. */
    static WalkAttributes at(long register, int shift) {
        return new WalkAttributes(
                Bits.field(register, shift, 2), Bits.field(register, shift + 2, 2), Bits.field(register, shift + 4, 2));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WalkAttributes that
                && inner == that.inner
                && outer == that.outer
                && shareability == that.shareability;
    }

    @Override
    public int hashCode() {
        return inner << 4 | outer << 2 | shareability;
    }

    /** Whether a walk may hit in, and allocate into, data caches. */
    public boolean cacheable() {
        return inner != 0 || outer != 0;
    }

    @Override
    public String toString() {
        return "inner %s outer %s %s".formatted(cacheability(inner), cacheability(outer), domain(shareability));
    }

    private static String cacheability(int field) {
        return switch (field) {
            case 0 -> "NC";
            case 2 -> "WT";
            default -> "WB";
        };
    }

    private static String domain(int field) {
        return switch (field) {
            case 0 -> "NSH";
            case 2 -> "OSH";
            case 3 -> "ISH";
            default -> "SH-reserved";
        };
    }
}
