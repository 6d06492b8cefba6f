package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.event.Shareability.SY;
import static dev.breakmake.translation.rule.World.L0;
import static dev.breakmake.translation.rule.World.L1;
import static dev.breakmake.translation.rule.World.L2;
import static dev.breakmake.translation.rule.World.L3;
import static dev.breakmake.translation.rule.World.SPARE;
import static dev.breakmake.translation.rule.World.contiguous;
import static dev.breakmake.translation.rule.World.l2;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.finding.Finding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be written over what, and what an update must have done before it is used. */
final class UpdateClausesTest {
    private static final World W = World.EL2;
    private static final long OTHER = 0x7000_0000L;
    private static final long MAPPED = 0x5000_5000L;
    private static final long PAGE = 0x5100_0000L;
    private static final long VA30 = 0x1e000L;
    private static final long AF = 1L << 10;

    private static Scenario el2() {
        return Scenario.el2();
    }

    /** Breaks page 5, invalidates it broadcast, and completes that. */
    private static Scenario broken(Scenario s) {
        return s.write(l3(5), 0).dsb(ISH).tlbiVa(0x5000).dsb(ISH);
    }

    @Clause("A.ok")
    @ParameterizedTest
    @ValueSource(longs = {1L << 7, 1L << 54, 1L << 53, 1L << 55, 1L << 58, 1L << 51, 1L << 50, 1L << 11})
    void oneAttributeThatIsNoAddressNeedsNoBreak(long bit) {
        el2().write(l3(5), W.page(MAPPED) ^ bit)
                .dsb(ISH)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .isb()
                .load(0x5000)
                .clean();
    }

    @Clause("A.ok")
    @Test
    void theSameValueOverAndOverNeedsNothing() {
        el2().write(l3(5), W.page(MAPPED)).load(0x5000).clean();
    }

    @Clause("A.ok")
    @Test
    void globalToNotGlobalNeedsNoBreak() {
        World g = World.EL1;
        Scenario.el1()
                .setup(s -> s.write(l3(30), g.page(PAGE) & ~(1L << 11)))
                .write(l3(30), g.page(PAGE))
                .dsb(ISH)
                .tlbiVa(VA30)
                .dsb(ISH)
                .clean();
    }

    @Clause("A.ok")
    @Test
    void ignoredBitsOfATableDescriptorNeedNoBreak() {
        el2().write(L2, table(L3) | 1L << 55).clean();
    }

    @Clause("A.ok")
    @Test
    void theAccessFlagMayBeSetWhereItWasClear() {
        el2().setup(s -> s.write(l3(30), W.page(PAGE) & ~AF))
                .write(l3(30), W.page(PAGE))
                .expect(RuleId.ENC_AF);
    }

    @Clause("10.af")
    @Test
    void aDescriptorWithoutAccessFlagIsHeldIfHardwareSetsIt() {
        Scenario.on(W, TranslationRegister.TCR_EL2, 0x8082_3510L | 1L << 21)
                .with(Feature.HAFDBS_AF)
                .setup(s -> s.write(l3(30), W.page(PAGE) & ~AF))
                .write(l3(30), W.page(OTHER), 8, true, WriteOrigin.ATOMIC)
                .expect(RuleId.BBM_OA);
    }

    @Clause("A.bbml")
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void withBreakBeforeMakeSupportSizesAndContiguityAreWarnings(int level) {
        assertThat(el2().bbmLevel(level).write(l2(1), table(SPARE)).expect(RuleId.BBM_SIZE))
                .allMatch(f -> f.severity() == Severity.WARNING);
        assertThat(el2().bbmLevel(level)
                        .setup(s -> s.write(l3(20), W.page(PAGE)))
                        .write(l3(20), contiguous(W.page(PAGE)))
                        .expect(RuleId.BBM_CONT))
                .allMatch(f -> f.severity() == Severity.WARNING);
        assertThat(el2().bbmLevel(level).write(l3(5), W.page(OTHER)).expect(RuleId.BBM_OA))
                .allMatch(f -> f.severity() == Severity.ERROR);
    }

