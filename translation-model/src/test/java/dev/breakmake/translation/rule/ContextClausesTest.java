package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.event.Shareability.SY;
import static dev.breakmake.translation.rule.World.L1;
import static dev.breakmake.translation.rule.World.L2_CODE;
import static dev.breakmake.translation.rule.World.l3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.finding.Finding;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a PE is: reset, exception levels, guests that come and go, walks from outside. */
final class ContextClausesTest {
    private static final World W = World.EL2;
    private static final World G = World.STAGE2;
    private static final long OTHER = 0x7000_0000L;
    private static final long ASID = 1L << 48;
    private static final long GUEST_TABLE = 0x5100_0000L;
    private static final long FORCE_BROADCAST = 1L << 9;

    private static Scenario guestOut() {
        return Scenario.stage2().setup(s -> s.enter(ExceptionLevel.EL2));
    }

    private static Scenario registers(Scenario s) {
        W.registers().forEach(s::msr);
        return s.isb();
    }

    private static Scenario on(Scenario s) {
        return registers(s).msr(W.control(), W.controlOn()).isb();
    }

    @Clause("10.reset")
    @ParameterizedTest
    @EnumSource(
            value = PeState.Change.class,
            names = {"CPU_ON", "RESET"})
    void aPeThatComesOutOfResetHasItsMmuOffAndAnUnknownTlb(PeState.Change change) {
        Supplier<Scenario> again = () -> Scenario.el2().bringUp(1).pe(1).state(change, Scenario.CODE);
        on(again.get()).expect(RuleId.MMU_STALE);
        on(again.get().tlbi(W.all(), NSH).dsb(NSH)).clean();
        Scenario early = Scenario.el2().bringUp(1).pe(1).tlbi(W.all(), NSH).dsb(NSH);
        on(early.state(change, Scenario.CODE)).expect(RuleId.MMU_STALE);
        Scenario pending = Scenario.el2().bringUp(1).pe(1).tlbi(W.all(), NSH);
        on(pending.state(change, Scenario.CODE).dsb(NSH)).expect(RuleId.MMU_STALE);
    }

    @Clause("10.reset")
    @ParameterizedTest
    @EnumSource(
            value = PeState.Change.class,
            names = {"CPU_ON", "RESET"})
    void aPeThatComesOutOfResetReliesOnNoRegisterItWroteBefore(PeState.Change change) {
        Supplier<Scenario> written = () -> Scenario.el2()
                .bringUp(1)
                .pe(1)
                .msr(TranslationRegister.MAIR_EL2, 0x44_04ffL | 0xffL << 24)
                .isb();
        written.get().expect(RuleId.REG_CACHED);
        written.get().state(change, 0).clean();
    }

    @Clause("10.reset")
    @ParameterizedTest
    @EnumSource(
            value = PeState.Change.class,
            names = {"CPU_OFF", "RESET"})
    void aPeThatIsOffOrInResetWalksNothing(PeState.Change change) {
        Supplier<Scenario> alone = () -> Scenario.off(W)
                .setup(s -> s.invalidateTables().dsb(SY))
                .bringUp(1)
                .setup(s -> s.pe(1).state(change, 0).pe(0));
        alone.get()
                .write(l3(30), W.page(0x5100_0000L))
                .write(l3(30), W.page(OTHER))
                .clean();
        Scenario.off(W)
                .setup(s -> s.invalidateTables().dsb(SY))
                .bringUp(1)
                .write(l3(30), W.page(0x5100_0000L))
                .expect(RuleId.SMP_BOOTPT);
    }

    @Clause("10.level")
    @Test
    void aGuestIsEnteredAndLeftWhateverSaysSo() {
        Scenario use = guestOut()
                .write(l3(5), 0)
                .dsb(ISH)
                .write(l3(5), G.page(OTHER))
                .dsb(ISH)
                .isb()
                .now(ExceptionLevel.EL1)
                .load(0x6000);
        use.expect(RuleId.BBM_OA);
        Scenario exception = Scenario.stage2().conflictAbort(0x6000).now(ExceptionLevel.EL2);
        exception
                .write(l3(30), G.page(0x5100_0000L))
                .write(l3(30), G.page(OTHER))
                .dsb(ISH)
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
    }

