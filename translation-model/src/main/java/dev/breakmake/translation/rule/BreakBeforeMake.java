package dev.breakmake.translation.rule;

import dev.breakmake.translation.descriptor.DescriptorChange;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.tlb.Frame;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.MayHold;
import dev.breakmake.translation.tlb.TableSlice;
import dev.breakmake.translation.tlb.TagSpace;
import dev.breakmake.translation.tlb.Tree;
import dev.breakmake.translation.tlb.VersionStore;
import org.jspecify.annotations.Nullable;

/**
 * BBM-*: a descriptor that becomes visible to walks must be compatible with every version still held for an intersecting input
 * range, wherever that one stood (Arm ARM D8.17.1, G5.9.1.1).
 */
public final class BreakBeforeMake {
    private final Machine machine;
    private final MayHold mayHold;
    private final VersionStore versions;
    private final StaleDependence dependence;
    private final OtherRoots otherRoots;
    private long now;
    private long pc;
    private int pe;

    /** Judges the writes of a machine. */
    public BreakBeforeMake(Machine machine, StaleDependence dependence, OtherRoots otherRoots) {
        this.machine = machine;
        this.mayHold = machine.mayHold();
        this.versions = mayHold.versions();
        this.dependence = dependence;
        this.otherRoots = otherRoots;
    }

    /**
     * A descriptor became visible.
     *
     * @param slice table it stands in, which some PE may walk
     * @param word its word in the frame
     * @param fresh its value
     * @param linked first slice of the table it newly leads to, or null
     */
    public void appeared(
            TableSlice slice, int word, long fresh, @Nullable TableSlice linked, int writer, long writerPc) {
        Tree tree = slice.tree();
        Geometry geometry = tree.geometry();
        TagSpace space = tree.space();
        boolean others = otherRoots.any(tree);
        if (space.staleVersions() == 0 && !others || !geometry.holdable(fresh, slice.level())) {
            return;
        }
        now = machine.clock().now();
        pe = writer;
        pc = writerPc;
        one(slice, word, fresh, others);
        if (linked != null) {
            below(linked, others);
        }
    }

    /**
     * A PE begins to walk a tree it may hold old versions of: what was stored while nobody walked it must be compatible with them now.
     */
    public void entered(Tree tree, int walker) {
        TagSpace space = tree.space();
        if (space.staleVersions() == 0 || (tree.holders() & 1L << walker) == 0) {
            return;
        }
        now = machine.clock().now();
        pe = walker;
        int next;
        for (int v = space.firstVersion(); v >= 0; v = next) {
            next = versions.nextInSpace(v);
            if (!versions.reported(v) && (versions.holders(v) & 1L << walker) != 0 && mayHold.concerns(v, tree)) {
                current(tree, v);
            }
        }
    }

    /** Compares a version with what the tree has for its addresses now. */
    private void current(Tree tree, int v) {
        long start = versions.input(v);
        long last = start + (1L << tree.geometry().shift(versions.level(v))) - 1;
        TreeWalk.visit(mayHold.forest(), tree.root(), (slice, word, descriptor, leaf) -> {
            long from = slice.input(word);
            long to = from + (1L << tree.geometry().shift(slice.level())) - 1;
            boolean meets = Long.compareUnsigned(from, last) <= 0 && Long.compareUnsigned(start, to) <= 0;
            if (meets && !versions.reported(v)) {
                pc = slice.frame().writer(word);
                against(slice, from, descriptor, v);
            }
            return meets && !versions.reported(v);
        });
    }

    private void below(TableSlice group, boolean others) {
        for (TableSlice s = group; s != null; s = s.nextInGroup()) {
            Geometry geometry = s.tree().geometry();
            Frame frame = s.frame();
            int end = s.endWord();
            for (int w = frame.nextFilled(s.firstWord(), end); w < end; w = frame.nextFilled(w + 1, end)) {
                long descriptor = frame.word(w);
                if ((descriptor & 1) != 0 && geometry.holdable(descriptor, s.level())) {
                    one(s, w, descriptor, others);
                    TableSlice child = geometry.kind(descriptor, s.level()) == Geometry.TABLE
                            ? mayHold.forest().child(s, w, descriptor)
                            : null;
                    if (child != null) {
                        below(child, others);
                    }
                }
            }
        }
    }

    private void one(TableSlice slice, int word, long fresh, boolean others) {
        Tree tree = slice.tree();
        TagSpace space = tree.space();
        int level = slice.level();
        long input = slice.input(word);
        if (space.staleVersions() != 0) {
            for (int at = -1; at <= 3; at++) {
                int count = space.staleVersions(at);
                if (count != 0) {
                    probe(slice, input, fresh, at, count);
                }
            }
            if (space.staleContiguous() != 0) {
                probeGroup(slice, input, fresh, level);
            }
        }
        if (others) {
            otherRoots.appeared(slice, input, fresh, pe, pc);
        }
    }

    private void probe(TableSlice slice, long input, long fresh, int at, int count) {
        TagSpace space = slice.tree().space();
        Geometry geometry = slice.tree().geometry();
        int shift = geometry.shift(at);
        long span = 1L << geometry.shift(slice.level());
        long first = input & -(1L << shift);
        long probes = at <= slice.level() ? 1 : span >>> shift;
        if (!space.mixedGranules() && probes <= 2L * count) {
            for (long p = 0; p < probes; p++) {
                for (int v = versions.find(space, at, first + (p << shift)); v >= 0; v = versions.findNext(v)) {
                    against(slice, input, fresh, v);
                }
            }
            return;
        }
        for (int v = space.firstVersion(); v >= 0; v = versions.nextInSpace(v)) {
            if (versions.level(v) == at && meets(v, input, span)) {
                against(slice, input, fresh, v);
            }
        }
    }

