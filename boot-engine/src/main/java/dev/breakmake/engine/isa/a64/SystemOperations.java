package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Maintenance;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.engine.pe.UnimplementedException;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.Shareability;

/**
 * System instructions: MRS, MSR, SYS (AT, DC, IC, TLBI), barriers, hints, exception generation and return. What an operation does is
 * in {@link MicroOp#s}; the 16-bit encoding of a register or SYS operation in {@link MicroOp#imm}; whether the next instruction means the
 * same after it in {@link MicroOp#a}.
 */
final class SystemOperations {

    private static final int UNDEFINED = 0;
    private static final int SIMD = 1;
    static final int MRS = 2;
    private static final int MSR = 3;
    private static final int MSR_DAIFSET = 4;
    private static final int MSR_DAIFCLR = 5;
    private static final int MSR_SPSEL = 6;
    static final int SYS = 7;
    static final int DSB = 8;
    private static final int ISB = 9;
    private static final int CLREX = 10;
    private static final int WFE = 11;
    private static final int WFI = 12;
    private static final int SEV = 13;
    private static final int SEVL = 14;
    private static final int SVC = 15;
    private static final int HVC = 16;
    private static final int SMC = 17;
    private static final int ERET = 18;
    private static final int BRK = 19;
    private static final int UNIMPLEMENTED = 20;
    private static final int SB = 21;
    private static final int DSB_NXS = 22;

    private static final Shareability[] DOMAINS = {Shareability.OSH, Shareability.NSH, Shareability.ISH, Shareability.SY
    };

    private static final Barrier.AccessTypes[] TYPES = {
        Barrier.AccessTypes.ALL, Barrier.AccessTypes.LD, Barrier.AccessTypes.ST, Barrier.AccessTypes.ALL
    };

    private SystemOperations() {}

    private static MicroOp system(final int w, final int d, final int s, final long imm) {
        return new MicroOp(Op.SYSTEM, d, 0, 0, keepsContext(s, imm) ? 1 : 0, s, imm, w);
    }

    static MicroOp undefined(final int w) {
        return system(w, 0, UNDEFINED, 0);
    }

    static MicroOp simd(final int w) {
        return system(w, 0, SIMD, 0);
    }

    static MicroOp eret(final int w) {
        return system(w, 0, ERET, 0);
    }

    /** Exception generation, hints, barriers, MSR, MRS, SYS: bits 31:25 are 1101010. */
    static MicroOp decode(final int w) {
        if ((w & 1 << 24) == 0) {
            return exceptionGeneration(w);
        }
        final int l = w >>> 21 & 1;
        final int op0 = w >>> 19 & 3;
        final int t = w & 31;
        if ((w & 0x00c0_0000) != 0) {
            return undefined(w);
        }
        if (op0 >= 2) {
            final int key = w >>> 5 & 0xffff;
            if (l == 1) {
                return key == SystemRegister.TPIDR_EL2.key()
                        ? new MicroOp(Op.TPIDR, Decoder.to(t), 0, 0, 0, 0, key, w)
                        : system(w, Decoder.to(t), MRS, key);
            }
            return system(w, t, MSR, key);
        }
        if (op0 == 1) {
            return l == 0 ? system(w, t, SYS, w >>> 5 & 0x3fff) : system(w, t, UNIMPLEMENTED, 0);
        }
        return l == 0 ? hintOrBarrier(w) : undefined(w);
    }

    private static MicroOp exceptionGeneration(final int w) {
        final long imm = w >>> 5 & 0xffffL;
        return switch (w >>> 16 & 0xe0 | w & 31) {
            case 1 -> system(w, 0, SVC, imm);
            case 2 -> system(w, 0, HVC, imm);
            case 3 -> system(w, 0, SMC, imm);
            case 0x20 -> system(w, 0, BRK, imm);
            default -> undefined(w);
        };
    }

