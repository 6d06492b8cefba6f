package dev.breakmake.lab.trace.domain;

import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.HypervisorConfiguration;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.RegisterFile;
import dev.breakmake.translation.walk.MemoryView;
import dev.breakmake.translation.walk.Walker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Table memory and translation registers of every PE at one point of a trace. */
final class Moment {

    private final TraceHeader header;
    private final TablePages memory = new TablePages();
    private final List<RegisterFile> registers = new ArrayList<>();

    Moment(TraceHeader header) {
        this.header = header;
        Implementation implementation = Implementation.of(header);
        for (int pe = 0; pe < header.peCount(); pe++) {
            registers.add(new RegisterFile(implementation));
        }
    }

    /** Takes one event's effect on tables and registers; other events change nothing here. */
    void apply(TranslationEvent event) {
        switch (event) {
            case DescriptorWrite write -> memory.write64(write.descriptorPa(), write.newDescriptor());
            case RegisterWrite write -> registers.get(write.pe()).apply(write);
            case PeState state
            when state.change() == PeState.Change.RESET ->
                registers.get(state.pe()).reset();
            default -> {}
        }
    }

    TraceHeader header() {
        return header;
    }

    int peCount() {
        return registers.size();
    }

    MemoryView memory() {
        return memory;
    }

    RegisterFile registers(int pe) {
        if (pe < 0 || pe >= registers.size()) {
            throw new TraceException(
                    Reason.ARGUMENT_INVALID,
                    "pe: " + pe + " is not one of the " + registers.size() + " PEs of the trace");
        }
        return registers.get(pe);
    }

    RegimeConfiguration configuration(int pe, Regime regime) {
        return registers(pe).configuration(regime);
    }

    Walker walker(int pe, Regime regime) {
        return new Walker(configuration(pe, regime), memory);
    }

    /** The regimes that exist on a PE as its registers stand: EL2 and EL2&amp;0 exclude each other. */
    List<Regime> regimes(int pe) {
        if (header.architecture() == Architecture.AARCH32) {
            return List.of(Regime.HYP, Regime.PL1_0, Regime.STAGE2);
        }
        return List.of(regime(pe, ""), Regime.EL1_0, Regime.STAGE2);
    }

    /** The regime of that name, or the one hypervisor code runs in on that PE if the name is empty. */
    Regime regime(int pe, String name) {
        if (name.isEmpty()) {
            if (header.architecture() == Architecture.AARCH32) {
                return Regime.HYP;
            }
            boolean host =
                    new HypervisorConfiguration(registers(pe).value(TranslationRegister.HCR_EL2)).hostExtensions();
            return host ? Regime.EL2_0 : Regime.EL2;
        }
        for (Regime regime : Regime.values()) {
            if (regime.name().equalsIgnoreCase(name)) {
                return regime;
            }
        }
        throw new TraceException(
                Reason.ARGUMENT_INVALID,
                "regime: '" + Texts.shorten(name) + "' is none of " + Arrays.toString(Regime.values()));
    }
}
