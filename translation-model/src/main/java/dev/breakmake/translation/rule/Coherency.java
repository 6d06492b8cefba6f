package dev.breakmake.translation.rule;

import dev.breakmake.translation.cache.LineStates;
import dev.breakmake.translation.descriptor.MemoryType;
import dev.breakmake.translation.event.CacheMaintenance;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.MemoryRead;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.tlb.Geometry;
import dev.breakmake.translation.tlb.PeTimeline;
import dev.breakmake.translation.tlb.TableSlice;
import dev.breakmake.translation.tlb.Tree;
import org.jspecify.annotations.Nullable;

/** CMO-*: tables, mailboxes and code that are written on one side of a cache and read on the other. */
public final class Coherency {
    private static final int LAST_DEVICE = 0x0c;
    /** Larger device mappings are not searched for dirty lines: they cover no RAM. */
    private static final long MOST_LOOKED_AT = 1L << 30;

    private final Machine machine;
    private final LineStates lines;

    /** Judges the cache maintenance of a machine. */
    public Coherency(Machine machine) {
        this.machine = machine;
        this.lines = machine.lines();
    }

    /** A store to memory that is no live table. */
    public void written(long pa, long length, boolean cacheable, int pe, long pc) {
        if (!cacheable) {
            writtenOverClean(pa, length, pe, pc);
        }
        lines.write(pa, length, cacheable, machine.clock().now(), pe, pc, orderedAt(pe));
        if (!cacheable && lines.atHandOver(pa) == HandOver.LineState.UNKNOWN && machine.sees(Capability.CACHE_STATE)) {
            Violation violation =
                    machine.reporter().report(RuleId.CMO_PRE, Severity.WARNING, memory(pc, pe, pa, length));
            if (violation != null) {
                violation.message(
                        "0x%x is written past the caches while a dirty line of it may exist since hand-over: an eviction overwrites it",
                        pa);
            }
        }
    }

    /** A store to a table. */
    void tableWritten(DescriptorWrite write) {
        if (!write.cacheable()) {
            writtenOverClean(write.pa(), write.size(), write.pe(), write.pc());
        }
        lines.write(
                write.pa(),
                write.size(),
                write.cacheable(),
                machine.clock().now(),
                write.pe(),
                write.pc(),
                orderedAt(write.pe()));
    }

    /** CMO-PRE: a line that is still on its way out of a cache may overwrite what is written past the caches. */
    private void writtenOverClean(long pa, long length, int pe, long pc) {
        int cleaner = machine.sees(Capability.CACHE_STATE) ? lines.cleanedBy(pa) : -1;
        if (cleaner < 0 || completed(cleaner, pe) > lines.cleanedAt(pa)) {
            return;
        }
        Violation violation = machine.reporter().report(RuleId.CMO_PRE, Severity.ERROR, memory(pc, pe, pa, length));
        if (violation != null) {
            violation
                    .message(
                            "0x%x is written past the caches although no DSB of PE%d completed the clean of its line",
                            pa, cleaner)
                    .because(lines.cleanedAt(pa), cleaner, lines.dirtyWriter(pa), "cleaned, not completed");
        }
    }

    /** Time of the last DSB of a PE that completes its cache maintenance for another one. */
    private long completed(int cleaner, int other) {
        PeTimeline timeline = machine.mayHold().timeline(cleaner);
        return cleaner == other ? timeline.fullBarrier() : timeline.fullBarrierShared();
    }

    private long orderedAt(int pe) {
        return machine.mayHold().timeline(pe).orderedAt();
    }

    /** CMO-ATTR: a mapping that lowers the cacheability of memory with lines that were never cleaned. */
    void mapped(TableSlice slice, int word, long fresh, DescriptorWrite write) {
        Geometry geometry = slice.tree().geometry();
        int type = geometry.format().memoryType(fresh);
        if (geometry.regime().stage2()
                || slice.tree().stage2() != null
                || !(type <= LAST_DEVICE || type == MemoryType.NORMAL_NC)) {
            return;
        }
        long output = geometry.format().outputAddress(fresh, slice.level());
        long size = 1L << geometry.shift(slice.level());
        long pa = size > MOST_LOOKED_AT ? -1 : lines.mayBeDirty(output, size);
        if (pa == -1) {
            return;
        }
        Violation violation = machine.reporter()
                .report(
                        RuleId.CMO_ATTR,
                        null,
                        Machine.place(slice.tree(), slice.level(), write.pc(), 1L << write.pe(), slice.input(word)));
        if (violation != null) {
            violation
                    .after(fresh, Machine.text(geometry, slice.level(), fresh))
                    .because(lines.dirtyAt(pa), lines.dirtyBy(pa), lines.dirtyWriter(pa), "written through the caches")
                    .message("0x%x is mapped past the caches although a dirty line of it may exist", pa);
        }
    }

