package dev.breakmake.translation.rule;

import dev.breakmake.translation.descriptor.MemoryType;
import dev.breakmake.translation.descriptor.Permissions;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.RegionDeclared;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.TableSlice;
import dev.breakmake.translation.tlb.Tree;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** LAY-*, SMP-IDMAP, CMO-MISMATCH: what the address space looks like as a whole; judged on declarations and at the end of a run. */
public final class Layouts {
    private final Machine machine;
    private final List<RegionDeclared> regions = new ArrayList<>();

    /** Judges the layouts of a machine. */
    public Layouts(Machine machine) {
        this.machine = machine;
    }

    /** A region was declared. */
    void declared(RegionDeclared region) {
        for (RegionDeclared other : regions) {
            if (other.virtual().intersects(region.virtual())) {
                Violation violation = report(RuleId.LAY_OVERLAP, null, region.pc(), region.virtual());
                if (violation != null) {
                    violation.message(
                            "region %s %s overlaps region %s %s",
                            region.name(), region.virtual(), other.name(), other.virtual());
                }
            }
        }
        regions.add(region);
        AddressRange image = image();
        if (image != null && image.intersects(region.virtual()) && !identity(region)) {
            Violation violation = report(RuleId.LAY_IDCLASH, null, region.pc(), region.virtual());
            if (violation != null) {
                violation.message(
                        "the identity range of the image %s lies in runtime region %s %s",
                        image, region.name(), region.virtual());
            }
        }
    }

    private static boolean identity(RegionDeclared region) {
        return region.name().startsWith("identity");
    }

    private @Nullable AddressRange image() {
        for (NamedRegion region : machine.header().regions()) {
            if (region.name().equals("image")) {
                return region.physical();
            }
        }
        return null;
    }

    private @Nullable Violation report(RuleId rule, @Nullable Tree tree, long pc, AddressRange range) {
        return machine.reporter()
                .report(
                        rule,
                        null,
                        new Reporter.Place(
                                tree == null ? "" : Machine.name(tree.space().regime()),
                                "",
                                Reporter.NO_LEVEL,
                                pc,
                                tree == null ? 0 : tree.walkers(),
                                range.start(),
                                range.size()));
    }

    /**
     * End of the run.
     *
     * @param lastPc last instruction address of PE0: tells whether it still runs on the identity mapping
     */
    public void finish(long lastPc) {
        for (Tree tree : machine.mayHold().forest().trees()) {
            Regime regime = tree.space().regime();
            if (tree.walkers() != 0 && (regime == Regime.EL2 || regime == Regime.EL2_0 || regime == Regime.HYP)) {
                identityLeft(tree, lastPc);
                Mappings mappings = new Mappings(tree);
                TreeWalk.visit(machine.mayHold().forest(), tree.root(), mappings::visit);
                mappings.mismatches();
                sharedTables(tree);
            }
        }
    }

    private void identityLeft(Tree tree, long lastPc) {
        AddressRange image = image();
        if (image == null || image.contains(lastPc)) {
            return;
        }
        for (long at = image.start(); Long.compareUnsigned(at, image.end()) < 0; at += 4096) {
            Leaf leaf = Leaf.find(machine.mayHold().forest(), tree.root(), at);
            if (leaf != null && leaf.output(at) == at && executable(tree, leaf)) {
                boolean shared = Long.bitCount(tree.walkers()) > 1;
                Violation violation = report(
                        shared ? RuleId.SMP_IDMAP : RuleId.LAY_IDLEFT,
                        tree,
                        leaf.slice().frame().writer(leaf.word()),
                        new AddressRange(leaf.input(), leaf.input() + leaf.size()));
                if (violation != null) {
                    violation
                            .after(
                                    leaf.descriptor(),
                                    Machine.text(tree.geometry(), leaf.slice().level(), leaf.descriptor()))
                            .message(
                                    "the identity mapping of 0x%x is still in the live tables of %s at the end of the run",
                                    at, Machine.pes(tree.walkers()));
                }
                return;
            }
        }
    }

    /** Data that has equal addresses by chance (a slot of the domheap above 2 GiB) carries no jump: it is no identity mapping. */
    private static boolean executable(Tree tree, Leaf leaf) {
        return Permissions.executable(tree.geometry().format().permissions(leaf.descriptor()));
    }

