package dev.breakmake.translation.rule;

import dev.breakmake.translation.tlb.Forest;
import dev.breakmake.translation.tlb.Frame;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.TableSlice;
import org.jspecify.annotations.Nullable;

/** Visits every descriptor of a tree that a walk could use, in order of input address, tables before what lies below them. */
final class TreeWalk {

    /** Takes the descriptors. */
    @FunctionalInterface
    interface Visitor {
        /** A valid descriptor; returns whether to go on below it. */
        boolean visit(TableSlice slice, int word, long descriptor, boolean leaf);
    }

    private TreeWalk() {}

    static void visit(Forest forest, @Nullable TableSlice group, Visitor visitor) {
        for (TableSlice s = group; s != null; s = s.nextInGroup()) {
            Geometry geometry = s.tree().geometry();
            Frame frame = s.frame();
            int end = s.endWord();
            for (int w = frame.nextFilled(s.firstWord(), end); w < end; w = frame.nextFilled(w + 1, end)) {
                long descriptor = frame.word(w);
                if ((descriptor & 1) == 0 || !geometry.holdable(descriptor, s.level())) {
                    continue;
                }
                boolean leaf = geometry.kind(descriptor, s.level()) == Geometry.LEAF;
                if (visitor.visit(s, w, descriptor, leaf) && !leaf) {
                    visit(forest, forest.child(s, w, descriptor), visitor);
                }
            }
        }
    }

    /** Whether anything between two input addresses (the last one included) is translated; looks only at entries that meet them. */
    static boolean anyLeaf(Forest forest, @Nullable TableSlice group, long from, long last) {
        for (TableSlice s = group; s != null; s = s.nextInGroup()) {
            Geometry geometry = s.tree().geometry();
            int shift = geometry.shift(s.level());
            long base = s.input(s.firstWord());
            int first = (int) Math.max(s.firstWord(), s.firstWord() + (from - base >> shift));
            int end = (int) Math.min(s.endWord(), s.firstWord() + (last - base >> shift) + 1);
            Frame frame = s.frame();
            for (int w = frame.nextFilled(first, end); w < end; w = frame.nextFilled(w + 1, end)) {
                long descriptor = frame.word(w);
                if ((descriptor & 1) == 0 || !geometry.holdable(descriptor, s.level())) {
                    continue;
                }
                if (geometry.kind(descriptor, s.level()) == Geometry.LEAF
                        || anyLeaf(forest, forest.child(s, w, descriptor), from, last)) {
                    return true;
                }
            }
        }
        return false;
    }
}
