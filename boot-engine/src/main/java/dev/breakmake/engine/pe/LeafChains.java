package dev.breakmake.engine.pe;

import java.util.Arrays;

/**
 * Which entries of a software TLB come from a stage 1 leaf descriptor: entries in doubly linked chains by a hash of the descriptor's
 * address. A table whose live entries are written all the time (a domheap's counts in software bits) would have to be compared with every
 * translation held otherwise.
 */
final class LeafChains {

    private static final int CHAINS = 256;

    private final short[] first = new short[CHAINS];
    private final short[] next;
    private final short[] previous;
    private final short[] chain;

    /** Chains of entries with numbers below {@code entries}, none of which is in one. */
    LeafChains(final int entries) {
        next = new short[entries];
        previous = new short[entries];
        chain = new short[entries];
        Arrays.fill(first, (short) -1);
        Arrays.fill(chain, (short) -1);
    }

    private static int hash(final long descriptorPa) {
        return (int) (descriptorPa >>> 3 ^ descriptorPa >>> 12) & CHAINS - 1;
    }

    /** The first entry that may come from a descriptor, or -1. */
    int first(final long descriptorPa) {
        return first[hash(descriptorPa)];
    }

    /** The entry behind another one in its chain, or -1. */
    int next(final int entry) {
        return next[entry];
    }

    /** Puts an entry that is in no chain into that of its descriptor. */
    void add(final int entry, final long descriptorPa) {
        final int at = hash(descriptorPa);
        final short behind = first[at];
        chain[entry] = (short) at;
        next[entry] = behind;
        previous[entry] = -1;
        if (behind >= 0) {
            previous[behind] = (short) entry;
        }
        first[at] = (short) entry;
    }

    /** Takes an entry out of its chain, if it is in one. */
    void remove(final int entry) {
        final int at = chain[entry];
        if (at < 0) {
            return;
        }
        chain[entry] = -1;
        if (previous[entry] >= 0) {
            next[previous[entry]] = next[entry];
        } else {
            first[at] = next[entry];
        }
        if (next[entry] >= 0) {
            previous[next[entry]] = previous[entry];
        }
    }
}
