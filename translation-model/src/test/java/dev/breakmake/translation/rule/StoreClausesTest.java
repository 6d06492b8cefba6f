package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.event.Shareability.SY;
import static dev.breakmake.translation.rule.World.L2_CODE;
import static dev.breakmake.translation.rule.World.l2;
import static dev.breakmake.translation.rule.World.l3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.finding.Finding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Single stores to live tables: who did them, what they store, and whether the store itself was seen. */
final class StoreClausesTest {
    private static final World W = World.EL2;
    private static final World G = World.STAGE2;
    private static final long PAGE = 0x5100_0000L;

    private static Scenario el2() {
        return Scenario.el2();
    }

    private static boolean breaksItself(Scenario s) {
        return s.findings().stream().anyMatch(f -> f.rule() == RuleId.BBM_SELF);
    }

    @Clause("A.self")
    @Test
    void codeBreaksItselfAnywhereInTheMappingItRunsIn() {
        long end = Scenario.CODE + 0x20_0000L;
        assertThat(breaksItself(el2().at(Scenario.CODE).write(L2_CODE + 8, 0))).isTrue();
        assertThat(breaksItself(el2().at(end - 4).write(L2_CODE + 8, 0))).isTrue();
        assertThat(breaksItself(el2().at(end).write(L2_CODE + 8, 0))).isFalse();
        assertThat(breaksItself(el2().at(Scenario.CODE - 4).write(L2_CODE + 8, 0)))
                .isFalse();
        assertThat(breaksItself(el2().write(l2(3), 0))).isFalse();
    }

    @Clause("A.self")
    @Test
    void aPeBreaksItselfOnlyIfItWalksTheTable() {
        Finding finding = el2().bringUp(1).pe(1).write(L2_CODE + 8, 0).findings().stream()
                .filter(f -> f.rule() == RuleId.BBM_SELF)
                .findFirst()
                .orElseThrow();
        assertThat(finding.message()).startsWith("PE1 breaks");
        assertThat(breaksItself(el2().pe(1).write(L2_CODE + 8, 0))).isFalse();
    }

    @Clause("A.self")
    @ParameterizedTest
    @EnumSource(WriteOrigin.class)
    void onlyAStoreThatWasSeenIsJudgedAsAStore(WriteOrigin origin) {
        boolean seen = origin == WriteOrigin.STORE || origin == WriteOrigin.ATOMIC || origin == WriteOrigin.ZERO;
        assertThat(breaksItself(el2().write(L2_CODE + 8, 0, 8, true, origin))).isEqualTo(seen);
    }

    @Clause("7.origin")
    @ParameterizedTest
    @EnumSource(
            value = WriteOrigin.class,
            names = {"LINKED_ORDERED", "OBSERVED"})
    void aStoreKnownToBeOrderedIsNoQuestionAtItsFirstUse(WriteOrigin origin) {
        el2().write(l3(30), W.page(PAGE), 8, true, origin).load(0x1_e000).clean();
    }

    @Clause("9.relied")
    @Test
    void aTableUpdateReliesOnTheRegistersWrittenBefore() {
        Scenario late = el2().msr(TranslationRegister.MAIR_EL2, 0x44_04ffL | 0xffL << 24)
                .isb()
                .write(l3(30), W.page(PAGE));
        late.dsb(ISH).tlbi(W.all(), NSH).dsb(NSH).isb().expect(RuleId.REG_CACHED);
        el2().msr(TranslationRegister.MAIR_EL2, 0x44_04ffL | 0xffL << 24)
                .isb()
                .tlbi(W.all(), NSH)
                .dsb(NSH)
                .isb()
                .write(l3(30), W.page(PAGE))
                .clean();
    }

    @Clause("J.bootpt")
    @Test
    void aPeMayRewriteWhatOnlyItselfMayHold() {
        Scenario s = Scenario.off(W)
                .setup(x -> x.invalidateTables().dsb(SY))
                .bringUp(1)
                .pe(1)
                .msr(W.control(), W.controlOff())
                .isb();
        s.writeUncached(l3(30), W.page(PAGE)).clean();
    }

    @Clause("F.enc")
    @Test
    void aTableBeyondTheOutputSizeIsFound() {
        el2().write(l2(20), 1L << 41 | 3).expect(RuleId.ENC_OA);
        Finding finding = el2().bringUp(1)
                .pe(1)
                .write(l2(20), 1L << 41 | 3)
                .expect(RuleId.ENC_OA)
                .getFirst();
        assertThat(finding.pes()).containsExactly(1);
        el2().write(l2(20), World.SPARE | 3).clean();
    }

    @Clause("F.enc")
    @Test
    void aReservedShareabilityIsFoundInAGuestsTablesWhetherItRunsOrNot() {
        long reserved = G.page(PAGE) & ~(3L << 8) | 1L << 8;
        Scenario.stage2().write(l3(30), reserved).expect(RuleId.ENC_S2ENC);
        Scenario.stage2().enter(ExceptionLevel.EL2).write(l3(30), reserved).expect(RuleId.ENC_S2ENC);
        Scenario.stage2().enter(ExceptionLevel.EL2).write(l3(30), G.page(PAGE)).clean();
        Scenario.stage2()
                .enter(ExceptionLevel.EL2)
                .write(l3(30), 0x5000_0001L & ~1L)
                .clean();
    }
}
