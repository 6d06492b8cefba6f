package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Mmu;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;

/**
 * The register side of the floating-point and Advanced SIMD extension: system registers, transfers to and from core registers and
 * memory (DDI 0406C A7.8, A7.9, B1.11). Enough to identify the unit and to save and restore it, as hypervisors and firmware do;
 * arithmetic ends as unimplemented.
 *
 * <p>D0 to D31 are the halves of the PE's V0 to V15; S0 to S31 are the halves of D0 to D15.
 */
final class VectorUnit {

    private static final int FPSID = 0x4104_30f0;
    private static final int ENABLED = 1 << 30;

    /** FPEXC has no other writable bit on a unit without subarchitecture. */
    private static final int FPEXC_WRITABLE = ENABLED;

    /** FPSCR: flags, QC, AHP, DN, FZ, RMode, cumulative exception bits. */
    private static final int FPSCR_WRITABLE = 0xffc0_009f;

    private static final int EC_VECTOR = 0x07;
    private static final int HCPTR_TRAPS = 3 << 10;
    private static final int CPACR_FIELD = 3 << 20;

    private final ProcessingElement pe;
    private final Mmu mmu;
    private final Registers regs;
    private final SystemState system;
    private final Security security;
    private final long[] d;

    VectorUnit(final AArch32 state) {
        this.pe = state.pe();
        this.mmu = pe.mmu;
        this.regs = state.registers();
        this.system = state.system();
        this.security = state.security();
        this.d = pe.simd;
    }

    /**
     * Executes an instruction of coprocessor 10 or 11.
     *
     * @throws GuestFault if access is trapped or not enabled
     */
    void execute(final Instruction i) {
        switch (i.operation) {
            case MRC, MCR -> {
                if (i.s == 10 && i.bits(23, 21) == 7) {
                    checkAccess();
                    systemRegister(i);
                } else {
                    checkEnabled();
                    moveElement(i);
                }
            }
            case MRRC, MCRR -> {
                checkEnabled();
                movePair(i);
            }
            default -> {
                checkEnabled();
                if (i.bits(27, 25) != 6) {
                    throw SystemInstructions.unimplemented("floating-point arithmetic", i);
                }
                transfer(i);
            }
        }
    }

    /** Traps and access control, which apply to the system registers too. */
    private void checkAccess() {
        security.checkVectorUnit();
        final boolean trapped = (pe.system.get(SystemRegister.CPTR_EL2) & HCPTR_TRAPS) != 0;
        if (regs.mode() == Mode.HYP) {
            if (trapped) {
                throw GuestFault.undefined();
            }
            return;
        }
        final int field = (int) pe.system.get(SystemRegister.CPACR_EL1) & CPACR_FIELD;
        if (field != CPACR_FIELD && (regs.isUser() || field == 0)) {
            throw GuestFault.undefined();
        }
        if (trapped && regs.mode() != Mode.MONITOR) {
            throw GuestFault.trap(EC_VECTOR, 10, true);
        }
    }

    private void checkEnabled() {
        checkAccess();
        if ((system.get(Cp15.FPEXC) & ENABLED) == 0) {
            throw GuestFault.undefined();
        }
    }

    private void systemRegister(final Instruction i) {
        final boolean read = i.operation == Operation.MRC;
        if (i.n == 1) {
            if ((system.get(Cp15.FPEXC) & ENABLED) == 0) {
                throw GuestFault.undefined();
            }
            if (!read) {
                system.set(Cp15.FPSCR, regs.r[i.d] & FPSCR_WRITABLE);
            } else if (i.d == 15) {
                regs.setConditionFlags(system.get(Cp15.FPSCR));
            } else {
                regs.r[i.d] = system.get(Cp15.FPSCR);
            }
            return;
        }
        if (regs.isUser()) {
            throw GuestFault.undefined();
        }
        if (!read) {
            switch (i.n) {
                case 0 -> {}
                case 8 -> system.set(Cp15.FPEXC, regs.r[i.d] & FPEXC_WRITABLE);
                default -> throw SystemInstructions.unimplemented("vector unit register", i);
            }
            return;
        }
        regs.r[i.d] = switch (i.n) {
            case 0 -> FPSID;
            case 6 -> (int) pe.system.get(SystemRegister.MVFR1_EL1);
            case 7 -> (int) pe.system.get(SystemRegister.MVFR0_EL1);
            case 8 -> system.get(Cp15.FPEXC);
            default -> throw SystemInstructions.unimplemented("vector unit register", i);
        };
    }

    private int single(final int number) {
        return (int) (d[number >>> 1] >>> ((number & 1) << 5));
    }

    private void setSingle(final int number, final int value) {
        final int shift = (number & 1) << 5;
        d[number >>> 1] = d[number >>> 1] & ~(0xffff_ffffL << shift) | (value & 0xffff_ffffL) << shift;
    }

    /** VMOV between a core register and a single register or a 32-bit half of a double one. */
    private void moveElement(final Instruction i) {
        final int opcode1 = i.bits(23, 21);
        final int number;
        if (i.s == 10 && opcode1 == 0) {
            number = i.n << 1 | i.bits(7, 7);
        } else if (i.s == 11 && opcode1 <= 1 && i.bits(6, 5) == 0) {
            number = (i.bits(7, 7) << 4 | i.n) << 1 | opcode1;
        } else {
            throw SystemInstructions.unimplemented("vector element transfer", i);
        }
        if (i.operation == Operation.MRC) {
            regs.r[i.d] = single(number);
        } else {
            setSingle(number, regs.r[i.d]);
        }
    }

    /** VMOV between two core registers and one double or two consecutive single registers. */
    private void movePair(final Instruction i) {
        if ((i.opcode & 0xd0) != 0x10) {
            throw SystemInstructions.unimplemented("vector register transfer", i);
        }
        final int first = i.s == 11 ? (i.bits(5, 5) << 4 | i.m) << 1 : i.m << 1 | i.bits(5, 5);
        if (i.operation == Operation.MRRC) {
            regs.r[i.d] = single(first);
            regs.r[i.n] = single(first + 1);
        } else {
            setSingle(first, regs.r[i.d]);
            setSingle(first + 1, regs.r[i.n]);
        }
    }

    /** VLDR, VSTR, VLDM and VSTM; double registers are transferred as two words (DDI 0406C A8.8.332). */
    private void transfer(final Instruction i) {
        final boolean doubles = i.s == 11;
        final boolean load = i.bit(20);
        final int offset = (i.opcode & 0xff) << 2;
        final boolean single = i.preIndex && !i.writeback;
        final int base = i.n == 15 ? regs.r[15] & ~3 : regs.r[i.n];
        int address = single ? i.add ? base + offset : base - offset : i.add ? base : base - offset;
        Synchronization.checkWordAligned(address, !load);
        int word = doubles ? (i.bits(22, 22) << 4 | i.d) << 1 : i.d << 1 | i.bits(22, 22);
        final int words = single ? doubles ? 2 : 1 : doubles ? i.opcode & 0xfe : i.opcode & 0xff;
        if (words == 0 || word + words > 64 || i.n == 15 && i.writeback) {
            throw SystemInstructions.unimplemented("UNPREDICTABLE vector register list", i);
        }
        for (int count = 0; count < words; count++) {
            if (load) {
                setSingle(word, (int) mmu.load32(address & 0xffff_ffffL));
            } else {
                mmu.store32(address & 0xffff_ffffL, single(word));
            }
            word++;
            address += 4;
        }
        if (!single && i.writeback) {
            regs.r[i.n] = i.add ? base + offset : base - offset;
        }
    }
}
