package dev.breakmake.translation.register;

/** A translation regime, or the stage 2 of one (Arm ARM D8.1.2, G5.1.4). Secure regimes are not modelled. */
public enum Regime {
    /** VMSAv8-64 EL2: one VA range, one privilege level. */
    EL2(true, false, false),
    /** VMSAv8-64 EL2&amp;0 (HCR_EL2.E2H): two VA ranges, ASIDs. */
    EL2_0(false, true, false),
    /** VMSAv8-64 EL1&amp;0 stage 1: two VA ranges, ASIDs and VMIDs. */
    EL1_0(false, true, false),
    /** Stage 2 of EL1&amp;0, AArch64 or AArch32: IPA to PA, VMIDs. */
    STAGE2(false, false, true),
    /** AArch32 Hyp mode, long descriptors: one VA range, one privilege level. */
    HYP(true, false, false),
    /** AArch32 PL1&amp;0 stage 1, long descriptors (TTBCR.EAE): ASIDs and VMIDs. */
    PL1_0(false, true, false);

    private final boolean singlePrivilege;
    private final boolean asids;
    private final boolean stage2;

    Regime(boolean singlePrivilege, boolean asids, boolean stage2) {
        this.singlePrivilege = singlePrivilege;
        this.asids = asids;
        this.stage2 = stage2;
    }

    /** Whether only one exception level uses it: nG and AP[1] have no meaning there. */
    public boolean singlePrivilege() {
        return singlePrivilege;
    }

    /** Whether its non-global entries are tagged with an ASID. */
    public boolean hasAsids() {
        return asids;
    }

    /** Whether its entries are tagged with a VMID when EL2 is in use. */
    public boolean hasVmids() {
        return this == EL1_0 || this == PL1_0 || this == STAGE2;
    }

    /** Whether input addresses are IPAs. */
    public boolean stage2() {
        return stage2;
    }
}
