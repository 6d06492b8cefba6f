package dev.breakmake.engine.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** Random choices and a place to write instruction words to: what generators of A64 programs share. */
final class RandomWords {

    /** Holds the address of the scratch page and is no one's destination. */
    static final int BASE = 28;

    /** Where sequences keep an address, and exception handlers what they look at. */
    static final int MOVING = 9;

    static final int ZERO = 31;

    final SplittableRandom random;
    final ByteBuffer code;

    RandomWords(final long seed, final int bytes) {
        random = new SplittableRandom(seed);
        code = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void emit(final int word) {
        code.putInt(word);
    }

    int bits(final int count) {
        return random.nextInt(1 << count);
    }

    int pick(final int... values) {
        return values[random.nextInt(values.length)];
    }

    /** Bit 31, which makes an operation 64 bits wide, or not. */
    int wide() {
        return bits(1) << 31;
    }

    int source() {
        return random.nextInt(32);
    }

    int target() {
        final int register = random.nextInt(31);
        return register == BASE ? ZERO : register;
    }

    int targetBeside(final int... taken) {
        int register = target();
        while (contains(taken, register)) {
            register = target();
        }
        return register;
    }

    static boolean contains(final int[] taken, final int register) {
        for (final int each : taken) {
            if (each == register) {
                return true;
            }
        }
        return false;
    }

    /** {@code add X9, X28, #offset}: a copy of the base that may be moved. */
    void copyBase(final int offset) {
        emit(0x9100_0000 | offset << 10 | BASE << 5 | MOVING);
    }

    /** {@code and X9, Xn, #7}: a small index. */
    void smallIndex() {
        emit(0x9240_0800 | source() << 5 | MOVING);
    }

    /** Four instructions that put a value into a register. */
    void constant(final int register, final long value) {
        for (int half = 0; half < 4; half++) {
            final int immediate = (int) (value >>> 16 * half) & 0xffff;
            emit((half == 0 ? 0xd280_0000 : 0xf280_0000) | half << 21 | immediate << 5 | register);
        }
    }
}