    @Clause("4.below")
    @Test
    void pagesMadeUnderABlockThatIsStillHeldAreFound() {
        el2().setup(s -> s.write(SPARE, W.page(PAGE)).dsb(ISH))
                .write(l2(1), 0)
                .dsb(ISH)
                .write(l2(1), table(SPARE))
                .expect(RuleId.BBM_SIZE);
    }

    @Clause("4.elsewhere")
    @Test
    void anotherTableWithOtherPagesAtTheSameAddressesIsFound() {
        assertThat(el2().setup(s -> s.write(SPARE + 8 * 6, W.page(OTHER)).dsb(ISH))
                        .write(L2, 0)
                        .dsb(ISH)
                        .tlbiVa(0x5000)
                        .dsb(ISH)
                        .write(L2, table(SPARE))
                        .findings())
                .allMatch(f -> f.rule() == RuleId.TLB_SUBTREE)
                .anyMatch(f -> f.severity() == Severity.ERROR);
    }

    @Clause("4.elsewhere")
    @Test
    void aPageOfAnotherTableAtAnAddressThatWasInvalidatedIsClean() {
        Scenario s = el2().setup(t -> t.write(SPARE + 8 * 5, W.page(OTHER)).dsb(ISH))
                .write(L2, 0)
                .dsb(ISH);
        for (int i = 0; i < 16; i++) {
            s.tlbiVa(0x1000L * i);
        }
        s.dsb(ISH).write(L2, table(SPARE)).clean();
    }

    @Clause("8.end")
    @Test
    void leavesThatSurviveTheirTableAreToldAtTheEnd() {
        List<Finding> findings =
                el2().write(L2, 0).dsb(ISH).tlbiVa(0x5000).dsb(ISH).findings();
        assertThat(findings)
                .isNotEmpty()
                .allMatch(f -> f.rule() == RuleId.TLB_SUBTREE && f.severity() == Severity.WARNING);
    }

    @Clause("4.tags")
    @Test
    void versionsOfAnotherAsidDoNotMatter() {
        World g = World.EL1;
        long copy = 0x8_0000L;
        Scenario.el1()
                .setup(s -> RuleExamples.copyTables(s, g))
                .write(l3(5), 0)
                .dsb(ISH)
                .msr(TranslationRegister.TTBR0_EL1, L0 + copy | 2L << 48)
                .isb()
                .write(l3(5) + copy, 0)
                .dsb(ISH)
                .tlbi(TlbOperation.VAE1, 5 | 2L << 48, ISH)
                .dsb(ISH)
                .write(l3(5) + copy, g.page(OTHER))
                .dsb(ISH)
                .tlbi(TlbOperation.VMALLE1, ISH)
                .dsb(ISH)
                .clean();
    }

    @Clause("4.tags")
    @Test
    void aGlobalVersionConcernsEveryAsid() {
        World g = World.EL1;
        long global = g.page(PAGE) & ~(1L << 11);
        long copy = 0x8_0000L;
        Scenario.el1()
                .setup(s -> RuleExamples.copyTables(s, g))
                .setup(s -> s.write(l3(30), global).write(l3(30) + copy, global).dsb(ISH))
                .msr(TranslationRegister.TTBR0_EL1, L0 + copy | 2L << 48)
                .isb()
                .write(l3(30) + copy, 0)
                .dsb(ISH)
                .tlbi(TlbOperation.ASIDE1, 2L << 48, ISH)
                .dsb(ISH)
                .write(l3(30) + copy, global ^ PAGE ^ OTHER)
                .expect(RuleId.TLB_ID);
    }

