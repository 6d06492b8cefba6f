package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.event.Shareability.SY;
import static dev.breakmake.translation.rule.World.L0;
import static dev.breakmake.translation.rule.World.L1;
import static dev.breakmake.translation.rule.World.L2_CODE;
import static dev.breakmake.translation.rule.World.l3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.HandOver.LineState;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.finding.Finding;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Register changes: on which PE, in which regime, and what ends the old values. */
final class RegisterClausesTest {
    private static final World W = World.EL2;
    private static final World G = World.STAGE2;
    private static final long COPY = 0x8_0000L;
    private static final long OTHER_MAIR = 0x44_04ffL | 0xbbL << 24;
    private static final TranslationRegister MAIR = TranslationRegister.MAIR_EL2;

    private static Scenario both() {
        return Scenario.el2().bringUp(1);
    }

    private static Scenario changed(Scenario s, int pe) {
        return s.pe(pe).msr(MAIR, OTHER_MAIR).isb();
    }

    private static void found(Scenario s, int... pes) {
        List<Finding> findings = s.findings();
        assertThat(findings).allMatch(f -> f.rule() == RuleId.REG_CACHED);
        assertThat(findings.stream().flatMap(f -> f.pes().stream()).mapToInt(i -> i))
                .containsExactlyInAnyOrder(Arrays.stream(pes).boxed().toArray(Integer[]::new));
    }

    @Clause("9.pes")
    @Test
    void eachPeInvalidatesWhatItsOwnChangeLeft() {
        Supplier<Scenario> two = () -> changed(changed(both(), 0), 1);
        found(two.get(), 0, 1);
        found(two.get().pe(0).tlbi(W.all(), NSH).dsb(NSH), 1);
        found(two.get().pe(1).tlbi(W.all(), NSH).dsb(NSH), 0);
        found(two.get()
                .pe(0)
                .tlbi(W.all(), NSH)
                .dsb(NSH)
                .pe(1)
                .tlbi(W.all(), NSH)
                .dsb(NSH));
    }

    @Clause("9.pes")
    @Test
    void whatAnotherPeBroadcastsCountsOnceThePeThatChangedTheRegisterHasABarrier() {
        Supplier<Scenario> two = () -> changed(changed(both(), 0), 1);
        found(two.get().pe(0).tlbi(W.all(), ISH).dsb(ISH), 1);
        found(two.get().pe(0).tlbi(W.all(), ISH).dsb(ISH).pe(1).dsb(ISH));
        found(two.get().pe(1).tlbi(W.all(), ISH).dsb(ISH), 0);
        found(two.get().pe(1).tlbi(W.all(), ISH).dsb(NSH), 0, 1);
        found(two.get().pe(1).tlbiNxs(W.all(), ISH).dsbNxs(ISH), 0);
        found(two.get().pe(1).tlbi(W.all(), ISH).dsbNxs(ISH), 0, 1);
    }

    @Clause("9.pes")
    @Test
    void aBroadcastBeforeAPeIsSynchronisedComesTooEarlyForIt() {
        Scenario early = both().pe(1)
                .msr(MAIR, OTHER_MAIR)
                .pe(0)
                .tlbi(W.all(), ISH)
                .dsb(ISH)
                .pe(1)
                .isb();
        Finding finding = early.expect(RuleId.REG_CACHED).getFirst();
        assertThat(finding.pes()).containsExactly(1);
        assertThat(finding.message()).endsWith("the TLB invalidate came before a context synchronisation");
    }

    @Clause("9.unknown")
    @Test
    void aPeThatHoldsNothingMayChangeRegistersAgain() {
        Scenario.el2()
                .pe(1)
                .state(PeState.Change.CPU_ON, Scenario.CODE)
                .msr(MAIR, 0xff)
                .msr(MAIR, OTHER_MAIR)
                .enable()
                .clean();
    }

    @Clause("9.off")
    @Test
    void whatIsHeldFromBeforeTheMmuWentOffWasMadeWithTheOldValues() {
        Supplier<Scenario> off = () -> Scenario.el2()
                .msr(W.control(), W.controlOff())
                .isb()
                .msr(MAIR, OTHER_MAIR)
                .isb();
        assertThat(off.get().msr(W.control(), W.controlOn()).isb().findings())
                .extracting(Finding::rule)
                .contains(RuleId.REG_CACHED, RuleId.MMU_STALE);
        off.get()
                .tlbi(W.all(), NSH)
                .dsb(NSH)
                .isb()
                .msr(W.control(), W.controlOn())
                .isb()
                .clean();
    }

