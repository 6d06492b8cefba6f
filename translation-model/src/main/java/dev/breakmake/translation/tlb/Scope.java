package dev.breakmake.translation.tlb;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.register.Regime;

/**
 * What one TLB invalidate reaches (Arm ARM D8.17.5, D8.17.6, G5.9.2). A mutable view, filled anew for each: nothing on the silent
 * path allocates.
 */
public final class Scope {
    /** No VMID, ASID or level asked for. */
    public static final int ANY = -2;

    TlbOperation operation = TlbOperation.ALLE2;
    long time;
    long pc;
    long operand;
    int pe;
    boolean shared;
    /** The nXS form: the only one a DSB nXS completes. */
    boolean nxs;

    boolean hypervisor;
    boolean guestStage1;
    boolean stage2;
    boolean combined;
    boolean byAddress;
    boolean lastLevel;
    boolean nothing;
    long start;
    long last;
    int asid;
    int vmid;
    int levelHint;
    /** log2 of the granule a hint or range names, 0 if none, {@link #ANY} if the encoding is reserved. */
    int granuleHint;
    /** Per PE, the last DSB before the invalidate that orders stores against it; 0 for never. */
    long[] barriers = {};

    /**
     * Reads an operation.
     *
     * @param now time of the event
     * @param currentVmid VMID it applies to, or a value no VMID has if that is uncertain
     * @param hostExtensions whether the E2 operations name an ASID, for EL2&amp;0 (HCR_EL2.E2H)
     * @param hostRegime whether the E1 operations reach EL2&amp;0 (HCR_EL2.E2H and TGE)
     */
    void decode(
            TlbInvalidate event,
            long now,
            Architecture architecture,
            int currentVmid,
            boolean hostExtensions,
            boolean hostRegime) {
        operation = event.operation();
        time = now;
        pc = event.pc();
        operand = event.operand();
        pe = event.pe();
        shared = event.shareability() != Shareability.NSH;
        nxs = event.nxs();
        hypervisor = false;
        guestStage1 = false;
        stage2 = false;
        combined = false;
        byAddress = false;
        lastLevel = false;
        nothing = false;
        start = 0;
        last = -1;
        asid = ANY;
        vmid = currentVmid;
        levelHint = ANY;
        granuleHint = 0;
        boolean aarch32 = architecture == Architecture.AARCH32;
        switch (operation) {
            case ALLE2, TLBIALLH -> hypervisor = true;
            case VAE2, VALE2, TLBIMVAH, TLBIMVALH -> {
                hypervisor = true;
                address(aarch32);
                asid = hostExtensions ? (int) (operand >>> 48) : ANY;
            }
            case RVAE2, RVALE2 -> {
                hypervisor = true;
                range(false);
                asid = hostExtensions ? (int) (operand >>> 48) : ANY;
            }
            case ALLE1, TLBIALLNSNH -> {
                guestStage1 = true;
                stage2 = true;
                vmid = ANY;
            }
            case VMALLS12E1 -> {
                guestStage1 = true;
                stage2 = true;
            }
            case VMALLE1, TLBIALL -> stage1(hostRegime);
            case ASIDE1, TLBIASID -> {
                stage1(hostRegime);
                asid = aarch32 ? (int) operand & 0xff : (int) (operand >>> 48);
            }
            case VAE1, VALE1, TLBIMVA, TLBIMVAL -> {
                stage1(hostRegime);
                address(aarch32);
                asid = aarch32 ? (int) operand & 0xff : (int) (operand >>> 48);
            }
            case VAAE1, VAALE1, TLBIMVAA, TLBIMVAAL -> {
                stage1(hostRegime);
                address(aarch32);
            }
            case RVAE1, RVALE1 -> {
                stage1(hostRegime);
                range(false);
                asid = (int) (operand >>> 48);
            }
            case RVAAE1, RVAALE1 -> {
                stage1(hostRegime);
                range(false);
            }
            case IPAS2E1, IPAS2LE1, TLBIIPAS2, TLBIIPAS2L -> {
                stage2 = true;
                ipa(aarch32);
            }
            case RIPAS2E1, RIPAS2LE1 -> {
                stage2 = true;
                range(true);
            }
            case ALLE3, ITLBIALL, ITLBIMVA, ITLBIASID, DTLBIALL, DTLBIMVA, DTLBIASID -> nothing = true;
        }
        lastLevel = switch (operation) {
            case VALE1,
                    VAALE1,
                    VALE2,
                    IPAS2LE1,
                    RVALE1,
                    RVAALE1,
                    RVALE2,
                    RIPAS2LE1,
                    TLBIMVAL,
                    TLBIMVAAL,
                    TLBIMVALH,
                    TLBIIPAS2L -> true;
            default -> false;
        };
    }