    @Clause("10.at")
    @Test
    void whatAnAddressTranslationFromOutsideFindsIsHeld() {
        Supplier<Scenario> never = () -> guestNeverRun();
        back(never.get().write(l3(5), G.page(OTHER))).clean();
        back(never.get().use(TranslationUse.Kind.WALK, 0x5000).write(l3(5), G.page(OTHER)))
                .expect(RuleId.BBM_OA);
        back(never.get()
                        .use(TranslationUse.Kind.WALK, 0x5000)
                        .write(l3(5), 0)
                        .dsb(ISH)
                        .tlbi(TlbOperation.VMALLS12E1, ISH)
                        .dsb(ISH)
                        .write(l3(5), G.page(OTHER)))
                .clean();
        back(never.get().use(TranslationUse.Kind.LOAD, 0x5000).write(l3(5), G.page(OTHER)))
                .clean();
    }

    /** Stage 2 is set up and on, but no guest was entered. */
    private static Scenario guestNeverRun() {
        return Scenario.off(G).setup(s -> {
            s.invalidateTables().dsb(SY).tlbi(G.all(), NSH).dsb(NSH);
            G.registers().forEach(s::msr);
            s.isb().msr(G.control(), G.controlOn()).isb();
        });
    }

    private static Scenario back(Scenario s) {
        return s.dsb(ISH).isb().enter(ExceptionLevel.EL1);
    }

    @Clause("H.at")
    @Test
    void aWalkThroughAGuestsTablesWantsItsVmidSynchronised() {
        Supplier<Scenario> switched = () -> guestOut().msr(TranslationRegister.VTTBR_EL2, L1 | 2L << 48);
        Finding finding = switched.get()
                .use(TranslationUse.Kind.WALK, 0x5000)
                .expect(RuleId.S2_CTX)
                .getFirst();
        assertThat(finding.message()).contains("VTTBR_EL2");
        assertThat(finding.pes()).containsExactly(0);
        switched.get().isb().use(TranslationUse.Kind.WALK, 0x5000).clean();
        guestOut().use(TranslationUse.Kind.WALK, 0x5000).clean();
    }

    /** A virtual CPU ran with a root of its own under ASID 1. */
    private static Scenario ran(int pe) {
        return guestOut().setup(s -> {
            if (pe != 0) {
                s.bringUpHost(pe);
            }
            s.msr(TranslationRegister.TTBR0_EL1, GUEST_TABLE | ASID)
                    .isb()
                    .enter(ExceptionLevel.EL1)
                    .enter(ExceptionLevel.EL2);
        });
    }

    private static Scenario next(Scenario s, long root) {
        return s.msr(TranslationRegister.TTBR0_EL1, root).isb().enter(ExceptionLevel.EL1);
    }

    @Clause("H.cpu")
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void anotherVirtualCpuOfTheSameGuestWantsItsEntriesGone(int pe) {
        long other = GUEST_TABLE + 0x1000;
        Finding finding = next(ran(pe), other | ASID).expect(RuleId.S2_CPU).getFirst();
        assertThat(finding.pes()).containsExactly(pe);
        next(ran(pe).tlbi(TlbOperation.VMALLE1, NSH).dsb(NSH), other | ASID).expect(RuleId.S2_CPU);
        next(ran(pe), other | 2 * ASID).clean();
        next(ran(pe), GUEST_TABLE | 1 | ASID).clean();
        next(ran(pe).msr(TranslationRegister.HCR_EL2, G.controlOn() | FORCE_BROADCAST), other | ASID)
                .clean();
    }

