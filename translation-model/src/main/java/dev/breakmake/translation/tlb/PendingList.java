package dev.breakmake.translation.tlb;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Versions one PE has invalidated without a completing DSB yet. */
final class PendingList {
    static final byte FULL = 0;
    static final byte STAGE2_PART = 1;

    private static final int MERGE_FROM = 1 << 12;

    private record Entry(int version, int generation, byte kind, boolean shared, boolean nxs, long start, long last) {}

    int[] version = new int[16];
    int[] generation = new int[16];
    long[] mask = new long[16];
    long[] start = new long[16];
    long[] last = new long[16];
    byte[] kind = new byte[16];
    boolean[] shared = new boolean[16];
    boolean[] nxs = new boolean[16];
    int size;

    void add(int v, int gen, long pes, byte part, boolean isShared, boolean isNxs, long from, long to) {
        if (size == version.length && !merged()) {
            int more = 2 * version.length;
            version = Arrays.copyOf(version, more);
            generation = Arrays.copyOf(generation, more);
            mask = Arrays.copyOf(mask, more);
            start = Arrays.copyOf(start, more);
            last = Arrays.copyOf(last, more);
            kind = Arrays.copyOf(kind, more);
            shared = Arrays.copyOf(shared, more);
            nxs = Arrays.copyOf(nxs, more);
        }
        version[size] = v;
        generation[size] = gen;
        mask[size] = pes;
        kind[size] = part;
        shared[size] = isShared;
        nxs[size] = isNxs;
        start[size] = from;
        last[size] = to;
        size++;
    }

    /** Merges repeated entries, which a run without completing barriers piles up; returns whether that made room. */
    private boolean merged() {
        if (size < MERGE_FROM) {
            return false;
        }
        Map<Entry, Integer> first = new HashMap<>();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            Integer same = first.putIfAbsent(
                    new Entry(version[i], generation[i], kind[i], shared[i], nxs[i], start[i], last[i]), kept);
            if (same == null) {
                move(i, kept++);
            } else {
                mask[same] |= mask[i];
            }
        }
        size = kept;
        return kept <= version.length / 2;
    }

    void move(int from, int to) {
        version[to] = version[from];
        generation[to] = generation[from];
        mask[to] = mask[from];
        kind[to] = kind[from];
        shared[to] = shared[from];
        nxs[to] = nxs[from];
        start[to] = start[from];
        last[to] = last[from];
    }

    /** Whether a DSB of loads and stores completes an entry. */
    boolean completedBy(int i, boolean isShared, boolean isNxs) {
        return (isShared || !shared[i]) && (nxs[i] || !isNxs);
    }

    /** Whether an entry names addresses, not everything. */
    boolean byAddress(int i) {
        return last[i] != -1 || start[i] != 0;
    }

    /** PEs on which some of these entries reach a range of input addresses. */
    long named(List<Integer> entries, long from, long to) {
        long pes = 0;
        for (int i : entries) {
            boolean meets = Long.compareUnsigned(start[i], to) <= 0 && Long.compareUnsigned(from, last[i]) <= 0;
            pes |= meets ? mask[i] : 0;
        }
        return pes;
    }

    /** Whether the newest entry is this version with at least these PEs: a repeated invalidate adds nothing. */
    boolean endsWith(int v, int gen, long pes, boolean isShared, boolean isNxs, long from, long to) {
        return size > 0
                && shared[size - 1] == isShared
                && nxs[size - 1] == isNxs
                && start[size - 1] == from
                && last[size - 1] == to
                && version[size - 1] == v
                && generation[size - 1] == gen
                && (mask[size - 1] & pes) == pes;
    }
}