    private void stage1(boolean hostRegime) {
        if (hostRegime) {
            hypervisor = true;
        } else {
            guestStage1 = true;
            combined = true;
        }
    }

    private void address(boolean aarch32) {
        byAddress = true;
        if (aarch32) {
            start = operand & 0xffff_f000L;
        } else {
            start = (operand << 20) >> 20 << 12;
            start = (start << 8) >> 8;
            hint((int) (operand >>> 44) & 0xf);
        }
        last = start + 0xfff;
    }

    private void ipa(boolean aarch32) {
        byAddress = true;
        start = (operand & (aarch32 ? 0x0fff_ffffL : 0xff_ffff_ffffL)) << 12;
        if (!aarch32) {
            hint((int) (operand >>> 44) & 0xf);
        }
        last = start + 0xfff;
    }

    private void hint(int ttl) {
        // TTL<3:2> names the granule, 0 means no hint; level 0 of the 4 KiB granule is reserved and hints nothing.
        if ((ttl & 0xc) != 0 && (ttl & 3) != 0) {
            levelHint = ttl & 3;
            granuleHint = granule(ttl >>> 2);
        }
    }

    /** Granule of a TG field: 1 is 4 KiB, 2 is 16 KiB, 3 is 64 KiB. */
    private static int granule(int field) {
        return field == 0 ? ANY : 10 + 2 * field;
    }

    private void range(boolean ipa) {
        byAddress = true;
        granuleHint = granule((int) (operand >>> 46) & 3);
        int shift = granuleHint == ANY ? 12 : granuleHint;
        int scale = (int) (operand >>> 44) & 3;
        long pages = (((operand >>> 39) & 31) + 1) << (5 * scale + 1);
        int ttl = (int) (operand >>> 37) & 3;
        if (ttl != 0) {
            levelHint = ttl;
        }
        long base = operand & 0x1f_ffff_ffffL;
        start = ipa ? base << shift : (base << 27) >> 27 << shift;
        last = start + (pages << shift) - 1;
    }

    /** Whether it reaches entries of a regime under a VMID at all. */
    boolean reaches(Regime regime, int spaceVmid) {
        return switch (regime) {
            case EL2, EL2_0, HYP -> hypervisor;
            case EL1_0, PL1_0 -> guestStage1 && (vmid == ANY || vmid == spaceVmid);
            case STAGE2 -> (stage2 || combined) && (vmid == ANY || vmid == spaceVmid);
        };
    }

    /** Whether entries of a granule are required to go: not if the operand names another one (RLQLSD). */
    boolean matchesGranule(int shift) {
        return granuleHint == 0 || granuleHint == shift;
    }

    boolean matchesAsid(int versionAsid) {
        // By-address operations reach global entries too, the by-ASID one does not.
        return asid == ANY || asid == versionAsid || (versionAsid == -1 && byAddress);
    }

    /** Whether nothing but the tag space bounds it. */
    boolean everything() {
        return !byAddress && asid == ANY;
    }

    /** Whether it takes everything of the regimes it reaches, whatever the address. */
    public boolean wholeRegime() {
        return everything() && !nothing;
    }

    /** Whether it reaches entries of a regime, VMIDs aside. */
    public boolean reachesRegime(Regime regime) {
        return switch (regime) {
            case EL2, EL2_0, HYP -> hypervisor;
            case EL1_0, PL1_0 -> guestStage1;
            case STAGE2 -> stage2;
        };
    }

    /** Whether it applies to the current VMID. */
    public boolean usesCurrentVmid() {
        return vmid != ANY && (guestStage1 || stage2);
    }

    /** PE that issued it. */
    public int pe() {
        return pe;
    }

    /** Whether it was broadcast. */
    public boolean shared() {
        return shared;
    }

    /** Whether it is the nXS form, which a DSB nXS completes. */
    public boolean nxs() {
        return nxs;
    }

    /** Time it was issued. */
    public long time() {
        return time;
    }

    /** Its instruction. */
    public long pc() {
        return pc;
    }

    /** The operation. */
    public TlbOperation operation() {
        return operation;
    }

    /** Whether it names an address. */
    public boolean byAddress() {
        return byAddress;
    }
}