    private static MicroOp hintOrBarrier(final int w) {
        final int op1 = w >>> 16 & 7;
        final int crn = w >>> 12 & 15;
        final int crm = w >>> 8 & 15;
        final int op2 = w >>> 5 & 7;
        if (crn == 2 && op1 == 3 && (w & 31) == 31) {
            return switch (crm << 3 | op2) {
                case 2 -> system(w, 0, WFE, 0);
                case 3 -> system(w, 0, WFI, 0);
                case 4 -> system(w, 0, SEV, 0);
                case 5 -> system(w, 0, SEVL, 0);
                default -> new MicroOp(Op.NOP, 0, 0, 0, 0, 0, 0, w);
            };
        }
        if (crn == 3 && op1 == 3 && (w & 31) == 31) {
            return switch (op2) {
                case 1 -> (crm & 3) == 2 ? system(w, 0, DSB_NXS, crm) : undefined(w);
                case 2 -> system(w, 0, CLREX, 0);
                case 4 -> system(w, 0, DSB, crm);
                case 5 -> new MicroOp(Op.DMB, 0, 0, 0, 0, crm, 0, w);
                case 6 -> system(w, 0, ISB, crm);
                case 7 -> crm == 0 ? system(w, 0, SB, 0) : undefined(w);
                default -> undefined(w);
            };
        }
        if (crn == 4 && (w & 31) == 31) {
            return switch (op1 << 3 | op2) {
                case 0x1e -> system(w, 0, MSR_DAIFSET, crm);
                case 0x1f -> system(w, 0, MSR_DAIFCLR, crm);
                case 5 -> system(w, 0, MSR_SPSEL, crm);
                default -> system(w, 0, UNIMPLEMENTED, 0);
            };
        }
        return undefined(w);
    }

    /** Whether an operation leaves level, translation regime and PC alone, so that what executes it may go on with what comes next. */
    static boolean keepsContext(final MicroOp op) {
        return op.a != 0;
    }

    private static boolean keepsContext(final int operation, final long key) {
        return switch (operation) {
            case DSB, ISB, CLREX, SEV, MSR_DAIFSET, MSR_DAIFCLR -> true;
            case SYS -> true;
            case MRS ->
                key != SystemRegister.NZCV.key()
                        && key != SystemRegister.SP_EL0.key()
                        && key != SystemRegister.SP_EL1.key();
            case MSR -> key == SystemRegister.DAIF.key() || key == SystemRegister.PAR_EL1.key();
            default -> false;
        };
    }

    static void dmb(final ProcessingElement pe, final int crm) {
        barrier(pe, Barrier.Kind.DMB, crm);
    }

    static void dsb(final ProcessingElement pe, final int crm) {
        barrier(pe, Barrier.Kind.DSB, crm);
    }

    private static void barrier(final ProcessingElement pe, final Barrier.Kind kind, final int crm) {
        final int types = crm & 3;
        final Shareability domain = types == 0 ? Shareability.SY : DOMAINS[crm >>> 2];
        Maintenance.barrier(pe, kind, domain, TYPES[types], false);
    }

