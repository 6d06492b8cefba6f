package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.event.Shareability.SY;
import static dev.breakmake.translation.rule.World.L0;
import static dev.breakmake.translation.rule.World.L1;
import static dev.breakmake.translation.rule.World.L2;
import static dev.breakmake.translation.rule.World.L2_CODE;
import static dev.breakmake.translation.rule.World.L3;
import static dev.breakmake.translation.rule.World.SPARE;
import static dev.breakmake.translation.rule.World.contiguous;
import static dev.breakmake.translation.rule.World.l2;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.HandOver.LineState;
import dev.breakmake.translation.event.PageRole.Role;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.WriteOrigin;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** One violating and one compliant run per rule: they are tests, and they are the examples of docs/rules.md. */
final class RuleExamples {
    /** Runs of one rule. */
    record Example(Supplier<Scenario> violating, Supplier<Scenario> compliant) {}

    private static final World W = World.EL2;
    private static final long OTHER = 0x7000_0000L;
    private static final long PAGE = 0x5100_0000L;
    private static final long VA30 = 0x1e000L;
    private static final long COPY = 0x8_0000L;
    private static final Map<RuleId, Example> EXAMPLES = new EnumMap<>(RuleId.class);

    private RuleExamples() {}

    static Map<RuleId, Example> all() {
        return EXAMPLES;
    }

    private static void rule(RuleId rule, Supplier<Scenario> violating, Supplier<Scenario> compliant) {
        EXAMPLES.put(rule, new Example(violating, compliant));
    }

    private static Scenario el2() {
        return Scenario.el2();
    }

    private static Scenario off(World w) {
        return Scenario.off(w).setup(Scenario::invalidateTables).setup(s -> s.dsb(SY));
    }

    /** A second set of the tables of a world, {@link #COPY} further on. */
    static Scenario copyTables(Scenario s, World w) {
        w.tables()
                .forEach((pa, value) ->
                        s.write(pa + COPY, (value & 3) == 3 && (pa & -4096L) != L3 ? value + COPY : value));
        return s.dsb(ISH);
    }

    /** Break, invalidate, make. */
    private static Scenario update(Scenario s, long location, long input, long value) {
        return s.write(location, 0).dsb(ISH).tlbiVa(input).dsb(ISH).write(location, value);
    }

    private static Scenario mmuOff(Scenario s) {
        return s.msr(TranslationRegister.SCTLR_EL2, W.controlOff()).isb();
    }

    private static Scenario mmuOn(Scenario s) {
        return s.tlbi(TlbOperation.ALLE2, NSH)
                .dsb(NSH)
                .isb()
                .msr(TranslationRegister.SCTLR_EL2, W.controlOn())
                .isb();
    }

    /** PE1 with the 64 KiB granule on tables of its own. */
    private static Scenario large(Scenario s) {
        return s.setup(t -> t.pe(1)
                .state(PeState.Change.CPU_ON, Scenario.CODE)
                .write(0x4030_0000L, table(0x4031_0000L))
                .write(0x4031_0010L, W.code(W.block(0x4000_0000L)))
                .dsb(ISH)
                .enable(Map.of(TranslationRegister.TCR_EL2, 0x8082_7510L, TranslationRegister.TTBR0_EL2, 0x4030_0000L))
                .pe(0));
    }

    private static Scenario guestOut() {
        return Scenario.stage2().setup(s -> s.enter(ExceptionLevel.EL2));
    }

    /** The guest runs on. */
    private static Scenario back(Scenario s) {
        return s.dsb(ISH).isb().enter(ExceptionLevel.EL1);
    }

