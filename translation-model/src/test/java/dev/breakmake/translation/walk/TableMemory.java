package dev.breakmake.translation.walk;

import java.util.HashMap;
import java.util.Map;

/** A memory for tests: words by address, everything else reads 0; nothing exists from {@code limit} on. */
public final class TableMemory implements MemoryView {
    private final Map<Long, Long> words = new HashMap<>();
    private final long limit;
    private long reads;

    public TableMemory() {
        this(Long.MAX_VALUE);
    }

    public TableMemory(long limit) {
        this.limit = limit;
    }

    /** Writes a word and returns this, so that tables read as one expression. */
    public TableMemory with(long pa, long word) {
        words.put(pa, word);
        return this;
    }

    /** Number of reads so far. */
    public long reads() {
        return reads;
    }

    @Override
    public long read64(long pa) {
        reads++;
        return words.getOrDefault(pa, 0L);
    }

    @Override
    public boolean present(long pa) {
        return Long.compareUnsigned(pa, limit) < 0;
    }
}
