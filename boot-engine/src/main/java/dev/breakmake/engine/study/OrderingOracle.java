package dev.breakmake.engine.study;

import dev.breakmake.engine.flow.Effect;
import dev.breakmake.engine.flow.FlowOperation;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.translation.event.Barrier.AccessTypes;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.Granule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the architecture asks of the order of a flow's operations, judged on the operations alone. It shares nothing with the checker: a
 * change that leaves every obligation met needs no finding, and one that leaves an obligation unmet must have one.
 */
final class OrderingOracle {

    /** Output address of a descriptor of up to 48 bits (Arm ARM D8.3.1). */
    private static final long OUTPUT = (1L << 48) - 1;

    private final Map<Long, Long> memory = new HashMap<>();
    private final Map<Integer, PeObligations> pes = new HashMap<>();
    private final List<Long> dirtyLines = new ArrayList<>();
    private final List<Unmet> unmet = new ArrayList<>();

    /**
     * An obligation that is not met.
     *
     * @param what what is missing
     * @param at the operation before which it is missing, null for the end
     */
    record Unmet(String what, @Nullable FlowOperation at) {
        /** Form for people. */
        String text() {
            return what + " before " + (at == null ? "the end" : at.id());
        }
    }

    private final Granule granule;
    private final int topLevel;

    private OrderingOracle(final FlowSpecification specification) {
        granule = specification.tables().granule();
        topLevel = specification.topLevel();
    }

    /** Every obligation a sequence leaves unmet, each with the operation at which it mattered. */
    static List<Unmet> unmet(final FlowSpecification specification, final List<FlowOperation> executed) {
        final OrderingOracle oracle = new OrderingOracle(specification);
        for (final FlowOperation operation : executed) {
            oracle.take(operation);
        }
        oracle.pes.forEach((id, pe) -> oracle.atEnd(id, pe));
        return oracle.unmet;
    }

    private void missing(final String what, final FlowOperation at) {
        unmet.add(new Unmet(what, at));
    }

    private void take(final FlowOperation operation) {
        final PeObligations pe = pes.computeIfAbsent(operation.pe(), id -> started(operation));
        switch (operation.effect()) {
            case Effect.Store store -> store(pe, store, operation);
            case Effect.TornStore(Effect.Store whole) -> {
                torn(whole, operation);
                store(pe, whole, operation);
            }
            case Effect.Load load -> {
                use(pe, load.va(), operation);
                readPastCaches(pe, load, operation);
            }
            case Effect.Branch branch ->
                use(pe, branch.image() + branch.target().offset(), operation);
            case Effect.Register register -> register(pe, register, operation);
            case Effect.Tlbi tlbi -> invalidate(pe, tlbi, operation);
            case Effect.Fence fence -> fence(pe, operation.pe(), fence);
            case Effect.Isb isb -> pe.synchronise();
            case Effect.Maintain maintain -> maintain(pe, maintain, operation);
            case Effect.Idle idle -> {}
        }
    }

    /** A PE begins: what the others have not completed by now may never reach it. */
    private PeObligations started(final FlowOperation first) {
        final PeObligations pe = new PeObligations();
        for (final PeObligations earlier : pes.values()) {
            pe.mayNotReach(earlier.openForOthers);
            if (earlier.invalidateOpenForOthers) {
                missing("DSB ISH after the TLB invalidate", first);
            }
        }
        return pe;
    }

    private boolean live(final long page) {
        return live(page, 0);
    }

    private boolean live(final long page, final int depth) {
        if (pes.values().stream().anyMatch(pe -> pe.on && pe.root == page)) {
            return true;
        }
        return depth < 4
                && memory.entrySet().stream()
                        .anyMatch(entry -> link(entry.getValue())
                                && (entry.getValue() & -granule.bytes()) == page
                                && live(entry.getKey() & -granule.bytes(), depth + 1));
    }

    /** Table descriptors of the flows carry no attributes, page descriptors do. */
    private static boolean link(final long descriptor) {
        return (descriptor & 0xfff) == 3;
    }

    private static boolean valid(final long descriptor) {
        return (descriptor & 1) != 0;
    }

    private void store(final PeObligations pe, final Effect.Store store, final FlowOperation at) {
        final long before = memory.getOrDefault(store.pa(), 0L);
        if (store.index() >= 0 && live(store.pa() & -granule.bytes())) {
            change(pe, store, before, at);
        }
        memory.put(store.pa(), store.value());
        if (before != store.value()) {
            pe.open.add(store);
            pe.unfenced.add(store);
            pe.openForOthers.add(store);
        }
        if (!pe.on) {
            maintenanceCompleted(pe, store.pa() >>> 6, at);
            pe.unorderedLines.add(store.pa() >>> 6);
        } else if (store.index() < 0) {
            dirtyLines.add(store.pa() >>> 6);
        }
    }