    @Clause("H.cpu")
    @Test
    void aVirtualCpuOfAnotherGuestOrTheGuestItselfMaySwitchItsTables() {
        long other = GUEST_TABLE + 0x1000;
        ran(0).msr(TranslationRegister.TTBR0_EL1, other | ASID)
                .tlbi(TlbOperation.VMALLE1, NSH)
                .dsb(NSH)
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
        ran(0).msr(TranslationRegister.TTBR0_EL1, other | ASID)
                .msr(TranslationRegister.VTTBR_EL2, L1 | 2L << 48)
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
        ran(0).enter(ExceptionLevel.EL1)
                .msr(TranslationRegister.TTBR0_EL1, other | ASID)
                .isb()
                .enter(ExceptionLevel.EL2)
                .enter(ExceptionLevel.EL1)
                .clean();
    }

    @Clause("H.toggle")
    @Test
    void stage2IsToggledUnderAnotherVmidOrWithAnInvalidate() {
        Supplier<Scenario> off = () -> guestOut().msr(TranslationRegister.HCR_EL2, G.controlOff());
        Scenario found = off.get();
        Finding finding = found.msr(TranslationRegister.HCR_EL2, G.controlOff() | 2)
                .isb()
                .enter(ExceptionLevel.EL1)
                .expect(RuleId.REG_HCRVM)
                .getFirst();
        long toggled = guestOut().events().getLast().pc() + 4;
        assertThat(finding.pc()).as("the write that toggled VM").isEqualTo(toggled);
        assertThat(finding.pes()).containsExactly(0);
        off.get()
                .tlbi(TlbOperation.VMALLS12E1, NSH)
                .dsb(NSH)
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
        off.get()
                .msr(TranslationRegister.VTTBR_EL2, L1 | 2L << 48)
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
        off.get()
                .msr(TranslationRegister.HCR_EL2, G.controlOn())
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
    }

    @Clause("C.used")
    @Test
    void whatOnlyTheTablesExplainIsUsedAfterTheEnableIsSynchronised() {
        Supplier<Scenario> unsynchronised = () -> {
            Scenario s = Scenario.off(W).setup(x -> x.invalidateTables().dsb(SY));
            return registers(s.tlbi(W.all(), NSH).dsb(NSH)).msr(W.control(), W.controlOn());
        };
        Finding finding =
                unsynchronised.get().load(0x5000).expect(RuleId.REG_ISB).getFirst();
        assertThat(finding.pes()).containsExactly(0);
        unsynchronised
                .get()
                .useAt(TranslationUse.Kind.LOAD, Scenario.CODE, 2, L2_CODE + 8)
                .clean();
        unsynchronised.get().isb().load(0x5000).clean();
        Scenario.off(W).load(0x5000).clean();
    }

    @Clause("7.off")
    @Test
    void storesFromBeforeTheEnableAreAMatterOfTheEnable() {
        Scenario s = Scenario.off(W).setup(x -> x.invalidateTables().dsb(SY));
        s.tlbi(W.all(), NSH).dsb(NSH).writeUncached(l3(30), W.page(0x5100_0000L));
        on(s.dmbSt().maintain(CacheOperation.DC_IVAC, World.L3, 4096))
                .load(0x1_e000)
                .expect(RuleId.MMU_DSB);
    }

    @ParameterizedTest
    @EnumSource(names = {"EL2", "HYP"})
    void breakingTheMappingOfTheRunningCodeIsFoundInEachRegime(World w) {
        Scenario.on(w).write(L2_CODE + 8, 0).expect(RuleId.BBM_SELF, RuleId.TLB_MISS);
    }

    @Test
    void oneTo64PesAreJudged() {
        Scenario.el2().pes(1).clean();
        Scenario.el2().pes(64).bringUp(63).clean();
        for (int pes : new int[] {0, 65}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Scenario.el2().pes(pes).findings())
                    .withMessageContaining("1 to 64 can be judged");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scenario.el2().pes(2).pe(2).isb().findings())
                .withMessageContaining("is of PE 2, but the header names 2 PEs");
    }
}
