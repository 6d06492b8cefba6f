package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * AArch32 system registers in coprocessor 15 by their encoding, with the AArch64 register that holds the value: the architecture maps
 * them onto each other (DDI 0487 G8.2), so a PE keeps one copy. Registers without a counterpart keep their value here, per PE, in
 * {@link SystemState}.
 */
enum Cp15 {
    MIDR(0, 0, 0, 0, SystemRegister.MIDR_EL1),
    CTR(0, 0, 0, 1, SystemRegister.CTR_EL0),
    TCMTR(0, 0, 0, 2),
    TLBTR(0, 0, 0, 3),
    MPIDR(0, 0, 0, 5, SystemRegister.MPIDR_EL1),
    REVIDR(0, 0, 0, 6),
    ID_PFR0(0, 0, 1, 0, SystemRegister.ID_PFR0_EL1),
    ID_PFR1(0, 0, 1, 1, SystemRegister.ID_PFR1_EL1),
    ID_DFR0(0, 0, 1, 2, SystemRegister.ID_DFR0_EL1),
    ID_AFR0(0, 0, 1, 3),
    ID_MMFR0(0, 0, 1, 4, SystemRegister.ID_MMFR0_EL1),
    ID_MMFR1(0, 0, 1, 5, SystemRegister.ID_MMFR1_EL1),
    ID_MMFR2(0, 0, 1, 6, SystemRegister.ID_MMFR2_EL1),
    ID_MMFR3(0, 0, 1, 7, SystemRegister.ID_MMFR3_EL1),
    ID_ISAR0(0, 0, 2, 0, SystemRegister.ID_ISAR0_EL1),
    ID_ISAR1(0, 0, 2, 1, SystemRegister.ID_ISAR1_EL1),
    ID_ISAR2(0, 0, 2, 2, SystemRegister.ID_ISAR2_EL1),
    ID_ISAR3(0, 0, 2, 3, SystemRegister.ID_ISAR3_EL1),
    ID_ISAR4(0, 0, 2, 4, SystemRegister.ID_ISAR4_EL1),
    ID_ISAR5(0, 0, 2, 5, SystemRegister.ID_ISAR5_EL1),
    CCSIDR(0, 1, 0, 0),
    CLIDR(0, 1, 0, 1, SystemRegister.CLIDR_EL1),
    AIDR(0, 1, 0, 7),
    CSSELR(0, 2, 0, 0, SystemRegister.CSSELR_EL1),
    VPIDR(0, 4, 0, 0, SystemRegister.VPIDR_EL2),
    VMPIDR(0, 4, 0, 5, SystemRegister.VMPIDR_EL2),
    SCTLR(1, 0, 0, 0, SystemRegister.SCTLR_EL1, TranslationRegister.SCTLR),
    ACTLR(1, 0, 0, 1),
    CPACR(1, 0, 0, 2, SystemRegister.CPACR_EL1),
    SCR(1, 0, 1, 0),
    SDER(1, 0, 1, 1),
    NSACR(1, 0, 1, 2),
    HSCTLR(1, 4, 0, 0, SystemRegister.SCTLR_EL2, TranslationRegister.HSCTLR),
    HACTLR(1, 4, 0, 1),
    HCR(1, 4, 1, 0, SystemRegister.HCR_EL2, TranslationRegister.HCR),
    HDCR(1, 4, 1, 1, SystemRegister.MDCR_EL2),
    HCPTR(1, 4, 1, 2, SystemRegister.CPTR_EL2),
    HSTR(1, 4, 1, 3, SystemRegister.HSTR_EL2),
    HACR(1, 4, 1, 7),
    TTBR0(2, 0, 0, 0, SystemRegister.TTBR0_EL1, TranslationRegister.TTBR0),
    TTBR1(2, 0, 0, 1, SystemRegister.TTBR1_EL1, TranslationRegister.TTBR1),
    TTBCR(2, 0, 0, 2, SystemRegister.TCR_EL1, TranslationRegister.TTBCR),
    HTCR(2, 4, 0, 2, SystemRegister.TCR_EL2, TranslationRegister.HTCR),
    VTCR(2, 4, 1, 2, SystemRegister.VTCR_EL2, TranslationRegister.VTCR),
    DACR(3, 0, 0, 0),
    DFSR(5, 0, 0, 0),
    IFSR(5, 0, 0, 1),
    ADFSR(5, 0, 1, 0),
    AIFSR(5, 0, 1, 1),
    HADFSR(5, 4, 1, 0),
    HAIFSR(5, 4, 1, 1),
    HSR(5, 4, 2, 0, SystemRegister.ESR_EL2),
    DFAR(6, 0, 0, 0),
    IFAR(6, 0, 0, 2),
    HDFAR(6, 4, 0, 0),
    HIFAR(6, 4, 0, 2),
    HPFAR(6, 4, 0, 4, SystemRegister.HPFAR_EL2),
    PAR(7, 0, 4, 0, SystemRegister.PAR_EL1),
    PMCR(9, 0, 12, 0, SystemRegister.PMCR_EL0),
    PMCNTENSET(9, 0, 12, 1),
    PMCNTENCLR(9, 0, 12, 2),
    PMOVSR(9, 0, 12, 3),
    PMUSERENR(9, 0, 14, 0),
    PMINTENSET(9, 0, 14, 1),
    PMINTENCLR(9, 0, 14, 2),
    L2CTLR(9, 1, 0, 2),
    L2ECTLR(9, 1, 0, 3),
    MAIR0(10, 0, 2, 0, TranslationRegister.MAIR0),
    MAIR1(10, 0, 2, 1, TranslationRegister.MAIR1),
    AMAIR0(10, 0, 3, 0),
    AMAIR1(10, 0, 3, 1),
    HMAIR0(10, 4, 2, 0, TranslationRegister.HMAIR0),
    HMAIR1(10, 4, 2, 1, TranslationRegister.HMAIR1),
    HAMAIR0(10, 4, 3, 0),
    HAMAIR1(10, 4, 3, 1),
    VBAR(12, 0, 0, 0, SystemRegister.VBAR_EL1),
    MVBAR(12, 0, 0, 1),
    ISR(12, 0, 1, 0),
    HVBAR(12, 4, 0, 0, SystemRegister.VBAR_EL2),
    FCSEIDR(13, 0, 0, 0),
    CONTEXTIDR(13, 0, 0, 1, SystemRegister.CONTEXTIDR_EL1),
    TPIDRURW(13, 0, 0, 2, SystemRegister.TPIDR_EL0),
    TPIDRURO(13, 0, 0, 3, SystemRegister.TPIDRRO_EL0),
    TPIDRPRW(13, 0, 0, 4, SystemRegister.TPIDR_EL1),
    HTPIDR(13, 4, 0, 2, SystemRegister.TPIDR_EL2),
    CNTFRQ(14, 0, 0, 0, SystemRegister.CNTFRQ_EL0),
    CNTKCTL(14, 0, 1, 0, SystemRegister.CNTKCTL_EL1),
    CNTP_TVAL(14, 0, 2, 0, SystemRegister.CNTP_TVAL_EL0),
    CNTP_CTL(14, 0, 2, 1, SystemRegister.CNTP_CTL_EL0),
    CNTV_TVAL(14, 0, 3, 0, SystemRegister.CNTV_TVAL_EL0),
    CNTV_CTL(14, 0, 3, 1, SystemRegister.CNTV_CTL_EL0),
    CNTHCTL(14, 4, 1, 0, SystemRegister.CNTHCTL_EL2),
    CNTHP_TVAL(14, 4, 2, 0, SystemRegister.CNTHP_TVAL_EL2),
    CNTHP_CTL(14, 4, 2, 1, SystemRegister.CNTHP_CTL_EL2),
    CBAR(15, 4, 0, 0),

