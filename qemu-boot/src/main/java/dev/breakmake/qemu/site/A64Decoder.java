package dev.breakmake.qemu.site;

import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import org.jspecify.annotations.Nullable;

/** A64 (Arm ARM C4.1, C5.3 for the system instruction encodings). */
final class A64Decoder implements Decoder {

    @Override
    public @Nullable SiteOperation decode(int word) {
        // Everything of interest lies in 0xd4...... to 0xd6......; the first test leaves out nearly all words.
        return switch (word >>> 24) {
            case 0xd5 -> system(word);
            case 0xd4 ->
                (word & 0xffe0001f) == 0xd4000003 || (word & 0xffe0001f) == 0xd4000002
                        ? new SiteOperation.CallFirmware()
                        : null;
            case 0xd6 ->
                word == 0xd69f03e0 || word == 0xd69f0bff || word == 0xd69f0fff
                        ? new SiteOperation.ReturnFromException()
                        : null;
            default -> null;
        };
    }

    private static @Nullable SiteOperation system(int word) {
        if ((word & 0xfff00000) == 0xd5100000) {
            return registerMove(word & 0x1f, word >>> 5 & 0x7fff);
        }
        if ((word & 0xfff80000) == 0xd5080000) {
            return tlbi(word);
        }
        if ((word & 0xfffff01f) == 0xd503301f) {
            return barrier(word >>> 5 & 7, word >>> 8 & 15);
        }
        return null;
    }

    /** Encoding of {@code op0:op1:CRn:CRm:op2} as MSR holds it in bits 19:5; op0 is 3 for all of these. */
    private static int name(int op1, int crn, int crm, int op2) {
        return 1 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2;
    }

    private static final int SCTLR_EL1 = name(0, 1, 0, 0);
    private static final int SCTLR_EL2 = name(4, 1, 0, 0);
    private static final int TTBR0_EL1 = name(0, 2, 0, 0);
    private static final int TTBR1_EL1 = name(0, 2, 0, 1);
    private static final int TTBR0_EL2 = name(4, 2, 0, 0);
    private static final int TTBR1_EL2 = name(4, 2, 0, 1);
    private static final int TCR_EL1 = name(0, 2, 0, 2);
    private static final int TCR_EL2 = name(4, 2, 0, 2);
    private static final int MAIR_EL1 = name(0, 10, 2, 0);
    private static final int MAIR_EL2 = name(4, 10, 2, 0);
    private static final int HCR_EL2 = name(4, 1, 1, 0);
    private static final int VTTBR_EL2 = name(4, 2, 1, 0);
    private static final int VTCR_EL2 = name(4, 2, 1, 2);
    private static final int VBAR_EL2 = name(4, 12, 0, 0);

    private static @Nullable SiteOperation registerMove(int rt, int name) {
        if (name == VBAR_EL2) {
            return new SiteOperation.WriteVectorBase(rt);
        }
        TranslationRegister register = register(name);
        return register == null ? null : new SiteOperation.WriteRegister(register, rt, SiteOperation.NONE);
    }

    private static @Nullable TranslationRegister register(int name) {
        if (name == SCTLR_EL2) {
            return TranslationRegister.SCTLR_EL2;
        } else if (name == TTBR0_EL2) {
            return TranslationRegister.TTBR0_EL2;
        } else if (name == TTBR1_EL2) {
            return TranslationRegister.TTBR1_EL2;
        } else if (name == TCR_EL2) {
            return TranslationRegister.TCR_EL2;
        } else if (name == MAIR_EL2) {
            return TranslationRegister.MAIR_EL2;
        } else if (name == HCR_EL2) {
            return TranslationRegister.HCR_EL2;
        } else if (name == VTTBR_EL2) {
            return TranslationRegister.VTTBR_EL2;
        } else if (name == VTCR_EL2) {
            return TranslationRegister.VTCR_EL2;
        } else if (name == SCTLR_EL1) {
            return TranslationRegister.SCTLR_EL1;
        } else if (name == TTBR0_EL1) {
            return TranslationRegister.TTBR0_EL1;
        } else if (name == TTBR1_EL1) {
            return TranslationRegister.TTBR1_EL1;
        } else if (name == TCR_EL1) {
            return TranslationRegister.TCR_EL1;
        } else if (name == MAIR_EL1) {
            return TranslationRegister.MAIR_EL1;
        }
        return null;
    }

