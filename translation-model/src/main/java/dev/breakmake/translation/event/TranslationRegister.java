package dev.breakmake.translation.event;

/** System registers that a translation regime is made of, by Arm ARM name; AArch32 registers carry their AArch32 name. */
public enum TranslationRegister {
    SCTLR_EL1,
    SCTLR_EL2,
    TTBR0_EL1,
    TTBR1_EL1,
    TTBR0_EL2,
    TTBR1_EL2,
    TCR_EL1,
    TCR_EL2,
    MAIR_EL1,
    MAIR_EL2,
    HCR_EL2,
    VTTBR_EL2,
    VTCR_EL2,
    HSCTLR,
    HTTBR,
    HTCR,
    HMAIR0,
    HMAIR1,
    HCR,
    HCR2,
    VTTBR,
    VTCR,
    SCTLR,
    TTBR0,
    TTBR1,
    TTBCR,
    MAIR0,
    MAIR1,
    CONTEXTIDR
}
