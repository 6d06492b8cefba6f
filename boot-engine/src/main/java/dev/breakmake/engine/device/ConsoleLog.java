package dev.breakmake.engine.device;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Collects what the guest printed, byte by byte as it came and cut into lines.
 *
 * <p>A line ends at a line feed; carriage returns at its end are dropped, because guests print both orders. Bytes are read as ISO
 * 8859-1 so that no output, however broken, is lost.
 */
public final class ConsoleLog implements ConsoleSink, Stateful<ConsoleLog.State> {

    /** Told of each complete line. */
    @FunctionalInterface
    public interface LineListener {
        /**
         * A line is complete.
         *
         * @param line its text without line end
         * @param pe the PE that wrote the line feed
         */
        void line(String line, int pe);
    }

    /** All that was printed; opaque. */
    public static final class State {
        private final byte[] bytes;
        private final int lineStart;

        private State(byte[] bytes, int lineStart) {
            this.bytes = bytes;
            this.lineStart = lineStart;
        }
    }

    private final LineListener listener;
    private byte[] bytes = new byte[4096];
    private int length;
    private int lineStart;

    /** A log that only collects. */
    public ConsoleLog() {
        this((line, pe) -> {});
    }

    /** A log that also tells of each line. */
    public ConsoleLog(LineListener listener) {
        this.listener = listener;
    }

    @Override
    public void transmit(int character, int pe) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, length * 2);
        }
        bytes[length++] = (byte) character;
        if (character == '\n') {
            String line = text(lineStart, length - 1);
            lineStart = length;
            listener.line(line, pe);
        }
    }

    /** Everything printed so far, unchanged. */
    public String text() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** Number of bytes printed so far. */
    public int length() {
        return length;
    }

    /** The line that has no line feed yet; empty if the last character was one. */
    public String openLine() {
        return text(lineStart, length);
    }

    /** The last lines printed, oldest first, an open one included. */
    public List<String> lastLines(int count) {
        List<String> lines = new ArrayList<>();
        int end = length;
        if (lineStart < length) {
            lines.add(openLine());
            end = lineStart;
        }
        while (lines.size() < count && end > 0) {
            int start = end - 1;
            while (start > 0 && bytes[start - 1] != '\n') {
                start--;
            }
            lines.add(text(start, end - 1));
            end = start;
        }
        return List.copyOf(lines.subList(0, Math.min(count, lines.size())).reversed());
    }

    private String text(int from, int to) {
        int end = to;
        int start = from;
        while (end > start && bytes[end - 1] == '\r') {
            end--;
        }
        while (start < end && bytes[start] == '\r') {
            start++;
        }
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    @Override
    public State save() {
        return new State(Arrays.copyOf(bytes, length), lineStart);
    }

    @Override
    public void restore(State state) {
        bytes = Arrays.copyOf(state.bytes, Math.max(4096, state.bytes.length));
        length = state.bytes.length;
        lineStart = state.lineStart;
    }
}