    /** Cache maintenance. */
    public void maintained(CacheMaintenance event) {
        if (event.operation() == CacheOperation.DC_IVAC) {
            readOnly(event);
        }
        switch (event.operation()) {
            case DC_IVAC -> range(event, () -> invalidate(event, false));
            case DC_CIVAC -> range(event, () -> invalidate(event, true));
            case DC_CVAC, DC_CVAP ->
                range(
                        event,
                        () -> lines.clean(
                                event.pa(), event.length(), machine.clock().now(), event.pe()));
            case DC_CVAU ->
                range(
                        event,
                        () -> lines.cleanToUnification(
                                event.pa(), event.length(), machine.clock().now(), event.pe()));
            case IC_IALLU, IC_IALLUIS, IC_IVAU ->
                lines.instructionCachesInvalidated(
                        machine.has(Feature.CTR_IDC), machine.clock().now(), event.pe(), this::completed);
            case DC_ISW, DC_CSW, DC_CISW -> setWay(event);
            case BPIALL, BPIALLIS, BPIMVA -> {}
        }
    }

    /** DC IVAC through a read-only mapping faults. */
    private void readOnly(CacheMaintenance event) {
        Tree tree = machine.mayHold().walked(event.pe(), machine.hypervisorRegime(event.pe()), 0);
        Leaf leaf = tree == null ? null : Leaf.find(machine.mayHold().forest(), tree.root(), event.va());
        if (tree == null || leaf == null || tree.geometry().format().writable(leaf.descriptor())) {
            return;
        }
        Violation violation = machine.reporter()
                .report(
                        RuleId.CMO_DCIVACRO,
                        null,
                        Machine.place(tree, leaf.slice().level(), event.pc(), 1L << event.pe(), leaf.input()));
        if (violation != null) {
            violation.message("DC IVAC of 0x%x goes through a read-only mapping", event.va());
        }
    }

    private void invalidate(CacheMaintenance event, boolean clean) {
        lines.invalidate(event.pa(), event.length(), clean, machine.clock().now(), event.pe(), orderedAt(event.pe()));
    }

    private static void range(CacheMaintenance event, Runnable action) {
        if (event.pa() != -1) {
            action.run();
        }
    }

    private void setWay(CacheMaintenance event) {
        long others = 0;
        for (int pe = 0; pe < machine.peCount(); pe++) {
            if (machine.pe(pe).enabled(machine.hypervisorRegime(pe))) {
                others |= 1L << pe;
            }
        }
        if (others == 0) {
            return;
        }
        Violation violation = machine.reporter().report(RuleId.CMO_SW, null, memory(event.pc(), event.pe(), 0, 0));
        if (violation != null) {
            violation.message(
                    "set/way maintenance (%s) while %s runs with its MMU on: lines migrate, nothing is guaranteed",
                    event.operation(), Machine.pes(others));
        }
    }

    /** A regime goes on: its walks may hit lines that are older than what was written past the caches. */
    void enabled(RegisterWrite write, Tree tree) {
        if (!machine.sees(Capability.CACHE_STATE)) {
            machine.reporter()
                    .notObservable(
                            RuleId.CMO_PTOFF, "the backend does not see cacheability of stores and cache maintenance");
            return;
        }
        tables(write, tree, tree.root());
    }

    private void tables(RegisterWrite write, Tree tree, @Nullable TableSlice root) {
        for (TableSlice s = root; s != null; s = s.nextInGroup()) {
            check(write, tree, s);
        }
        TreeWalk.visit(machine.mayHold().forest(), root, (slice, word, descriptor, leaf) -> {
            if (!leaf) {
                for (TableSlice s = machine.mayHold().forest().child(slice, word, descriptor);
                        s != null;
                        s = s.nextInGroup()) {
                    check(write, tree, s);
                }
            }
            return true;
        });
    }

    private void check(RegisterWrite write, Tree tree, TableSlice slice) {
        long start = slice.frame().address() + 8L * slice.firstWord();
        long length = 8L * (slice.endWord() - slice.firstWord());
        if (!tree.walksCacheable()) {
            unclean(write, tree, slice, start, length);
            return;
        }
        long pa = lines.mayBeHidden(start, length);
        if (pa == -1) {
            return;
        }
        boolean partly = lines.partlyInvalidated(pa);
        long pc = lines.uncachedWriter(pa);
        int writer = lines.uncachedBy(pa);
        Violation violation = machine.reporter()
                .report(
                        partly ? RuleId.CMO_RANGE : RuleId.CMO_PTOFF,
                        write.pe() == 0 ? null : Severity.WARNING,
                        new Reporter.Place(
                                Machine.name(tree.geometry().regime()),
                                "",
                                slice.level(),
                                pc,
                                1L << write.pe(),
                                slice.input(slice.firstWord()),
                                length / 8 << tree.geometry().shift(slice.level())));
        if (violation != null) {
            violation
                    .message(
                            "the table at 0x%x was written past the caches (at 0x%x) and not invalidated to the point of coherency: PE%d's cacheable walks may hit an older line",
                            start, pa, write.pe())
                    .because(lines.uncachedAt(pa), writer, pc, "table written with the data cache off")
                    .because(machine.clock().now(), write.pe(), write.pc(), "MMU turned on with cacheable walks")
                    .evidence("atHandOver", lines.atHandOver(pa));
        }
    }

