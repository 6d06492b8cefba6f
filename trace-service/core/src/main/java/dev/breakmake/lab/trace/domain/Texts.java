package dev.breakmake.lab.trace.domain;

/** Small text helpers for messages. */
public final class Texts {

    private static final int QUOTE_LIMIT = 80;

    private Texts() {}

    /** A caller's text, cut and without control characters, so that it can stand in a message or a log line. */
    public static String shorten(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), QUOTE_LIMIT) + 1);
        for (int i = 0; i < text.length() && i < QUOTE_LIMIT; i++) {
            char c = text.charAt(i);
            out.append(Character.isISOControl(c) ? '?' : c);
        }
        if (text.length() > QUOTE_LIMIT) {
            out.append('…');
        }
        return out.toString();
    }

    /** An address as output everywhere: {@code 0x} and lower-case hex. */
    public static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