    @Clause("5.alone")
    @Test
    void aPermissionChangedWithSomethingElseNeedsTheBreak() {
        el2().write(l3(5), W.readOnly(W.page(OTHER))).expect(RuleId.BBM_OA);
        el2().write(l3(5), W.readOnly(W.device(W.page(MAPPED)))).expect(RuleId.BBM_TYPE);
        el2().write(l3(5), W.readOnly(W.page(MAPPED)) & ~(3L << 8)).expect(RuleId.BBM_TYPE);
        el2().write(l2(1), W.readOnly(W.block(0x6040_0000L))).expect(RuleId.BBM_OA);
        World g = World.EL1;
        Scenario.el1().write(l3(5), g.readOnly(g.page(MAPPED)) & ~(1L << 11)).expect(RuleId.BBM_NG);
    }

    @Clause("5.sharing")
    @Test
    void theEvidenceSaysWhetherSeveralPesShareTheTables() {
        assertThat(el2().write(l3(5), W.page(OTHER))
                        .expect(RuleId.BBM_OA)
                        .getFirst()
                        .evidence())
                .containsEntry("sharing", "single-PE");
        Finding shared = el2().bringUp(1)
                .write(l3(5), W.page(OTHER))
                .expect(RuleId.BBM_OA)
                .getFirst();
        assertThat(shared.evidence()).containsEntry("sharing", "shared");
        assertThat(shared.pes()).containsExactly(0, 1);
    }

    @Clause("6.needed")
    @Test
    void anInvalidateBeforeTheBarrierIsFineIfAnotherOneFollows() {
        broken(el2().write(l3(5), 0).tlbiVa(0x5000)).write(l3(5), W.page(OTHER)).clean();
    }

    @Clause("6.other-pe")
    @Test
    void aBarrierOfAnotherPeDoesNotCompleteTheStore() {
        el2().bringUp(1)
                .pe(1)
                .write(l3(5), 0)
                .pe(0)
                .dsb(ISH)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .write(l3(5), W.page(OTHER))
                .expect(RuleId.TLB_DSB1);
        el2().bringUp(1)
                .pe(1)
                .write(l3(5), 0)
                .dsb(ISH)
                .pe(0)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .write(l3(5), W.page(OTHER))
                .clean();
    }

    @Clause("6.domain")
    @Test
    void aNonShareableBarrierOrdersALocalInvalidateOnly() {
        el2().write(l3(5), 0)
                .dsbSt(NSH)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .write(l3(5), W.page(OTHER))
                .expect(RuleId.TLB_DSB1);
        el2().write(l3(5), 0)
                .dsbSt(NSH)
                .tlbi(W.byAddress(), 5, NSH)
                .dsb(NSH)
                .write(l3(5), W.page(OTHER))
                .clean();
    }

    @Clause("6.off")
    @Test
    void storesOfARegimeThatIsOffNeedNoBarrierBeforeTheInvalidate() {
        Scenario.off(W)
                .setup(Scenario::invalidateTables)
                .tlbi(TlbOperation.ALLE2, NSH)
                .dsb(SY)
                .enable()
                .clean();
    }

    @Clause("B.dsb2")
    @Test
    void aBarrierTooNarrowForTheInvalidateCompletesNothing() {
        el2().write(l3(5), 0)
                .dsb(ISH)
                .tlbiVa(0x5000)
                .dsb(NSH)
                .write(l3(5), W.page(OTHER))
                .expect(RuleId.TLB_DSB2);
    }

    @Clause("B.dsb2")
    @Test
    void aBarrierOfAnotherPeDoesNotCompleteAnInvalidate() {
        el2().bringUp(1)
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbiVa(0x5000)
                .pe(1)
                .dsb(ISH)
                .pe(0)
                .write(l3(5), W.page(OTHER))
                .expect(RuleId.TLB_DSB2);
    }

    @Clause("7.a32")
    @Test
    void aarch32AsksForBarrierAndSynchronisationEvenWithEts2() {
        World h = World.HYP;
        Scenario.hyp().with(Feature.ETS2).write(l3(30), h.page(PAGE)).load(VA30).expect(RuleId.PTE_DSB);
        Scenario.hyp()
                .with(Feature.ETS2)
                .write(l3(30), h.page(PAGE))
                .dsb(ISH)
                .load(VA30)
                .expect(RuleId.TLB_ISB);
        Scenario.hyp().write(l3(30), h.page(PAGE)).dsb(ISH).isb().load(VA30).clean();
    }

