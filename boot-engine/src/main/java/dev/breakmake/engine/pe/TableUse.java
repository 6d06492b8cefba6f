package dev.breakmake.engine.pe;

import org.jspecify.annotations.Nullable;

/** How one 4 KiB page serves as translation table memory, and which versions of its descriptors were used by whom. */
final class TableUse {

    private static final int PARTS = 512 / 64;

    /** log2 of the granule of the tables in it. */
    final int granuleShift;

    /** Whether the tables belong to stage 2. */
    final boolean stage2;

    /** Bit per level it was linked at. */
    int levels;

    /** First word that is a descriptor. */
    int from;

    /** Word after the last one that is a descriptor. */
    int to;

    /** Sequence number of the event that last changed each descriptor, by 64 of them; made at the first change. */
    private final long[][] stamps = new long[PARTS][];

    /** By PE, data or fetch, and 64 descriptors; made at the first use. */
    private final long[][] used;

    TableUse(final int granuleShift, final boolean stage2, final int from, final int to, final int pes) {
        this.granuleShift = granuleShift;
        this.stage2 = stage2;
        this.from = from;
        this.to = to;
        this.used = new long[pes * 2 * PARTS][];
    }

    private TableUse(final TableUse from) {
        this(from.granuleShift, from.stage2, from.from, from.to, from.used.length / (2 * PARTS));
        levels = from.levels;
        copy(from.stamps, stamps);
        copy(from.used, used);
    }

    private static void copy(final long[][] from, final long[][] to) {
        for (int i = 0; i < to.length; i++) {
            final long @Nullable [] part = from[i];
            if (part != null) {
                to[i] = part.clone();
            }
        }
    }

    /** Sequence number of the event that last changed a descriptor, 0 if none did. */
    long stamp(final int index) {
        final long @Nullable [] part = stamps[index >>> 6];
        return part == null ? 0 : part[index & 63];
    }

    /** Notes the event that changed a descriptor. */
    void stamp(final int index, final long sequence) {
        long @Nullable [] part = stamps[index >>> 6];
        if (part == null) {
            part = new long[64];
            stamps[index >>> 6] = part;
        }
        part[index & 63] = sequence;
    }

    /** The same for a fork of the machine. */
    static Object copy(final Object use) {
        return new TableUse((TableUse) use);
    }

    /** Whether the use of a leaf is the first one since the version with that stamp came to be; remembers it. */
    boolean firstUse(final int pe, final boolean fetch, final int index, final long stamp) {
        final int slot = (pe * 2 + (fetch ? 1 : 0)) * PARTS + (index >>> 6);
        long @Nullable [] seen = used[slot];
        if (seen == null) {
            seen = new long[64];
            used[slot] = seen;
        }
        if (seen[index & 63] > stamp) {
            return false;
        }
        seen[index & 63] = stamp + 1;
        return true;
    }

    boolean holds(final int index) {
        return index >= from && index < to;
    }
}
