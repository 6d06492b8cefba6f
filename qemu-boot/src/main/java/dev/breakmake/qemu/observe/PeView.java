package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.gdb.ThreadId;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.RegisterFile;

/** What is known of one PE between stops. */
final class PeView {

    /** No address of an instruction. */
    static final long NOWHERE = -1;

    private static final long HCR_E2H = 1L << 34;

    private final int index;
    private final ThreadId thread;
    private final long affinity;
    private final boolean aarch32;
    private final RegisterFile registers;
    private boolean started;
    private ExceptionLevel level = ExceptionLevel.EL2;

    /** PC of the last step, and of a step that turned out not to have executed its instruction. */
    private long steppedFrom = NOWHERE;

    private long notExecuted = NOWHERE;

    /** Physical address at which the PE's path after its last stop stopped being certain; -1 before its first stop. */
    private long certainUpTo = -1;

    PeView(int index, ThreadId thread, long affinity, Implementation implementation) {
        this.index = index;
        this.thread = thread;
        this.affinity = affinity;
        this.aarch32 = implementation.architecture() == Architecture.AARCH32;
        this.registers = new RegisterFile(implementation);
    }

    int index() {
        return index;
    }

    ThreadId thread() {
        return thread;
    }

    /** MPIDR affinity fields, as PSCI names the PE. */
    long affinity() {
        return affinity;
    }

    RegisterFile registers() {
        return registers;
    }

    boolean started() {
        return started;
    }

    void start() {
        registers.reset();
        started = true;
        level = ExceptionLevel.EL2;
        certainUpTo = -1;
    }

    ExceptionLevel level() {
        return level;
    }

    void level(ExceptionLevel value) {
        level = value;
    }

    long certainUpTo() {
        return certainUpTo;
    }

    void certainUpTo(long pa) {
        certainUpTo = pa;
    }

    long steppedFrom() {
        return steppedFrom;
    }

    void steppedFrom(long pc) {
        steppedFrom = pc;
    }

    long notExecuted() {
        return notExecuted;
    }

    void notExecuted(long pc) {
        notExecuted = pc;
    }

    /** The configuration the hypervisor itself runs under. */
    RegimeConfiguration hypervisor() {
        if (aarch32) {
            return registers.configuration(Regime.HYP);
        }
        boolean host = (registers.value(TranslationRegister.HCR_EL2) & HCR_E2H) != 0;
        return registers.configuration(host ? Regime.EL2_0 : Regime.EL2);
    }

    RegimeConfiguration stage2() {
        return registers.configuration(Regime.STAGE2);
    }
}
