package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Maintenance;
import dev.breakmake.engine.pe.Mmu;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.engine.pe.UnimplementedException;

/** Status register access, mode changes, calls, exception returns, hints and coprocessor access (DDI 0406C B9, A8.8). */
final class SystemInstructions {

    private static final long HCR_TSC = 1L << 19;

    private final AArch32 state;
    private final ProcessingElement pe;
    private final Mmu mmu;
    private final Registers regs;
    private final int[] r;
    private final Interpreter interpreter;
    private final Coprocessors coprocessors;

    SystemInstructions(final AArch32 state, final Interpreter interpreter) {
        this.state = state;
        this.pe = state.pe();
        this.mmu = pe.mmu;
        this.regs = state.registers();
        this.r = regs.r;
        this.interpreter = interpreter;
        this.coprocessors = new Coprocessors(state);
    }

    /**
     * Executes an instruction no other group takes.
     *
     * @throws GuestFault if it is undefined or raises an exception
     * @throws UnimplementedException if the engine does not model it
     */
    void execute(final Instruction i) {
        switch (i.operation) {
            case MRS -> r[i.d] = i.bit(22) ? regs.spsr(regs.mode()) : regs.cpsr() & ~Registers.T;
            case MSR_REGISTER -> writeStatus(i, r[i.m]);
            case MSR_IMMEDIATE -> writeStatus(i, i.immediate);
            case MRS_BANKED -> r[i.d] = BankedRegister.read(regs, i);
            case MSR_BANKED -> BankedRegister.write(regs, i, r[i.m]);
            case CPS -> changeState(i);
            case SETEND -> {
                if (i.bit(9)) {
                    throw unimplemented("SETEND BE (big-endian data accesses)", i);
                }
            }
            case SRS -> storeReturnState(i);
            case RFE -> returnFromMemory(i);
            case ERET -> exceptionReturn();
            case LDM_USER -> loadUser(i);
            case LDM_RETURN -> loadAndReturn(i);
            case STM_USER -> storeUser(i);
            case SVC -> throw Exceptions.call(Operation.SVC, i.opcode & 0xffff, false);
            case HVC -> hypervisorCall(i);
            case SMC -> secureMonitorCall();
            case BKPT -> throw unimplemented("BKPT", i);
            case WFE -> pe.waitForEvent();
            case WFI -> pe.waitForInterrupt();
            case SEV -> pe.sendEvent();
            case ISB -> {
                Maintenance.synchronizeContext(pe);
                interpreter.refetch();
            }
            case MCR, MRC, MCRR, MRRC -> {
                coprocessors.execute(i);
                interpreter.refetch();
            }
            case BLX_TO_T32 -> throw unimplemented("BLX to T32 code", i);
            case VECTOR -> throw unimplemented("Advanced SIMD instruction", i);
            case COPROCESSOR -> coprocessors.other(i);
            default -> throw GuestFault.undefined();
        }
    }

    static UnimplementedException unimplemented(final String what, final Instruction i) {
        return new UnimplementedException("%s, opcode 0x%08x".formatted(what, i.opcode));
    }

    private static int byteMask(final int fields) {
        int mask = 0;
        for (int field = 0; field < 4; field++) {
            if ((fields >>> field & 1) != 0) {
                mask |= 0xff << (field << 3);
            }
        }
        return mask;
    }

    private void writeStatus(final Instruction i, final int value) {
        final int mask = byteMask(i.bits(19, 16));
        if (i.bit(22)) {
            final int mode = regs.mode();
            regs.setSpsr(mode, regs.spsr(mode) & ~mask | value & mask);
            return;
        }
        // Execution state bits (IT, J, T) are not written; User mode reaches the flags, GE and E only.
        final int execution = 0x0600_fc00 | 1 << 24 | Registers.T;
        final int unprivileged = 0xf80f_0000 | Registers.E;
        final int allowed = mask & ~execution & (regs.isUser() ? unprivileged : -1);
        final int status = regs.cpsr() & ~allowed | value & allowed;
        if ((status & Registers.E) != 0) {
            throw unimplemented("MSR that makes data accesses big-endian", i);
        }
        changeStatus(status, i);
    }

    private void changeStatus(final int status, final Instruction i) {
        final int mode = status & 31;
        if (mode != regs.mode() && (mode == Mode.HYP || regs.mode() == Mode.HYP || !Mode.exists(mode))) {
            throw unimplemented(
                    "UNPREDICTABLE change from mode %s to %s".formatted(Mode.name(regs.mode()), Mode.name(mode)), i);
        }
        if (mode != regs.mode()) {
            state.security().checkMode(mode);
        }
        regs.setCpsr(status);
        state.statusChanged();
        interpreter.refetch();
    }

