package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Maintenance;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.engine.pe.UnimplementedException;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;

/** MCR, MRC, MCRR and MRRC: system registers and system operations of coprocessor 15. */
final class Coprocessors {

    /** Debug identification of a Cortex-A15: 6 breakpoints, 4 watchpoints, v7.1 debug. */
    private static final int DBGDIDR = 0x3515_f021;

    private final ProcessingElement pe;
    private final Registers regs;
    private final SystemState system;
    private final Security security;
    private final VectorUnit vectors;

    Coprocessors(final AArch32 state) {
        this.pe = state.pe();
        this.regs = state.registers();
        this.system = state.system();
        this.security = state.security();
        this.vectors = new VectorUnit(state);
    }

    void execute(final Instruction i) {
        final int coprocessor = i.s;
        if (coprocessor != 15) {
            other(i);
            return;
        }
        switch (i.operation) {
            case MRC -> {
                final int value = read(i);
                if (i.d == 15) {
                    regs.setConditionFlags(value);
                } else {
                    regs.r[i.d] = value;
                }
            }
            case MCR -> write(i, regs.r[i.d]);
            case MRRC -> {
                final long value = readWide(i);
                regs.r[i.d] = (int) value;
                regs.r[i.n] = (int) (value >>> 32);
            }
            default -> writeWide(i, regs.r[i.d] & 0xffff_ffffL | (long) regs.r[i.n] << 32);
        }
    }

    /** Coprocessors 10 and 11 are the vector unit, 14 is debug, others do not exist. */
    void other(final Instruction i) {
        if (i.s == 10 || i.s == 11) {
            vectors.execute(i);
            return;
        }
        if (i.s == 14 && (i.operation == Operation.MRC || i.operation == Operation.MCR)) {
            debugAndExecutionEnvironment(i);
            return;
        }
        if (i.s == 14 || i.s == 15) {
            throw SystemInstructions.unimplemented("coprocessor %d access".formatted(i.s), i);
        }
        throw GuestFault.undefined();
    }

    /**
     * Coprocessor 14: debug identification, ThumbEE registers (kept, T32EE code does not run), and Jazelle in its trivial
     * implementation (DDI 0406C A2.10, C11.2).
     */
    private void debugAndExecutionEnvironment(final Instruction i) {
        final int where = i.bits(23, 21) << 12 | i.n << 8 | i.m << 4 | i.bits(7, 5);
        final boolean read = i.operation == Operation.MRC;
        final Cp15 kept = switch (where) {
            case 0x6000 -> Cp15.TEECR;
            case 0x6100 -> Cp15.TEEHBR;
            default -> null;
        };
        if (kept != null) {
            if (kept == Cp15.TEECR && regs.isUser() && !read) {
                throw GuestFault.undefined();
            }
            if (read) {
                regs.r[i.d] = system.get(kept);
            } else {
                system.set(kept, kept == Cp15.TEECR ? regs.r[i.d] & 1 : regs.r[i.d] & ~3);
            }
            return;
        }
        final int value = switch (where) {
            case 0x0000 -> DBGDIDR;
            // DBGDRAR and DBGDSAR: no memory-mapped debug registers; JIDR, JOSCR, JMCR: trivial Jazelle.
            case 0x0100, 0x0200, 0x7000, 0x7100, 0x7200 -> 0;
            default -> throw SystemInstructions.unimplemented("coprocessor 14 register", i);
        };
        if (read) {
            regs.r[i.d] = value;
        }
    }

    static int key(final Instruction i) {
        return Cp15.key(i.n, i.bits(23, 21), i.m, i.bits(7, 5));
    }

    private Cp15 register(final Instruction i, final boolean write) {
        final Cp15 register = Cp15.of(key(i));
        if (register == null) {
            throw new UnimplementedException("access to coprocessor 15 register c%d,%d,c%d,%d, opcode 0x%08x"
                    .formatted(i.n, i.bits(23, 21), i.m, i.bits(7, 5), i.opcode));
        }
        final boolean user = register == Cp15.TPIDRURW || register == Cp15.TPIDRURO;
        if (regs.isUser() && !user || register.hypOnly() && !hypAccess()) {
            throw GuestFault.undefined();
        }
        security.check(register, write);
        return register;
    }

