package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.walk.MemoryView;
import java.util.HashMap;
import java.util.Map;

/**
 * Table memory rebuilt from descriptor writes: applying a run's writes, or its steps' diffs, from step 0 gives the memory of its
 * tables after the last of them. Words never written read as 0.
 */
public final class TableReplay implements MemoryView {
    private static final int WORDS = 512;

    private final Map<Long, long[]> pages = new HashMap<>();
    private long mismatches;

    /** Applies a write. */
    public void apply(DescriptorWrite write) {
        apply(write.descriptorPa(), write.oldDescriptor(), write.newDescriptor());
    }

    /** Applies all changes of a step. */
    public void apply(StepDiff step) {
        for (DescriptorDiff change : step.changes()) {
            apply(change.descriptorPa(), change.before(), change.after());
        }
    }

    private void apply(long pa, long before, long after) {
        long[] page = pages.computeIfAbsent(pa >>> 12, key -> new long[WORDS]);
        int index = (int) (pa >>> 3) & (WORDS - 1);
        if (page[index] != before) {
            mismatches++;
        }
        page[index] = after;
    }

    /** Sets a word whatever it held. */
    void replace(long pa, long value) {
        pages.computeIfAbsent(pa >>> 12, key -> new long[WORDS])[(int) (pa >>> 3) & (WORDS - 1)] = value;
    }

    /** Writes whose old value was not what the replay held: words that held something before the run, or changed unseen. */
    public long mismatches() {
        return mismatches;
    }

    @Override
    public long read64(long pa) {
        long[] page = pages.get(pa >>> 12);
        return page == null ? 0 : page[(int) (pa >>> 3) & (WORDS - 1)];
    }
}
