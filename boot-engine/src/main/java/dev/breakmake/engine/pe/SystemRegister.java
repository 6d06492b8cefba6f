package dev.breakmake.engine.pe;

import dev.breakmake.translation.event.TranslationRegister;
import org.jspecify.annotations.Nullable;

/** A64 system registers the engine models, with their encoding (Arm ARM D19). Interrupt controller registers are apart. */
public enum SystemRegister {
    MIDR_EL1(3, 0, 0, 0, 0, Access.RO, null),
    MPIDR_EL1(3, 0, 0, 0, 5, Access.RO, null),
    REVIDR_EL1(3, 0, 0, 0, 6, Access.RO, null),
    ID_PFR0_EL1(3, 0, 0, 1, 0, Access.RO, null),
    ID_PFR1_EL1(3, 0, 0, 1, 1, Access.RO, null),
    ID_DFR0_EL1(3, 0, 0, 1, 2, Access.RO, null),
    ID_AFR0_EL1(3, 0, 0, 1, 3, Access.RO, null),
    ID_MMFR0_EL1(3, 0, 0, 1, 4, Access.RO, null),
    ID_MMFR1_EL1(3, 0, 0, 1, 5, Access.RO, null),
    ID_MMFR2_EL1(3, 0, 0, 1, 6, Access.RO, null),
    ID_MMFR3_EL1(3, 0, 0, 1, 7, Access.RO, null),
    ID_ISAR0_EL1(3, 0, 0, 2, 0, Access.RO, null),
    ID_ISAR1_EL1(3, 0, 0, 2, 1, Access.RO, null),
    ID_ISAR2_EL1(3, 0, 0, 2, 2, Access.RO, null),
    ID_ISAR3_EL1(3, 0, 0, 2, 3, Access.RO, null),
    ID_ISAR4_EL1(3, 0, 0, 2, 4, Access.RO, null),
    ID_ISAR5_EL1(3, 0, 0, 2, 5, Access.RO, null),
    ID_MMFR4_EL1(3, 0, 0, 2, 6, Access.RO, null),
    ID_ISAR6_EL1(3, 0, 0, 2, 7, Access.RO, null),
    MVFR0_EL1(3, 0, 0, 3, 0, Access.RO, null),
    MVFR1_EL1(3, 0, 0, 3, 1, Access.RO, null),
    MVFR2_EL1(3, 0, 0, 3, 2, Access.RO, null),
    ID_PFR2_EL1(3, 0, 0, 3, 4, Access.RO, null),
    ID_DFR1_EL1(3, 0, 0, 3, 5, Access.RO, null),
    ID_MMFR5_EL1(3, 0, 0, 3, 6, Access.RO, null),
    ID_AA64PFR0_EL1(3, 0, 0, 4, 0, Access.RO, null),
    ID_AA64PFR1_EL1(3, 0, 0, 4, 1, Access.RO, null),
    ID_AA64ZFR0_EL1(3, 0, 0, 4, 4, Access.RO, null),
    ID_AA64SMFR0_EL1(3, 0, 0, 4, 5, Access.RO, null),
    ID_AA64DFR0_EL1(3, 0, 0, 5, 0, Access.RO, null),
    ID_AA64DFR1_EL1(3, 0, 0, 5, 1, Access.RO, null),
    ID_AA64AFR0_EL1(3, 0, 0, 5, 4, Access.RO, null),
    ID_AA64AFR1_EL1(3, 0, 0, 5, 5, Access.RO, null),
    ID_AA64ISAR0_EL1(3, 0, 0, 6, 0, Access.RO, null),
    ID_AA64ISAR1_EL1(3, 0, 0, 6, 1, Access.RO, null),
    ID_AA64ISAR2_EL1(3, 0, 0, 6, 2, Access.RO, null),
    ID_AA64MMFR0_EL1(3, 0, 0, 7, 0, Access.RO, null),
    ID_AA64MMFR1_EL1(3, 0, 0, 7, 1, Access.RO, null),
    ID_AA64MMFR2_EL1(3, 0, 0, 7, 2, Access.RO, null),
    SCTLR_EL1(3, 0, 1, 0, 0, Access.RW, TranslationRegister.SCTLR_EL1),
    ACTLR_EL1(3, 0, 1, 0, 1, Access.RW, null),
    CPACR_EL1(3, 0, 1, 0, 2, Access.RW, null),
    TTBR0_EL1(3, 0, 2, 0, 0, Access.RW, TranslationRegister.TTBR0_EL1),
    TTBR1_EL1(3, 0, 2, 0, 1, Access.RW, TranslationRegister.TTBR1_EL1),
    TCR_EL1(3, 0, 2, 0, 2, Access.RW, TranslationRegister.TCR_EL1),
    SPSR_EL1(3, 0, 4, 0, 0, Access.RW, null),
    ELR_EL1(3, 0, 4, 0, 1, Access.RW, null),
    SP_EL0(3, 0, 4, 1, 0, Access.RW, null),
    SPSEL(3, 0, 4, 2, 0, Access.RW, null),
    CURRENTEL(3, 0, 4, 2, 2, Access.RO, null),
    PAN(3, 0, 4, 2, 3, Access.RW, null),
    UAO(3, 0, 4, 2, 4, Access.RW, null),
    AFSR0_EL1(3, 0, 5, 1, 0, Access.RW, null),
    AFSR1_EL1(3, 0, 5, 1, 1, Access.RW, null),
    ESR_EL1(3, 0, 5, 2, 0, Access.RW, null),
    FAR_EL1(3, 0, 6, 0, 0, Access.RW, null),
    PAR_EL1(3, 0, 7, 4, 0, Access.RW, null),
    PMINTENSET_EL1(3, 0, 9, 14, 1, Access.RW, null),
    PMINTENCLR_EL1(3, 0, 9, 14, 2, Access.RW, null),
    MAIR_EL1(3, 0, 10, 2, 0, Access.RW, TranslationRegister.MAIR_EL1),
    AMAIR_EL1(3, 0, 10, 3, 0, Access.RW, null),
    VBAR_EL1(3, 0, 12, 0, 0, Access.RW, null),
    RVBAR_EL1(3, 0, 12, 0, 1, Access.RO, null),
    ISR_EL1(3, 0, 12, 1, 0, Access.RO, null),
    CONTEXTIDR_EL1(3, 0, 13, 0, 1, Access.RW, null),
    TPIDR_EL1(3, 0, 13, 0, 4, Access.RW, null),
    CNTKCTL_EL1(3, 0, 14, 1, 0, Access.RW, null),
    CCSIDR_EL1(3, 1, 0, 0, 0, Access.RO, null),
    CLIDR_EL1(3, 1, 0, 0, 1, Access.RO, null),
    AIDR_EL1(3, 1, 0, 0, 7, Access.RO, null),
    CSSELR_EL1(3, 2, 0, 0, 0, Access.RW, null),
    CTR_EL0(3, 3, 0, 0, 1, Access.RO, null),
    DCZID_EL0(3, 3, 0, 0, 7, Access.RO, null),
    NZCV(3, 3, 4, 2, 0, Access.RW, null),
    DAIF(3, 3, 4, 2, 1, Access.RW, null),
    FPCR(3, 3, 4, 4, 0, Access.RW, null),
    FPSR(3, 3, 4, 4, 1, Access.RW, null),
    PMCR_EL0(3, 3, 9, 12, 0, Access.RW, null),
    PMCNTENSET_EL0(3, 3, 9, 12, 1, Access.RW, null),
    PMCNTENCLR_EL0(3, 3, 9, 12, 2, Access.RW, null),
    PMOVSCLR_EL0(3, 3, 9, 12, 3, Access.RW, null),
    PMSELR_EL0(3, 3, 9, 12, 5, Access.RW, null),
    PMCEID0_EL0(3, 3, 9, 12, 6, Access.RO, null),
    PMCEID1_EL0(3, 3, 9, 12, 7, Access.RO, null),
    PMCCNTR_EL0(3, 3, 9, 13, 0, Access.RW, null),
    PMUSERENR_EL0(3, 3, 9, 14, 0, Access.RW, null),
    PMOVSSET_EL0(3, 3, 9, 14, 3, Access.RW, null),
    PMCCFILTR_EL0(3, 3, 14, 15, 7, Access.RW, null),
    TPIDR_EL0(3, 3, 13, 0, 2, Access.RW, null),
    TPIDRRO_EL0(3, 3, 13, 0, 3, Access.RW, null),
    CNTFRQ_EL0(3, 3, 14, 0, 0, Access.RW, null),
    CNTPCT_EL0(3, 3, 14, 0, 1, Access.RO, null),
    CNTVCT_EL0(3, 3, 14, 0, 2, Access.RO, null),
    CNTP_TVAL_EL0(3, 3, 14, 2, 0, Access.RW, null),
    CNTP_CTL_EL0(3, 3, 14, 2, 1, Access.RW, null),
    CNTP_CVAL_EL0(3, 3, 14, 2, 2, Access.RW, null),
    CNTV_TVAL_EL0(3, 3, 14, 3, 0, Access.RW, null),
    CNTV_CTL_EL0(3, 3, 14, 3, 1, Access.RW, null),
    CNTV_CVAL_EL0(3, 3, 14, 3, 2, Access.RW, null),
    VPIDR_EL2(3, 4, 0, 0, 0, Access.RW, null),
    VMPIDR_EL2(3, 4, 0, 0, 5, Access.RW, null),
    SCTLR_EL2(3, 4, 1, 0, 0, Access.RW, TranslationRegister.SCTLR_EL2),
    ACTLR_EL2(3, 4, 1, 0, 1, Access.RW, null),
    HCR_EL2(3, 4, 1, 1, 0, Access.RW, TranslationRegister.HCR_EL2),
    MDCR_EL2(3, 4, 1, 1, 1, Access.RW, null),
    CPTR_EL2(3, 4, 1, 1, 2, Access.RW, null),
    HSTR_EL2(3, 4, 1, 1, 3, Access.RW, null),
    HACR_EL2(3, 4, 1, 1, 7, Access.RW, null),
    TTBR0_EL2(3, 4, 2, 0, 0, Access.RW, TranslationRegister.TTBR0_EL2),
    TTBR1_EL2(3, 4, 2, 0, 1, Access.RW, TranslationRegister.TTBR1_EL2),
    TCR_EL2(3, 4, 2, 0, 2, Access.RW, TranslationRegister.TCR_EL2),
    VTTBR_EL2(3, 4, 2, 1, 0, Access.RW, TranslationRegister.VTTBR_EL2),
    VTCR_EL2(3, 4, 2, 1, 2, Access.RW, TranslationRegister.VTCR_EL2),
    DACR32_EL2(3, 4, 3, 0, 0, Access.RW, null),
    SPSR_EL2(3, 4, 4, 0, 0, Access.RW, null),
    ELR_EL2(3, 4, 4, 0, 1, Access.RW, null),
    SP_EL1(3, 4, 4, 1, 0, Access.RW, null),
    SPSR_IRQ(3, 4, 4, 3, 0, Access.RW, null),
    SPSR_ABT(3, 4, 4, 3, 1, Access.RW, null),
    SPSR_UND(3, 4, 4, 3, 2, Access.RW, null),
    SPSR_FIQ(3, 4, 4, 3, 3, Access.RW, null),
    IFSR32_EL2(3, 4, 5, 0, 1, Access.RW, null),
    AFSR0_EL2(3, 4, 5, 1, 0, Access.RW, null),
    AFSR1_EL2(3, 4, 5, 1, 1, Access.RW, null),
    ESR_EL2(3, 4, 5, 2, 0, Access.RW, null),
    FPEXC32_EL2(3, 4, 5, 3, 0, Access.RW, null),
    FAR_EL2(3, 4, 6, 0, 0, Access.RW, null),
    HPFAR_EL2(3, 4, 6, 0, 4, Access.RW, null),
    MAIR_EL2(3, 4, 10, 2, 0, Access.RW, TranslationRegister.MAIR_EL2),
    AMAIR_EL2(3, 4, 10, 3, 0, Access.RW, null),
    VBAR_EL2(3, 4, 12, 0, 0, Access.RW, null),
    RVBAR_EL2(3, 4, 12, 0, 1, Access.RO, null),
    RMR_EL2(3, 4, 12, 0, 2, Access.RW, null),
    TPIDR_EL2(3, 4, 13, 0, 2, Access.RW, null),
    CNTVOFF_EL2(3, 4, 14, 0, 3, Access.RW, null),
    CNTHCTL_EL2(3, 4, 14, 1, 0, Access.RW, null),
    CNTHP_TVAL_EL2(3, 4, 14, 2, 0, Access.RW, null),
    CNTHP_CTL_EL2(3, 4, 14, 2, 1, Access.RW, null),
    CNTHP_CVAL_EL2(3, 4, 14, 2, 2, Access.RW, null),
    MDCCINT_EL1(2, 0, 0, 2, 0, Access.RW, null),
    MDSCR_EL1(2, 0, 0, 2, 2, Access.RW, null),
    MDRAR_EL1(2, 0, 1, 0, 0, Access.RO, null),
    OSLAR_EL1(2, 0, 1, 0, 4, Access.WO, null),
    OSLSR_EL1(2, 0, 1, 1, 4, Access.RO, null),
    OSDLR_EL1(2, 0, 1, 3, 4, Access.RW, null),
    MDCCSR_EL0(2, 3, 0, 1, 0, Access.RO, null);

