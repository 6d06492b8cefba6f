package dev.breakmake.translation.tlb;

import org.jspecify.annotations.Nullable;

/** 4 KiB of physical memory that holds, held or is about to hold descriptors. */
public final class Frame {
    /** 64-bit words in a frame. */
    public static final int WORDS = 512;

    /** Bytes in a frame. */
    static final int BYTES = 4096;

    private static final long CONTIGUOUS = 1L << 52;

    private final long address;
    final long[] words = new long[WORDS];
    /** Time of the last store to each word, with the PE in the low bits; 0 if not seen or settled by a link. */
    final long[] stamps = new long[WORDS];
    /** Address of the instruction of that store. */
    final long[] writers = new long[WORDS];
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
        return words[index];
    }

    /** Time of the last store to the word that still may lack ordering, or 0. */
    public long storedAt(int index) {
        return stamps[index] >>> 6;
    }

    /** PE that did that store. */
    public int storedBy(int index) {
        return (int) (stamps[index] & 63);
    }

    /** Instruction that did that store. */
    public long writer(int index) {
        return writers[index];
    }

    /** The order of the last store to the word needs no more questions. */
    public void settle(int index) {
        stamps[index] = 0;
    }

    /** A store that leaves the translation usable as it was: software bits, permissions. Its order is no question. */
    public void amend(int index, long value) {
        words[index] = value;
        contiguousSeen |= (value & CONTIGUOUS) != 0;
    }

    /** A store of a descriptor. */
    public void store(int index, long value, long time, int pe, long pc) {
        words[index] = value;
        contiguousSeen |= (value & CONTIGUOUS) != 0;
        stamps[index] = time << 6 | pe;
        writers[index] = pc;
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
