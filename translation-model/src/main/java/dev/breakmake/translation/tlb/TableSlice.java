package dev.breakmake.translation.tlb;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a table that lies in one frame, as one path of one tree reaches it. A 64 KiB table is sixteen slices; a page shared by
 * two roots has a slice for each.
 */
public final class TableSlice {
    private final Tree tree;
    private final @Nullable TableSlice parent;
    private final int parentWord;
    private final int level;
    private final long input;
    private final Frame frame;
    private final int firstWord;
    private final int words;

    @Nullable
    TableSlice nextOnFrame;

    @Nullable
    TableSlice nextInGroup;
    /**
     * First slices of the tables below, only kept under a stage 2: where a descriptor led when it was followed cannot be read from it
     * once stage 2 has changed.
     */
    final List<TableSlice> below;
    /** Number of the stale version of the link to this slice; -1 while the link is live. */
    int version = -1;
    /** Nearest stale link at or above this slice as of {@link #knownAt}. */
    private int staleLink = -1;

    private int knownAt = -1;

    TableSlice(
            Tree tree,
            @Nullable TableSlice parent,
            int parentWord,
            int level,
            long input,
            Frame frame,
            int firstWord,
            int words) {
        this.tree = tree;
        this.parent = parent;
        this.parentWord = parentWord;
        this.level = level;
        this.input = input;
        this.frame = frame;
        this.firstWord = firstWord;
        this.words = words;
        this.below = tree.stage2() == null ? List.of() : new ArrayList<>();
    }

    /** The tree it belongs to. */
    public Tree tree() {
        return tree;
    }

    /** The slice that holds the table descriptor pointing here; null at the root. */
    public @Nullable TableSlice parent() {
        return parent;
    }

    /** Word of the parent's frame that points here. */
    public int parentWord() {
        return parentWord;
    }

    /** Table level. */
    public int level() {
        return level;
    }

    /** Memory it lies in. */
    public Frame frame() {
        return frame;
    }

    /** First word of the frame that belongs to the table. */
    public int firstWord() {
        return firstWord;
    }

    /** One past the last word of the frame that belongs to the table. */
    public int endWord() {
        return firstWord + words;
    }

    /** Whether a word of the frame belongs to the table. */
    public boolean holds(int word) {
        return word >= firstWord && word < firstWord + words;
    }

    /** First input address of the entry in that word of the frame. */
    public long input(int word) {
        return input + ((long) (word - firstWord) << tree.geometry().shift(level));
    }

    /** The next slice of the same table, or null. */
    public @Nullable TableSlice nextInGroup() {
        return nextInGroup;
    }

    /** The next slice, of any tree, that lies in the same frame, or null. */
    public @Nullable TableSlice nextOnFrame() {
        return nextOnFrame;
    }

    /** Number of the stale version of the link to it, or -1 while that link is live. */
    public int version() {
        return version;
    }

    /** Whether no live walk comes here any more, only one through a cached table descriptor. */
    public boolean stale() {
        return staleLink() >= 0;
    }

    /** Number of the stale version of the nearest stale link at or above this slice, -1 if every link is live. */
    int staleLink() {
        int changes = tree.forest().linkChanges;
        if (knownAt != changes) {
            int found = -1;
            for (TableSlice s = this; s != null && found < 0; s = s.parent) {
                found = s.version;
            }
            staleLink = found;
            knownAt = changes;
        }
        return staleLink;
    }
}
