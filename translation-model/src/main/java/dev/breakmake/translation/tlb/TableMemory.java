package dev.breakmake.translation.tlb;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The checker's own view of table memory, built from descriptor stores alone; words never stored read as 0. */
public final class TableMemory {
    /** 512 MiB of tables: enough for 256 GiB mapped page by page. */
    private static final int FRAME_LIMIT = 1 << 17;

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
            if (frames.size() == FRAME_LIMIT) {
                throw new StateLimitException(
                        "tables lie in more than %d pages of memory: the trace is damaged or no boot"
                                .formatted(FRAME_LIMIT));
            }
            frame = new Frame(address & -4096L);
            frames.put(frame.address() >>> 12, frame);
            last = frame;
        }
        return frame;
    }

    /** The word at an 8-byte aligned address. */
    public long word(long address) {
        Frame frame = find(address);
        return frame == null ? 0 : frame.word((int) (address >>> 3) & (Frame.WORDS - 1));
    }

    /** Visits the frames that meet a range, in ascending order if the range is the smaller of range and memory. */
    public void visit(long pa, long length, Consumer<Frame> action) {
        long first = pa >>> 12;
        long pages = length <= 0 && length != Long.MIN_VALUE ? 0 : (pa + length - 1 >>> 12) - first + 1;
        if (pages < 0 || pages > frames.size()) {
            frames.forEach(frame -> {
                if (frame.address() + Frame.BYTES - 1 - pa >= 0 && frame.address() - pa < length) {
                    action.accept(frame);
                }
            });
            return;
        }
        for (long page = first; page < first + pages; page++) {
            Frame frame = frames.get(page);
            if (frame != null) {
                action.accept(frame);
            }
        }
    }

    /** Number of frames known. */
    public int frames() {
        return frames.size();
    }
}