    @Clause("7.fetch")
    @Test
    void aFetchNeedsBarrierAndSynchronisationWhateverTheFeatures() {
        long code = W.code(W.page(PAGE));
        el2().write(l3(30), code).fetch(VA30).expect(RuleId.PTE_DSB);
        el2().with(Feature.ETS2).write(l3(30), code).dsb(ISH).fetch(VA30).expect(RuleId.TLB_ISB);
        el2().write(l3(30), code).dsb(ISH).isb().fetch(VA30).clean();
    }

    @Clause("7.remake")
    @Test
    void aRemadeTranslationNeedsBarrierAndSynchronisationBeforeItsUse() {
        broken(el2()).write(l3(5), W.page(OTHER)).load(0x5000).expect(RuleId.PTE_DSB);
        broken(el2()).write(l3(5), W.page(OTHER)).dsb(ISH).load(0x5000).expect(RuleId.TLB_ISB);
        broken(el2()).write(l3(5), W.page(OTHER)).dsb(ISH).isb().load(0x5000).clean();
    }

    @Clause("7.other-pe")
    @Test
    void anotherPeMayUseAnInsertOnceTheStoringPeHasCompletedIt() {
        el2().bringUp(1).write(l3(30), W.page(PAGE)).pe(1).load(VA30).expect(RuleId.PTE_DSB);
        el2().bringUp(1).write(l3(30), W.page(PAGE)).dsb(NSH).pe(1).load(VA30).expect(RuleId.PTE_DSB);
        el2().bringUp(1).write(l3(30), W.page(PAGE)).dsb(ISH).pe(1).load(VA30).clean();
    }

    @Clause("8.ancestor")
    @Test
    void aUseThroughANewTableDependsOnItsLinkToo() {
        el2().setup(s -> s.write(SPARE, W.page(PAGE)).dsb(ISH).isb())
                .write(l2(20), table(SPARE))
                .load(20 * 0x20_0000L)
                .expect(RuleId.PTE_DSB);
        el2().setup(s -> s.write(SPARE, W.page(PAGE)).dsb(ISH).isb())
                .write(l2(20), table(SPARE))
                .dsb(ISH)
                .isb()
                .load(20 * 0x20_0000L)
                .clean();
    }

    @Clause("8.use")
    @Test
    void aUseWhileAnIncompatibleVersionIsHeldIsAnError() {
        List<Finding> findings = el2().bringUp(1)
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbi(W.byAddress(), 5, NSH)
                .dsb(NSH)
                .write(l3(5), W.page(OTHER))
                .dsb(ISH)
                .pe(1)
                .load(0x5000)
                .expect(RuleId.TLB_SCOPE);
        assertThat(findings).allMatch(f -> f.severity() == Severity.ERROR);
        assertThat(findings.getFirst().why())
                .anySatisfy(why -> assertThat(why.text()).contains("replaced; its old value is stale on PE1 since"))
                .anySatisfy(why -> assertThat(why.text()).contains("the invalidate was local to its own PE"));
    }

    @Clause("8.end")
    @Test
    void whatIsStaleAtTheEndIsAWarning() {
        assertThat(el2().write(l3(5), 0).dsb(ISH).expect(RuleId.TLB_MISS))
                .allMatch(f -> f.severity() == Severity.WARNING);
        assertThat(el2().write(l3(5), W.readOnly(W.page(MAPPED))).dsb(ISH).expect(RuleId.TLB_PERM))
                .allMatch(f -> f.severity() == Severity.WARNING);
    }

    @Clause("10.disabled-root")
    @Test
    void tablesOfADisabledRootAreNotHeld() {
        World g = World.EL1;
        Scenario.on(g, TranslationRegister.TCR_EL1, 0x2_8080_3510L | 1L << 7)
                .write(l3(5), g.page(OTHER))
                .clean();
    }

