package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.event.Shareability.SY;
import static dev.breakmake.translation.rule.World.L2;
import static dev.breakmake.translation.rule.World.L2_CODE;
import static dev.breakmake.translation.rule.World.L3;
import static dev.breakmake.translation.rule.World.SPARE;
import static dev.breakmake.translation.rule.World.l2;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.HandOver.LineState;
import dev.breakmake.translation.event.PageRole.Role;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.WriteOrigin;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Caches, code, the lives of table pages, and layouts. */
final class MemoryClausesTest {
    private static final World W = World.EL2;
    private static final long OTHER = 0x7000_0000L;
    private static final long PAGE = 0x5100_0000L;
    private static final long VA30 = 0x1e000L;
    private static final long IMAGE = 0x4050_0000L;

    private static Scenario el2() {
        return Scenario.el2();
    }

    @Clause("12.pre")
    @Test
    void insideTheImageLinesCannotBeDirtyOutsideTheyMay() {
        Scenario.off(W)
                .handOver(true, LineState.CLEAN_STALE, LineState.UNKNOWN)
                .memoryWrite(IMAGE, 64, false)
                .clean();
        assertThat(Scenario.off(W)
                        .handOver(true, LineState.CLEAN_STALE, LineState.UNKNOWN)
                        .memoryWrite(PAGE, 64, false)
                        .expect(RuleId.CMO_PRE))
                .allMatch(f -> f.severity() == Severity.WARNING);
        assertThat(Scenario.off(World.HYP)
                        .handOver(true, LineState.UNKNOWN, LineState.UNKNOWN)
                        .memoryWrite(IMAGE, 64, false)
                        .findings())
                .isNotEmpty()
                .allMatch(f -> f.rule() == RuleId.CMO_PRE && f.severity() == Severity.WARNING);
    }

    @Clause("12.ptoff")
    @Test
    void staleLinesOverTablesAreAnErrorOnTheBootPeAndNothingWhereNoLineCanBe() {
        assertThat(Scenario.off(W).dsb(SY).enable().findings())
                .isNotEmpty()
                .allMatch(f -> f.rule() == RuleId.CMO_PTOFF && f.severity() == Severity.ERROR);
        Scenario.off(W)
                .handOver(true, LineState.ABSENT, LineState.ABSENT)
                .dsb(SY)
                .enable()
                .clean();
    }

    @Clause("12.secondary")
    @Test
    void onASecondaryTheyAreAWarning() {
        assertThat(el2().pe(1)
                        .state(PeState.Change.CPU_ON, Scenario.CODE)
                        .setup(s -> W.tables()
                                .forEach((pa, value) -> s.writeUncached(
                                        pa + 0x8_0000L,
                                        (value & 3) == 3 && (pa & -4096L) != L3 ? value + 0x8_0000L : value)))
                        .dsb(SY)
                        .enable(Map.of(TranslationRegister.TTBR0_EL2, World.L0 + 0x8_0000L))
                        .findings())
                .isNotEmpty()
                .allMatch(f -> f.rule() == RuleId.CMO_PTOFF && f.severity() == Severity.WARNING);
    }

    @Clause("12.icache")
    @Test
    void instructionCachesInvalidatedOverUnmodifiedCodeNeedNoBarrier() {
        el2().write(l3(30), W.code(W.page(PAGE)))
                .dsb(ISH)
                .isb()
                .maintain(CacheOperation.IC_IALLU, 0, 0)
                .isb()
                .fetch(VA30)
                .clean();
    }

    private static Scenario patched() {
        return el2().write(l3(30), W.code(W.page(PAGE))).dsb(ISH).memoryWrite(PAGE, 64, true);
    }

    private static Scenario cleaned() {
        return patched().maintain(CacheOperation.DC_CVAU, PAGE, 64);
    }

    private static Scenario invalidated(Scenario s) {
        return s.maintain(CacheOperation.IC_IVAU, PAGE, 64);
    }

    @Clause("E.icache")
    @Test
    void codeIsCoherentAfterCleanBarrierInvalidateBarrierSynchronisationOnly() {
        invalidated(cleaned().dsb(ISH)).dsb(ISH).isb().fetch(VA30).clean();
        invalidated(cleaned()).dsb(ISH).isb().fetch(VA30).expect(RuleId.CMO_ICACHE);
        invalidated(cleaned().dsb(ISH)).isb().fetch(VA30).expect(RuleId.CMO_ICACHE);
        invalidated(cleaned().dsb(ISH)).dsb(ISH).fetch(VA30).expect(RuleId.CMO_ICACHE, RuleId.TLB_ISB);
        invalidated(patched().dsb(ISH)).dsb(ISH).isb().fetch(VA30).expect(RuleId.CMO_ICACHE);
        cleaned().dsb(ISH).isb().fetch(VA30).expect(RuleId.CMO_ICACHE);
        invalidated(cleaned().memoryWrite(PAGE, 8, true).dsb(ISH))
                .dsb(ISH)
                .isb()
                .fetch(VA30)
                .expect(RuleId.CMO_ICACHE);
    }