    @Clause("9.live")
    @ParameterizedTest
    @EnumSource(names = {"HTCR", "HMAIR0"})
    void hypModesCachedFieldsWantTheirInvalidateToo(TranslationRegister register) {
        World h = World.HYP;
        long value = register == TranslationRegister.HTCR ? 0x8080_3100L : 0xbb44_04ffL;
        Finding finding = Scenario.hyp()
                .msr(register, value)
                .isb()
                .expect(RuleId.REG_CACHED)
                .getFirst();
        assertThat(finding.regime()).isEqualTo("Hyp");
        Scenario.hyp()
                .msr(register, value)
                .isb()
                .tlbi(h.all(), NSH)
                .dsb(NSH)
                .isb()
                .clean();
    }

    @Clause("9.live")
    @Test
    void aGuestsOwnChangeIsOfItsRegime() {
        Finding finding = Scenario.el1()
                .msr(TranslationRegister.MAIR_EL1, OTHER_MAIR)
                .isb()
                .expect(RuleId.REG_CACHED)
                .getFirst();
        assertThat(finding.regime()).isEqualTo("EL1&0");
        Scenario.el1()
                .msr(TranslationRegister.MAIR_EL1, OTHER_MAIR)
                .isb()
                .tlbi(TlbOperation.VMALLE1, NSH)
                .dsb(NSH)
                .isb()
                .clean();
        Scenario.el1()
                .msr(TranslationRegister.TCR_EL1, 0x2_8080_3510L | 1)
                .isb()
                .findings();
        assertThat(Scenario.el1()
                        .msr(TranslationRegister.TCR_EL1, 0x2_8080_3512L)
                        .isb()
                        .findings())
                .as("the lower range is in use")
                .extracting(Finding::rule)
                .contains(RuleId.REG_CACHED);
    }

    @Clause("C.cnp")
    @Test
    void rootsMayDifferUnlessBothPesSetCnp() {
        long root = L0 + COPY;
        Supplier<Scenario> copied = () -> Scenario.el2()
                .with(Feature.TTCNP)
                .setup(s -> RuleExamples.copyTables(s, W))
                .pe(1)
                .setup(s -> s.state(PeState.Change.CPU_ON, Scenario.CODE));
        copied.get().enable(Map.of(TranslationRegister.TTBR0_EL2, root | 1)).clean();
        copied.get().enable(Map.of(TranslationRegister.TTBR0_EL2, root)).clean();
        Scenario common = Scenario.on(W, TranslationRegister.TTBR0_EL2, L0 | 1).with(Feature.TTCNP);
        common.setup(s -> RuleExamples.copyTables(s, W))
                .pe(1)
                .setup(s -> s.state(PeState.Change.CPU_ON, Scenario.CODE))
                .enable(Map.of(TranslationRegister.TTBR0_EL2, root | 1))
                .expect(RuleId.REG_CNP);
    }

    @Clause("C.ttbrfmt")
    @Test
    void aMisalignedRootOfOneTableIsNoConcatenatedOne() {
        assertThat(Scenario.on(G, TranslationRegister.VTTBR_EL2, L1 + 0x20 | 1L << 48)
                        .findings())
                .extracting(Finding::rule)
                .contains(RuleId.REG_TTBRFMT)
                .doesNotContain(RuleId.S2_CONC);
    }

    private static Scenario writableCode(int pe, boolean invalidate) {
        long code = W.block(Scenario.CODE) & ~(3L << 53);
        Scenario s = both().pe(pe)
                .setup(x -> x.write(L2_CODE + 8, 0)
                        .dsb(ISH)
                        .tlbi(W.all(), ISH)
                        .dsb(ISH)
                        .isb()
                        .write(L2_CODE + 8, code)
                        .dsb(ISH)
                        .isb()
                        .write(L2_CODE + 8, W.readOnly(code))
                        .dsb(ISH));
        if (invalidate) {
            s.tlbi(W.all(), ISH).dsb(ISH).isb();
        }
        return s.at(Scenario.CODE + 0x100)
                .msr(W.control(), W.controlOn() | 1L << 19)
                .isb()
                .tlbi(W.all(), ISH)
                .dsb(ISH)
                .isb();
    }

    private static List<Finding> wxn(Scenario s) {
        return s.findings().stream().filter(f -> f.rule() == RuleId.REG_WXN).toList();
    }

