package dev.breakmake.engine.study;

import dev.breakmake.engine.flow.FlowResult;
import dev.breakmake.engine.flow.FlowRun;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Mutation;
import dev.breakmake.engine.flow.Surroundings;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegisterFile;
import dev.breakmake.translation.walk.AddressSpaceMap;
import dev.breakmake.translation.walk.MappedRange;
import dev.breakmake.translation.walk.MemoryView;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a flow leaves: how it ended and, for each PE, where it runs, its translation registers and what they map.
 *
 * @param reached whether it reached its end
 * @param pes the PEs in order
 */
public record FlowOutcome(boolean reached, List<PeOutcome> pes) {

    /**
     * What one PE is left with.
     *
     * @param pc address it would fetch from next
     * @param registers last value of every translation register it wrote
     * @param map what its hypervisor regime maps, in ascending order
     */
    public record PeOutcome(long pc, Map<TranslationRegister, Long> registers, List<MappedRange> map) {
        public PeOutcome {
            registers = Map.copyOf(registers);
            map = List.copyOf(map);
        }
    }

    public FlowOutcome {
        pes = List.copyOf(pes);
    }

    /** Runs a flow for what it leaves. */
    public static FlowOutcome of(
            final FlowSpecification specification, final Mutation mutation, final Surroundings surroundings) {
        final Collector collector = new Collector();
        final FlowRun run = new FlowRun(specification, mutation, surroundings, collector);
        return collector.outcome(specification, run, run.run());
    }

    /** In what another outcome differs from this one, in a line; empty if in nothing. */
    public String differenceTo(final FlowOutcome other) {
        if (reached != other.reached) {
            return other.reached ? "the boot goes on" : "the boot stops";
        }
        for (int id = 0; id < pes.size(); id++) {
            final PeOutcome mine = pes.get(id);
            final PeOutcome its = other.pes.get(id);
            if (mine.pc != its.pc) {
                return "PE%d runs at 0x%x, not at 0x%x".formatted(id, its.pc, mine.pc);
            }
            if (!mine.registers.equals(its.registers)) {
                return "PE%d ends with another value of %s".formatted(id, register(mine, its));
            }
            if (!mine.map.equals(its.map)) {
                return "PE%d ends with another map: %s".formatted(id, range(mine.map, its.map));
            }
        }
        return "";
    }

    private static String register(final PeOutcome mine, final PeOutcome its) {
        for (final TranslationRegister register : TranslationRegister.values()) {
            final Long value = mine.registers.get(register);
            if (value == null ? its.registers.containsKey(register) : !value.equals(its.registers.get(register))) {
                return register.name();
            }
        }
        return "a register";
    }

    private static String range(final List<MappedRange> mine, final List<MappedRange> its) {
        for (final MappedRange range : mine) {
            if (!its.contains(range)) {
                return "no " + range.text();
            }
        }
        for (final MappedRange range : its) {
            if (!mine.contains(range)) {
                return range.text() + " too";
            }
        }
        return "in another order";
    }

    /** Keeps the registers of every PE while a flow runs. */
    static final class Collector implements EventSink {

        private final List<RegisterFile> files = new ArrayList<>();
        private final List<Map<TranslationRegister, Long>> written = new ArrayList<>();

        @Override
        public void accept(final TranslationEvent event) {
            if (event instanceof TraceHeader header) {
                for (int id = 0; id < header.peCount(); id++) {
                    files.add(new RegisterFile(Implementation.of(header)));
                    written.add(new EnumMap<>(TranslationRegister.class));
                }
            } else if (event instanceof RegisterWrite write) {
                files.get(write.pe()).apply(write);
                written.get(write.pe()).put(write.register(), write.value());
            }
        }

        FlowOutcome outcome(final FlowSpecification specification, final FlowRun run, final FlowResult result) {
            final List<PeOutcome> outcomes = new ArrayList<>();
            final Regime regime = specification.architecture() == Architecture.AARCH64 ? Regime.EL2 : Regime.HYP;
            for (int id = 0; id < files.size(); id++) {
                final List<MappedRange> map = AddressSpaceMap.of(files.get(id).configuration(regime), new View(run))
                        .ranges();
                outcomes.add(new PeOutcome(run.pc(id), written.get(id), map));
            }
            return new FlowOutcome(result.reached(), outcomes);
        }
    }

    private record View(FlowRun run) implements MemoryView {
        @Override
        public long read64(final long pa) {
            return run.holds(pa) ? run.word(pa) : 0;
        }

        @Override
        public boolean present(final long pa) {
            return run.holds(pa);
        }
    }
}