    @Clause("10.range")
    @Test
    void entriesBeyondTheInputSizeAreNotHeld() {
        // HTCR.T0SZ = 2: 30 bits of input, the root is one level 2 table.
        World h = World.HYP;
        Scenario.off(h)
                .setup(Scenario::invalidateTables)
                .dsb(SY)
                .at(0x20_0000L)
                .setup(s -> s.writeUncached(l2(1), h.code(h.block(0x20_0000L)))
                        .dmbSt()
                        .invalidateTables()
                        .dsb(SY))
                .enable(Map.of(TranslationRegister.HTCR, 0x8080_3502L, TranslationRegister.HTTBR, L2))
                .write(L1 + 16, table(SPARE))
                .write(L1 + 16, table(L3))
                .expect(RuleId.LAY_OVERMAP);
    }

    @Clause("10.output")
    @Test
    void aDescriptorWhoseAddressIsTooLargeIsNotHeld() {
        el2().write(l3(30), W.page(1L << 41)).write(l3(30), W.page(PAGE)).expect(RuleId.ENC_OA);
    }

    @Clause("10.context")
    @Test
    void aGuestsTablesAreNotHeldBeforeItRuns() {
        World g = World.STAGE2;
        Scenario s = Scenario.off(g).setup(Scenario::invalidateTables).dsb(SY);
        g.registers().forEach(s::msr);
        s.msr(TranslationRegister.HCR_EL2, g.controlOn())
                .isb()
                .write(l3(5), g.page(OTHER))
                .dsb(ISH)
                .enter(ExceptionLevel.EL1)
                .clean();
    }

    @Clause("10.context")
    @Test
    void aGuestsTablesMayBeChangedWhileItIsOutIfAnInvalidateComesBeforeItsReturn() {
        World g = World.STAGE2;
        Scenario.stage2()
                .enter(ExceptionLevel.EL2)
                .write(l3(5), g.page(OTHER))
                .dsb(ISH)
                .tlbi(TlbOperation.VMALLS12E1, ISH)
                .dsb(ISH)
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
        Scenario.stage2()
                .enter(ExceptionLevel.EL2)
                .write(l3(5), g.page(OTHER))
                .dsb(ISH)
                .isb()
                .enter(ExceptionLevel.EL1)
                .expect(RuleId.BBM_OA);
    }

    @Clause("10.context")
    @Test
    void whatWasStoredAndReplacedWhileNobodyWalkedIsNeverHeld() {
        World g = World.STAGE2;
        Scenario.stage2()
                .enter(ExceptionLevel.EL2)
                .write(l3(5), g.page(OTHER))
                .write(l3(5), g.page(MAPPED))
                .dsb(ISH)
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
    }

    @Clause("10.off")
    @Test
    void tablesMayBeRebuiltWhileTheMmuIsOff() {
        el2().msr(TranslationRegister.SCTLR_EL2, W.controlOff())
                .isb()
                .writeUncached(l3(5), W.page(OTHER))
                .writeUncached(l3(6), 0)
                .dmbSt()
                .setup(s -> s.maintain(CacheOperation.DC_IVAC, L3, 4096))
                .dsb(SY)
                .tlbi(TlbOperation.ALLE2, NSH)
                .dsb(NSH)
                .isb()
                .msr(TranslationRegister.SCTLR_EL2, W.controlOn())
                .isb()
                .clean();
    }

    @Clause("10.off")
    @Test
    void turningTheMmuOffEndsNothingThatIsHeld() {
        assertThat(el2().msr(TranslationRegister.SCTLR_EL2, W.controlOff())
                        .isb()
                        .writeUncached(l3(5), W.page(OTHER))
                        .dmbSt()
                        .setup(s -> s.maintain(CacheOperation.DC_IVAC, L3, 4096))
                        .dsb(SY)
                        .msr(TranslationRegister.SCTLR_EL2, W.controlOn())
                        .isb()
                        .expect(RuleId.MMU_STALE, RuleId.BBM_OA))
                .anyMatch(f -> f.rule() == RuleId.BBM_OA && f.severity() == Severity.ERROR);
    }

