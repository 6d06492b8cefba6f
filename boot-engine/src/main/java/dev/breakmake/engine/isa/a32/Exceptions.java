package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.engine.pe.UnimplementedException;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.WalkStep;
import java.util.List;

/** Exception entry to Hyp and to the PL1 modes, and return (DDI 0406C B1.8, B1.9; DDI 0487 G1.13). */
final class Exceptions {

    private static final int UNDEFINED = 0x04;
    private static final int CALL = 0x08;
    private static final int PREFETCH_ABORT = 0x0c;
    private static final int DATA_ABORT = 0x10;
    private static final int HYP_TRAP = 0x14;
    private static final int IRQ = 0x18;
    private static final int FIQ = 0x1c;

    /** HSR exception classes that name calls. */
    private static final int EC_SVC = 0x11;

    private static final int EC_HVC = 0x12;
    private static final int EC_SMC = 0x13;

    /** HSR.IL: every A32 instruction is four bytes long. */
    private static final int FULL_LENGTH = 1 << 25;

    /** HSR.ISV of a data abort. */
    private static final int SYNDROME_VALID = 1 << 24;

    private static final long HCR_TGE = 1L << 27;
    private static final int SCTLR_V = 1 << 13;
    private static final int SCTLR_EE = 1 << 25;
    private static final int SCTLR_TE = 1 << 30;

    private final AArch32 state;
    private final ProcessingElement pe;
    private final Registers regs;

    Exceptions(final AArch32 state) {
        this.state = state;
        this.pe = state.pe();
        this.regs = state.registers();
    }

    /** Takes a synchronous exception at the current instruction. */
    void take(final GuestFault fault) {
        if (fault.exceptionClass == EC_SMC && !fault.toEl2) {
            toMonitor();
            return;
        }
        final boolean inHyp = regs.mode() == Mode.HYP;
        final boolean general = regs.isUser() && (pe.system.get(SystemRegister.HCR_EL2) & HCR_TGE) != 0;
        if (inHyp || fault.toEl2 || general) {
            toHyp(fault, inHyp);
        } else {
            toPl1(fault);
        }
    }

    private void toHyp(final GuestFault fault, final boolean inHyp) {
        final boolean fetch = fault.exceptionClass == GuestFault.EC_INSTRUCTION_ABORT;
        int exceptionClass = fault.exceptionClass;
        if (fault.isAbort()) {
            state.system().set(fetch ? Cp15.HIFAR : Cp15.HDFAR, (int) fault.address);
            if (fault.toEl2) {
                state.system().set(Cp15.HPFAR, (int) (fault.ipa >>> 12 << 4));
            }
            if (inHyp) {
                exceptionClass++;
            }
        }
        // ARMv7 leaves IL open where an abort has no valid syndrome or the exception no class.
        final boolean openLength = exceptionClass == 0
                || fetch
                || fault.exceptionClass == GuestFault.EC_DATA_ABORT && (fault.iss & SYNDROME_VALID) == 0;
        final int syndrome = exceptionClass << 26 | (openLength ? 0 : FULL_LENGTH) | fault.iss & 0x1ff_ffff;
        state.system().set(Cp15.HSR, syndrome);
        final int vector = inHyp ? vectorFromHyp(fault, fetch) : HYP_TRAP;
        enterHyp(vector, (int) pe.pc + (fault.returnsAfter ? 4 : 0), syndrome, fault);
    }

    private static int vectorFromHyp(final GuestFault fault, final boolean fetch) {
        if (fault.isAbort()) {
            return fetch ? PREFETCH_ABORT : DATA_ABORT;
        }
        return switch (fault.exceptionClass) {
            case EC_SVC, EC_HVC -> CALL;
            case 0 -> UNDEFINED;
            default -> HYP_TRAP;
        };
    }

    private void enterHyp(final int vector, final int back, final long syndrome, final GuestFault fault) {
        tell(2, syndrome, fault.isAbort() ? fault.address : 0, fault.ipa, vector, walk(fault));
        final int status = regs.cpsr();
        final int hsctlr = (int) pe.system.get(SystemRegister.SCTLR_EL2);
        regs.setSpsr(Mode.HYP, status);
        regs.elrHyp = back;
        enterMode(Mode.HYP, Registers.A | Registers.I | Registers.F, hsctlr);
        pe.pc = pe.system.get(SystemRegister.VBAR_EL2) + vector & 0xffff_ffffL;
        synchronizeEntry();
    }

    private void toPl1(final GuestFault fault) {
        switch (fault.exceptionClass) {
            case 0 -> enterPl1(Mode.UNDEFINED, UNDEFINED, 4, Registers.I, fault);
            case EC_SVC -> enterPl1(Mode.SUPERVISOR, CALL, 4, Registers.I, fault);
            case GuestFault.EC_INSTRUCTION_ABORT -> {
                state.system().set(Cp15.IFSR, longStatus(fault));
                state.system().set(Cp15.IFAR, (int) fault.address);
                enterPl1(Mode.ABORT, PREFETCH_ABORT, 4, Registers.A | Registers.I, fault);
            }
            case GuestFault.EC_DATA_ABORT -> {
                state.system().set(Cp15.DFSR, longStatus(fault));
                state.system().set(Cp15.DFAR, (int) fault.address);
                enterPl1(Mode.ABORT, DATA_ABORT, 8, Registers.A | Registers.I, fault);
            }
            default ->
                throw new UnimplementedException("exception class 0x%x taken to PL1".formatted(fault.exceptionClass));
        }
    }

