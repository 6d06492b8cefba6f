package dev.breakmake.qemu.site;

import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import org.jspecify.annotations.Nullable;

/** A32 (Arm ARM F4.1, G7.3 for the CP15 encodings). T32 is not recognised: no Arm hypervisor image we know uses it. */
final class A32Decoder implements Decoder {

    @Override
    public @Nullable SiteOperation decode(int word) {
        if (word >>> 28 == 15) {
            return switch (word & 0xfffffff0) {
                case 0xf57ff040 -> BarrierOption.barrier(Barrier.Kind.DSB, word & 15, false);
                case 0xf57ff050 -> BarrierOption.barrier(Barrier.Kind.DMB, word & 15, false);
                case 0xf57ff060 -> new SiteOperation.InstructionBarrier();
                default -> null;
            };
        }
        if ((word & 0x0f100f10) == 0x0e000f10) {
            return moveToCp15(word);
        }
        if ((word & 0x0ff00f00) == 0x0c400f00) {
            return movePairToCp15(word);
        }
        if ((word & 0x0ffffff0) == 0x01600070 || (word & 0x0ff000f0) == 0x01400070) {
            return new SiteOperation.CallFirmware();
        }
        return (word & 0x0fffffff) == 0x0160006e ? new SiteOperation.ReturnFromException() : null;
    }

    private static int name(int opc1, int crn, int crm, int opc2) {
        return opc1 << 12 | crn << 8 | crm << 4 | opc2;
    }

    private static @Nullable SiteOperation moveToCp15(int word) {
        int opc1 = word >>> 21 & 7;
        int crn = word >>> 16 & 15;
        int crm = word & 15;
        int opc2 = word >>> 5 & 7;
        int rt = word >>> 12 & 15;
        int name = name(opc1, crn, crm, opc2);
        if (crn == 8) {
            return tlbi(opc1, crm, opc2, rt);
        }
        if (name == name(4, 12, 0, 0)) {
            return new SiteOperation.WriteVectorBase(rt);
        }
        if (name == name(0, 7, 5, 4)) {
            return new SiteOperation.InstructionBarrier();
        }
        if (name == name(0, 7, 10, 4) || name == name(0, 7, 10, 5)) {
            return new SiteOperation.DataBarrier(
                    opc2 == 4 ? Barrier.Kind.DSB : Barrier.Kind.DMB, Shareability.SY, Barrier.AccessTypes.ALL, false);
        }
        TranslationRegister register = register(name);
        return register == null ? null : new SiteOperation.WriteRegister(register, rt, SiteOperation.NONE);
    }

    private static final int HSCTLR = name(4, 1, 0, 0);
    private static final int HCR = name(4, 1, 1, 0);
    private static final int HCR2 = name(4, 1, 1, 4);
    private static final int HTCR = name(4, 2, 0, 2);
    private static final int VTCR = name(4, 2, 1, 2);
    private static final int HMAIR0 = name(4, 10, 2, 0);
    private static final int HMAIR1 = name(4, 10, 2, 1);
    private static final int SCTLR = name(0, 1, 0, 0);
    private static final int TTBR0 = name(0, 2, 0, 0);
    private static final int TTBR1 = name(0, 2, 0, 1);
    private static final int TTBCR = name(0, 2, 0, 2);
    private static final int MAIR0 = name(0, 10, 2, 0);
    private static final int MAIR1 = name(0, 10, 2, 1);
    private static final int CONTEXTIDR = name(0, 13, 0, 1);

    private static @Nullable TranslationRegister register(int name) {
        if (name == HSCTLR) {
            return TranslationRegister.HSCTLR;
        } else if (name == HCR) {
            return TranslationRegister.HCR;
        } else if (name == HCR2) {
            return TranslationRegister.HCR2;
        } else if (name == HTCR) {
            return TranslationRegister.HTCR;
        } else if (name == VTCR) {
            return TranslationRegister.VTCR;
        } else if (name == HMAIR0) {
            return TranslationRegister.HMAIR0;
        } else if (name == HMAIR1) {
            return TranslationRegister.HMAIR1;
        } else if (name == SCTLR) {
            return TranslationRegister.SCTLR;
        } else if (name == TTBR0) {
            return TranslationRegister.TTBR0;
        } else if (name == TTBR1) {
            return TranslationRegister.TTBR1;
        } else if (name == TTBCR) {
            return TranslationRegister.TTBCR;
        } else if (name == MAIR0) {
            return TranslationRegister.MAIR0;
        } else if (name == MAIR1) {
            return TranslationRegister.MAIR1;
        } else if (name == CONTEXTIDR) {
            return TranslationRegister.CONTEXTIDR;
        }
        return null;
    }

    private static @Nullable SiteOperation movePairToCp15(int word) {
        if ((word & 15) != 2) {
            return null;
        }
        TranslationRegister register = switch (word >>> 4 & 15) {
            case 0 -> TranslationRegister.TTBR0;
            case 1 -> TranslationRegister.TTBR1;
            case 4 -> TranslationRegister.HTTBR;
            case 6 -> TranslationRegister.VTTBR;
            default -> null;
        };
        return register == null ? null : new SiteOperation.WriteRegister(register, word >>> 12 & 15, word >>> 16 & 15);
    }

