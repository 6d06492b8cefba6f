package dev.breakmake.lab.trace.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a growing trace file into the pieces it is stored in: {@value #BYTES} bytes each, counted from the start of the file, so that files
 * with equal beginnings share their chunks however the bytes arrived.
 */
final class Segments {

    /** Bytes per stored piece, the last one of a file excepted. */
    static final int BYTES = 32 * 1024;

    private Segments() {}

    /** Full pieces and what is left over. */
    record Cut(List<byte[]> full, byte[] rest) {}

    /** Cuts {@code tail} followed by {@code fresh} (from index {@code from}). */
    static Cut cut(byte[] tail, byte[] fresh, int from) {
        byte[] all = Arrays.copyOf(tail, tail.length + fresh.length - from);
        System.arraycopy(fresh, from, all, tail.length, fresh.length - from);
        List<byte[]> full = new ArrayList<>();
        int at = 0;
        for (; all.length - at >= BYTES; at += BYTES) {
            full.add(Arrays.copyOfRange(all, at, at + BYTES));
        }
        return new Cut(full, Arrays.copyOfRange(all, at, all.length));
    }
}