    private static @Nullable SiteOperation tlbi(int word) {
        int crn = word >>> 12 & 15;
        if (crn != 8 && crn != 9) {
            return null;
        }
        int op1 = word >>> 16 & 7;
        int crm = word >>> 8 & 15;
        int op2 = word >>> 5 & 7;
        int operand = word & 0x1f;
        boolean nxs = crn == 9;
        if (op1 == 4 && (crm == 0 || crm == 4)) {
            return stage2(crm, op2, operand, nxs);
        }
        boolean range = crm == 2 || crm == 5 || crm == 6;
        TlbOperation operation = switch (op1) {
            case 0 -> range ? el1Range(op2) : el1(op2);
            case 4 -> range ? el2Range(op2) : el2(op2);
            case 6 -> !range && op2 == 0 ? TlbOperation.ALLE3 : null;
            default -> null;
        };
        Shareability shareability = switch (crm) {
            case 7, 6 -> Shareability.NSH;
            case 3, 2 -> Shareability.ISH;
            case 1, 5 -> Shareability.OSH;
            default -> null;
        };
        return operation == null || shareability == null
                ? null
                : new SiteOperation.InvalidateTlb(operation, shareability, operand, nxs);
    }

    private static @Nullable TlbOperation el1(int op2) {
        return switch (op2) {
            case 0 -> TlbOperation.VMALLE1;
            case 1 -> TlbOperation.VAE1;
            case 2 -> TlbOperation.ASIDE1;
            case 3 -> TlbOperation.VAAE1;
            case 5 -> TlbOperation.VALE1;
            case 7 -> TlbOperation.VAALE1;
            default -> null;
        };
    }

    private static @Nullable TlbOperation el1Range(int op2) {
        return switch (op2) {
            case 1 -> TlbOperation.RVAE1;
            case 3 -> TlbOperation.RVAAE1;
            case 5 -> TlbOperation.RVALE1;
            case 7 -> TlbOperation.RVAALE1;
            default -> null;
        };
    }

    private static @Nullable TlbOperation el2(int op2) {
        return switch (op2) {
            case 0 -> TlbOperation.ALLE2;
            case 1 -> TlbOperation.VAE2;
            case 4 -> TlbOperation.ALLE1;
            case 5 -> TlbOperation.VALE2;
            case 6 -> TlbOperation.VMALLS12E1;
            default -> null;
        };
    }

    private static @Nullable TlbOperation el2Range(int op2) {
        return switch (op2) {
            case 1 -> TlbOperation.RVAE2;
            case 5 -> TlbOperation.RVALE2;
            default -> null;
        };
    }

    /** Stage 2 operations by IPA: CRm 0 holds the Inner Shareable forms, CRm 4 the local and Outer Shareable ones. */
    private static @Nullable SiteOperation stage2(int crm, int op2, int operand, boolean nxs) {
        if (crm == 0) {
            TlbOperation operation = switch (op2) {
                case 1 -> TlbOperation.IPAS2E1;
                case 2 -> TlbOperation.RIPAS2E1;
                case 5 -> TlbOperation.IPAS2LE1;
                case 6 -> TlbOperation.RIPAS2LE1;
                default -> null;
            };
            return operation == null
                    ? null
                    : new SiteOperation.InvalidateTlb(operation, Shareability.ISH, operand, nxs);
        }
        TlbOperation operation = switch (op2) {
            case 0, 1 -> TlbOperation.IPAS2E1;
            case 2, 3 -> TlbOperation.RIPAS2E1;
            case 4, 5 -> TlbOperation.IPAS2LE1;
            default -> TlbOperation.RIPAS2LE1;
        };
        boolean outer = op2 == 0 || op2 == 3 || op2 == 4 || op2 == 7;
        return new SiteOperation.InvalidateTlb(operation, outer ? Shareability.OSH : Shareability.NSH, operand, nxs);
    }

