package dev.breakmake.translation.rule;

import dev.breakmake.translation.descriptor.ChangeKind;
import dev.breakmake.translation.descriptor.DescriptorChange;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.tlb.Forest;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.TableSlice;
import dev.breakmake.translation.tlb.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of the translations of an old tree in a new one, counted by old leaf.
 *
 * <p>{@code overlapping} counts old leaves whose addresses the new tree translates through other table pages: the TLB may hold
 * parts of both.
 */
final class TreeDifference {
    private static final int RANGES = 32;

    private final Forest forest;
    private final Tree after;
    private final List<AddressRange> conflicting = new ArrayList<>();
    private final List<AddressRange> overlap = new ArrayList<>();
    private int identical;
    private int permissionOnly;
    private int removed;
    private int conflicts;
    private int overlapping;
    private int sizes;

    private TreeDifference(Forest forest, Tree after) {
        this.forest = forest;
        this.after = after;
    }

    static TreeDifference of(Forest forest, Tree before, Tree after) {
        TreeDifference difference = new TreeDifference(forest, after);
        TreeWalk.visit(forest, before.root(), (slice, word, descriptor, leaf) -> {
            if (leaf) {
                difference.leaf(slice, word, descriptor);
            }
            return true;
        });
        return difference;
    }

    private void leaf(TableSlice slice, int word, long descriptor) {
        Geometry geometry = slice.tree().geometry();
        long input = slice.input(word);
        long size = 1L << geometry.shift(slice.level());
        Leaf fresh = Leaf.find(forest, after.root(), input);
        if (fresh == null && !TreeWalk.anyLeaf(forest, after.root(), input, input + size - 1)) {
            removed++;
            return;
        }
        boolean samePage = fresh != null && fresh.slice().frame() == slice.frame() && fresh.word() == word;
        if (!samePage) {
            overlapping++;
            add(overlap, input, size);
        }
        if (fresh == null) {
            conflicts++;
            add(conflicting, input, size);
            return;
        }
        int mask = DescriptorChange.mask(
                geometry.format(),
                slice.level(),
                descriptor,
                input,
                fresh.slice().tree().geometry().format(),
                fresh.slice().level(),
                fresh.descriptor(),
                fresh.input());
        int hard = mask & DescriptorChange.NEEDS_BREAK & ~ChangeKind.SIZE.mask();
        boolean covered = fresh.size() >= size || coveredAlike(slice, descriptor, input, size);
        if ((mask & ChangeKind.SIZE.mask()) != 0) {
            sizes++;
        }
        if (hard != 0 || !covered) {
            conflicts++;
            add(conflicting, input, size);
        } else if ((mask & (ChangeKind.PERMISSION_REDUCED.mask() | ChangeKind.PERMISSION_WIDENED.mask())) != 0) {
            permissionOnly++;
        } else {
            identical++;
        }
    }

    /** Whether smaller leaves of the new tree translate the whole range as the old block did. */
    private boolean coveredAlike(TableSlice slice, long descriptor, long input, long size) {
        long at = input;
        while (at - input < size) {
            Leaf part = Leaf.find(forest, after.root(), at);
            if (part == null) {
                return false;
            }
            int mask = DescriptorChange.mask(
                    slice.tree().geometry().format(),
                    slice.level(),
                    descriptor,
                    input,
                    part.slice().tree().geometry().format(),
                    part.slice().level(),
                    part.descriptor(),
                    part.input());
            if ((mask & DescriptorChange.NEEDS_BREAK & ~ChangeKind.SIZE.mask()) != 0) {
                return false;
            }
            at = part.input() + part.size();
        }
        return true;
    }

    private static void add(List<AddressRange> ranges, long start, long size) {
        int last = ranges.size() - 1;
        if (last >= 0 && ranges.get(last).end() == start) {
            ranges.set(last, new AddressRange(ranges.get(last).start(), start + size));
        } else if (ranges.size() < RANGES) {
            ranges.add(new AddressRange(start, start + size));
        }
    }

    int identical() {
        return identical;
    }

    int permissionOnly() {
        return permissionOnly;
    }

    int removed() {
        return removed;
    }

    int conflicting() {
        return conflicts;
    }

    int sizesDiffer() {
        return sizes;
    }

    /** Old translations that the new tree has too, through other table pages. */
    int overlapping() {
        return overlapping;
    }

    List<AddressRange> conflictingRanges() {
        return conflicting;
    }

    List<AddressRange> overlappingRanges() {
        return overlap;
    }
}
