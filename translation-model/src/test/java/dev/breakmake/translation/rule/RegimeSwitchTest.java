package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.event.Shareability.SY;
import static dev.breakmake.translation.rule.World.l3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.finding.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RegimeSwitchTest {
    private static final World W = World.EL2;
    private static final long OTHER_ROOT = 0x4018_0000L;

    private static TranslationRegister root(World w) {
        return w == World.EL2 ? TranslationRegister.TTBR0_EL2 : TranslationRegister.HTTBR;
    }

    /** A copy of the tables of a world, every page at another place. */
    private static Scenario copyTables(Scenario s, World w) {
        long shift = 0x8_0000L;
        w.tables()
                .forEach((pa, value) -> s.write(pa + shift, (value & 3) == 3 && pa < World.L3 ? value + shift : value));
        return s.dsb(ISH);
    }

    @Clause("2.on")
    @ParameterizedTest
    @EnumSource(names = {"EL2", "HYP"})
    void aRootSwitchedWithTheMmuOnIsFoundAlthoughAllTranslationsAreIdentical(World w) {
        List<Finding> findings = Scenario.on(w)
                .setup(s -> copyTables(s, w))
                .msr(root(w), w.root() + 0x8_0000L)
                .isb()
                .tlbi(w.all(), NSH)
                .dsb(NSH)
                .isb()
                .expect(RuleId.REG_TTBR);
        assertThat(findings.getFirst().evidence())
                .containsEntry("identical", "24")
                .containsEntry("conflicting", "0")
                .containsEntry("removed", "0");
    }

    @Clause("2.off")
    @Test
    void aRootSwitchedWithTheMmuOffIsClean() {
        Scenario.el2()
                .setup(s -> copyTables(s, W))
                .msr(TranslationRegister.SCTLR_EL2, W.controlOff())
                .isb()
                .tlbi(W.all(), NSH)
                .dsb(NSH)
                .isb()
                .msr(TranslationRegister.TTBR0_EL2, OTHER_ROOT)
                .isb()
                .msr(TranslationRegister.SCTLR_EL2, W.controlOn())
                .isb()
                .clean();
    }

    @Clause("2.detour")
    @Test
    void aDetourOverAnEmptyRootIsClean() {
        Scenario.el2()
                .setup(s -> copyTables(s, W))
                .msr(TranslationRegister.TTBR0_EL2, 0x401f_0000L)
                .isb()
                .tlbi(W.all(), NSH)
                .dsb(NSH)
                .isb()
                .msr(TranslationRegister.TTBR0_EL2, OTHER_ROOT)
                .isb()
                .tlbi(W.all(), NSH)
                .dsb(NSH)
                .isb()
                .clean();
    }

    @Clause("2.detour")
    @Test
    void aDetourWithoutTheInvalidateIsFound() {
        Scenario.el2()
                .setup(s -> copyTables(s, W))
                .msr(TranslationRegister.TTBR0_EL2, 0x401f_0000L)
                .isb()
                .msr(TranslationRegister.TTBR0_EL2, OTHER_ROOT)
                .isb()
                .tlbi(W.all(), NSH)
                .dsb(NSH)
                .isb()
                .expect(RuleId.REG_TTBR);
    }

    @Test
    void twoEmptyRootsUnderOneIdentifierAreFoundAtTheEnd() {
        Scenario.el2().msr(TranslationRegister.TTBR0_EL2, 0x401f_0000L).isb().expect(RuleId.REG_TTBR);
    }

    @Clause("1.none")
    @ParameterizedTest
    @EnumSource(names = {"EL2", "HYP"})
    void anEnableWithoutAnInvalidateSinceHandOverIsFound(World w) {
        Scenario s = Scenario.off(w).setup(Scenario::invalidateTables).dsb(SY);
        w.registers().forEach(s::msr);
        s.isb().msr(w.control(), w.controlOn()).isb().expect(RuleId.MMU_STALE);
    }

    @Clause("1.dsb")
    @Test
    void anEnableWhoseInvalidateIsNotCompletedIsFound() {
        Scenario s = Scenario.off(W).setup(Scenario::invalidateTables).dsb(SY).tlbi(W.all(), NSH);
        W.registers().forEach(s::msr);
        s.isb().msr(W.control(), W.controlOn()).isb().expect(RuleId.MMU_STALE);
    }

    @Clause("1.none")
    @Test
    void aSecondEnableNeedsAnInvalidateToo() {
        Scenario.el2()
                .msr(TranslationRegister.SCTLR_EL2, W.controlOff())
                .isb()
                .msr(TranslationRegister.SCTLR_EL2, W.controlOn())
                .isb()
                .expect(RuleId.MMU_STALE);
    }

    @Clause("C.isb")
    @Test
    void registersWrittenBeforeTheEnableNeedASynchronisation() {
        Scenario s = Scenario.off(W)
                .setup(Scenario::invalidateTables)
                .dsb(SY)
                .tlbi(W.all(), NSH)
                .dsb(NSH);
        W.registers().forEach(s::msr);
        s.msr(W.control(), W.controlOn()).isb().expect(RuleId.REG_ISB);
    }

    @Clause("D.dsb")
    @Test
    void tablesWrittenBeforeTheEnableNeedABarrier() {
        Scenario s = Scenario.off(W)
                .setup(Scenario::invalidateTables)
                .dsb(SY)
                .tlbi(W.all(), NSH)
                .dsb(NSH);
        s.writeUncached(l3(20), W.page(0x5100_0000L)).dmbSt().maintain(CacheOperation.DC_IVAC, l3(20), 8);
        W.registers().forEach(s::msr);
        s.isb().msr(W.control(), W.controlOn()).isb().expect(RuleId.MMU_DSB);
    }

    @Test
    void tablesWrittenWithCachesOffAndNotInvalidatedAreFound() {
        Scenario s = Scenario.off(W).dsb(SY).tlbi(W.all(), NSH).dsb(NSH);
        W.registers().forEach(s::msr);
        assertThat(s.isb().msr(W.control(), W.controlOn()).isb().findings())
                .isNotEmpty()
                .allMatch(f -> f.rule() == RuleId.CMO_PTOFF);
    }

    @Test
    void anEnableOutsideTheIdentityMappingIsFound() {
        Scenario s = Scenario.off(W)
                .setup(Scenario::invalidateTables)
                .dsb(SY)
                .tlbi(W.all(), NSH)
                .dsb(NSH);
        W.registers().forEach(s::msr);
        s.isb()
                .at(0x4300_0000L)
                .msr(W.control(), W.controlOn())
                .at(Scenario.CODE)
                .isb()
                .expect(RuleId.MMU_IDPC);
    }

    @Clause("9.live")
    @Test
    void memoryAttributesChangedLiveNeedAnInvalidate() {
        Scenario.el2().msr(TranslationRegister.MAIR_EL2, 0xbb_0044_04ffL).isb().expect(RuleId.REG_CACHED);
        Scenario.el2()
                .msr(TranslationRegister.MAIR_EL2, 0xbb_0044_04ffL)
                .isb()
                .tlbi(W.all(), NSH)
                .dsb(NSH)
                .isb()
                .clean();
        Scenario.el2()
                .msr(TranslationRegister.MAIR_EL2, 0xbb_0044_04ffL)
                .tlbi(W.all(), NSH)
                .dsb(NSH)
                .isb()
                .expect(RuleId.REG_CACHED);
    }

    @Clause("7.insert")
    @Test
    void anInsertUsedWithoutBarrierOrSynchronisationIsFound() {
        Scenario.el2().write(l3(30), W.page(0x5100_0000L)).load(0x1e000).expect(RuleId.PTE_DSB);
        Scenario.el2()
                .write(l3(30), W.page(0x5100_0000L))
                .dsb(NSH)
                .load(0x1e000)
                .expect(RuleId.TLB_ISB);
        Scenario.el2()
                .write(l3(30), W.page(0x5100_0000L))
                .isb()
                .dsb(NSH)
                .load(0x1e000)
                .expect(RuleId.TLB_ISB);
        Scenario.el2()
                .write(l3(30), W.page(0x5100_0000L))
                .dsb(NSH)
                .isb()
                .load(0x1e000)
                .clean();
    }

    @Clause("7.ets2")
    @Test
    void withEts2DataMayUseAnInsertAtOnceButFetchesMayNot() {
        Feature ets2 = Feature.ETS2;
        long code = W.code(W.page(0x5100_0000L));
        Scenario.el2()
                .with(ets2)
                .write(l3(30), W.page(0x5100_0000L))
                .load(0x1e000)
                .clean();
        Scenario.el2().with(ets2).write(l3(30), code).fetch(0x1e000).expect(RuleId.PTE_DSB);
        Scenario.el2()
                .with(ets2)
                .write(l3(30), code)
                .dsb(NSH)
                .isb()
                .fetch(0x1e000)
                .clean();
    }

    private static final long WRITABLE_CODE = W.block(Scenario.CODE) & ~(1L << 54);

    private static Scenario protectedCode(boolean invalidated) {
        Scenario s = Scenario.el2()
                .setup(setup -> setup.write(World.L2_CODE + 8, WRITABLE_CODE))
                .fetch(Scenario.CODE)
                .write(World.L2_CODE + 8, W.readOnly(WRITABLE_CODE))
                .dsb(NSH);
        if (invalidated) {
            s.tlbi(W.all(), NSH).dsb(NSH);
        }
        return s.isb()
                .msr(TranslationRegister.SCTLR_EL2, W.controlOn() | 1L << 19)
                .isb()
                .tlbi(W.all(), NSH)
                .dsb(NSH)
                .isb();
    }

    @Test
    void wxnOverCodeThatTheTlbMayStillHoldAsWritableIsFound() {
        List<Finding> findings = protectedCode(false).findings();
        assertThat(findings).extracting(Finding::rule).contains(RuleId.REG_WXN);
        assertThat(findings)
                .filteredOn(f -> f.rule() == RuleId.REG_WXN)
                .singleElement()
                .satisfies(f -> {
                    assertThat(f.message()).contains("may still hold as writable");
                    assertThat(f.why()).isNotEmpty();
                });
        protectedCode(true).clean();
    }

    private static List<Finding> otherRootAndWxn(boolean invalidated) {
        Scenario s = Scenario.el2()
                .setup(setup -> {
                    copyTables(setup, W);
                    setup.write(World.L2_CODE + 8, WRITABLE_CODE);
                })
                .msr(TranslationRegister.TTBR0_EL2, OTHER_ROOT)
                .isb();
        if (invalidated) {
            s.tlbi(W.all(), NSH).dsb(NSH).isb();
        }
        return s.msr(TranslationRegister.SCTLR_EL2, W.controlOn() | 1L << 19)
                .isb()
                .tlbi(W.all(), NSH)
                .dsb(NSH)
                .isb()
                .findings();
    }

    @Test
    void wxnOverCodeThatARootLeftBehindHasAsWritableIsFound() {
        assertThat(otherRootAndWxn(false)).extracting(Finding::rule).contains(RuleId.REG_TTBR, RuleId.REG_WXN);
        assertThat(otherRootAndWxn(true)).extracting(Finding::rule).containsExactly(RuleId.REG_TTBR);
    }
}