    /** Executes one operation; sets {@code pe.pc} to what comes next. */
    static void execute(final ProcessingElement pe, final MicroOp op) {
        switch (op.s) {
            case MRS -> pe.x[op.d] = read(pe, (int) op.imm, op.word);
            case MSR -> write(pe, op);
            case MSR_DAIFSET -> {
                Traps.masks(pe, op.word);
                pe.daif |= (int) op.imm;
            }
            case MSR_DAIFCLR -> {
                Traps.masks(pe, op.word);
                pe.daif &= ~(int) op.imm;
                pe.maskChanged();
            }
            case MSR_SPSEL -> {
                if (pe.el == 0) {
                    throw GuestFault.undefined();
                }
                pe.selectStack((op.imm & 1) != 0);
            }
            case SYS -> sys(pe, (int) op.imm, pe.x[op.d], op.word);
            case DSB -> dsb(pe, (int) op.imm);
            case DSB_NXS -> {
                if (!pe.model().features().contains(Feature.XS)) {
                    throw GuestFault.undefined();
                }
                Maintenance.barrier(pe, Barrier.Kind.DSB, DOMAINS[(int) op.imm >>> 2], Barrier.AccessTypes.ALL, true);
            }
            case SB -> speculationBarrier(pe);
            case ISB -> Maintenance.synchronizeContext(pe);
            case CLREX -> Maintenance.clearExclusive(pe);
            case WFE -> {
                Traps.wait(pe, true);
                pe.waitForEvent();
            }
            case WFI -> {
                Traps.wait(pe, false);
                pe.waitForInterrupt();
            }
            case SEV -> pe.sendEvent();
            case SEVL -> pe.sendLocalEvent();
            case SVC -> throw GuestFault.call(0x15, (int) op.imm, false);
            case HVC -> hvc(pe, (int) op.imm);
            case SMC -> smc(pe, op);
            case ERET -> {
                pe.exceptionReturn();
                return;
            }
            case BRK -> throw GuestFault.trap(0x3c, (int) op.imm, false);
            case SIMD -> {
                checkSimdAccess(pe);
                throw new UnimplementedException("floating-point or SIMD instruction 0x%08x".formatted(op.word));
            }
            case UNIMPLEMENTED -> throw new UnimplementedException("instruction 0x%08x".formatted(op.word));
            default -> throw GuestFault.undefined();
        }
        pe.pc += 4;
    }

    /** Reads a system register; one that is not modelled is told with the opcode. */
    static long read(final ProcessingElement pe, final int key, final int word) {
        if (pe.el < 2) {
            Traps.register(pe, word);
        }
        try {
            return pe.system.read(key);
        } catch (final UnimplementedException missing) {
            throw withOpcode(missing, word);
        }
    }

    private static void write(final ProcessingElement pe, final MicroOp op) {
        if (pe.el < 2) {
            Traps.register(pe, op.word);
        }
        try {
            pe.system.write((int) op.imm, pe.x[op.d]);
        } catch (final UnimplementedException missing) {
            throw withOpcode(missing, op.word);
        }
    }

    private static UnimplementedException withOpcode(final UnimplementedException missing, final int word) {
        return new UnimplementedException("%s, opcode 0x%08x".formatted(missing.getMessage(), word));
    }

    /** SB exists where ID_AA64ISAR1_EL1 says so; nothing is executed ahead of it here. */
    private static void speculationBarrier(final ProcessingElement pe) {
        if ((pe.system.get(SystemRegister.ID_AA64ISAR1_EL1) >>> 36 & 15) == 0) {
            throw GuestFault.undefined();
        }
    }

    private static void hvc(final ProcessingElement pe, final int imm) {
        final boolean disabled = (pe.system.get(SystemRegister.HCR_EL2) & 1 << 29) != 0;
        if (pe.el == 0 || disabled) {
            throw GuestFault.undefined();
        }
        throw GuestFault.call(0x16, imm, true);
    }

    private static void smc(final ProcessingElement pe, final MicroOp op) {
        if (pe.el == 0) {
            throw GuestFault.undefined();
        }
        final boolean trapped = pe.el == 1 && (pe.system.get(SystemRegister.HCR_EL2) & 1 << 19) != 0;
        if (trapped) {
            throw GuestFault.trap(0x17, (int) op.imm, true);
        }
        pe.firmware().call(pe);
    }

    /** Raises the trap of an access to SIMD registers while it is disabled (CPTR_EL2.TFP, CPACR_EL1.FPEN). */
    static void checkSimdAccess(final ProcessingElement pe) {
        if ((pe.system.get(SystemRegister.CPTR_EL2) & 1 << 10) != 0) {
            throw GuestFault.trap(7, 1 << 24 | 14 << 20, true);
        }
        if (pe.el < 2) {
            final long enabled = pe.system.get(SystemRegister.CPACR_EL1) >>> 20 & 3;
            if (enabled == 0 || enabled == 2 || enabled == 1 && pe.el == 0) {
                throw GuestFault.trap(7, 1 << 24 | 14 << 20, false);
            }
        }
    }