    /** REG-WALKATTR: walks go past the caches, and a table was stored through them. */
    private void unclean(RegisterWrite write, Tree tree, TableSlice slice, long start, long length) {
        long pa = lines.mayBeDirty(start, length);
        if (pa == -1) {
            return;
        }
        Violation violation = machine.reporter()
                .report(
                        RuleId.REG_WALKATTR,
                        null,
                        Machine.place(
                                tree,
                                slice.level(),
                                lines.dirtyWriter(pa),
                                1L << write.pe(),
                                slice.input(slice.firstWord())));
        if (violation != null) {
            violation
                    .because(lines.dirtyAt(pa), lines.dirtyBy(pa), lines.dirtyWriter(pa), "stored through the caches")
                    .message(
                            "the table at 0x%x was stored through the caches (at 0x%x) and not cleaned, but PE%d walks past them",
                            start, pa, write.pe());
        }
    }

    /** A load past the caches, e.g. of a mailbox by a PE that comes up. */
    public void read(MemoryRead event) {
        if (!machine.sees(Capability.CACHE_STATE)) {
            return;
        }
        if (event.cacheable()) {
            storeNotCompleted(event);
            return;
        }
        long pa = lines.mayBeDirty(event.pa(), event.length());
        if (pa == -1) {
            cleanNotCompleted(event);
            return;
        }
        long pc = lines.dirtyWriter(pa);
        PeModel reader = machine.pe(event.pe());
        Regime own = machine.hypervisorRegime(event.pe());
        boolean between = !reader.enabled(own) && reader.disabledAt(own) != 0 && lines.dirtyBy(pa) == event.pe();
        Violation violation = machine.reporter()
                .report(
                        between ? RuleId.MMU_STACK : RuleId.CMO_MBOX,
                        null,
                        memory(pc, event.pe(), event.pa(), event.length()));
        if (violation != null) {
            violation
                    .message(
                            "PE%d reads 0x%x past the caches, but the last store to it was not cleaned to the point of coherency",
                            event.pe(), event.pa())
                    .because(lines.dirtyAt(pa), lines.dirtyBy(pa), pc, "written through the caches")
                    .because(machine.clock().now(), event.pe(), event.pc(), "read with the data cache off");
        }
    }

    /** CMO-MBOX: caches are coherent, but a PE that starts does not wait for the stores of the one that starts it. */
    private void storeNotCompleted(MemoryRead event) {
        int writer = lines.storedBy(event.pa());
        if (writer < 0 || writer == event.pe()) {
            return;
        }
        long stored = lines.dirtyAt(event.pa());
        if (stored > machine.pe(event.pe()).startedAt()
                || machine.mayHold().timeline(writer).storeBarrierShared() > stored) {
            return;
        }
        long pc = lines.dirtyWriter(event.pa());
        Violation violation =
                machine.reporter().report(RuleId.CMO_MBOX, null, memory(pc, event.pe(), event.pa(), event.length()));
        if (violation != null) {
            violation
                    .message(
                            "PE%d was started and reads 0x%x, but no DSB of PE%d completed the store to it before",
                            event.pe(), event.pa(), writer)
                    .because(stored, writer, pc, "written, not completed")
                    .because(machine.clock().now(), event.pe(), event.pc(), "read by the PE that was started");
        }
    }

    /** CMO-MBOX: cleaned, but no DSB of the PE that did it says when. */
    private void cleanNotCompleted(MemoryRead event) {
        int cleaner = lines.cleanedBy(event.pa());
        if (cleaner < 0) {
            return;
        }
        if (completed(cleaner, event.pe()) > lines.cleanedAt(event.pa())) {
            return;
        }
        long pc = lines.dirtyWriter(event.pa());
        Violation violation =
                machine.reporter().report(RuleId.CMO_MBOX, null, memory(pc, event.pe(), event.pa(), event.length()));
        if (violation != null) {
            violation
                    .message(
                            "PE%d reads 0x%x past the caches, but no DSB completed its clean to the point of coherency",
                            event.pe(), event.pa())
                    .because(lines.cleanedAt(event.pa()), cleaner, pc, "cleaned, not completed")
                    .because(machine.clock().now(), event.pe(), event.pc(), "read with the data cache off");
        }
    }

    private static Reporter.Place memory(long pc, int pe, long pa, long length) {
        return new Reporter.Place("", "", Reporter.NO_LEVEL, pc, 1L << pe, pa, length);
    }
}
