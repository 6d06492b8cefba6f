package dev.breakmake.engine.machine;

import dev.breakmake.engine.isa.a32.AArch32;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.BootImage;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.translation.event.Architecture;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Runs the engine and QEMU side by side and compares all general registers, SP, PC, flags, masks and level or mode at every instruction. */
final class Lockstep {

    private Lockstep() {}

    /** What is compared of a PE, for one execution state. */
    private interface Compared {

        /** Takes registers over that the boot protocol leaves open. */
        void adopt(QemuStepLog qemu);

        /** Takes the condition flags over. */
        void adoptFlags(QemuStepLog qemu);

        /** Whether the next instruction may be the first of an exception handler. */
        boolean atVector();

        @Nullable
        String difference(QemuStepLog qemu);
    }

    private record Wide(ProcessingElement pe) implements Compared {

        private static final int STATE = 0xf << 28 | 0xf << 6 | 0xf;

        @Override
        public void adopt(final QemuStepLog qemu) {
            System.arraycopy(qemu.x, 0, pe.x, 0, 31);
            adoptFlags(qemu);
        }

        @Override
        public void adoptFlags(final QemuStepLog qemu) {
            pe.nzcv = qemu.pstate >>> 28;
        }

        @Override
        public boolean atVector() {
            final long base = pe.system.get(pe.el == 2 ? SystemRegister.VBAR_EL2 : SystemRegister.VBAR_EL1);
            return (pe.pc & 0x7f) == 0 && Long.compareUnsigned(pe.pc - base, 0x800) < 0;
        }

        @Override
        public @Nullable String difference(final QemuStepLog qemu) {
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

    private record Narrow(AArch32 state) implements Compared {

        @Override
        public void adopt(final QemuStepLog qemu) {
            for (int i = 0; i < 15; i++) {
                state.registers().r[i] = (int) qemu.x[i];
            }
            adoptFlags(qemu);
        }

        @Override
        public void adoptFlags(final QemuStepLog qemu) {
            state.registers().setConditionFlags(qemu.pstate);
        }

        @Override
        public boolean atVector() {
            return false;
        }

        @Override
        public @Nullable String difference(final QemuStepLog qemu) {
            for (int i = 0; i < 15; i++) {
                if (state.registers().r[i] != (int) qemu.x[i]) {
                    return "R%d 0x%08x, QEMU 0x%08x".formatted(i, state.registers().r[i], qemu.x[i]);
                }
            }
            final int status = state.registers().cpsr();
            return status == qemu.pstate ? null : "CPSR 0x%08x, QEMU 0x%08x".formatted(status, qemu.pstate);
        }
    }

    /** Places everything where QEMU's own device tree, in the first MiB of RAM, is not in the way. */
    static BootPlan plan(final BootSpecification specification, final BootImage image) throws BadImageException {
        final boolean narrow = image.architecture() == Architecture.AARCH32;
        return BootPlan.of(
                specification.platform(),
                image,
                narrow ? specification.options().withLoadAddress(0x4020_0000L) : specification.options());
    }

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
        return compare(new Machine(plan, specification, null), QemuStepLog.model(plan), scratch, steps);
    }

    /**
     * Compares a machine that has not run yet.
     *
     * @param cpu QEMU's name of a PE that executes what this machine's does
     */
    static long compare(final Machine machine, final String cpu, final Path scratch, final long steps)
            throws IOException {
        final ProcessingElement pe = machine.cluster().pe(0);
        final Compared compared = pe.state() instanceof final AArch32 state ? new Narrow(state) : new Wide(pe);
        try (QemuStepLog qemu = new QemuStepLog(machine.plan(), cpu, scratch)) {
            machine.delay(qemu.leadInstructions());
            compared.adopt(qemu);
            for (long step = 0; step < steps && !machine.stopped(); step++) {
                if (pe.pc != qemu.pc && pe.takeInterrupt() || compared.atVector()) {
                    // QEMU clears the flags when it takes an exception; the architecture keeps them.
                    compared.adoptFlags(qemu);
                }
                final String difference =
                        pe.pc == qemu.pc ? compared.difference(qemu) : "PC 0x%x, QEMU 0x%x".formatted(pe.pc, qemu.pc);
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
}