    @Clause("E.icache")
    @Test
    void anotherPeFetchesAfterItsOwnSynchronisation() {
        Scenario done = invalidated(el2().bringUp(1)
                        .write(l3(30), W.code(W.page(PAGE)))
                        .memoryWrite(PAGE, 64, true)
                        .maintain(CacheOperation.DC_CVAU, PAGE, 64)
                        .dsb(ISH))
                .dsb(ISH)
                .isb();
        done.pe(1).isb().fetch(VA30).clean();
        invalidated(el2().bringUp(1)
                        .write(l3(30), W.code(W.page(PAGE)))
                        .memoryWrite(PAGE, 64, true)
                        .maintain(CacheOperation.DC_CVAU, PAGE, 64)
                        .dsb(ISH))
                .dsb(ISH)
                .pe(1)
                .fetch(VA30)
                .expect(RuleId.CMO_ICACHE);
    }

    @Clause("E.mbox")
    @Test
    void aMailboxNeedsItsOwnLineCleaned() {
        el2().memoryWrite(PAGE, 8, true)
                .maintain(CacheOperation.DC_CVAC, PAGE + 64, 64)
                .dsb(SY)
                .pe(1)
                .memoryRead(PAGE, 8, false)
                .expect(RuleId.CMO_MBOX);
        el2().memoryWrite(PAGE, 8, true)
                .maintain(CacheOperation.DC_CVAC, PAGE, 64)
                .memoryWrite(PAGE, 8, true)
                .dsb(SY)
                .pe(1)
                .memoryRead(PAGE, 8, false)
                .expect(RuleId.CMO_MBOX);
    }

    /** PE1 is started and reads, through its caches, what PE0 stored for it. */
    private static Scenario startedAndReads(Scenario s) {
        return s.pe(1).state(PeState.Change.CPU_ON, Scenario.CODE).memoryRead(PAGE, 8, true);
    }

    @Clause("E.mbox-store")
    @Test
    void aPeThatIsStartedFindsWhatWasCompletedBefore() {
        startedAndReads(el2().memoryWrite(PAGE, 8, true)).expect(RuleId.CMO_MBOX);
        startedAndReads(el2().memoryWrite(PAGE, 8, true).dsb(NSH)).expect(RuleId.CMO_MBOX);
        startedAndReads(el2().memoryWrite(PAGE, 8, true).dsbSt(ISH)).clean();
        el2().pe(1)
                .state(PeState.Change.CPU_ON, Scenario.CODE)
                .pe(0)
                .memoryWrite(PAGE, 8, true)
                .pe(1)
                .memoryRead(PAGE, 8, true)
                .clean();
        el2().memoryWrite(PAGE, 8, true).memoryRead(PAGE, 8, true).clean();
    }

    @Clause("E.mbox-clean")
    @Test
    void theCleanOfAMailboxWantsABarrierOfThePeThatDidIt() {
        el2().memoryWrite(PAGE, 8, true)
                .maintain(CacheOperation.DC_CVAC, PAGE, 64)
                .pe(1)
                .dsb(SY)
                .memoryRead(PAGE, 8, false)
                .expect(RuleId.CMO_MBOX);
        el2().memoryWrite(PAGE, 8, true)
                .maintain(CacheOperation.DC_CIVAC, PAGE, 64)
                .dsb(SY)
                .pe(1)
                .memoryRead(PAGE, 8, false)
                .clean();
    }

    @Clause("15.dup")
    @Test
    void theSamePageAtTheSameAddressInTwoRootsIsSilent() {
        el2().setup(s -> s.write(SPARE, table(World.L1)).dsb(ISH))
                .pe(1)
                .state(PeState.Change.CPU_ON, Scenario.CODE)
                .setup(s -> s.enable(Map.of(TranslationRegister.TTBR0_EL2, SPARE)))
                .clean();
    }

    @Clause("15.rebuild")
    @Test
    void tablesMayBeZeroedAndRebuiltOnceEverybodyInvalidated() {
        el2().write(L2, 0)
                .dsb(ISH)
                .tlbi(TlbOperation.ALLE2, ISH)
                .dsb(ISH)
                .write(l3(5), 0)
                .write(l3(6), W.page(OTHER))
                .memoryWrite(L3, 64, true)
                .clean();
    }

    @Clause("8.freed")
    @ParameterizedTest
    @EnumSource(names = {"EL2", "HYP"})
    void dataInAPageThatIsStillATableToATlbIsFound(World w) {
        Scenario.on(w)
                .write(L2, 0)
                .dsb(ISH)
                .memoryWrite(L3, 64, true)
                .tlbi(w.all(), ISH)
                .dsb(ISH)
                .expect(RuleId.LIFE_WALK);
        Scenario.on(w)
                .write(L2, 0)
                .dsb(ISH)
                .role(Role.TABLE_RELEASED, L3)
                .tlbi(w.all(), ISH)
                .dsb(ISH)
                .expect(RuleId.LIFE_WALK);
    }