    // Not of coprocessor 15: keys that no encoding gives, so that the values live in the same table.
    FPSCR(16, 0, 0, 0),
    FPEXC(16, 0, 0, 1),
    TEECR(17, 6, 0, 0),
    TEEHBR(17, 6, 1, 0);

    /** 64-bit registers, read and written by MRRC and MCRR: key is {@code crm << 4 | opc1}. */
    enum Wide {
        TTBR0(2, 0, SystemRegister.TTBR0_EL1, TranslationRegister.TTBR0),
        TTBR1(2, 1, SystemRegister.TTBR1_EL1, TranslationRegister.TTBR1),
        HTTBR(2, 4, SystemRegister.TTBR0_EL2, TranslationRegister.HTTBR),
        VTTBR(2, 6, SystemRegister.VTTBR_EL2, TranslationRegister.VTTBR),
        PAR(7, 0, SystemRegister.PAR_EL1, null),
        CNTPCT(14, 0, SystemRegister.CNTPCT_EL0, null),
        CNTVCT(14, 1, SystemRegister.CNTVCT_EL0, null),
        CNTP_CVAL(14, 2, SystemRegister.CNTP_CVAL_EL0, null),
        CNTV_CVAL(14, 3, SystemRegister.CNTV_CVAL_EL0, null),
        CNTVOFF(14, 4, SystemRegister.CNTVOFF_EL2, null),
        CNTHP_CVAL(14, 6, SystemRegister.CNTHP_CVAL_EL2, null);

