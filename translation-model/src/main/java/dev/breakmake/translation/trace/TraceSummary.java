package dev.breakmake.translation.trace;

import java.util.HexFormat;

/**
 * What the end of a trace says about the whole.
 *
 * @param events number of events, the header included
 * @param steps number of steps completed
 * @param digest SHA-256 of the canonical event stream as 64 hexadecimal digits
 * @param bytes size of the file in bytes
 */
public record TraceSummary(long events, long steps, String digest, long bytes) {

    /** Bytes per event. */
    public double bytesPerEvent() {
        return events == 0 ? 0 : (double) bytes / events;
    }

    byte[] digestBytes() {
        return HexFormat.of().parseHex(digest);
    }
}