    @Clause("16.held")
    @Test
    void wxnWantsTheOldWritableMappingOfTheCodeGone() {
        for (int pe = 0; pe < 2; pe++) {
            int number = pe;
            assertThat(wxn(writableCode(pe, false)))
                    .singleElement()
                    .satisfies(f -> assertThat(f.pes()).containsExactly(number))
                    .satisfies(f -> assertThat(f.message()).contains("may still hold as writable"));
            assertThat(wxn(writableCode(pe, true))).isEmpty();
        }
    }

    @Clause("1.pes")
    @Test
    void findingsOfAnEnableNameThePeThatEnables() {
        Supplier<Scenario> second = () -> Scenario.el2().pe(1).state(PeState.Change.CPU_ON, Scenario.CODE);
        Scenario stale = second.get();
        W.registers().forEach(stale::msr);
        assertThat(stale.isb().msr(W.control(), W.controlOn()).isb().expect(RuleId.MMU_STALE))
                .allSatisfy(f -> assertThat(f.pes()).containsExactly(1));
        assertThat(second.get().at(0xa000_0000L).enable().findings())
                .filteredOn(f -> f.rule() == RuleId.MMU_IDPC)
                .singleElement()
                .satisfies(f -> assertThat(f.pes()).containsExactly(1));
        assertThat(second.get()
                        .pe(0)
                        .write(l3(30), W.page(0x5100_0000L))
                        .dsb(NSH)
                        .pe(1)
                        .enable()
                        .expect(RuleId.MMU_DSB))
                .allSatisfy(f -> assertThat(f.pes()).containsExactly(1));
        second.get()
                .pe(0)
                .write(l3(30), W.page(0x5100_0000L))
                .dsb(ISH)
                .pe(1)
                .enable()
                .clean();
    }

    @Clause("1.known")
    @Test
    void aTlbThatIsCleanAtHandOverWantsNoInvalidate() {
        Scenario s = Scenario.off(W).handOver(false, LineState.CLEAN_STALE, LineState.ABSENT);
        s.setup(Scenario::invalidateTables).dsb(SY);
        W.registers().forEach(s::msr);
        s.isb().msr(W.control(), W.controlOn()).isb().clean();
    }

    @Clause("C.ee")
    @Test
    void byteOrderIsJudgedWhenItChangesAndWhenTheMmuGoesOn() {
        long big = W.controlOn() | 1L << 25;
        Scenario.el2().msr(W.control(), big).isb().expect(RuleId.REG_EE);
        assertThat(Scenario.on(W, W.control(), big).expect(RuleId.REG_EE)).hasSize(1);
        Scenario.el2().msr(W.control(), W.controlOn() | 1L << 12).isb().clean();
    }

    @Clause("C.ee")
    @Test
    void aGuestMayHaveStoredItsTablesBigEndian() {
        World guest = World.EL1;
        Scenario.on(guest, guest.control(), guest.controlOn() | 1L << 25).clean();
    }

    @Test
    void shortDescriptorsOfAGuestAreNotCalledClean() {
        Supplier<Scenario> guest = () -> Scenario.hyp().setup(s -> s.msr(TranslationRegister.TTBR0, 0x4030_0000L));
        assertThat(guest.get()
                        .msr(TranslationRegister.TTBCR, 0)
                        .msr(TranslationRegister.SCTLR, 0x30c5_0879L)
                        .enter(ExceptionLevel.EL1)
                        .notObservable())
                .containsKey(RuleId.BBM_OA);
        assertThat(guest.get().enter(ExceptionLevel.EL1).notObservable()).doesNotContainKey(RuleId.BBM_OA);
    }

    /** A guest one of whose pages has a reserved encoding, stored before it runs. */
    private static Scenario reserved() {
        return Scenario.off(G).setup(s -> {
            s.writeUncached(l3(30), G.page(0x5100_0000L) & ~(3L << 8) | 1L << 8);
            s.invalidateTables().dsb(SY).tlbi(G.all(), NSH).dsb(NSH);
            G.registers().forEach(s::msr);
            s.isb().msr(G.control(), G.controlOn()).isb();
        });
    }

    @Clause("F.enc")
    @ParameterizedTest
    @EnumSource(
            value = ExceptionLevel.class,
            names = {"EL0", "EL1"})
    void aGuestsTablesAreLookedAtWhenItIsFirstEnteredAtWhateverLevel(ExceptionLevel level) {
        Finding finding = reserved()
                .enter(level)
                .enter(ExceptionLevel.EL2)
                .enter(level)
                .expect(RuleId.ENC_S2ENC)
                .getFirst();
        assertThat(finding.count()).isEqualTo(1);
    }
}
