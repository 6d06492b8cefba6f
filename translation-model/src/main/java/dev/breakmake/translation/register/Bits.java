package dev.breakmake.translation.register;

/** Bit fields of 64-bit registers. */
final class Bits {
    private Bits() {}

    static int field(long value, int lowBit, int width) {
        return (int) ((value >>> lowBit) & ((1L << width) - 1));
    }

    static boolean bit(long value, int bit) {
        return ((value >>> bit) & 1) != 0;
    }

    /** The bits {@code high} to {@code low} in place. */
    static long inPlace(long value, int high, int low) {
        return value & (((high == 63 ? 0 : 1L << (high + 1)) - 1) & -(1L << low));
    }
}