    private static @Nullable SiteOperation barrier(int op2, int crm) {
        return switch (op2) {
            // DSB #0 and #4 are SSBB and PSSBB, which complete nothing.
            case 4 -> crm == 0 || crm == 4 ? null : BarrierOption.barrier(Barrier.Kind.DSB, crm, false);
            case 1 ->
                (crm & 3) == 2
                        ? new SiteOperation.DataBarrier(
                                Barrier.Kind.DSB, BarrierOption.domain(crm), Barrier.AccessTypes.ALL, true)
                        : null;
            case 5 -> BarrierOption.barrier(Barrier.Kind.DMB, crm, false);
            case 6 -> new SiteOperation.InstructionBarrier();
            default -> null;
        };
    }

    @Override
    public boolean conditionHolds(int word, long programStatus) {
        return true;
    }

    @Override
    public Flow flow(int word, long address) {
        if ((word & 0xfc000000) == 0x14000000) {
            return Flow.jump(address + ((long) (word << 6) >> 4));
        }
        if ((word & 0xff000010) == 0x54000000 || (word & 0x7e000000) == 0x34000000) {
            return Flow.conditional(address + ((long) (word << 8) >> 11 & ~3L));
        }
        if ((word & 0x7e000000) == 0x36000000) {
            return Flow.conditional(address + ((long) (word << 13) >> 16 & ~3L));
        }
        if ((word & 0xfe000000) == 0xd6000000 || (word & 0xff000000) == 0xd4000000) {
            // Indirect branches, ERET and exception generating instructions; BLR comes back, but what it called is not
            // known.
            return Flow.UNKNOWN;
        }
        return Flow.NEXT;
    }

    @Override
    public boolean storesNothing(int word) {
        int group = word >>> 25 & 15;
        if (group == 0b1010 || group == 0b1011) {
            // Branches, barriers, MSR; of these BL and SVC class instructions run other code. Of SYS only IC and AT
            // store nothing
            // for sure: DC ZVA does.
            if ((word & 0xfff80000) == 0xd5080000) {
                int crm = word >>> 8 & 15;
                return (word >>> 12 & 15) == 7 && (crm == 1 || crm == 5 || crm == 8);
            }
            return (word & 0xfc000000) != 0x94000000
                    && (word & 0xff000000) != 0xd4000000
                    && (word & 0xfe000000) != 0xd6000000;
        }
        if ((group & 0b0101) == 0b0100) {
            boolean pair = (word & 0x3a000000) == 0x28000000;
            boolean unsignedOffset = (word & 0x3b000000) == 0x39000000;
            boolean literal = (word & 0x3b000000) == 0x18000000;
            return literal || (pair && (word & 1 << 22) != 0) || (unsignedOffset && (word & 0x00c00000) != 0);
        }
        return group == 0b1000 || group == 0b1001 || (group & 0b0111) == 0b0101;
    }

    @Override
    public int flagCondition(int word) {
        int condition = word & 15;
        return (word & 0xff000010) == 0x54000000 && condition < 14 ? condition : -1;
    }

    @Override
    public boolean keepsFlags(int word) {
        boolean setsFlags = (word & 1 << 29) != 0;
        return switch (word >>> 23 & 0x3f) {
            // Add and subtract (immediate); logical (immediate), of which ANDS has both bits of opc set.
            case 0b100010, 0b100011 -> !setsFlags;
            case 0b100100 -> (word >>> 29 & 3) != 3;
            // ADR, move wide, bitfield, extract.
            case 0b100000, 0b100001, 0b100101, 0b100110, 0b100111 -> true;
            // Logical, add and subtract (shifted or extended register).
            case 0b010100, 0b010101 -> (word >>> 29 & 3) != 3;
            case 0b010110, 0b010111 -> !setsFlags;
            default -> false;
        };
    }
}
