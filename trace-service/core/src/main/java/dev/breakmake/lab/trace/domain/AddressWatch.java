package dev.breakmake.lab.trace.domain;

import dev.breakmake.trace.v1.AddressRange;
import dev.breakmake.trace.v1.DescriptorChange;
import dev.breakmake.trace.v1.Placement;
import dev.breakmake.translation.descriptor.Descriptor;
import dev.breakmake.translation.descriptor.DescriptorFormat;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.TranslationRoot;
import dev.breakmake.translation.walk.Walk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finds the steps that changed the walk of one address: a descriptor on it was written, or a register made it another walk. Walks are only
 * repeated when something they read has changed.
 */
final class AddressWatch implements TraceVisitor {

    private final long address;
    private final List<Regime> regimes;
    private final long firstStep;
    private final int limit;
    private final SymbolNames symbols;
    private final Map<Key, Walk> walks = new LinkedHashMap<>();
    /** Descriptors that the current walks read, by address. */
    private Map<Long, Slot> read = new HashMap<>();

    private final List<DescriptorWrite> writes = new ArrayList<>();
    private final List<Hit> hits = new ArrayList<>();
    private boolean registersChanged = true;

    private record Key(int pe, Regime regime) {}

    private record Slot(DescriptorFormat format, long table, int index, int level, Placement.Builder place) {}

    /** A step that changed the walk, the event that ended it, and the net changes of descriptors on the walk before or after. */
    record Hit(long step, TranslationEvent last, List<DescriptorChange> changes) {}

    AddressWatch(long address, List<Regime> regimes, long firstStep, int limit, SymbolNames symbols) {
        this.symbols = symbols;
        this.address = address;
        this.regimes = regimes;
        this.firstStep = firstStep;
        this.limit = limit;
    }

    @Override
    public boolean visit(long step, TranslationEvent event, boolean endsStep, Moment moment) {
        if (event instanceof DescriptorWrite write && write.oldDescriptor() != write.newDescriptor()) {
            writes.add(write);
        } else if (event instanceof RegisterWrite) {
            registersChanged = true;
        }
        if (endsStep) {
            finish(step, event, moment);
        }
        return hits.size() <= limit;
    }

    @Override
    public void end(long step, TranslationEvent last, Moment moment) {
        finish(step, last, moment);
    }

    private void finish(long step, TranslationEvent last, Moment moment) {
        boolean touched = writes.stream().anyMatch(write -> read.containsKey(write.descriptorPa()));
        if (registersChanged || touched) {
            Map<Long, Slot> before = read;
            read = new HashMap<>();
            boolean changed = rewalk(moment);
            if (changed && step >= firstStep) {
                hits.add(new Hit(step, last, changesOn(before)));
            }
        }
        writes.clear();
        registersChanged = false;
    }

    private List<DescriptorChange> changesOn(Map<Long, Slot> before) {
        Map<Long, DescriptorWrite> first = new LinkedHashMap<>();
        Map<Long, DescriptorWrite> last = new HashMap<>();
        for (DescriptorWrite write : writes) {
            long pa = write.descriptorPa();
            if (read.containsKey(pa) || before.containsKey(pa)) {
                first.putIfAbsent(pa, write);
                last.put(pa, write);
            }
        }
        List<DescriptorChange> changes = new ArrayList<>();
        first.forEach((pa, write) -> {
            DescriptorWrite end = Objects.requireNonNull(last.get(pa));
            Slot slot = read.containsKey(pa) ? read.get(pa) : before.get(pa);
            if (slot != null && write.oldDescriptor() != end.newDescriptor()) {
                changes.add(change(slot, pa, write.oldDescriptor(), end));
            }
        });
        return changes;
    }

    private DescriptorChange change(Slot slot, long pa, long old, DescriptorWrite write) {
        return DescriptorChange.newBuilder()
                .setPe(write.pe())
                .setPa(pa)
                .setTablePa(slot.table())
                .setLevel(slot.level())
                .setIndex(slot.index())
                .setOld(old)
                .setNew(write.newDescriptor())
                .setOldText(Descriptor.decode(slot.format(), slot.level(), old).text())
                .setNewText(Descriptor.decode(slot.format(), slot.level(), write.newDescriptor())
                        .text())
                .addPlacements(slot.place())
                .setPc(write.pc())
                .setSymbol(symbols.text(write.pc()))
                .build();
    }

    private boolean rewalk(Moment moment) {
        boolean changed = false;
        for (int pe = 0; pe < moment.peCount(); pe++) {
            for (Regime regime : regimes.isEmpty() ? moment.regimes(pe) : regimes) {
                RegimeConfiguration configuration = moment.configuration(pe, regime);
                TranslationRoot root = configuration.rootFor(address);
                if (root == null) {
                    continue;
                }
                Walk walk = moment.walker(pe, regime).walk(address);
                DescriptorFormat format = DescriptorFormat.of(configuration, root);
                for (Walk.Step level : walk.steps()) {
                    read.putIfAbsent(level.descriptorPa(), slot(level, format, configuration, root));
                }
                Walk before = walks.put(new Key(pe, regime), walk);
                changed |= before == null ? !isEmpty(walk) : !before.equals(walk);
            }
        }
        return changed;
    }

    private Slot slot(
            Walk.Step level, DescriptorFormat format, RegimeConfiguration configuration, TranslationRoot root) {
        long size = format.span(level.level());
        return new Slot(
                format,
                level.table(),
                level.index(),
                level.level(),
                Placement.newBuilder()
                        .setRegime(configuration.regime().name())
                        .setRoot(root.base())
                        .setLive(configuration.enabled())
                        .setRange(AddressRange.newBuilder()
                                .setStart(address & -size)
                                .setEnd((address & -size) + size)));
    }

    /** A register file that was never written walks zeros: no news. */
    private static boolean isEmpty(Walk walk) {
        return walk.translation() == null
                && walk.steps().stream().allMatch(level -> level.descriptor().word() == 0);
    }

    /** At most {@code limit} hits. */
    List<Hit> hits() {
        return hits.size() > limit ? hits.subList(0, limit) : hits;
    }

    /** First step of the next page, or -1. */
    long nextStep() {
        return hits.size() > limit ? hits.get(limit).step() : -1;
    }
}
