package dev.breakmake.translation.rule;

import dev.breakmake.translation.descriptor.DescriptorChange;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.MayHold;
import dev.breakmake.translation.tlb.TableSlice;
import dev.breakmake.translation.tlb.Tree;
import java.util.List;

/**
 * REG-TTBR and REG-VMID: another root under the same identifiers while entries of the old tree may be held. That replaces live
 * mappings without break-before-make, whatever the leaves say: walk caches may mix tables of both trees (D8.17.1 by analogy).
 */
public final class OtherRoots {
    private final Machine machine;
    private final MayHold mayHold;

    /** Judges the roots of a machine. */
    public OtherRoots(Machine machine) {
        this.machine = machine;
        this.mayHold = machine.mayHold();
    }

    /** Whether entries of another root may be held where walks of this tree go on. */
    boolean any(Tree tree) {
        List<Tree> trees = mayHold.forest().trees();
        if (trees.size() == 1) {
            return false;
        }
        for (int i = 0; i < trees.size(); i++) {
            if (clashes(trees.get(i), tree)) {
                return true;
            }
        }
        return false;
    }

    private static boolean clashes(Tree old, Tree tree) {
        return old != tree
                && old.base() != tree.base()
                && old.space() == tree.space()
                && old.asid() == tree.asid()
                && old.geometry().inputStart() == tree.geometry().inputStart()
                && (old.holders() & tree.walkers()) != 0;
    }

    /** A PE begins to walk a tree of an enabled regime that was enabled before with another root. */
    void entered(Tree tree, int pe, long pc) {
        List<Tree> trees = mayHold.forest().trees();
        for (int i = 0; i < trees.size(); i++) {
            Tree old = trees.get(i);
            if (clashes(old, tree) && (old.holders() & 1L << pe) != 0) {
                TreeDifference difference = TreeDifference.of(mayHold.forest(), old, tree);
                if (difference.overlapping() > 0) {
                    report(old, tree, difference, pe, pc);
                }
            }
        }
    }

    private void report(Tree old, Tree tree, TreeDifference difference, int pe, long pc) {
        Regime regime = tree.space().regime();
        List<AddressRange> ranges = difference.conflictingRanges().isEmpty()
                ? difference.overlappingRanges()
                : difference.conflictingRanges();
        AddressRange first = ranges.getFirst();
        Violation violation = machine.reporter()
                .report(
                        rule(regime),
                        null,
                        new Reporter.Place(
                                Machine.name(regime),
                                Machine.tag(tree),
                                Reporter.NO_LEVEL,
                                pc,
                                1L << pe,
                                first.start(),
                                first.size()));
        if (violation == null) {
            return;
        }
        violation
                .message(
                        "root 0x%x replaced by 0x%x while %s translates and may hold the old tree: %d translations identical, %d permission-only, %d removed, %d conflicting",
                        old.base(),
                        tree.base(),
                        "PE" + pe,
                        difference.identical(),
                        difference.permissionOnly(),
                        difference.removed(),
                        difference.conflicting())
                .before(old.base(), "root 0x" + Long.toHexString(old.base()))
                .after(tree.base(), "root 0x" + Long.toHexString(tree.base()))
                .evidence("identical", difference.identical())
                .evidence("permissionOnly", difference.permissionOnly())
                .evidence("removed", difference.removed())
                .evidence("conflicting", difference.conflicting())
                .evidence("sizesDiffer", difference.sizesDiffer())
                .evidence("conflictingRanges", text(difference.conflictingRanges()))
                .evidence("overlappingRanges", text(difference.overlappingRanges()));
    }

    private static String text(List<AddressRange> ranges) {
        StringBuilder text = new StringBuilder();
        for (AddressRange range : ranges) {
            text.append(text.isEmpty() ? "" : " ").append(range);
        }
        return text.toString();
    }

    static RuleId rule(Regime regime) {
        return regime.hasVmids() ? RuleId.REG_VMID : RuleId.REG_TTBR;
    }

    /** A descriptor appeared in a tree while another root's entries may be held: the make of a switch that looked harmless. */
    void appeared(TableSlice slice, long input, long fresh, int pe, long pc) {
        Tree tree = slice.tree();
        Geometry geometry = tree.geometry();
        if (geometry.kind(fresh, slice.level()) != Geometry.LEAF) {
            return;
        }
        List<Tree> trees = mayHold.forest().trees();
        for (int i = 0; i < trees.size(); i++) {
            Tree old = trees.get(i);
            if (!clashes(old, tree)) {
                continue;
            }
            Leaf held = Leaf.find(mayHold.forest(), old.root(), input);
            if (held == null) {
                continue;
            }
            int mask = DescriptorChange.mask(
                    old.geometry().format(),
                    held.slice().level(),
                    held.descriptor(),
                    held.input(),
                    geometry.format(),
                    slice.level(),
                    fresh,
                    input);
            if (!DescriptorChange.needsBreak(mask)) {
                continue;
            }
            long pes = old.holders() & tree.walkers();
            Violation violation = machine.reporter()
                    .report(rule(tree.space().regime()), null, Machine.place(tree, slice.level(), pc, pes, input));
            if (violation != null) {
                violation
                        .message(
                                "a mapping is made in the tree at 0x%x while %s may still hold another one of the tree at 0x%x, left without a TLB invalidate",
                                tree.base(), Machine.pes(pes), old.base())
                        .before(
                                held.descriptor(),
                                Machine.text(old.geometry(), held.slice().level(), held.descriptor()))
                        .after(fresh, Machine.text(geometry, slice.level(), fresh))
                        .because(old.leftAt(), pe, pc, "the old root was left");
            }
        }
    }

    /**
     * End of the run: a root left while its regime stayed on, under the same identifiers, and no invalidate since. Nothing was held
     * twice, but the identifier now names two sets of tables.
     */
    public void finish() {
        List<Tree> trees = mayHold.forest().trees();
        for (int i = 0; i < trees.size(); i++) {
            Tree old = trees.get(i);
            if (machine.sees(Capability.SETUP) && mayHold.holdsNothing(old)) {
                // A trace that starts mid-life does not say what a root it never wrote to holds.
                continue;
            }
            for (int j = 0; j < trees.size(); j++) {
                Tree tree = trees.get(j);
                long pes = old.holders() & ~old.walkers() & tree.walkers();
                if (clashes(old, tree) && pes != 0 && old.leftAt() != 0) {
                    Regime regime = tree.space().regime();
                    Violation violation = machine.reporter()
                            .report(
                                    rule(regime),
                                    null,
                                    new Reporter.Place(
                                            Machine.name(regime),
                                            Machine.tag(tree),
                                            Reporter.NO_LEVEL,
                                            old.leftBy(),
                                            pes,
                                            0,
                                            0));
                    if (violation != null) {
                        violation
                                .message(
                                        "root 0x%x replaced by 0x%x under the same identifiers while translating, and no TLB invalidate of the regime followed on %s",
                                        old.base(), tree.base(), Machine.pes(pes))
                                .before(old.base(), "root 0x" + Long.toHexString(old.base()))
                                .after(tree.base(), "root 0x" + Long.toHexString(tree.base()));
                    }
                }
            }
        }
    }
}