        private static final Map<Integer, Wide> BY_KEY = new HashMap<>();

        static {
            for (final Wide register : values()) {
                BY_KEY.put(register.key, register);
            }
        }

        private final int key;
        private final SystemRegister mapped;
        private final @Nullable TranslationRegister event;

        Wide(final int crm, final int opc1, final SystemRegister mapped, final @Nullable TranslationRegister event) {
            this.key = crm << 4 | opc1;
            this.mapped = mapped;
            this.event = event;
        }

        static @Nullable Wide of(final int crm, final int opc1) {
            return BY_KEY.get(crm << 4 | opc1);
        }

        SystemRegister mapped() {
            return mapped;
        }

        @Nullable
        TranslationRegister event() {
            return event;
        }

        /** Whether only Hyp and Monitor mode may access it. */
        boolean hypOnly() {
            return (key & 4) != 0;
        }
    }

    private static final Map<Integer, Cp15> BY_KEY = new HashMap<>();

    static {
        for (final Cp15 register : values()) {
            BY_KEY.put(register.key, register);
        }
    }

    private final int key;
    private final @Nullable SystemRegister mapped;
    private final @Nullable TranslationRegister event;

    Cp15(final int crn, final int opc1, final int crm, final int opc2) {
        this(crn, opc1, crm, opc2, null, null);
    }

    Cp15(final int crn, final int opc1, final int crm, final int opc2, final SystemRegister mapped) {
        this(crn, opc1, crm, opc2, mapped, null);
    }

    Cp15(final int crn, final int opc1, final int crm, final int opc2, final TranslationRegister event) {
        this(crn, opc1, crm, opc2, null, event);
    }

    Cp15(
            final int crn,
            final int opc1,
            final int crm,
            final int opc2,
            final @Nullable SystemRegister mapped,
            final @Nullable TranslationRegister event) {
        this.key = key(crn, opc1, crm, opc2);
        this.mapped = mapped;
        this.event = event;
    }

    static int key(final int crn, final int opc1, final int crm, final int opc2) {
        return crn << 10 | opc1 << 7 | crm << 3 | opc2;
    }

    static @Nullable Cp15 of(final int key) {
        return BY_KEY.get(key);
    }

    /** Index of a register in a PE's table of values. */
    int slot() {
        return ordinal();
    }

    /** The AArch64 register that holds the value, or null. */
    @Nullable
    SystemRegister mapped() {
        return mapped;
    }

    /** The event a write is, or null. */
    @Nullable
    TranslationRegister event() {
        return event;
    }

    /** Whether only Hyp and Monitor mode may access it: opc1 is 4. */
    boolean hypOnly() {
        return (key >>> 7 & 7) == 4 && this != CBAR;
    }
}