    private boolean meets(int v, long input, long span) {
        long offset = versions.input(v) - input;
        long held = 1L << versions.tree(v).geometry().shift(versions.level(v));
        return Long.compareUnsigned(offset, span) < 0 || Long.compareUnsigned(-offset, held) < 0;
    }

    /** A stale entry of a contiguous group may serve the addresses of all its members. */
    private void probeGroup(TableSlice slice, long input, long fresh, int level) {
        TagSpace space = slice.tree().space();
        Geometry geometry = slice.tree().geometry();
        int shift = geometry.shift(level);
        int members = geometry.groupEntries(level);
        long first = input & -((long) members << shift);
        for (int m = 0; m < members; m++) {
            long member = first + ((long) m << shift);
            if (member == input) {
                continue;
            }
            for (int v = versions.find(space, level, member); v >= 0; v = versions.findNext(v)) {
                if (!versions.isTable(v) && geometry.format().contiguous(versions.descriptor(v))) {
                    against(slice, input, fresh, v);
                }
            }
        }
    }

    private void against(TableSlice slice, long input, long fresh, int v) {
        Tree tree = slice.tree();
        if (!mayHold.concerns(v, tree) || versions.reported(v)) {
            return;
        }
        int level = slice.level();
        int heldLevel = versions.level(v);
        boolean freshTable = tree.geometry().kind(fresh, level) == Geometry.TABLE;
        if (versions.isTable(v)) {
            if (heldLevel < level) {
                throughStaleTable(slice, input, fresh, v, versions.group(v));
                return;
            }
            if (freshTable && heldLevel > level) {
                return;
            }
        } else if (freshTable && heldLevel != level) {
            // What the new table holds is compared entry by entry.
            return;
        }
        int mask = DescriptorChange.mask(
                versions.tree(v).geometry().format(),
                heldLevel,
                versions.descriptor(v),
                versions.input(v),
                tree.geometry().format(),
                level,
                fresh,
                input);
        if (!DescriptorChange.needsBreak(mask)) {
            return;
        }
        boolean direct = versions.bornAt(v) == now;
        if (!direct && !machine.sees(Capability.STORE_ORDER)) {
            machine.reporter()
                    .notObservable(
                            RuleId.BBM_OA, "the backend does not see in which order stores and invalidates happened");
            return;
        }
        dependence.made(v, mask, slice, input, fresh, direct, pe, pc);
    }

    /** A cached table descriptor still leads walks to old leaves. */
    private void throughStaleTable(TableSlice slice, long input, long fresh, int v, @Nullable TableSlice group) {
        Tree tree = slice.tree();
        Leaf leaf = Leaf.find(mayHold.forest(), group, input);
        if (leaf == null || tree.geometry().kind(fresh, slice.level()) == Geometry.TABLE) {
            return;
        }
        int mask = DescriptorChange.mask(
                leaf.slice().tree().geometry().format(),
                leaf.slice().level(),
                leaf.descriptor(),
                leaf.input(),
                tree.geometry().format(),
                slice.level(),
                fresh,
                input);
        boolean direct = versions.bornAt(v) == now;
        if (DescriptorChange.needsBreak(mask)) {
            dependence.made(v, mask, slice, input, fresh, direct, pe, pc);
        }
    }

    /**
     * BBM-CONTMIX: valid members of one contiguous group must agree in the contiguous bit, in attributes, and be contiguous.
     */
    public void contiguousGroup(TableSlice slice, int word, long fresh, int writer, long writerPc) {
        Geometry geometry = slice.tree().geometry();
        int level = slice.level();
        Frame frame = slice.frame();
        if (!frame.contiguousSeen()
                || geometry.kind(fresh, level) != Geometry.LEAF
                || geometry.groupEntries(level) > slice.endWord()) {
            return;
        }
        int members = geometry.groupEntries(level);
        int first = word & -members;
        boolean contiguous = geometry.format().contiguous(fresh);
        for (int w = first; w < first + members; w++) {
            long other = frame.word(w);
            if (w == word || geometry.kind(other, level) != Geometry.LEAF) {
                continue;
            }
            boolean otherContiguous = geometry.format().contiguous(other);
            if (!contiguous && !otherContiguous) {
                continue;
            }
            int mask = DescriptorChange.mask(
                    geometry.format(),
                    level,
                    other,
                    slice.input(w),
                    geometry.format(),
                    level,
                    fresh,
                    slice.input(word));
            if (contiguous != otherContiguous || DescriptorChange.needsBreak(mask)) {
                Violation violation = machine.reporter()
                        .report(
                                RuleId.BBM_CONTMIX,
                                machine.header().bbmLevel() >= 1 ? Severity.WARNING : null,
                                Machine.place(
                                        slice.tree(), level, writerPc, mayHold.holders(slice), slice.input(word)));
                if (violation != null) {
                    violation
                            .before(other, Machine.text(geometry, level, other))
                            .after(fresh, Machine.text(geometry, level, fresh))
                            .message("entries %d and %d of one contiguous group are both valid and disagree", w, word)
                            .because(machine.clock().now(), writer, writerPc, "the second of them was written");
                }
                return;
            }
        }
    }
}
