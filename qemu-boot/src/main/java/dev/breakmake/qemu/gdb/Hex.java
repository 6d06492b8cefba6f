package dev.breakmake.qemu.gdb;

/** Hexadecimal as the gdb remote protocol writes it: registers are bytes in target (little-endian) order, addresses are numbers. */
final class Hex {

    private static final byte[] DIGITS = new byte[128];

    static {
        for (int i = 0; i < DIGITS.length; i++) {
            DIGITS[i] = (byte) Character.digit(i, 16);
        }
    }

    private Hex() {}

    /** Reads {@code bytes} little-endian bytes at hex-digit offset {@code at}. */
    static long littleEndian(String text, int at, int bytes) throws GdbProtocolException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) byteAt(text, at + 2 * i) << (8 * i);
        }
        return value;
    }

    static int byteAt(String text, int at) throws GdbProtocolException {
        if (at + 2 > text.length()) {
            throw new GdbProtocolException(
                    "reply of %d hex digits ends before digit %d".formatted(text.length(), at + 2));
        }
        return digit(text, at) << 4 | digit(text, at + 1);
    }

    static byte[] bytes(String text) throws GdbProtocolException {
        if ((text.length() & 1) != 0) {
            throw new GdbProtocolException("odd number of hex digits (%d) in a reply".formatted(text.length()));
        }
        byte[] result = new byte[text.length() / 2];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) byteAt(text, 2 * i);
        }
        return result;
    }

    private static int digit(String text, int at) throws GdbProtocolException {
        char c = text.charAt(at);
        int digit = c < DIGITS.length ? DIGITS[c] : -1;
        if (digit < 0) {
            throw new GdbProtocolException(
                    "'%s' at position %d of a reply is not a hexadecimal digit".formatted(printable(c), at));
        }
        return digit;
    }

    private static String printable(char c) {
        return c >= ' ' && c < 127 ? String.valueOf(c) : "\\x%02x".formatted((int) c);
    }
}