    private static @Nullable SiteOperation tlbi(int opc1, int crm, int opc2, int rt) {
        TlbOperation operation = switch (opc1) {
            case 0 -> plOne(crm, opc2);
            case 4 -> hyp(crm, opc2);
            default -> null;
        };
        boolean inner = crm == 3 || (opc1 == 4 && crm == 0);
        return operation == null
                ? null
                : new SiteOperation.InvalidateTlb(
                        operation,
                        inner ? Shareability.ISH : Shareability.NSH,
                        hasOperand(operation) ? rt : SiteOperation.ZERO,
                        false);
    }

    /** Operations on everything ignore Rt, which code leaves at whatever it held. */
    private static boolean hasOperand(TlbOperation operation) {
        return switch (operation) {
            case TLBIALL, TLBIALLH, TLBIALLNSNH, ITLBIALL, DTLBIALL -> false;
            default -> true;
        };
    }

    private static @Nullable TlbOperation plOne(int crm, int opc2) {
        return switch (crm << 4 | opc2) {
            case 0x30, 0x70 -> TlbOperation.TLBIALL;
            case 0x31, 0x71 -> TlbOperation.TLBIMVA;
            case 0x32, 0x72 -> TlbOperation.TLBIASID;
            case 0x33, 0x73 -> TlbOperation.TLBIMVAA;
            case 0x35, 0x75 -> TlbOperation.TLBIMVAL;
            case 0x37, 0x77 -> TlbOperation.TLBIMVAAL;
            case 0x50 -> TlbOperation.ITLBIALL;
            case 0x51 -> TlbOperation.ITLBIMVA;
            case 0x52 -> TlbOperation.ITLBIASID;
            case 0x60 -> TlbOperation.DTLBIALL;
            case 0x61 -> TlbOperation.DTLBIMVA;
            case 0x62 -> TlbOperation.DTLBIASID;
            default -> null;
        };
    }

    private static @Nullable TlbOperation hyp(int crm, int opc2) {
        return switch (crm << 4 | opc2) {
            case 0x01, 0x41 -> TlbOperation.TLBIIPAS2;
            case 0x05, 0x45 -> TlbOperation.TLBIIPAS2L;
            case 0x30, 0x70 -> TlbOperation.TLBIALLH;
            case 0x31, 0x71 -> TlbOperation.TLBIMVAH;
            case 0x34, 0x74 -> TlbOperation.TLBIALLNSNH;
            case 0x35, 0x75 -> TlbOperation.TLBIMVALH;
            default -> null;
        };
    }

    @Override
    public boolean conditionHolds(int word, long programStatus) {
        return Conditions.hold(word >>> 28, programStatus);
    }

    @Override
    public Flow flow(int word, long address) {
        int condition = word >>> 28;
        if (condition == 15) {
            return (word & 0xfe000000) == 0xfa000000 ? Flow.UNKNOWN : Flow.NEXT;
        }
        if ((word & 0x0f000000) == 0x0a000000) {
            long target = (address + 8 + ((word << 8) >> 6)) & 0xffff_ffffL;
            return condition == 14 ? Flow.jump(target) : Flow.conditional(target);
        }
        return writesPc(word) ? Flow.UNKNOWN : Flow.NEXT;
    }

    private static boolean writesPc(int word) {
        int group = word >>> 25 & 7;
        return switch (group) {
            // Data processing with Rd = PC; BX, BLX, ERET, SMC, HVC are in the same space.
            case 0, 1 ->
                (word >>> 12 & 15) == 15 && (word >>> 23 & 3) != 2
                        || (word & 0x0f900000) == 0x01000000 && (word & 0x80) == 0 && (word & 0x70) != 0;
            case 2, 3 -> (word & 1 << 20) != 0 && (word >>> 12 & 15) == 15;
            case 4 -> (word & 1 << 20) != 0 && (word & 1 << 15) != 0;
            case 7 -> (word & 0x0f000000) == 0x0f000000;
            default -> false;
        };
    }

    @Override
    public boolean storesNothing(int word) {
        if (word >>> 28 == 15) {
            return decode(word) != null;
        }
        return switch (word >>> 25 & 7) {
            // Multiplies and the extra loads and stores (STRD has L = 0 and so has LDRD) have bits 7 and 4 set.
            case 0 -> (word & 0x90) != 0x90 && (word & 0x0ff000f0) != 0x01200030;
            case 1 -> true;
            case 2 -> (word & 1 << 20) != 0;
            case 3 -> (word & 0x10) == 0 && (word & 1 << 20) != 0;
            case 5 -> (word & 1 << 24) == 0;
            // MCR to the instruction cache, branch predictor and address translation operations of c7.
            case 7 -> (word & 0x0f1f0f10) == 0x0e070f10 && ((word & 15) == 1 || (word & 15) == 5 || (word & 15) == 8);
            default -> false;
        };
    }

    @Override
    public int flagCondition(int word) {
        int condition = word >>> 28;
        return (word & 0x0f000000) == 0x0a000000 && condition < 14 ? condition : -1;
    }

    @Override
    public boolean keepsFlags(int word) {
        if (word >>> 28 == 15 || (word & 0x0c000000) != 0 || writesPc(word)) {
            return false;
        }
        boolean immediate = (word & 1 << 25) != 0;
        if (!immediate && (word & 0x90) == 0x90) {
            return false;
        }
        boolean moveWide = (word & 0x0fb00000) == 0x03000000;
        // Data processing without S; what would be a comparison without S is MSR, BX and the like.
        return moveWide || ((word & 1 << 20) == 0 && (word >>> 23 & 3) != 2);
    }
}