    /** Directions a register can be accessed in. */
    public enum Access {
        RO,
        WO,
        RW
    }

    private static final @Nullable SystemRegister[] BY_KEY = new SystemRegister[1 << 16];

    static {
        for (final SystemRegister register : values()) {
            BY_KEY[register.key] = register;
        }
    }

    private final int key;
    private final Access access;
    private final @Nullable TranslationRegister event;

    SystemRegister(
            final int op0,
            final int op1,
            final int crn,
            final int crm,
            final int op2,
            final Access access,
            final @Nullable TranslationRegister event) {
        this.key = op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2;
        this.access = access;
        this.event = event;
    }

    /** Encoding: {@code op0 << 14 | op1 << 11 | CRn << 7 | CRm << 3 | op2}, as in bits 20:5 of MRS and MSR. */
    public int key() {
        return key;
    }

    /** Directions this register can be accessed in. */
    public Access access() {
        return access;
    }

    /** Its name in the event vocabulary, or null if it is no part of a translation regime. */
    public @Nullable TranslationRegister event() {
        return event;
    }

    /** Lowest exception level whose encoding space the register lies in, from op1. */
    public int level() {
        return switch ((key >>> 11) & 7) {
            case 3 -> 0;
            case 4, 5 -> 2;
            case 6 -> 3;
            default -> 1;
        };
    }

    /** The register of an encoding, or null if the engine does not model it. */
    public static @Nullable SystemRegister of(final int key) {
        return BY_KEY[key];
    }

    /** Name of an encoding in the generic form of the Arm ARM. */
    public static String generic(final int key) {
        return "S%d_%d_C%d_C%d_%d".formatted(key >>> 14, (key >>> 11) & 7, (key >>> 7) & 15, (key >>> 3) & 15, key & 7);
    }
}
