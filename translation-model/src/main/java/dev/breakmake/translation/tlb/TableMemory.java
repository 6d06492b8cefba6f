package dev.breakmake.translation.tlb;

import org.jspecify.annotations.Nullable;

/** The checker's own view of table memory, built from descriptor stores alone; words never stored read as 0. */
public final class TableMemory {
    private final LongMap<Frame> frames = new LongMap<>();
    private @Nullable Frame last;

    /** The frame that holds an address, or null if no descriptor store ever went there. */
    public @Nullable Frame find(long address) {
        long base = address & -4096L;
        Frame cached = last;
        if (cached != null && cached.address() == base) {
            return cached;
        }
        Frame frame = frames.get(base >>> 12);
        if (frame != null) {
            last = frame;
        }
        return frame;
    }

    /** The frame that holds an address, made if needed. */
    public Frame frame(long address) {
        Frame frame = find(address);
        if (frame == null) {
            frame = new Frame(address & -4096L);
            frames.put(frame.address() >>> 12, frame);
            last = frame;
        }
        return frame;
    }

    /** The word at an 8-byte aligned address. */
    public long word(long address) {
        Frame frame = find(address);
        return frame == null ? 0 : frame.words[(int) (address >>> 3) & (Frame.WORDS - 1)];
    }

    /** Number of frames known. */
    public int frames() {
        return frames.size();
    }
}
