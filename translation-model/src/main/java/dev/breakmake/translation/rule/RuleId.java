package dev.breakmake.translation.rule;

import org.jspecify.annotations.Nullable;

/**
 * Every rule, with its default severity. The ids appear in findings, SARIF, documents and dashboards and never change their meaning;
 * what each says stands in the {@link RuleCatalogue}.
 */
public enum RuleId {
    BBM_OA(Severity.ERROR),
    BBM_TYPE(Severity.ERROR),
    BBM_SIZE(Severity.ERROR),
    BBM_TBL(Severity.ERROR),
    BBM_CONT(Severity.ERROR),
    BBM_CONTMIX(Severity.ERROR),
    BBM_NG(Severity.ERROR),
    BBM_SELF(Severity.ERROR),
    BBM_HWUPD(Severity.WARNING),

    TLB_MISS(Severity.ERROR),
    TLB_PERM(Severity.WARNING),
    TLB_DSB1(Severity.ERROR),
    TLB_DSB2(Severity.ERROR),
    TLB_ISB(Severity.ERROR),
    PTE_DSB(Severity.ERROR),
    TLB_SCOPE(Severity.ERROR),
    TLB_VA(Severity.ERROR),
    TLB_LAST(Severity.ERROR),
    TLB_REGIME(Severity.ERROR),
    TLB_ID(Severity.ERROR),
    TLB_GRAN(Severity.WARNING),
    TLB_SUBTREE(Severity.ERROR),
    TLB_CONFLICT(Severity.WARNING),
    TLB_PERF(Severity.LINT),

    REG_TTBR(Severity.ERROR),
    REG_CACHED(Severity.ERROR),
    REG_ISB(Severity.ERROR),
    REG_TTBRFMT(Severity.ERROR),
    REG_CNP(Severity.ERROR),
    REG_TCR(Severity.ERROR),
    REG_WALKATTR(Severity.ERROR),
    REG_EE(Severity.ERROR),
    REG_WXN(Severity.ERROR),
    REG_VMID(Severity.ERROR),
    REG_HCRVM(Severity.ERROR),

    MMU_STALE(Severity.ERROR),
    MMU_TLBILAST(Severity.LINT),
    MMU_IDPC(Severity.ERROR),
    MMU_IDX(Severity.ERROR),
    MMU_STACK(Severity.ERROR),
    MMU_DSB(Severity.ERROR),

    LAY_IDCLASH(Severity.ERROR),
    LAY_OVERLAP(Severity.ERROR),
    LAY_OVERMAP(Severity.WARNING),
    LAY_ALIAS(Severity.WARNING),
    LAY_IDLEFT(Severity.WARNING),

    CMO_PTOFF(Severity.ERROR),
    CMO_PRE(Severity.ERROR),
    CMO_MBOX(Severity.ERROR),
    CMO_RANGE(Severity.ERROR),
    CMO_SW(Severity.WARNING),
    CMO_ATTR(Severity.ERROR),
    CMO_MISMATCH(Severity.WARNING),
    CMO_ICACHE(Severity.ERROR),
    CMO_DCIVACRO(Severity.LINT),

    ENC_L0BLK(Severity.ERROR),
    ENC_L3_01(Severity.ERROR),
    ENC_OA(Severity.ERROR),
    ENC_BLKSZ(Severity.ERROR),
    ENC_AF(Severity.ERROR),
    ENC_TBLIGN(Severity.LINT),
    ENC_HI(Severity.ERROR),
    ENC_AP1(Severity.LINT),
    ENC_WX(Severity.WARNING),
    ENC_XDEV(Severity.ERROR),
    ENC_EXECXN(Severity.ERROR),
    ENC_SHNC(Severity.WARNING),
    ENC_ATTRIDX(Severity.ERROR),
    ENC_S2ENC(Severity.ERROR),
    ENC_NS(Severity.LINT),
    PTE_ATOM(Severity.ERROR),

    LIFE_WALK(Severity.ERROR),
    LIFE_DATA(Severity.ERROR),
    LIFE_INIT(Severity.ERROR),
    LIFE_DUP(Severity.WARNING),
    LIFE_LOCK(Severity.WARNING),

    S2_SEQ(Severity.ERROR),
    S2_CTX(Severity.ERROR),
    S2_CPU(Severity.ERROR),
    S2_DEFER(Severity.ERROR),
    S2_CONC(Severity.ERROR),
    S2_IOMMU(Severity.ERROR),

    A32_ASM(Severity.ERROR),
    A32_V7OP(Severity.ERROR),
    A32_HIWORD(Severity.ERROR),
    A32_LVL(Severity.ERROR),
    A32_PERCPU(Severity.ERROR),

    SMP_BOOTPT(Severity.ERROR),
    SMP_IDMAP(Severity.WARNING);

    private final Severity severity;
    private final String id;

    RuleId(Severity severity) {
        this.severity = severity;
        this.id = name().replace('_', '-');
    }

    /** The id as written everywhere, e.g. {@code BBM-OA}. */
    public String id() {
        return id;
    }

    /** Severity in the default profile, before grading. */
    public Severity severity() {
        return severity;
    }

    /** The rule with that id, or null. */
    public static @Nullable RuleId of(String id) {
        for (RuleId rule : values()) {
            if (rule.id.equals(id)) {
                return rule;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return id;
    }
}
