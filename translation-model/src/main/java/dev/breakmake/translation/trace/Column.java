package dev.breakmake.translation.trace;

import java.util.Arrays;

/** Bytes of one column while it is written. */
final class Column {
    private byte[] bytes = new byte[64];
    private int length;
    private long previous;

    int length() {
        return length;
    }

    byte[] bytes() {
        return bytes;
    }

    void clear() {
        length = 0;
        previous = 0;
    }

    /** An unsigned 64-bit number, 7 bits per byte, lowest first. */
    void putVarint(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    static long unzigzag(long value) {
        return (value >>> 1) ^ -(value & 1);
    }

    void putDelta(long value) {
        putVarint(zigzag(value - previous));
        previous = value;
    }

    /**
     * 0 as 0, else the zigzag of the difference to the last value that was not 0, moved up by one to make room for it. The zigzag
     * that would mean the value 0 cannot occur any more, so codes above it need no room and nothing overflows.
     */
    void putDeltaOrZero(long value) {
        if (value == 0) {
            putVarint(0);
            return;
        }
        long code = zigzag(value - previous);
        putVarint(Long.compareUnsigned(code, zigzag(-previous)) < 0 ? code + 1 : code);
        previous = value;
    }

    void putBytes(byte[] value) {
        putVarint(value.length);
        ensure(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