    private void change(final PeObligations pe, final Effect.Store store, final long before, final FlowOperation at) {
        if (valid(before) && before != store.value()) {
            if (valid(store.value())) {
                missing("break-before-make", at);
            }
            pes.values().stream()
                    .filter(each -> each.on)
                    .forEach(each -> each.stale.put(store.pa(), new PeObligations.Stale(store, before)));
        }
        if (!valid(store.value())) {
            return;
        }
        for (final PeObligations each : pes.values()) {
            final PeObligations.Stale old = each.stale.get(store.pa());
            if (old != null && old.before() != store.value()) {
                missing("completed TLB invalidate of the old entry", at);
            } else if (old != null) {
                each.stale.remove(store.pa());
            }
        }
        final long table = store.value() & -granule.bytes();
        if (link(store.value()) && pe.unfenced.stream().anyMatch(open -> (open.pa() & -granule.bytes()) == table)) {
            missing("order between the contents of a table and its link", at);
        }
    }

    /** A half-written entry of a live table must be the old or the new one. */
    private void torn(final Effect.Store store, final FlowOperation at) {
        final long before = memory.getOrDefault(store.pa(), 0L);
        final long half = before & 0xffff_ffff_0000_0000L | store.value() & 0xffff_ffffL;
        if (half != before && half != store.value() && valid(half) && live(store.pa() & -granule.bytes())) {
            missing("single-copy atomic store of a live entry", at);
        }
    }

    /** An access at an address, which is virtual only while the MMU is on. */
    private void use(final PeObligations pe, final long va, final FlowOperation at) {
        if (!pe.on) {
            reached(pe, va, at);
            return;
        }
        if (pe.unsynchronised.contains(PeObligations.Change.ON)) {
            missing("context synchronisation after the MMU went on", at);
        }
        final List<Long> walked = walk(pe, va);
        if (pe.open.stream().anyMatch(store -> walked.contains(store.pa()))) {
            missing("DSB after the store of an entry", at);
        }
        if (pe.unsynchronisedStores.stream().anyMatch(store -> walked.contains(store.pa()))) {
            missing("context synchronisation after the store of an entry", at);
        }
        if (walked.stream().anyMatch(pe.stale::containsKey)) {
            missing("completed TLB invalidate of an entry", at);
        }
        walked.forEach(entry -> reached(pe, entry, at));
        reached(pe, output(walked, va), at);
    }

    /** What a PE reads must not be a store that was on its way when the PE began. */
    private void reached(final PeObligations pe, final long pa, final FlowOperation at) {
        if (pe.onTheWay.contains(pa)) {
            missing("DSB ISH after the stores another PE depends on", at);
        }
    }

    /** Where in memory a virtual address is, by the last entry of its walk. */
    private long output(final List<Long> walked, final long va) {
        final int shift = granule.levelShift(topLevel + walked.size() - 1);
        final long descriptor = memory.getOrDefault(walked.getLast(), 0L);
        return descriptor & OUTPUT & -(1L << shift) | va & (1L << shift) - 1;
    }

    /** Where the entries are that a walk of an address reads. */
    private List<Long> walk(final PeObligations pe, final long va) {
        final List<Long> entries = new ArrayList<>();
        long table = pe.root;
        for (int level = topLevel; level <= 3; level++) {
            final long index = va >>> granule.levelShift(level) & (1L << granule.bitsPerLevel()) - 1;
            final long entry = table + (index << 3);
            entries.add(entry);
            final long descriptor = memory.getOrDefault(entry, 0L);
            if (!link(descriptor)) {
                break;
            }
            table = descriptor & -granule.bytes();
        }
        return entries;
    }

    private void readPastCaches(final PeObligations pe, final Effect.Load load, final FlowOperation at) {
        if (pe.on) {
            return;
        }
        if (dirtyLines.contains(load.va() >>> 6)) {
            missing("clean to the point of coherency", at);
        }
        maintenanceCompleted(pe, load.va() >>> 6, at);
    }

    /** What goes past the caches must not meet a line that another PE is still cleaning. */
    private void maintenanceCompleted(final PeObligations pe, final long line, final FlowOperation at) {
        for (final PeObligations other : pes.values()) {
            if (other != pe && other.maintaining.contains(line)) {
                missing("DSB ISH after the cache maintenance of the line", at);
            }
        }
    }

