package dev.breakmake.translation.rule;

import dev.breakmake.translation.tlb.Forest;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.TableSlice;
import org.jspecify.annotations.Nullable;

/**
 * A leaf that a walk of a tree, or of a part of one, ends at.
 *
 * @param slice table it stands in
 * @param word its word in the frame
 * @param descriptor its value
 */
record Leaf(TableSlice slice, int word, long descriptor) {

    /** First input address. */
    long input() {
        return slice.input(word);
    }

    /** Bytes it maps. */
    long size() {
        return 1L << slice.tree().geometry().shift(slice.level());
    }

    /** Output address of an input address it serves. */
    long output(long at) {
        return slice.tree().geometry().format().outputAddress(descriptor, slice.level()) + (at - input());
    }

    /** Permissions and attributes as decoded bits, for comparisons at the same output. */
    long location() {
        return slice.frame().address() + 8L * word;
    }

    /** The leaf that serves an input address below a table, or null. */
    static @Nullable Leaf find(Forest forest, @Nullable TableSlice group, long input) {
        TableSlice at = group;
        while (at != null) {
            Geometry geometry = at.tree().geometry();
            int shift = geometry.shift(at.level());
            long word = at.firstWord() + ((input - at.input(at.firstWord())) >> shift);
            if (word < at.firstWord() || word >= at.endWord()) {
                at = at.nextInGroup();
                continue;
            }
            long descriptor = at.frame().word((int) word);
            if (!geometry.holdable(descriptor, at.level())) {
                return null;
            }
            if (geometry.kind(descriptor, at.level()) == Geometry.LEAF) {
                return new Leaf(at, (int) word, descriptor);
            }
            at = forest.child(at, (int) word, descriptor);
        }
        return null;
    }
}