    private boolean hypAccess() {
        return regs.mode() == Mode.HYP || regs.mode() == Mode.MONITOR;
    }

    private int read(final Instruction i) {
        if (i.n == 7 && key(i) != Cp15.key(7, 0, 4, 0) || i.n == 8) {
            throw GuestFault.undefined();
        }
        if (isReservedIdentification(i)) {
            return 0;
        }
        final Cp15 register = register(i, false);
        final SystemRegister mapped = register.mapped();
        return switch (register) {
            case NSACR -> security.nsacr();
            case MIDR, MPIDR, CTR -> (int) pe.system.read(mapped(register).key());
            case REVIDR -> (int) pe.system.get(SystemRegister.MIDR_EL1);
            case CCSIDR -> (int) pe.system.read(SystemRegister.CCSIDR_EL1.key());
            case ISR -> pe.interruptPending() ? 1 << 7 : 0;
            default ->
                mapped != null && pe.system.isExternal(mapped)
                        ? (int) pe.system.read(mapped.key())
                        : system.get(register);
        };
    }

    /** The identification space c0, c1 to c7 reads as zero where no register is named (DDI 0406C B7.1). */
    private boolean isReservedIdentification(final Instruction i) {
        return !regs.isUser() && i.n == 0 && i.bits(23, 21) == 0 && i.m >= 1 && i.m <= 7 && Cp15.of(key(i)) == null;
    }

    private static SystemRegister mapped(final Cp15 register) {
        final SystemRegister mapped = register.mapped();
        if (mapped == null) {
            throw new IllegalStateException(register + " maps to no AArch64 register");
        }
        return mapped;
    }

    private void write(final Instruction i, final int value) {
        final int opc1 = i.bits(23, 21);
        final int opc2 = i.bits(7, 5);
        final boolean parRegister = i.m == 4 && opc1 == 0;
        if (i.n == 7 && !parRegister) {
            cacheOrTranslate(i, opc1, i.m, opc2, value);
            return;
        }
        if (i.n == 8) {
            invalidateTlb(opc1, i.m, opc2, value);
            return;
        }
        final Cp15 register = register(i, true);
        if (register == Cp15.SCR) {
            security.writeScr(value);
            return;
        }
        final SystemRegister mapped = register.mapped();
        if (mapped != null && pe.system.isExternal(mapped)) {
            pe.system.write(mapped.key(), value & 0xffff_ffffL);
        } else if (mapped == null || mapped.access() == SystemRegister.Access.RW) {
            system.write(register, value);
        } else {
            throw GuestFault.undefined();
        }
        if (register == Cp15.HCR) {
            pe.maskChanged();
        }
    }

    private Cp15.Wide wide(final Instruction i) {
        final Cp15.Wide register = Cp15.Wide.of(i.m, i.bits(7, 4));
        if (register == null) {
            throw new UnimplementedException("access to 64-bit coprocessor 15 register c%d,%d, opcode 0x%08x"
                    .formatted(i.m, i.bits(7, 4), i.opcode));
        }
        if (regs.isUser() || register.hypOnly() && !hypAccess()) {
            throw GuestFault.undefined();
        }
        return register;
    }

    private long readWide(final Instruction i) {
        final SystemRegister mapped = wide(i).mapped();
        return pe.system.isExternal(mapped) ? pe.system.read(mapped.key()) : pe.system.get(mapped);
    }

    private void writeWide(final Instruction i, final long value) {
        final Cp15.Wide register = wide(i);
        final SystemRegister mapped = register.mapped();
        if (pe.system.isExternal(mapped)) {
            pe.system.write(mapped.key(), value);
        } else {
            system.write(register, value);
        }
    }

