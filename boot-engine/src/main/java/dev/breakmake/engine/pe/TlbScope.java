package dev.breakmake.engine.pe;

import dev.breakmake.translation.event.TlbOperation;

/**
 * What a TLB invalidate covers. By-range and by-IPA operations count as covering their whole regime: an adversary may hold less than
 * the architecture allows, never more.
 *
 * @param kinds bit per regime, see {@link TlbAdversary}
 * @param all every address
 * @param leavesOnly entries of the last level only: walk caches keep theirs
 * @param va the address, if not all
 */
record TlbScope(int kinds, boolean all, boolean leavesOnly, long va) {

    private static final int EL1 = 1 << TlbAdversary.EL1;
    private static final int EL2 = 1 << TlbAdversary.EL2;
    private static final int STAGE2 = 1 << TlbAdversary.STAGE2;

    static TlbScope of(final TlbOperation operation, final long operand) {
        return switch (operation) {
            case ALLE2, RVAE2, RVALE2, TLBIALLH -> everything(EL2);
            case VAE2 -> address(EL2, false, operand);
            case VALE2 -> address(EL2, true, operand);
            case TLBIMVAH -> new TlbScope(EL2, false, false, operand & 0xffff_f000L);
            case TLBIMVALH -> new TlbScope(EL2, false, true, operand & 0xffff_f000L);
            case ALLE1, VMALLS12E1, TLBIALLNSNH -> everything(EL1 | STAGE2);
            case VAE1, VAAE1 -> address(EL1, false, operand);
            case VALE1, VAALE1 -> address(EL1, true, operand);
            case TLBIMVA, TLBIMVAA -> new TlbScope(EL1, false, false, operand & 0xffff_f000L);
            case TLBIMVAL, TLBIMVAAL -> new TlbScope(EL1, false, true, operand & 0xffff_f000L);
            case IPAS2E1, IPAS2LE1, RIPAS2E1, RIPAS2LE1, TLBIIPAS2, TLBIIPAS2L -> everything(STAGE2);
            case ALLE3 -> everything(0);
            case VMALLE1,
                    ASIDE1,
                    RVAE1,
                    RVAAE1,
                    RVALE1,
                    RVAALE1,
                    TLBIALL,
                    TLBIASID,
                    ITLBIALL,
                    ITLBIMVA,
                    ITLBIASID,
                    DTLBIALL,
                    DTLBIMVA,
                    DTLBIASID -> everything(EL1);
        };
    }

    private static TlbScope everything(final int kinds) {
        return new TlbScope(kinds, true, false, 0);
    }

    /** A64 operands hold VA[55:12] in bits 43:0. */
    private static TlbScope address(final int kinds, final boolean leavesOnly, final long operand) {
        return new TlbScope(kinds, false, leavesOnly, operand << 12 & 0xffff_ffff_ffffL);
    }

    boolean concerns(final int kind) {
        return (kinds & 1 << kind) != 0;
    }

    boolean covers(final int kind, final long start, final long size, final boolean leaf) {
        return concerns(kind) && (all || (leaf || !leavesOnly) && Long.compareUnsigned(va - start, size) < 0);
    }
}
