package dev.breakmake.lab.trace.domain;

import dev.breakmake.translation.walk.MemoryView;
import java.util.HashMap;
import java.util.Map;

/** Table memory as a trace's descriptor writes make it; words never written read as 0. */
final class TablePages implements MemoryView {

    private static final int WORDS = 512;

    private final Map<Long, long[]> pages = new HashMap<>();
    private long lastBase = -1;
    private long[] last = new long[WORDS];

    @Override
    public long read64(long pa) {
        long base = pa & -4096L;
        if (base == lastBase) {
            return last[(int) (pa >>> 3) & (WORDS - 1)];
        }
        long[] page = pages.get(base);
        return page == null ? 0 : page[(int) (pa >>> 3) & (WORDS - 1)];
    }

    void write64(long pa, long value) {
        long base = pa & -4096L;
        if (base != lastBase) {
            last = pages.computeIfAbsent(base, key -> new long[WORDS]);
            lastBase = base;
        }
        last[(int) (pa >>> 3) & (WORDS - 1)] = value;
    }
}
