package dev.breakmake.translation.event;

/** Architecture features that change what a rule asks for; named as the Arm ARM names them. */
public enum Feature {
    /** FEAT_ETS2: a completed store to a descriptor is seen by later explicit accesses of the same PE. */
    ETS2,
    /** FEAT_HAFDBS, access flag: hardware may set AF when TCR.HA asks for it. */
    HAFDBS_AF,
    /** FEAT_HAFDBS, dirty state: hardware may set AP[2]/S2AP[1] when TCR.HD asks for it. */
    HAFDBS_DBM,
    /** FEAT_VHE: EL2&amp;0 with HCR_EL2.E2H. */
    VHE,
    /** FEAT_LPA: 52-bit physical addresses with the 64 KiB granule. */
    LPA,
    /** FEAT_LPA2: 52-bit addresses with the 4 KiB and 16 KiB granules. */
    LPA2,
    /** FEAT_TTCNP: the CnP bit of a TTBR. */
    TTCNP,
    /** FEAT_TTL: level hints in TLB invalidate operands. */
    TTL,
    /** FEAT_TLBIRANGE: range TLB invalidates. */
    TLBI_RANGE,
    /** FEAT_TLBIOS: Outer Shareable TLB invalidates. */
    TLBI_OS,
    /** FEAT_XS: the nXS qualifier. */
    XS,
    /** FEAT_nTLBPA: no caching of walks indexed by physical address. */
    N_TLBPA,
    /** FEAT_S2FWB: stage 2 forced write-back. */
    S2FWB,
    /** FEAT_XNX: separate stage 2 execute-never for EL0 and EL1. */
    XNX,
    /** FEAT_E0PD / FEAT_HPDS class of hierarchical permission disables. */
    HPDS,
    /** 16-bit VMIDs (FEAT_VMID16). */
    VMID16,
    /** 16-bit ASIDs (ID_AA64MMFR0_EL1.ASIDBits). */
    ASID16,
    /** DMA and table walks of every agent are coherent with data caches to PoU: CTR_EL0.IDC. */
    CTR_IDC,
    /** Instruction caches need no invalidation for data to instruction coherence: CTR_EL0.DIC. */
    CTR_DIC
}
