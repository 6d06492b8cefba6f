package dev.breakmake.engine.machine;

import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.platform.BootPlan;
import java.io.IOException;
import java.nio.file.Path;

/** Runs the engine and QEMU side by side and compares all general registers, SP, PC, NZCV, DAIF and level at every instruction. */
final class Lockstep {

    private static final int STATE = 0xf << 28 | 0xf << 6 | 0xf;

    private Lockstep() {}

    /**
     * Compares from reset.
     *
     * @param steps instructions to compare at most
     * @return instructions compared: fewer than asked for when the machine reached its goal
     * @throws AssertionError at the first difference, naming the instruction
     */
    static long compare(
            final BootPlan plan, final BootSpecification specification, final Path scratch, final long steps)
            throws IOException {
        final Machine machine = new Machine(plan, specification, null);
        final ProcessingElement pe = machine.cluster().pe(0);
        machine.delay(QemuStepLog.leadInstructions());
        try (QemuStepLog qemu = new QemuStepLog(plan, scratch)) {
            System.arraycopy(qemu.x, 0, pe.x, 0, 31);
            pe.nzcv = qemu.pstate >>> 28;
            for (long step = 0; step < steps && !machine.stopped(); step++) {
                if (pe.pc != qemu.pc && pe.takeInterrupt()) {
                    // QEMU clears the flags when it takes an exception; the architecture keeps them.
                    pe.nzcv = qemu.pstate >>> 28;
                }
                final String difference = difference(pe, qemu);
                if (difference != null) {
                    throw new AssertionError("step %d, pc 0x%x (instruction before: 0x%x): %s"
                            .formatted(step, qemu.pc, machine.previousPc(), difference));
                }
                machine.step();
                if (!qemu.next()) {
                    return step;
                }
            }
            return pe.instructions;
        }
    }

    private static @org.jspecify.annotations.Nullable String difference(
            final ProcessingElement pe, final QemuStepLog qemu) {
        if (pe.pc != qemu.pc) {
            return "PC 0x%x, QEMU 0x%x".formatted(pe.pc, qemu.pc);
        }
        for (int i = 0; i < 31; i++) {
            if (pe.x[i] != qemu.x[i]) {
                return "X%d 0x%x, QEMU 0x%x".formatted(i, pe.x[i], qemu.x[i]);
            }
        }
        if (pe.x[ProcessingElement.SP] != qemu.x[31]) {
            return "SP 0x%x, QEMU 0x%x".formatted(pe.x[ProcessingElement.SP], qemu.x[31]);
        }
        final int state = (int) pe.savedState() & STATE;
        if (state != (qemu.pstate & STATE)) {
            return "PSTATE 0x%x, QEMU 0x%x".formatted(state, qemu.pstate & STATE);
        }
        return null;
    }
}