    private void register(final PeObligations pe, final Effect.Register write, final FlowOperation at) {
        final TranslationRegister register = write.register();
        if (register == TranslationRegister.SCTLR_EL2 || register == TranslationRegister.HSCTLR) {
            control(pe, write.value(), at);
        } else if (register == TranslationRegister.TTBR0_EL2 || register == TranslationRegister.HTTBR) {
            if (pe.unsynchronised.contains(PeObligations.Change.OFF)) {
                missing("context synchronisation after the MMU went off", at);
            }
            pe.changed(PeObligations.Change.ROOT);
            pe.root = write.value();
        } else {
            pe.changed(PeObligations.Change.CONTROLS);
        }
    }

    private void control(final PeObligations pe, final long value, final FlowOperation at) {
        final boolean on = (value & 1) != 0;
        if (!pe.on && on) {
            need(!pe.open.isEmpty(), "DSB after the stores to the tables", at);
            need(pe.invalidateOpen, "DSB after the TLB invalidate", at);
            need(pe.maintainOpen, "DSB after cache maintenance", at);
            need(!pe.flushed, "TLB invalidate of the regime", at);
            need(
                    pe.unsynchronised.contains(PeObligations.Change.ROOT)
                            || pe.unsynchronised.contains(PeObligations.Change.CONTROLS),
                    "context synchronisation after the registers of the regime",
                    at);
            pe.unsynchronised.add(PeObligations.Change.ON);
        } else if (pe.on && !on) {
            pe.unsynchronised.add(PeObligations.Change.OFF);
            pe.flushed = false;
        } else if (pe.on) {
            pe.changed(PeObligations.Change.CONTROLS);
        }
        pe.on = on;
    }

    private void need(final boolean open, final String what, final FlowOperation at) {
        if (open) {
            missing(what, at);
        }
    }

    private void invalidate(final PeObligations pe, final Effect.Tlbi tlbi, final FlowOperation at) {
        final boolean all = tlbi.operation() == TlbOperation.ALLE2 || tlbi.operation() == TlbOperation.TLBIALLH;
        if (!all && tlbi.operation() != TlbOperation.TLBIMVAH) {
            return;
        }
        final boolean everywhere = tlbi.shareability() != Shareability.NSH;
        pe.invalidateOpen = true;
        pe.invalidateOpenForOthers |= everywhere;
        pe.invalidated(all, everywhere);
        final List<PeObligations> reached = everywhere ? List.copyOf(pes.values()) : List.of(pe);
        for (final PeObligations each : reached) {
            for (final PeObligations.Stale stale : each.stale.values()) {
                // A TLB may load the old entry again until its replacement is stored.
                if ((all || concerns(stale.store(), tlbi.operand())) && !pe.open.contains(stale.store())) {
                    stale.invalidatedBy(at.pe(), everywhere);
                }
            }
        }
    }

    /** Whether an entry of a second or third level table can belong to an address. */
    private static boolean concerns(final Effect.Store store, final long va) {
        return (va >>> 21 & 511) == store.index() || (va >>> 12 & 511) == store.index();
    }

    private void fence(final PeObligations pe, final int id, final Effect.Fence fence) {
        pe.fence(fence);
        if (completesMaintenance(fence)) {
            pes.values()
                    .forEach(
                            each -> each.stale.values().removeIf(stale -> stale.completedBy(id, reachesOthers(fence))));
        }
    }

    private void maintain(final PeObligations pe, final Effect.Maintain maintain, final FlowOperation at) {
        final long first = maintain.pa() >>> 6;
        final long last = maintain.pa() + maintain.bytes() - 1 >>> 6;
        if (pe.unorderedLines.stream().anyMatch(line -> line >= first && line <= last)) {
            missing("barrier after the stores past the caches", at);
        }
        if (maintain.operation() != CacheOperation.DC_IVAC) {
            dirtyLines.removeIf(line -> line >= first && line <= last);
        }
        pe.maintainOpen = true;
        for (long line = first; line <= last; line++) {
            pe.maintaining.add(line);
        }
    }

    private void atEnd(final int id, final PeObligations pe) {
        if (!pe.stale.isEmpty()) {
            unmet.add(new Unmet("completed TLB invalidate of a changed entry on PE%d".formatted(id), null));
        }
        // What is left then is the context synchronisation before a use, and there is none.
        if (pe.progress != PeObligations.Progress.NONE && pe.progress != PeObligations.Progress.COMPLETED) {
            unmet.add(new Unmet("ISB, TLB invalidate, DSB after a register changed on PE%d".formatted(id), null));
        }
    }

    /** Whether a fence completes what it must for other PEs. */
    static boolean reachesOthers(final Effect.Fence fence) {
        return fence.complete() && fence.domain() != Shareability.NSH;
    }

    /** Whether a fence completes TLB and cache maintenance. */
    static boolean completesMaintenance(final Effect.Fence fence) {
        return fence.complete() && fence.types() == AccessTypes.ALL;
    }
}