    /** Fault status in the long-descriptor format: LPAE, WnR and the status code. */
    private static int longStatus(final GuestFault fault) {
        final int writeNotRead = (fault.iss & 1 << 6) != 0 ? 1 << 11 : 0;
        final int maintenance = (fault.iss & GuestFault.CM) != 0 ? 1 << 13 : 0;
        return 1 << 9 | writeNotRead | maintenance | fault.iss & 0x3f;
    }

    private void enterPl1(final int mode, final int vector, final int offset, final int masks, final GuestFault fault) {
        tell(1, fault.iss, fault.isAbort() ? fault.address : 0, 0, vector, walk(fault));
        enterPl1(mode, vector, (int) pe.pc + offset, masks);
    }

    /** SMC of a PE with the Security Extensions. */
    private void toMonitor() {
        tell(1, (long) EC_SMC << 26, 0, 0, CALL, List.of());
        final int status = regs.cpsr();
        final int link = (int) pe.pc + 4;
        state.security().exceptionTaken();
        regs.setSpsr(Mode.MONITOR, status);
        enterMode(Mode.MONITOR, Registers.A | Registers.I | Registers.F, 0);
        regs.r[14] = link;
        pe.pc = (state.system().get(Cp15.MVBAR) & 0xffff_ffe0L) + CALL;
        synchronizeEntry();
    }

    private void enterPl1(final int mode, final int vector, final int link, final int masks) {
        final int status = regs.cpsr();
        state.security().exceptionTaken();
        final int sctlr = (int) pe.system.get(SystemRegister.SCTLR_EL1);
        regs.setSpsr(mode, status);
        enterMode(mode, masks, sctlr);
        regs.r[14] = link;
        final long base = (sctlr & SCTLR_V) != 0 ? 0xffff_0000L : pe.system.get(SystemRegister.VBAR_EL1) & 0xffff_ffe0L;
        pe.pc = base + vector;
        synchronizeEntry();
    }

    /** Takes a physical or virtual interrupt. */
    void interrupt(final boolean fast, final boolean toHyp) {
        state.security().checkInterruptRouting();
        final int vector = fast ? FIQ : IRQ;
        tell(toHyp ? 2 : 1, 0, 0, 0, vector, List.of());
        final int back = (int) pe.pc;
        if (toHyp) {
            regs.setSpsr(Mode.HYP, regs.cpsr());
            regs.elrHyp = back;
            enterMode(Mode.HYP, Registers.A | Registers.I | Registers.F, (int) pe.system.get(SystemRegister.SCTLR_EL2));
            pe.pc = pe.system.get(SystemRegister.VBAR_EL2) + vector & 0xffff_ffffL;
            synchronizeEntry();
        } else {
            final int masks = Registers.A | Registers.I | (fast ? Registers.F : 0);
            enterPl1(fast ? Mode.FIQ : Mode.IRQ, vector, back + 4, masks);
        }
    }

    private void enterMode(final int mode, final int masks, final int sctlr) {
        if ((sctlr & SCTLR_TE) != 0) {
            throw new UnimplementedException("exception taken in T32 state (TE is set)");
        }
        final int endianness = (sctlr & SCTLR_EE) != 0 ? Registers.E : 0;
        final int kept = regs.control & (Registers.A | Registers.I | Registers.F);
        regs.control = kept | masks | endianness;
        regs.switchMode(mode);
        state.statusChanged();
    }

    private List<WalkStep> walk(final GuestFault fault) {
        return fault.isAbort() && pe.cluster().emitter().enabled() ? pe.walk(fault.address) : List.of();
    }

    private void tell(
            final int target,
            final long syndrome,
            final long address,
            final long ipa,
            final int vector,
            final List<WalkStep> walk) {
        pe.cluster().emitter().exceptionTaken(pe, target, syndrome & 0xffff_ffffL, address, ipa, vector, walk);
    }

    private void synchronizeEntry() {
        pe.cluster().emitter().contextSynchronization(pe, ContextSynchronization.Cause.EXCEPTION_ENTRY);
    }

    /** Returns to an address with the SPSR of the current mode; the caller continues there. */
    void returnFrom() {
        final int mode = regs.mode();
        if (!Registers.hasSpsr(mode)) {
            throw new UnimplementedException("exception return in mode " + Mode.name(mode) + " is UNPREDICTABLE");
        }
        restore(regs.spsr(mode));
    }

    /** Makes a saved status the current one, as an exception return does. */
    void restore(final int status) {
        if (!Mode.exists(status & 31)) {
            throw new UnimplementedException("exception return to undefined mode 0x%x".formatted(status & 31));
        }
        if ((status & Registers.T) != 0) {
            throw new UnimplementedException("exception return to T32 state, status 0x%08x".formatted(status));
        }
        state.security().checkMode(status & 31);
        pe.cluster().emitter().contextSynchronization(pe, ContextSynchronization.Cause.EXCEPTION_RETURN);
        pe.clearExclusiveMonitor();
        regs.setCpsr(status);
        state.statusChanged();
    }

    /** A supervisor, hypervisor or secure monitor call. */
    static GuestFault call(final Operation operation, final int immediate, final boolean toHyp) {
        final int exceptionClass = switch (operation) {
            case SVC -> EC_SVC;
            case HVC -> EC_HVC;
            default -> EC_SMC;
        };
        return GuestFault.call(exceptionClass, immediate, toHyp);
    }
}