    @Clause("8.freed")
    @Test
    void aTablePageLinkedElsewhereWhileStillWalkedIsFound() {
        el2().write(L2, 0)
                .dsb(ISH)
                .write(l2(20), table(L3))
                .tlbi(TlbOperation.ALLE2, ISH)
                .dsb(ISH)
                .expect(RuleId.LIFE_WALK);
        el2().write(L2, 0)
                .dsb(ISH)
                .tlbi(TlbOperation.ALLE2, ISH)
                .dsb(ISH)
                .write(l2(20), table(L3))
                .clean();
    }

    @Clause("15.idleft")
    @Test
    void anEmptyLinkedIdentityTableIsNoIdentityMap() {
        el2().at(0xa000_0000L)
                .write(L2_CODE + 8, 0)
                .dsb(ISH)
                .tlbiVa(Scenario.CODE)
                .dsb(ISH)
                .isb()
                .clean();
    }

    @Clause("15.idleft")
    @Test
    void dataMappedToItselfIsNoIdentityMap() {
        el2().at(0xa000_0000L)
                .write(L2_CODE + 8, 0)
                .dsb(ISH)
                .tlbiVa(Scenario.CODE)
                .dsb(ISH)
                .write(L2_CODE + 8, W.block(Scenario.CODE))
                .dsb(ISH)
                .isb()
                .clean();
    }

    @Clause("17.live")
    @Test
    void halvesMayBeStoredToTablesThatNobodyWalks() {
        el2().write(SPARE, W.page(OTHER), 4, true, WriteOrigin.STORE)
                .write(SPARE, W.page(PAGE), 4, true, WriteOrigin.STORE)
                .clean();
        Scenario.hyp()
                .write(l3(5), World.HYP.page(OTHER), 4, true, WriteOrigin.STORE)
                .dsb(ISH)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .expect(RuleId.PTE_ATOM);
        Scenario.hyp()
                .write(l3(5), 0, 4, true, WriteOrigin.STORE)
                .dsb(ISH)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .write(l3(5), World.HYP.page(OTHER) & ~1L, 4, true, WriteOrigin.STORE)
                .write(l3(5), World.HYP.page(OTHER), 4, true, WriteOrigin.STORE)
                .clean();
    }

    @Clause("17.levels")
    @Test
    void smallHypSpacesStartAtLevelTwoAndNarrowRootsMayLieOn32Bytes() {
        World h = World.HYP;
        // T0SZ = 0: four entries of level 1, 32 bytes.
        Scenario.off(h)
                .setup(s -> s.writeUncached(SPARE + 0x20, table(L2))
                        .writeUncached(SPARE + 0x28, table(L2_CODE))
                        .invalidateTables()
                        .maintain(CacheOperation.DC_IVAC, SPARE, 64)
                        .dsb(SY))
                .enable(Map.of(TranslationRegister.HTTBR, SPARE + 0x20))
                .clean();
        // T0SZ = 2 starts at level 2 with a table of 4 KiB.
        assertThat(Scenario.off(h)
                        .setup(s -> s.invalidateTables().dsb(SY))
                        .enable(Map.of(TranslationRegister.HTCR, 0x8080_3502L, TranslationRegister.HTTBR, L2 + 0x20))
                        .findings())
                .anyMatch(f -> f.rule() == RuleId.A32_LVL);
    }

    @Clause("H.iommu")
    @Test
    void tablesADeviceWalksAreCleanedBeforeItsInvalidate() {
        World g = World.STAGE2;
        Scenario dirty = Scenario.stage2()
                .setup(s -> s.role(Role.DEVICE_TABLE, L3))
                .write(l3(30), g.page(PAGE))
                .role(Role.DEVICE_FLUSHED, 0);
        dirty.expect(RuleId.S2_IOMMU);
        Scenario.stage2()
                .setup(s -> s.role(Role.DEVICE_TABLE, L3))
                .write(l3(30), g.page(PAGE))
                .maintain(CacheOperation.DC_CVAC, l3(30), 8)
                .dsb(SY)
                .role(Role.DEVICE_FLUSHED, 0)
                .clean();
        Scenario.stage2()
                .write(l3(30), g.page(PAGE))
                .role(Role.DEVICE_FLUSHED, 0)
                .clean();
    }

    @Clause("J.bootpt")
    @Test
    void aPeThatComesUpMayRewriteItsOwnTablesOnly() {
        el2().pe(1)
                .state(PeState.Change.CPU_ON, Scenario.CODE)
                .writeUncached(l3(30), W.page(PAGE))
                .expect(RuleId.SMP_BOOTPT);
        el2().tlbi(TlbOperation.ALLE2, NSH)
                .dsb(NSH)
                .pe(1)
                .state(PeState.Change.CPU_ON, Scenario.CODE)
                .writeUncached(SPARE, W.page(PAGE))
                .clean();
    }
}