    @Clause("10.pe-off")
    @Test
    void aPeThatIsOffAddsNothing() {
        el2().bringUp(1)
                .pe(1)
                .tlbi(TlbOperation.ALLE2, NSH)
                .dsb(NSH)
                .state(PeState.Change.CPU_OFF, 0)
                .pe(0)
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbi(W.byAddress(), 5, NSH)
                .dsb(NSH)
                .write(l3(5), W.page(OTHER))
                .expect(RuleId.TLB_SCOPE);
    }

    @Clause("10.both")
    @Test
    void untilTheNextSynchronisationTheOldRootIsWalkedToo() {
        World g = World.EL1;
        long copy = 0x8_0000L;
        Scenario.el1()
                .setup(s -> RuleExamples.copyTables(s, g))
                .msr(TranslationRegister.TTBR0_EL1, L0 + copy | 2L << 48)
                .write(l3(5), g.page(OTHER))
                .expect(RuleId.BBM_OA);
        Scenario.el1()
                .setup(s -> RuleExamples.copyTables(s, g))
                .msr(TranslationRegister.TTBR0_EL1, L0 + copy | 2L << 48)
                .isb()
                .write(l3(5), g.page(OTHER))
                .dsb(ISH)
                .tlbi(TlbOperation.VMALLE1, ISH)
                .dsb(ISH)
                .clean();
    }

    @Clause("10.through")
    @Test
    void throughACachedTableDescriptorLaterStoresToTheOldTableAreHeldToo() {
        el2().setup(s -> s.write(SPARE + 8 * 30, W.page(OTHER)).dsb(ISH))
                .write(L2, 0)
                .dsb(ISH)
                .write(l3(30), W.page(PAGE))
                .expect(RuleId.LIFE_WALK, RuleId.TLB_MISS);
    }

    @Clause("13.single")
    @Test
    void aLocalInvalidateIsEnoughWhereNoOtherPeHoldsTheEntry() {
        el2().write(l3(5), 0)
                .dsb(NSH)
                .tlbi(W.byAddress(), 5, NSH)
                .dsb(NSH)
                .write(l3(5), W.page(OTHER))
                .dsb(ISH)
                .isb()
                .load(0x5000)
                .clean();
    }

    @Clause("13.each")
    @Test
    void localInvalidatesOnEveryPeAreEnough() {
        el2().bringUp(1)
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbi(W.byAddress(), 5, NSH)
                .dsb(NSH)
                .pe(1)
                .tlbi(W.byAddress(), 5, NSH)
                .dsb(NSH)
                .pe(0)
                .write(l3(5), W.page(OTHER))
                .clean();
    }

    @Clause("14.inside")
    @ParameterizedTest
    @EnumSource(names = {"EL2", "HYP"})
    void anyAddressInsideABlockNamesTheWholeEntry(World w) {
        Scenario.on(w)
                .write(l2(1), 0)
                .dsb(ISH)
                .tlbiVa(0x2f_3000)
                .dsb(ISH)
                .write(l2(1), w.block(OTHER))
                .clean();
        Scenario.on(w)
                .write(l2(1), 0)
                .dsb(ISH)
                .tlbiVa(0x40_0000)
                .dsb(ISH)
                .write(l2(1), w.block(OTHER))
                .expect(RuleId.TLB_VA);
    }

    @Clause("14.shift")
    @Test
    void anAarch32OperandIsTheAddressItself() {
        World h = World.HYP;
        Scenario.hyp()
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbi(TlbOperation.TLBIMVAH, 0x5000, ISH)
                .dsb(ISH)
                .write(l3(5), h.page(OTHER))
                .clean();
        Scenario.hyp()
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbi(TlbOperation.TLBIMVAH, 5, ISH)
                .dsb(ISH)
                .write(l3(5), h.page(OTHER))
                .expect(RuleId.TLB_VA);
    }
}