    static {
        rule(RuleId.BBM_OA, () -> el2().write(l3(5), W.page(OTHER)), () -> update(el2(), l3(5), 0x5000, W.page(OTHER)));
        rule(
                RuleId.BBM_TYPE,
                () -> el2().write(l3(5), W.device(W.page(0x5000_5000L))),
                () -> update(el2(), l3(5), 0x5000, W.device(W.page(0x5000_5000L))));
        rule(
                RuleId.BBM_SIZE,
                () -> el2().write(l2(1), table(SPARE)),
                () -> update(el2(), l2(1), 0x20_0000, table(SPARE)));
        rule(
                RuleId.BBM_TBL,
                () -> el2().write(L2, table(SPARE)),
                () -> el2().write(L2, 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.ALLE2, ISH)
                        .dsb(ISH)
                        .write(L2, table(SPARE)));
        Supplier<Scenario> lonely = () -> el2().setup(s -> s.write(l3(20), W.page(0x5100_4000L)));
        rule(
                RuleId.BBM_CONT,
                () -> lonely.get().write(l3(20), contiguous(W.page(0x5100_4000L))),
                () -> update(lonely.get(), l3(20), 0x14000, contiguous(W.page(0x5100_4000L))));
        rule(
                RuleId.BBM_CONTMIX,
                () -> el2().write(l3(20), contiguous(W.page(0x5100_4000L))).write(l3(21), W.page(0x5100_5000L)),
                () -> el2().write(l3(20), contiguous(W.page(0x5100_4000L)))
                        .write(l3(21), contiguous(W.page(0x5100_5000L))));
        rule(
                RuleId.BBM_NG,
                () -> Scenario.el1().write(l3(5), World.EL1.page(0x5000_5000L) & ~(1L << 11)),
                () -> update(Scenario.el1(), l3(5), 0x5000, World.EL1.page(0x5000_5000L) & ~(1L << 11)));
        rule(
                RuleId.BBM_SELF,
                () -> el2().write(L2_CODE + 8, 0).dsb(ISH).tlbiVa(Scenario.CODE).dsb(ISH),
                () -> el2().write(l2(1), 0).dsb(ISH).tlbiVa(0x20_0000).dsb(ISH));
        Supplier<Scenario> hardware = () -> Scenario.on(W, TranslationRegister.TCR_EL2, 0x8082_3510L | 1L << 21)
                .with(Feature.HAFDBS_AF)
                .write(l3(30), W.page(0x5000_5000L) & ~(1L << 10))
                .dsb(ISH)
                .isb();
        rule(
                RuleId.BBM_HWUPD,
                () -> hardware.get()
                        .write(l3(30), W.readOnly(W.page(0x5000_5000L)))
                        .dsb(ISH)
                        .tlbiVa(0x1_e000)
                        .dsb(ISH),
                () -> hardware.get()
                        .write(l3(30), W.readOnly(W.page(0x5000_5000L)), 8, true, WriteOrigin.ATOMIC)
                        .dsb(ISH)
                        .tlbiVa(0x1_e000)
                        .dsb(ISH));
        tlb();
        registers();
        switches();
        layouts();
        caches();
        encodings();
        lifetimes();
        stage2();
        devices();
        aarch32AndSmp();
    }

