package dev.breakmake.engine.machine;

import dev.breakmake.engine.pe.ExecutionState;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.WalkStep;
import dev.breakmake.translation.finding.SymbolSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Describes the state of a machine at its end. */
final class Outcomes {

    private static final int LAST_LINES = 12;

    private Outcomes() {}

    static BootResult describe(
            final Machine machine,
            final OutcomeKind kind,
            final String message,
            final ProcessingElement pe,
            final SymbolSource symbols,
            final long nanoseconds) {
        final SymbolSource.CodeSymbol symbol = symbols.at(pe.pc);
        final List<Long> instructions = new ArrayList<>();
        for (final ProcessingElement each : machine.cluster().elements()) {
            instructions.add(each.instructions);
        }
        return new BootResult(
                kind,
                message,
                pe.id,
                pe.pc,
                symbol == null ? null : symbol.toString(),
                registers(pe),
                walks(pe),
                machine.console().text(),
                machine.console().lastLines(LAST_LINES),
                instructions,
                nanoseconds);
    }

    private static SortedMap<String, Long> registers(final ProcessingElement pe) {
        final SortedMap<String, Long> registers = new TreeMap<>();
        final ExecutionState state = pe.state();
        if (state != null) {
            state.forEachRegister(register -> registers.put(register.name(), register.value()));
        } else {
            for (int i = 0; i <= 30; i++) {
                registers.put("X" + i, pe.x[i]);
            }
            registers.put("SP", pe.x[ProcessingElement.SP]);
            registers.put("PC", pe.pc);
            registers.put("NZCV", (long) pe.nzcv << 28);
            registers.put("DAIF", (long) pe.daif << 6);
            registers.put("CURRENTEL", (long) pe.el << 2);
        }
        for (final SystemRegister register : List.of(
                SystemRegister.ESR_EL2,
                SystemRegister.ELR_EL2,
                SystemRegister.FAR_EL2,
                SystemRegister.HPFAR_EL2,
                SystemRegister.SPSR_EL2,
                SystemRegister.SCTLR_EL2,
                SystemRegister.TTBR0_EL2,
                SystemRegister.TCR_EL2,
                SystemRegister.MAIR_EL2,
                SystemRegister.VBAR_EL2,
                SystemRegister.HCR_EL2,
                SystemRegister.VTTBR_EL2,
                SystemRegister.VTCR_EL2)) {
            registers.put(register.name(), pe.system.get(register));
        }
        return registers;
    }

    private static SortedMap<String, List<WalkStep>> walks(final ProcessingElement pe) {
        final SortedMap<String, List<WalkStep>> walks = new TreeMap<>();
        if (pe.regime(pe.el).on) {
            walks.put("PC", pe.walk(pe.pc));
            walks.put("SP", pe.walk(pe.currentStackPointer()));
            walks.put("FAR", pe.walk(pe.system.get(pe.el == 2 ? SystemRegister.FAR_EL2 : SystemRegister.FAR_EL1)));
        }
        return walks;
    }
}