    static void sys(final ProcessingElement pe, final int key, final long operand, final int word) {
        final int op1 = key >>> 11 & 7;
        final int crn = key >>> 7 & 15;
        final int crm = key >>> 3 & 15;
        final int op2 = key & 7;
        if (pe.el < 2) {
            Traps.maintenance(pe, word);
        }
        if (crn == 8 || crn == 9) {
            TlbMaintenance.execute(pe, key, operand, word);
        } else if (crn == 7 && crm == 9) {
            // AT S1E1RP, S1E1WP and later ones: no PE here has FEAT_PAN2.
            throw GuestFault.undefined();
        } else if (crn == 7 && crm == 8) {
            at(pe, op1, op2, operand, word);
        } else if (crn == 7 && op1 == 3 && crm == 4 && op2 == 1) {
            Maintenance.zeroBlock(pe, operand);
        } else if (crn == 7) {
            cache(pe, op1, crm, op2, operand, word);
        } else {
            throw unimplemented(word);
        }
    }

    static UnimplementedException unimplemented(final int word) {
        return new UnimplementedException("system instruction 0x%08x".formatted(word));
    }

    private static void cache(
            final ProcessingElement pe,
            final int op1,
            final int crm,
            final int op2,
            final long operand,
            final int word) {
        if (op1 != 3 && pe.el == 0) {
            throw GuestFault.undefined();
        }
        switch (op1 << 8 | crm << 4 | op2) {
            case 0x010 -> Maintenance.maintainAll(pe, CacheOperation.IC_IALLUIS, 0);
            case 0x050 -> Maintenance.maintainAll(pe, CacheOperation.IC_IALLU, 0);
            case 0x061 -> Maintenance.maintainLine(pe, CacheOperation.DC_IVAC, operand);
            case 0x062 -> Maintenance.maintainAll(pe, CacheOperation.DC_ISW, operand);
            case 0x0a2 -> Maintenance.maintainAll(pe, CacheOperation.DC_CSW, operand);
            case 0x0e2 -> Maintenance.maintainAll(pe, CacheOperation.DC_CISW, operand);
            case 0x351 -> Maintenance.maintainLine(pe, CacheOperation.IC_IVAU, operand);
            case 0x3a1 -> Maintenance.maintainLine(pe, CacheOperation.DC_CVAC, operand);
            case 0x3b1 -> Maintenance.maintainLine(pe, CacheOperation.DC_CVAU, operand);
            case 0x3c1, 0x3d1 -> {
                // FEAT_DPB has the first, FEAT_DPB2 both.
                if ((pe.system.get(SystemRegister.ID_AA64ISAR1_EL1) & 15) < (crm == 12 ? 1 : 2)) {
                    throw GuestFault.undefined();
                }
                Maintenance.maintainLine(pe, CacheOperation.DC_CVAP, operand);
            }
            case 0x3e1 -> Maintenance.maintainLine(pe, CacheOperation.DC_CIVAC, operand);
            default -> throw unimplemented(word);
        }
    }

    private static void at(
            final ProcessingElement pe, final int op1, final int op2, final long operand, final int word) {
        if (pe.el == 0 || op1 == 4 && pe.el < 2) {
            throw GuestFault.undefined();
        }
        final boolean write = (op2 & 1) != 0;
        switch (op1 << 4 | op2) {
            case 0x00, 0x01 -> Maintenance.translateAddress(pe, operand, 1, write, false);
            case 0x02, 0x03 -> Maintenance.translateAddress(pe, operand, 0, write, false);
            case 0x40, 0x41 -> Maintenance.translateAddress(pe, operand, 2, write, false);
            case 0x44, 0x45 -> Maintenance.translateAddress(pe, operand, 1, write, true);
            case 0x46, 0x47 -> Maintenance.translateAddress(pe, operand, 0, write, true);
            default -> throw unimplemented(word);
        }
    }
}
