package dev.breakmake.translation.trace;

import java.util.List;

/**
 * Where the chunks of a trace stand.
 *
 * @param entries chunks in file order; first sequences and steps ascend
 */
public record TraceIndex(List<Entry> entries) {
    public TraceIndex {
        entries = List.copyOf(entries);
    }

    /**
     * One chunk.
     *
     * @param offset byte offset of its header
     * @param firstSequence sequence of its first event
     * @param firstStep step of its first event
     */
    public record Entry(long offset, long firstSequence, long firstStep) {}

    /** Position in {@link #entries} of the chunk in which a step begins at the latest; 0 for the first. */
    public int chunkOfStep(long step) {
        int low = 0;
        int high = entries.size() - 1;
        int found = 0;
        // A step may begin in the chunk before the one whose first event belongs to it, so look for the last smaller
        // one.
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (entries.get(middle).firstStep() < step) {
                found = middle;
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return found;
    }
}
