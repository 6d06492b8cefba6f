package dev.breakmake.translation.trace;

import java.io.IOException;

/** A trace that cannot be read; the message names the place (byte offset, or line and column), what is wrong and what to do. */
public final class TraceFormatException extends IOException {
    private final long position;

    /**
     * @param where place in words, e.g. {@code offset 4096} or {@code line 3, column 7}
     * @param position the same as a number: byte offset of binary files, line of text files
     */
    public TraceFormatException(String where, long position, String message) {
        super(where + ": " + message);
        this.position = position;
    }

    /** Byte offset in a binary file, line number in a text file. */
    public long position() {
        return position;
    }

    /** A value that cannot be, before its position is known. */
    static final class BadField extends Exception {
        private final String reason;

        BadField(String reason) {
            super(reason);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }
}