    private void changeState(final Instruction i) {
        if (regs.isUser()) {
            return;
        }
        int status = regs.cpsr();
        final int masks = i.opcode & (Registers.A | Registers.I | Registers.F);
        switch (i.bits(19, 18)) {
            case 2 -> status &= ~masks;
            case 3 -> status |= masks;
            default -> {}
        }
        if (i.bit(17)) {
            status = status & ~31 | i.opcode & 31;
        }
        changeStatus(status, i);
    }

    private void storeReturnState(final Instruction i) {
        if (regs.mode() == Mode.HYP) {
            throw GuestFault.undefined();
        }
        final int mode = i.opcode & 31;
        final int base = regs.banked(13, mode);
        final int address = Interpreter.firstAddress(i, base, 8);
        Synchronization.checkWordAligned(address, true);
        mmu.store32(address & 0xffff_ffffL, r[14]);
        mmu.store32(address + 4 & 0xffff_ffffL, regs.spsr(regs.mode()));
        if (i.writeback) {
            regs.setBanked(13, mode, i.add ? base + 8 : base - 8);
        }
    }

    private void returnFromMemory(final Instruction i) {
        if (regs.mode() == Mode.HYP) {
            throw GuestFault.undefined();
        }
        final int base = r[i.n];
        final int address = Interpreter.firstAddress(i, base, 8);
        Synchronization.checkWordAligned(address, false);
        final int target = (int) mmu.load32(address & 0xffff_ffffL);
        final int status = (int) mmu.load32(address + 4 & 0xffff_ffffL);
        if (i.writeback) {
            r[i.n] = i.add ? base + 8 : base - 8;
        }
        state.exceptions().restore(status);
        interpreter.continueAt(target & ~3);
    }

    private void exceptionReturn() {
        final int target = regs.mode() == Mode.HYP ? regs.elrHyp : r[14];
        returnFromException(target);
    }

    /** Continues at an address with the saved status of the current mode. */
    void returnFromException(final int target) {
        state.exceptions().returnFrom();
        interpreter.continueAt(target & ~3);
    }

    private void loadUser(final Instruction i) {
        int address = Interpreter.firstAddress(i, r[i.n], Integer.bitCount(i.opcode & 0xffff) << 2);
        Synchronization.checkWordAligned(address, false);
        for (int register = 0; register < 15; register++) {
            if ((i.opcode >>> register & 1) != 0) {
                regs.setBanked(register, Mode.USER, (int) mmu.load32(address & 0xffff_ffffL));
                address += 4;
            }
        }
    }

    private void storeUser(final Instruction i) {
        int address = Interpreter.firstAddress(i, r[i.n], Integer.bitCount(i.opcode & 0xffff) << 2);
        Synchronization.checkWordAligned(address, true);
        for (int register = 0; register < 16; register++) {
            if ((i.opcode >>> register & 1) != 0) {
                mmu.store32(address & 0xffff_ffffL, regs.banked(register, Mode.USER));
                address += 4;
            }
        }
    }

    private void loadAndReturn(final Instruction i) {
        final int bytes = Integer.bitCount(i.opcode & 0xffff) << 2;
        final int base = r[i.n];
        int address = Interpreter.firstAddress(i, base, bytes);
        Synchronization.checkWordAligned(address, false);
        for (int register = 0; register < 15; register++) {
            if ((i.opcode >>> register & 1) != 0) {
                r[register] = (int) mmu.load32(address & 0xffff_ffffL);
                address += 4;
            }
        }
        final int target = (int) mmu.load32(address & 0xffff_ffffL);
        if (i.writeback && (i.opcode >>> i.n & 1) == 0) {
            r[i.n] = i.add ? base + bytes : base - bytes;
        }
        returnFromException(target);
    }

    private void hypervisorCall(final Instruction i) {
        if (regs.isUser()) {
            throw GuestFault.undefined();
        }
        state.security().checkHypervisorCall();
        throw Exceptions.call(Operation.HVC, i.bits(19, 8) << 4 | i.opcode & 15, true);
    }

    private void secureMonitorCall() {
        if (regs.isUser()) {
            throw GuestFault.undefined();
        }
        if (regs.mode() != Mode.HYP && (pe.system.get(SystemRegister.HCR_EL2) & HCR_TSC) != 0) {
            throw Exceptions.call(Operation.SMC, 0, true);
        }
        if (state.security().takesMonitorCalls()) {
            throw Exceptions.call(Operation.SMC, 0, false);
        }
        pe.firmware().call(pe);
        interpreter.refetch();
    }
}
