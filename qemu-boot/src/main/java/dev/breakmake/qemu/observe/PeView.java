package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.gdb.ThreadId;
import dev.breakmake.qemu.log.LogEntry;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.RegisterFile;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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

    /** What the log told of the PE last, and what it will tell again because the block was left before its first instruction. */
    private LogEntry.@Nullable Registers logged;

    private LogEntry.@Nullable Registers toldAgain;

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

    boolean atHypervisorLevel() {
        return level == ExceptionLevel.EL2 || level == ExceptionLevel.EL3;
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

    /** Notes what the log tells of the PE. Returns whether it has told that before: the same block, from the same registers. */
    boolean logged(LogEntry.Registers entry) {
        LogEntry.Registers again = toldAgain;
        logged = entry;
        toldAgain = null;
        return again != null && again.pc() == entry.pc() && Arrays.equals(again.general(), entry.general());
    }

    /** Notes that the block the log told of last is left before its first instruction. */
    void leftBlock(long pc) {
        if (logged != null && logged.pc() == pc) {
            toldAgain = logged;
        }
    }

    /**
     * Notes an exception that came before the first instruction of a block: the log will tell of the block once more, or only then. Returns
     * whether it has told of it.
     */
    boolean exceptionBehind(long pc, long[] general, long status) {
        boolean told = logged != null && logged.pc() == pc;
        toldAgain = told ? logged : new LogEntry.Registers(index, pc, general, status);
        logged = null;
        return told;
    }

    /** Notes a stop: the PE has left the block that the log told of last. */
    void stopped() {
        logged = null;
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
