package dev.breakmake.translation.tlb;

import org.jspecify.annotations.Nullable;

/** 4 KiB of physical memory that holds, held or is about to hold descriptors. */
public final class Frame {
    /** 64-bit words in a frame. */
    public static final int WORDS = 512;

    /** Bytes in a frame. */
    static final int BYTES = 4096;

    private static final int PART_SHIFT = 5;
    private static final int PART = 1 << PART_SHIFT;
    private static final int STAMP = PART;
    private static final int WRITER = 2 * PART;

    private static final long CONTIGUOUS = 1L << 52;

    private final long address;
    /** A bit for every word that is not 0: most tables are nearly empty, and walks go over them again and again. */
    private final long[] filled = new long[WORDS / 64];
    /**
     * By {@link #PART} words, made when one of them is stored to: the words; then the time of the last store to each, with the PE in the
     * low bits (0 if not seen or settled by a link); then the addresses of the instructions of those stores.
     */
    private final long[] @Nullable [] parts = new long[WORDS / PART][];
    /** Time of the latest store to any word. */
    private long lastStoredAt;
    /** Whether a word with the contiguous bit was ever stored here. */
    private boolean contiguousSeen;
    /** Every way in which a walk may come here. */
    @Nullable
    TableSlice first;

    Frame(long address) {
        this.address = address;
    }

    /** Physical address of the frame, in bytes. */
    public long address() {
        return address;
    }

    /** Value of a word. */
    public long word(int index) {
        long @Nullable [] part = parts[index >>> PART_SHIFT];
        return part == null ? 0 : part[index & PART - 1];
    }

    /** Time of the last store to the word that still may lack ordering, or 0. */
    public long storedAt(int index) {
        return stamp(index) >>> 6;
    }

    private long stamp(int index) {
        long @Nullable [] part = parts[index >>> PART_SHIFT];
        return part == null ? 0 : part[STAMP + (index & PART - 1)];
    }

    /** PE that did that store. */
    public int storedBy(int index) {
        return (int) (stamp(index) & 63);
    }

    /** Time of the latest store to any word, settled or not; 0 if there was none. */
    public long lastStoredAt() {
        return lastStoredAt;
    }

    /** Instruction that did that store. */
    public long writer(int index) {
        long @Nullable [] part = parts[index >>> PART_SHIFT];
        return part == null ? 0 : part[WRITER + (index & PART - 1)];
    }

    /** The order of the last store to the word needs no more questions. */
    public void settle(int index) {
        long @Nullable [] part = parts[index >>> PART_SHIFT];
        if (part != null) {
            part[STAMP + (index & PART - 1)] = 0;
        }
    }

    /** A store that leaves the translation usable as it was: software bits, permissions. Its order is no question. */
    public void amend(int index, long value) {
        set(part(index), index, value);
        contiguousSeen |= (value & CONTIGUOUS) != 0;
    }

    /** A store of a descriptor. */
    public void store(int index, long value, long time, int pe, long pc) {
        long[] part = part(index);
        set(part, index, value);
        contiguousSeen |= (value & CONTIGUOUS) != 0;
        part[STAMP + (index & PART - 1)] = time << 6 | pe;
        part[WRITER + (index & PART - 1)] = pc;
        lastStoredAt = time;
    }

    private long[] part(int index) {
        long @Nullable [] part = parts[index >>> PART_SHIFT];
        if (part == null) {
            part = new long[3 * PART];
            parts[index >>> PART_SHIFT] = part;
        }
        return part;
    }

    private void set(long[] part, int index, long value) {
        part[index & PART - 1] = value;
        long bit = 1L << index;
        if (value == 0) {
            filled[index >>> 6] &= ~bit;
        } else {
            filled[index >>> 6] |= bit;
        }
    }

    /** The first word from {@code from} on that is not 0, {@code end} if none is before that. */
    public int nextFilled(int from, int end) {
        int at = from;
        while (at < end) {
            long rest = filled[at >>> 6] >>> at;
            if (rest != 0) {
                return Math.min(end, at + Long.numberOfTrailingZeros(rest));
            }
            at = (at | 63) + 1;
        }
        return end;
    }

    /** Whether any word may have the contiguous bit; false saves looking at all members of a group. */
    public boolean contiguousSeen() {
        return contiguousSeen;
    }

    /** First of the slices that lie here, or null: the frame is no table of any tree a PE may hold. */
    public @Nullable TableSlice firstSlice() {
        return first;
    }

    void add(TableSlice slice) {
        slice.nextOnFrame = first;
        first = slice;
    }

    void remove(TableSlice slice) {
        TableSlice before = null;
        for (TableSlice s = first; s != null; s = s.nextOnFrame) {
            if (s == slice) {
                if (before == null) {
                    first = s.nextOnFrame;
                } else {
                    before.nextOnFrame = s.nextOnFrame;
                }
                return;
            }
            before = s;
        }
    }
}
