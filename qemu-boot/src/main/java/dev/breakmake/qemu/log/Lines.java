package dev.breakmake.qemu.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a stream, read byte by byte: from a pipe of packets a buffered stream then fetches one packet at a time. Who writes is to wait, not
 * to be read ahead of.
 */
final class Lines {

    /** A longer line is cut: no line of the log comes near. */
    private static final int LONGEST = 16 * 1024;

    private final InputStream stream;
    private byte[] line = new byte[256];
    private long read;

    Lines(InputStream stream) {
        this.stream = stream;
    }

    /** The next line without its end, or null at the end of the stream. */
    @Nullable
    String next() throws IOException {
        int length = 0;
        while (true) {
            int b = stream.read();
            if (b < 0) {
                return length == 0 ? null : text(length);
            }
            read++;
            if (b == '\n') {
                return text(length);
            }
            if (length < LONGEST) {
                if (length == line.length) {
                    line = Arrays.copyOf(line, 2 * length);
                }
                line[length++] = (byte) b;
            }
        }
    }

    private String text(int length) {
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** Bytes that made up the lines so far. */
    long bytesRead() {
        return read;
    }

    /** Bytes that could be read now without waiting. */
    int bytesWaiting() throws IOException {
        return stream.available();
    }
}