    private static void tlb() {
        rule(
                RuleId.TLB_MISS,
                () -> el2().write(l3(5), 0).dsb(ISH),
                () -> el2().write(l3(5), 0).dsb(ISH).tlbiVa(0x5000).dsb(ISH));
        rule(
                RuleId.TLB_PERM,
                () -> el2().write(l3(5), W.readOnly(W.page(0x5000_5000L))).dsb(ISH),
                () -> el2().write(l3(5), W.readOnly(W.page(0x5000_5000L)))
                        .dsb(ISH)
                        .tlbiVa(0x5000)
                        .dsb(ISH));
        rule(
                RuleId.TLB_DSB1,
                () -> el2().write(l3(5), 0).tlbiVa(0x5000).dsb(ISH).write(l3(5), W.page(OTHER)),
                () -> el2().write(l3(5), 0).dsbSt(ISH).tlbiVa(0x5000).dsb(ISH).write(l3(5), W.page(OTHER)));
        rule(
                RuleId.TLB_DSB2,
                () -> el2().write(l3(5), 0).dsb(ISH).tlbiVa(0x5000).write(l3(5), W.page(OTHER)),
                () -> update(el2(), l3(5), 0x5000, W.page(OTHER)));
        rule(
                RuleId.TLB_ISB,
                () -> el2().write(l3(30), W.page(PAGE)).dsb(ISH).load(VA30),
                () -> el2().write(l3(30), W.page(PAGE)).dsb(ISH).isb().load(VA30));
        rule(
                RuleId.PTE_DSB,
                () -> el2().write(l3(30), W.page(PAGE)).load(VA30),
                () -> el2().write(l3(30), W.page(PAGE)).dsbSt(ISH).isb().load(VA30));
        rule(
                RuleId.TLB_SCOPE,
                () -> el2().bringUp(1)
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.VAE2, 5, NSH)
                        .dsb(NSH)
                        .write(l3(5), W.page(OTHER)),
                () -> update(el2().bringUp(1), l3(5), 0x5000, W.page(OTHER)));
        rule(
                RuleId.TLB_VA,
                () -> el2().write(l3(5), 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.VAE2, 0x5000, ISH)
                        .dsb(ISH)
                        .write(l3(5), W.page(OTHER)),
                () -> update(el2(), l3(5), 0x5000, W.page(OTHER)));
        rule(
                RuleId.TLB_LAST,
                () -> el2().write(L2, 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.VALE2, 5, ISH)
                        .dsb(ISH)
                        .write(L2, table(SPARE)),
                () -> el2().write(L2, 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.ALLE2, ISH)
                        .dsb(ISH)
                        .write(L2, table(SPARE)));
        rule(
                RuleId.TLB_REGIME,
                () -> el2().write(l3(5), 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.VMALLE1, ISH)
                        .dsb(ISH)
                        .write(l3(5), W.page(OTHER)),
                () -> update(el2(), l3(5), 0x5000, W.page(OTHER)));
        rule(
                RuleId.TLB_GRAN,
                () -> large(el2()).write(l3(5), 0).dsb(ISH).tlbiVa(0x5000).dsb(ISH),
                () -> large(el2())
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.ALLE2, ISH)
                        .dsb(ISH));
        rule(
                RuleId.TLB_SUBTREE,
                () -> el2().write(L2, 0).dsb(ISH).tlbiVa(0x5000).dsb(ISH).write(L2, W.block(OTHER)),
                () -> el2().write(L2, 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.ALLE2, ISH)
                        .dsb(ISH)
                        .write(L2, W.block(OTHER)));
        rule(
                RuleId.TLB_CONFLICT,
                () -> el2().conflictAbort(0x5000).tlbiVa(0x5000).dsb(ISH).isb(),
                () -> el2().conflictAbort(0x5000)
                        .tlbi(TlbOperation.ALLE2, NSH)
                        .dsb(NSH)
                        .isb());
        rule(
                RuleId.TLB_PERF,
                () -> el2().profile(Profile.STRICT)
                        .write(l3(30), W.page(PAGE))
                        .dsb(ISH)
                        .tlbiVa(VA30)
                        .dsb(ISH),
                () -> el2().profile(Profile.STRICT)
                        .write(l3(30), W.page(PAGE))
                        .dsb(ISH)
                        .isb());
    }

    private static void registers() {
        TranslationRegister root = TranslationRegister.TTBR0_EL2;
        Supplier<Scenario> two = () -> el2().setup(s -> copyTables(s, W));
        rule(
                RuleId.REG_TTBR,
                () -> two.get()
                        .msr(root, L0 + COPY)
                        .isb()
                        .tlbi(TlbOperation.ALLE2, NSH)
                        .dsb(NSH)
                        .isb(),
                () -> mmuOn(mmuOff(two.get()).msr(root, L0 + COPY).isb()));
        rule(
                RuleId.REG_CACHED,
                () -> el2().msr(TranslationRegister.MAIR_EL2, 0xbb44_04ffL).isb(),
                () -> el2().msr(TranslationRegister.MAIR_EL2, 0xbb44_04ffL)
                        .isb()
                        .tlbi(TlbOperation.ALLE2, NSH)
                        .dsb(NSH)
                        .isb());
        rule(
                RuleId.REG_ISB,
                () -> {
                    Scenario s = off(W).tlbi(TlbOperation.ALLE2, NSH).dsb(NSH);
                    W.registers().forEach(s::msr);
                    return s.msr(W.control(), W.controlOn()).isb();
                },
                () -> off(W).enable());
        rule(RuleId.REG_TTBRFMT, () -> Scenario.on(W, root, L0 | 1L << 48), () -> Scenario.on(W, root, L0));
        rule(
                RuleId.REG_CNP,
                () -> Scenario.on(W, root, L0 | 1)
                        .with(Feature.TTCNP)
                        .setup(s -> copyTables(s, W))
                        .pe(1)
                        .state(PeState.Change.CPU_ON, Scenario.CODE)
                        .enable(Map.of(root, L0 + COPY | 1)),
                () -> Scenario.on(W, root, L0 | 1)
                        .with(Feature.TTCNP)
                        .pe(1)
                        .state(PeState.Change.CPU_ON, Scenario.CODE)
                        .enable(Map.of(root, L0 | 1)));
        rule(
                RuleId.REG_TCR,
                () -> Scenario.on(W, TranslationRegister.TCR_EL2, 0x8087_3510L),
                () -> Scenario.on(W, TranslationRegister.TCR_EL2, 0x8082_3510L));
        rule(
                RuleId.REG_WALKATTR,
                () -> off(W).write(l3(30), W.page(PAGE))
                        .dsb(SY)
                        .enable(Map.of(TranslationRegister.TCR_EL2, 0x8082_3010L)),
                () -> off(W).write(l3(30), W.page(PAGE))
                        .maintain(CacheOperation.DC_CVAC, l3(30), 8)
                        .dsb(SY)
                        .enable(Map.of(TranslationRegister.TCR_EL2, 0x8082_3010L)));
        rule(
                RuleId.REG_EE,
                () -> Scenario.on(W, TranslationRegister.SCTLR_EL2, W.controlOn() | 1L << 25),
                () -> Scenario.on(W, TranslationRegister.SCTLR_EL2, W.controlOn()));
        rule(
                RuleId.REG_WXN,
                () -> protect(el2().setup(s -> s.write(L2_CODE + 8, W.block(Scenario.CODE) & ~(1L << 54)))),
                () -> protect(el2()));
        rule(
                RuleId.REG_VMID,
                () -> guestOut()
                        .setup(s -> copyTables(s, World.STAGE2))
                        .msr(TranslationRegister.VTTBR_EL2, L1 + COPY | 1L << 48)
                        .isb()
                        .enter(ExceptionLevel.EL1),
                () -> guestOut()
                        .setup(s -> copyTables(s, World.STAGE2))
                        .tlbi(TlbOperation.VMALLS12E1, ISH)
                        .dsb(ISH)
                        .msr(TranslationRegister.VTTBR_EL2, L1 + COPY | 1L << 48)
                        .isb()
                        .enter(ExceptionLevel.EL1));
        rule(
                RuleId.REG_HCRVM,
                () -> guestOut()
                        .msr(TranslationRegister.HCR_EL2, World.STAGE2.controlOff())
                        .isb()
                        .enter(ExceptionLevel.EL1),
                () -> guestOut()
                        .msr(TranslationRegister.HCR_EL2, World.STAGE2.controlOff())
                        .isb()
                        .tlbi(TlbOperation.ALLE1, NSH)
                        .dsb(NSH)
                        .isb()
                        .enter(ExceptionLevel.EL1));
    }

    private static Scenario protect(Scenario s) {
        return s.msr(TranslationRegister.SCTLR_EL2, W.controlOn() | 1L << 19)
                .isb()
                .tlbi(TlbOperation.ALLE2, NSH)
                .dsb(NSH)
                .isb();
    }

    private static void switches() {
        rule(
                RuleId.MMU_STALE,
                () -> {
                    Scenario s = off(W);
                    W.registers().forEach(s::msr);
                    return s.isb().msr(W.control(), W.controlOn()).isb();
                },
                () -> off(W).enable());
        rule(RuleId.MMU_TLBILAST, () -> off(W).profile(Profile.STRICT).enable(), () -> {
            Scenario s = off(W).profile(Profile.STRICT);
            W.registers().forEach(s::msr);
            return s.isb()
                    .tlbi(TlbOperation.ALLE2, NSH)
                    .dsb(NSH)
                    .isb()
                    .msr(W.control(), W.controlOn())
                    .isb();
        });
        rule(
                RuleId.MMU_IDPC,
                () -> off(W).at(0x4300_0000L).enable().at(Scenario.CODE).isb(),
                () -> off(W).enable());
        rule(
                RuleId.MMU_IDX,
                () -> off(W).setup(s -> s.writeUncached(L2_CODE + 8, W.readOnly(W.block(Scenario.CODE)))
                                .dmbSt()
                                .maintain(CacheOperation.DC_IVAC, L2_CODE, 64)
                                .dsb(SY))
                        .enable(),
                () -> off(W).enable());
        rule(
                RuleId.MMU_STACK,
                () -> mmuOn(mmuOff(el2().memoryWrite(0x4038_0000L, 8, true)).memoryRead(0x4038_0000L, 8, false)),
                () -> mmuOn(mmuOff(el2().memoryWrite(0x4038_0000L, 8, true)
                                .maintain(CacheOperation.DC_CIVAC, 0x4038_0000L, 64)
                                .dsb(SY))
                        .memoryRead(0x4038_0000L, 8, false)));
        rule(
                RuleId.MMU_DSB,
                () -> off(W).tlbi(TlbOperation.ALLE2, NSH)
                        .dsb(NSH)
                        .setup(s -> W.registers().forEach(s::msr))
                        .writeUncached(l3(30), W.page(PAGE))
                        .dmbSt()
                        .maintain(CacheOperation.DC_IVAC, l3(30), 8)
                        .isb()
                        .msr(W.control(), W.controlOn())
                        .isb(),
                () -> off(W).tlbi(TlbOperation.ALLE2, NSH)
                        .dsb(NSH)
                        .setup(s -> W.registers().forEach(s::msr))
                        .writeUncached(l3(30), W.page(PAGE))
                        .dmbSt()
                        .maintain(CacheOperation.DC_IVAC, l3(30), 8)
                        .dsb(SY)
                        .isb()
                        .msr(W.control(), W.controlOn())
                        .isb());
    }

    private static void layouts() {
        rule(
                RuleId.LAY_IDCLASH,
                () -> el2().region("fixmap", 0x4020_0000L, 0x20_0000L),
                () -> el2().region("fixmap", 0xa000_0000L, 0x20_0000L));
        rule(
                RuleId.LAY_OVERLAP,
                () -> el2().region("vmap", 0xa000_0000L, 0x1000_0000L).region("fixmap", 0xaff0_0000L, 0x20_0000L),
                () -> el2().region("vmap", 0xa000_0000L, 0x1000_0000L).region("fixmap", 0xb010_0000L, 0x20_0000L));
        rule(
                RuleId.LAY_OVERMAP,
                () -> el2().write(l3(30), W.page(0x9000_0000L)),
                () -> el2().write(l3(30), W.page(PAGE)));
        rule(
                RuleId.LAY_ALIAS,
                () -> el2().region("fixmap", 0, 0x1000)
                        .region("vmap", 0x280_0000, 0x1000)
                        .write(l2(20), table(L3)),
                () -> el2().region("fixmap", 0, 0x1000)
                        .region("vmap", 0x280_0000, 0x1000)
                        .write(l2(20), table(SPARE)));
        rule(
                RuleId.LAY_IDLEFT,
                () -> el2().at(0xa000_0000L).isb(),
                () -> el2().at(0xa000_0000L)
                        .write(L2_CODE + 8, 0)
                        .dsb(ISH)
                        .tlbiVa(Scenario.CODE)
                        .dsb(ISH)
                        .isb());
    }

    private static void caches() {
        rule(
                RuleId.CMO_PTOFF,
                () -> Scenario.off(W).dsb(SY).enable(),
                () -> Scenario.off(W).invalidateTables().dsb(SY).enable());
        rule(
                RuleId.CMO_PRE,
                () -> off(W).handOver(true, LineState.CLEAN_STALE, LineState.UNKNOWN)
                        .memoryWrite(PAGE, 64, false),
                () -> off(W).handOver(true, LineState.CLEAN_STALE, LineState.UNKNOWN)
                        .memoryWrite(0x4050_0000L, 64, false));
        rule(
                RuleId.CMO_MBOX,
                () -> el2().memoryWrite(PAGE, 8, true).dsb(ISH).pe(1).memoryRead(PAGE, 8, false),
                () -> el2().memoryWrite(PAGE, 8, true)
                        .maintain(CacheOperation.DC_CVAC, PAGE, 64)
                        .dsb(SY)
                        .pe(1)
                        .memoryRead(PAGE, 8, false));
        rule(
                RuleId.CMO_RANGE,
                () -> Scenario.off(W)
                        .setup(s -> {
                            s.dmbSt();
                            s.maintain(CacheOperation.DC_IVAC, L0, 4096 * 3);
                            s.maintain(CacheOperation.DC_IVAC, L2_CODE, 4096);
                        })
                        .maintain(CacheOperation.DC_IVAC, L3, 64)
                        .dsb(SY)
                        .setup(Scenario::enable),
                () -> Scenario.off(W)
                        .setup(s -> {
                            s.dmbSt();
                            s.maintain(CacheOperation.DC_IVAC, L0, 4096 * 3);
                            s.maintain(CacheOperation.DC_IVAC, L2_CODE, 4096);
                        })
                        .maintain(CacheOperation.DC_IVAC, L3, 4096)
                        .dsb(SY)
                        .setup(Scenario::enable));
        rule(
                RuleId.CMO_SW,
                () -> el2().maintain(CacheOperation.DC_CISW, 0, 0),
                () -> el2().maintain(CacheOperation.DC_CIVAC, PAGE, 64));
        rule(
                RuleId.CMO_ATTR,
                () -> el2().memoryWrite(PAGE, 64, true).write(l3(30), W.device(W.page(PAGE))),
                () -> el2().memoryWrite(PAGE, 64, true)
                        .maintain(CacheOperation.DC_CIVAC, PAGE, 4096)
                        .dsb(SY)
                        .write(l3(30), W.device(W.page(PAGE))));
        rule(
                RuleId.CMO_MISMATCH,
                () -> el2().write(l3(30), W.device(W.page(0x5000_5000L))),
                () -> el2().write(l3(30), W.page(0x5000_5000L)));
        Supplier<Scenario> patched =
                () -> el2().write(l3(30), W.code(W.page(PAGE))).dsb(ISH).memoryWrite(PAGE, 64, true);
        rule(
                RuleId.CMO_ICACHE,
                () -> patched.get().dsb(ISH).isb().fetch(VA30),
                () -> patched.get()
                        .maintain(CacheOperation.DC_CVAU, PAGE, 64)
                        .dsb(ISH)
                        .maintain(CacheOperation.IC_IALLU, 0, 0)
                        .dsb(ISH)
                        .isb()
                        .fetch(VA30));
        rule(
                RuleId.CMO_DCIVACRO,
                () -> el2().profile(Profile.STRICT).maintain(CacheOperation.DC_IVAC, Scenario.CODE, 64),
                () -> el2().profile(Profile.STRICT).maintain(CacheOperation.DC_CIVAC, Scenario.CODE, 64));
    }

    private static void insert(RuleId rule, long wrong, long right) {
        rule(rule, () -> el2().write(l3(30), wrong), () -> el2().write(l3(30), right));
    }

    private static void strictInsert(RuleId rule, long wrong, long right) {
        rule(
                rule,
                () -> el2().profile(Profile.STRICT).write(l3(30), wrong),
                () -> el2().profile(Profile.STRICT).write(l3(30), right));
    }

    private static void encodings() {
        long page = W.page(PAGE);
        rule(
                RuleId.ENC_L0BLK,
                () -> el2().write(L0 + 8, W.block(0x5000_0000L)),
                () -> el2().write(L0 + 8, table(SPARE)));
        insert(RuleId.ENC_L3_01, page & ~2L, page);
        insert(RuleId.ENC_OA, W.page(1L << 41), page);
        rule(
                RuleId.ENC_BLKSZ,
                () -> large(el2()).write(0x4030_0008L, W.block(0)),
                () -> large(el2()).write(0x4030_0008L, table(0x4032_0000L)));
        insert(RuleId.ENC_AF, page & ~(1L << 10), page);
        rule(
                RuleId.ENC_TBLIGN,
                () -> el2().profile(Profile.STRICT).write(l2(20), table(SPARE) | 1L << 2),
                () -> el2().profile(Profile.STRICT).write(l2(20), table(SPARE)));
        insert(RuleId.ENC_HI, page | 1L << 48, page);
        strictInsert(RuleId.ENC_AP1, page & ~(1L << 6), page);
        rule(
                RuleId.ENC_WX,
                () -> protect(el2()).write(l3(30), page & ~(1L << 54)),
                () -> protect(el2()).write(l3(30), page));
        insert(RuleId.ENC_XDEV, W.code(W.device(page)), W.device(page));
        rule(
                RuleId.ENC_EXECXN,
                () -> el2().write(l3(30), page).dsb(ISH).isb().fetch(VA30),
                () -> el2().write(l3(30), W.code(page)).dsb(ISH).isb().fetch(VA30));
        long nonCacheable = World.HYP.page(PAGE) & ~(7L << 2) | 2L << 2;
        rule(
                RuleId.ENC_SHNC,
                () -> Scenario.hyp().write(l3(30), nonCacheable),
                () -> Scenario.hyp().write(l3(30), nonCacheable & ~(1L << 8)));
        rule(
                RuleId.ENC_ATTRIDX,
                () -> Scenario.on(W, TranslationRegister.MAIR_EL2, 0x0244_04ffL).write(l3(30), page | 3L << 2),
                () -> Scenario.on(W, TranslationRegister.MAIR_EL2, 0x0244_04ffL).write(l3(30), page));
        rule(
                RuleId.ENC_S2ENC,
                () -> Scenario.stage2().write(l3(30), World.STAGE2.page(PAGE) & ~(0xfL << 2) | 4L << 2),
                () -> Scenario.stage2().write(l3(30), World.STAGE2.page(PAGE)));
        strictInsert(RuleId.ENC_NS, page | 1L << 5, page);
        rule(
                RuleId.PTE_ATOM,
                () -> el2().write(l3(5), W.page(0x5000_6000L), 4, true, WriteOrigin.STORE)
                        .dsb(ISH)
                        .tlbiVa(0x5000)
                        .dsb(ISH),
                () -> el2().write(l3(5), W.page(0x5000_5000L) | 1L << 55, 2, true, WriteOrigin.STORE));
    }

    private static void lifetimes() {
        rule(
                RuleId.LIFE_WALK,
                () -> el2().write(L2, 0)
                        .dsb(ISH)
                        .role(Role.FREED, L3)
                        .tlbi(TlbOperation.ALLE2, ISH)
                        .dsb(ISH),
                () -> el2().write(L2, 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.ALLE2, ISH)
                        .dsb(ISH)
                        .role(Role.FREED, L3));
        rule(
                RuleId.LIFE_DATA,
                () -> el2().write(l3(5), 0)
                        .dsb(ISH)
                        .role(Role.FREED, 0x5000_5000L)
                        .tlbiVa(0x5000)
                        .dsb(ISH),
                () -> el2().write(l3(5), 0).dsb(ISH).tlbiVa(0x5000).dsb(ISH).role(Role.FREED, 0x5000_5000L));
        rule(
                RuleId.LIFE_INIT,
                () -> el2().write(SPARE, W.page(PAGE)).write(l2(20), table(SPARE)),
                () -> el2().write(SPARE, W.page(PAGE)).dmbSt().write(l2(20), table(SPARE)));
        rule(RuleId.LIFE_DUP, () -> el2().write(l2(20), table(L3)), () -> el2().write(l2(20), table(SPARE)));
        Supplier<Scenario> locked = () -> el2().profile(Profile.STRICT)
                .role(Role.ROOT_LOCK, L0, 0x4039_0000L)
                .role(Role.OWNER_ROOT, L3, L0);
        rule(
                RuleId.LIFE_LOCK,
                () -> locked.get().write(l3(30), W.page(PAGE)),
                () -> locked.get()
                        .role(Role.LOCKED, 0x4039_0000L)
                        .write(l3(30), W.page(PAGE))
                        .role(Role.UNLOCKED, 0x4039_0000L));
    }

    private static void stage2() {
        World g = World.STAGE2;
        rule(
                RuleId.S2_SEQ,
                () -> back(guestOut()
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .tlbiVa(0x5000)
                        .dsb(ISH)
                        .write(l3(5), g.page(OTHER))),
                () -> back(guestOut()
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .tlbiVa(0x5000)
                        .dsb(ISH)
                        .tlbi(TlbOperation.VMALLE1, ISH)
                        .dsb(ISH)
                        .write(l3(5), g.page(OTHER))));
        rule(
                RuleId.TLB_ID,
                () -> back(guestOut()
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .msr(TranslationRegister.VTTBR_EL2, L1 + COPY | 2L << 48)
                        .isb()
                        .tlbi(TlbOperation.VMALLS12E1, ISH)
                        .dsb(ISH)
                        .msr(TranslationRegister.VTTBR_EL2, L1 | 1L << 48)
                        .isb()
                        .write(l3(5), g.page(OTHER))),
                () -> back(guestOut()
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.VMALLS12E1, ISH)
                        .dsb(ISH)
                        .write(l3(5), g.page(OTHER))));
        rule(
                RuleId.S2_CTX,
                () -> guestOut()
                        .msr(TranslationRegister.VTTBR_EL2, L1 + COPY | 2L << 48)
                        .tlbi(TlbOperation.VMALLS12E1, ISH)
                        .dsb(ISH),
                () -> guestOut()
                        .msr(TranslationRegister.VTTBR_EL2, L1 + COPY | 2L << 48)
                        .isb()
                        .tlbi(TlbOperation.VMALLS12E1, ISH)
                        .dsb(ISH));
        Supplier<Scenario> ran = () -> guestOut()
                .setup(s -> s.msr(TranslationRegister.TTBR0_EL1, PAGE | 1L << 48)
                        .enter(ExceptionLevel.EL1)
                        .enter(ExceptionLevel.EL2));
        rule(
                RuleId.S2_CPU,
                () -> ran.get()
                        .msr(TranslationRegister.TTBR0_EL1, PAGE + 0x1000 | 1L << 48)
                        .isb()
                        .enter(ExceptionLevel.EL1),
                () -> ran.get()
                        .msr(TranslationRegister.TTBR0_EL1, PAGE + 0x1000 | 1L << 48)
                        .tlbi(TlbOperation.VMALLE1, NSH)
                        .dsb(NSH)
                        .isb()
                        .enter(ExceptionLevel.EL1));
        rule(
                RuleId.S2_DEFER,
                () -> guestOut()
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .role(Role.FREED, 0x5000_5000L)
                        .tlbi(TlbOperation.ALLE1, ISH)
                        .dsb(ISH),
                () -> guestOut()
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.ALLE1, ISH)
                        .dsb(ISH)
                        .role(Role.FREED, 0x5000_5000L));
        rule(
                RuleId.S2_CONC,
                () -> Scenario.on(g, TranslationRegister.VTCR_EL2, 0x8002_3558L),
                () -> Scenario.on(g, TranslationRegister.VTCR_EL2, 0x8002_3559L));
    }

    private static void devices() {
        Supplier<Scenario> shared = () -> guestOut()
                .setup(s -> s.role(Role.DEVICE_TABLE, L3))
                .write(l3(5), 0)
                .maintain(CacheOperation.DC_CVAC, l3(5), 8)
                .dsb(SY)
                .tlbi(TlbOperation.VMALLS12E1, ISH)
                .dsb(ISH);
        rule(
                RuleId.S2_IOMMU,
                () -> shared.get().role(Role.FREED, 0x5000_5000L),
                () -> shared.get().role(Role.DEVICE_FLUSHED, 0).role(Role.FREED, 0x5000_5000L));
    }

    private static void aarch32AndSmp() {
        World h = World.HYP;
        rule(
                RuleId.A32_ASM,
                () -> Scenario.hyp()
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.DTLBIALL, NSH)
                        .dsb(ISH)
                        .write(l3(5), h.page(OTHER)),
                () -> update(Scenario.hyp(), l3(5), 0x5000, h.page(OTHER)));
        rule(
                RuleId.A32_V7OP,
                () -> Scenario.hyp()
                        .id("MIDR", 0x412f_c0f0L)
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.TLBIMVALH, 0x5000, ISH)
                        .dsb(ISH),
                () -> Scenario.hyp()
                        .id("MIDR", 0x412f_c0f0L)
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .tlbiVa(0x5000)
                        .dsb(ISH));
        rule(
                RuleId.A32_LVL,
                () -> Scenario.on(h, TranslationRegister.HTTBR, L1 + 0x10),
                () -> Scenario.on(h, TranslationRegister.HTTBR, L1));
        Supplier<Scenario> narrow = () -> el2().setup(s -> s.msr(TranslationRegister.HCR_EL2, 0));
        rule(
                RuleId.A32_HIWORD,
                () -> narrow.get().tlbi(TlbOperation.VAAE1, 0x10_0005, ISH).dsb(ISH),
                () -> narrow.get().tlbi(TlbOperation.VAAE1, 5, ISH).dsb(ISH));
        Supplier<Scenario> own = () -> Scenario.hyp()
                .setup(s -> s.write(SPARE, table(L2))
                        .write(SPARE + 8, table(L2_CODE))
                        .dsb(ISH)
                        .pe(1)
                        .state(PeState.Change.CPU_ON, Scenario.CODE)
                        .enable(Map.of(TranslationRegister.HTTBR, SPARE))
                        .pe(0));
        rule(
                RuleId.A32_PERCPU,
                () -> own.get()
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.TLBIMVAH, 0x5000, NSH)
                        .dsb(NSH)
                        .write(l3(5), h.page(OTHER)),
                () -> update(own.get(), l3(5), 0x5000, h.page(OTHER)));
        rule(
                RuleId.SMP_BOOTPT,
                () -> el2().pe(1).state(PeState.Change.CPU_ON, Scenario.CODE).writeUncached(l3(30), W.page(PAGE)),
                () -> el2().pe(1).state(PeState.Change.CPU_ON, Scenario.CODE).writeUncached(SPARE, W.page(PAGE)));
        rule(
                RuleId.SMP_IDMAP,
                () -> el2().bringUp(1).at(0xa000_0000L).isb(),
                () -> el2().bringUp(1)
                        .at(0xa000_0000L)
                        .write(L2_CODE + 8, 0)
                        .dsb(ISH)
                        .tlbiVa(Scenario.CODE)
                        .dsb(ISH)
                        .isb());
    }
}