    /** LAY-ALIAS: two declared regions served by one table page. */
    private void sharedTables(Tree tree) {
        for (int i = 0; i < regions.size(); i++) {
            for (int j = 0; j < i; j++) {
                Leaf a = Leaf.find(
                        machine.mayHold().forest(),
                        tree.root(),
                        regions.get(i).virtual().start());
                Leaf b = Leaf.find(
                        machine.mayHold().forest(),
                        tree.root(),
                        regions.get(j).virtual().start());
                if (a != null
                        && b != null
                        && a.slice() != b.slice()
                        && a.slice().frame() == b.slice().frame()) {
                    Violation violation = report(
                            RuleId.LAY_ALIAS,
                            tree,
                            a.slice().frame().writer(a.word()),
                            regions.get(i).virtual());
                    if (violation != null) {
                        violation.message(
                                "regions %s and %s share the table page 0x%x",
                                regions.get(i).name(),
                                regions.get(j).name(),
                                a.slice().frame().address());
                    }
                }
            }
        }
    }

    /** The leaves of one tree by output address. */
    private final class Mappings {
        private record Mapping(long output, long size, long input, int type, int shareability, long pc) {}

        private final Tree tree;
        private final List<Mapping> mappings = new ArrayList<>();

        Mappings(Tree tree) {
            this.tree = tree;
        }

        boolean visit(TableSlice slice, int word, long descriptor, boolean leaf) {
            if (leaf) {
                Geometry geometry = tree.geometry();
                Mapping mapping = new Mapping(
                        geometry.format().outputAddress(descriptor, slice.level()),
                        1L << geometry.shift(slice.level()),
                        slice.input(word),
                        geometry.format().memoryType(descriptor),
                        geometry.format().shareability(descriptor),
                        slice.frame().writer(word));
                mappings.add(mapping);
                overmap(mapping);
            }
            return true;
        }

        /** Normal cacheable memory where the machine has no RAM. */
        private void overmap(Mapping mapping) {
            if (mapping.type() <= 0x0c
                    || mapping.type() == MemoryType.NORMAL_NC
                    || machine.header().ram().isEmpty()) {
                return;
            }
            long at = mapping.output();
            long end = at + mapping.size();
            for (AddressRange ram : machine.header().ram()) {
                if (ram.contains(at)) {
                    at = ram.end();
                }
            }
            if (Long.compareUnsigned(at, end) < 0) {
                Violation violation = report(
                        RuleId.LAY_OVERMAP,
                        tree,
                        mapping.pc(),
                        new AddressRange(mapping.input(), mapping.input() + mapping.size()));
                if (violation != null) {
                    violation.message(
                            "a Normal cacheable mapping of [0x%x, 0x%x) covers physical memory that is no RAM, from 0x%x",
                            mapping.output(), end, at);
                }
            }
        }

        /** Two mappings of the same memory with other attributes. */
        void mismatches() {
            mappings.sort((a, b) -> Long.compareUnsigned(a.output(), b.output()));
            long reach = 0;
            Mapping widest = null;
            for (Mapping mapping : mappings) {
                if (widest != null
                        && Long.compareUnsigned(mapping.output(), reach) < 0
                        && (widest.type() != mapping.type() || widest.shareability() != mapping.shareability())) {
                    Violation violation = report(
                            RuleId.CMO_MISMATCH,
                            tree,
                            mapping.pc(),
                            new AddressRange(mapping.input(), mapping.input() + mapping.size()));
                    if (violation != null) {
                        violation.message(
                                "physical 0x%x is mapped at 0x%x as %s %d and at 0x%x as %s %d (type, shareability)",
                                mapping.output(),
                                widest.input(),
                                MemoryType.name(widest.type()),
                                widest.shareability(),
                                mapping.input(),
                                MemoryType.name(mapping.type()),
                                mapping.shareability());
                    }
                }
                long end = mapping.output() + mapping.size();
                if (widest == null || Long.compareUnsigned(end, reach) > 0) {
                    widest = mapping;
                    reach = end;
                }
            }
        }
    }
}
