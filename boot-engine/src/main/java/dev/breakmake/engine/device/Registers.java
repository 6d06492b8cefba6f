package dev.breakmake.engine.device;

/** Accesses narrower than a 32-bit register. */
final class Registers {

    private Registers() {}

    /** The bytes of a 32-bit register that an access of {@code size} bytes at {@code offset} sees. */
    static long narrow(long register, long offset, int size) {
        long shifted = register >>> (8 * (offset & 3));
        return size >= 8 ? shifted : shifted & ((1L << (8 * size)) - 1);
    }

    /** Bits of the 32-bit register that such an access covers. */
    static int mask(long offset, int size) {
        long bytes = size >= 4 ? 0xffff_ffffL : (1L << (8 * size)) - 1;
        return (int) (bytes << (8 * (offset & 3)));
    }

    /** The value of such a write, moved to its place in the 32-bit register. */
    static int place(long value, long offset, int size) {
        return (int) (value << (8 * (offset & 3))) & mask(offset, size);
    }
}