    private void cacheOrTranslate(final Instruction i, final int opc1, final int crm, final int opc2, final int value) {
        if (regs.isUser()) {
            userBarrier(crm, opc2);
            return;
        }
        final long va = value & 0xffff_ffffL;
        switch (opc1 << 8 | crm << 4 | opc2) {
            case 0x010 -> Maintenance.maintainAll(pe, CacheOperation.IC_IALLUIS, 0);
            case 0x016 -> Maintenance.maintainAll(pe, CacheOperation.BPIALLIS, 0);
            case 0x050 -> Maintenance.maintainAll(pe, CacheOperation.IC_IALLU, 0);
            case 0x051 -> Maintenance.maintainLine(pe, CacheOperation.IC_IVAU, va);
            case 0x056 -> Maintenance.maintainAll(pe, CacheOperation.BPIALL, 0);
            case 0x057 -> Maintenance.maintainAll(pe, CacheOperation.BPIMVA, va);
            case 0x061 -> Maintenance.maintainLine(pe, CacheOperation.DC_IVAC, va);
            case 0x062 -> Maintenance.maintainAll(pe, CacheOperation.DC_ISW, va);
            case 0x0a1 -> Maintenance.maintainLine(pe, CacheOperation.DC_CVAC, va);
            case 0x0a2 -> Maintenance.maintainAll(pe, CacheOperation.DC_CSW, va);
            case 0x0b1 -> Maintenance.maintainLine(pe, CacheOperation.DC_CVAU, va);
            case 0x0e1 -> Maintenance.maintainLine(pe, CacheOperation.DC_CIVAC, va);
            case 0x0e2 -> Maintenance.maintainAll(pe, CacheOperation.DC_CISW, va);
            case 0x054, 0x0a4, 0x0a5 -> userBarrier(crm, opc2);
            case 0x080, 0x081 -> translate(va, 1, opc2 == 1, false);
            case 0x082, 0x083 -> translate(va, 0, opc2 == 3, false);
            case 0x084, 0x085 -> translate(va, 1, opc2 == 5, true);
            case 0x086, 0x087 -> translate(va, 0, opc2 == 7, true);
            case 0x480, 0x481 -> {
                if (!hypAccess()) {
                    throw GuestFault.undefined();
                }
                translate(va, 2, opc2 == 1, false);
            }
            default ->
                throw new UnimplementedException(
                        "coprocessor 15 operation c7,%d,c%d,%d, opcode 0x%08x".formatted(opc1, crm, opc2, i.opcode));
        }
    }

    /** The barrier operations of ARMv6 that ARMv7 keeps, also for User mode. */
    private void userBarrier(final int crm, final int opc2) {
        switch (crm << 4 | opc2) {
            case 0x54 -> Maintenance.synchronizeContext(pe);
            case 0xa4 -> barrier(Barrier.Kind.DSB);
            case 0xa5 -> barrier(Barrier.Kind.DMB);
            default -> throw GuestFault.undefined();
        }
    }

    private void barrier(final Barrier.Kind kind) {
        Maintenance.barrier(pe, kind, Shareability.SY, Barrier.AccessTypes.ALL, false);
    }

    private void translate(final long va, final int level, final boolean write, final boolean stage2) {
        Maintenance.translateAddress(pe, va, level, write, stage2);
    }

    private void invalidateTlb(final int opc1, final int crm, final int opc2, final int operand) {
        if (regs.isUser() || opc1 == 4 && !hypAccess()) {
            throw GuestFault.undefined();
        }
        final TlbOperation operation = switch (opc1 << 8 | crm << 4 | opc2) {
            case 0x030, 0x070 -> TlbOperation.TLBIALL;
            case 0x031, 0x071 -> TlbOperation.TLBIMVA;
            case 0x032, 0x072 -> TlbOperation.TLBIASID;
            case 0x033, 0x073 -> TlbOperation.TLBIMVAA;
            case 0x050 -> TlbOperation.ITLBIALL;
            case 0x051 -> TlbOperation.ITLBIMVA;
            case 0x052 -> TlbOperation.ITLBIASID;
            case 0x060 -> TlbOperation.DTLBIALL;
            case 0x061 -> TlbOperation.DTLBIMVA;
            case 0x062 -> TlbOperation.DTLBIASID;
            case 0x430, 0x470 -> TlbOperation.TLBIALLH;
            case 0x431, 0x471 -> TlbOperation.TLBIMVAH;
            case 0x434, 0x474 -> TlbOperation.TLBIALLNSNH;
            // The last-level and IPA operations do not exist on ARMv7 (rule A32-V7OP).
            default -> throw GuestFault.undefined();
        };
        final Shareability domain = crm == 3 ? Shareability.ISH : Shareability.NSH;
        Maintenance.invalidateTlb(pe, operation, operand & 0xffff_ffffL, domain, false);
    }
}
