package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.event.Shareability.SY;
import static dev.breakmake.translation.rule.World.L0;
import static dev.breakmake.translation.rule.World.L1;
import static dev.breakmake.translation.rule.World.L2_CODE;
import static dev.breakmake.translation.rule.World.SPARE;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.finding.Finding;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Turning regimes on and off, and exchanging what they walk. */
final class SwitchClausesTest {
    private static final World W = World.EL2;
    private static final World G = World.STAGE2;
    private static final long COPY = 0x8_0000L;
    private static final TranslationRegister ROOT = TranslationRegister.TTBR0_EL2;

    private static Scenario ready() {
        return Scenario.off(W).setup(Scenario::invalidateTables).dsb(SY);
    }

    private static Scenario registers(Scenario s) {
        W.registers().forEach(s::msr);
        return s.isb();
    }

    private static Scenario on(Scenario s) {
        return s.msr(W.control(), W.controlOn()).isb();
    }

    private static Scenario flush(Scenario s) {
        return s.tlbi(TlbOperation.ALLE2, NSH).dsb(NSH).isb();
    }

    private static Scenario two() {
        return Scenario.el2().setup(s -> RuleExamples.copyTables(s, W));
    }

    @Clause("1.where")
    @Test
    void anInvalidateAnywhereBetweenHandOverAndTheEnableIsEnough() {
        on(registers(flush(ready()))).clean();
        on(flush(registers(ready()))).clean();
        on(flush(registers(Scenario.off(W)).setup(Scenario::invalidateTables).dsb(SY)))
                .clean();
    }

    @Clause("1.off")
    @Test
    void anInvalidateBeforeTheOffIsSynchronisedDoesNotCount() {
        on(Scenario.el2()
                        .msr(W.control(), W.controlOff())
                        .tlbi(TlbOperation.ALLE2, NSH)
                        .dsb(NSH)
                        .isb())
                .expect(RuleId.MMU_STALE);
        on(flush(Scenario.el2().msr(W.control(), W.controlOff()).isb())).clean();
    }

    @Clause("1.local")
    @Test
    void whatAnotherPeBroadcastsDoesNotCountForAPeThatComesUp() {
        Scenario s =
                Scenario.el2().pe(1).state(PeState.Change.CPU_ON, Scenario.CODE).pe(0);
        registers(s.tlbi(TlbOperation.ALLE2, ISH).dsb(ISH).pe(1))
                .msr(W.control(), W.controlOn())
                .isb()
                .expect(RuleId.MMU_STALE);
    }

    @Clause("1.local")
    @Test
    void aSecondaryWithoutAnInvalidateOfItsOwnIsFound() {
        on(registers(Scenario.el2().pe(1).state(PeState.Change.CPU_ON, Scenario.CODE)))
                .expect(RuleId.MMU_STALE);
    }

    @Clause("1.regime")
    @ParameterizedTest
    @EnumSource(names = {"ALLE1", "VMALLE1", "VMALLS12E1", "ALLE3", "VAE2"})
    void anInvalidateOfSomethingElseDoesNotCount(TlbOperation operation) {
        assertThat(on(registers(ready().tlbi(operation, NSH).dsb(NSH))).findings())
                .extracting(Finding::rule)
                .contains(RuleId.MMU_STALE);
    }

    @Clause("1.dsb")
    @Test
    void theInvalidateMustBeCompletedWideEnough() {
        on(registers(ready().tlbi(TlbOperation.ALLE2, ISH).dsb(NSH))).expect(RuleId.MMU_STALE);
        on(registers(ready().tlbi(TlbOperation.ALLE2, ISH).dsb(ISH))).clean();
        on(registers(ready().tlbi(TlbOperation.ALLE2, NSH).dsbSt(NSH))).expect(RuleId.MMU_STALE);
        on(registers(ready().tlbi(TlbOperation.ALLE2, NSH).dsbNxs(NSH))).expect(RuleId.MMU_STALE);
        on(registers(ready().tlbiNxs(TlbOperation.ALLE2, NSH).dsbNxs(NSH))).clean();
    }

    @Clause("2.counts")
    @Test
    void theEvidenceCountsWhatBecomesOfEveryOldTranslation() {
        Finding finding = flush(two().setup(s -> s.write(l3(1) + COPY, W.readOnly(W.page(0x5000_1000L)))
                                .write(l3(2) + COPY, 0)
                                .write(l3(3) + COPY, W.page(0x7000_0000L))
                                .write(l3(4) + COPY, W.page(0x7000_1000L))
                                .dsb(ISH))
                        .msr(ROOT, L0 + COPY)
                        .isb())
                .expect(RuleId.REG_TTBR)
                .getFirst();
        assertThat(finding.evidence())
                .containsEntry("identical", "20")
                .containsEntry("permissionOnly", "1")
                .containsEntry("removed", "1")
                .containsEntry("conflicting", "2")
                .containsEntry("conflictingRanges", "[0x3000, 0x5000)");
        assertThat(finding.message())
                .contains("20 translations identical, 1 permission-only, 1 removed, 2 conflicting");
        assertThat(finding.compliant()).contains("M = 0");
    }

    @Clause("2.base")
    @Test
    void theSameRootAgainIsSilent() {
        Scenario.el2().msr(ROOT, L0).isb().clean();
    }

    @Clause("C.cnp")
    @Test
    void cnpOfALiveRootChangesWithAnInvalidateOnly() {
        flush(Scenario.el2().with(Feature.TTCNP).msr(ROOT, L0 | 1).isb()).clean();
        Scenario.el2().with(Feature.TTCNP).msr(ROOT, L0 | 1).isb().expect(RuleId.REG_CNP);
    }

    @Clause("2.asid")
    @Test
    void anotherRootUnderAnotherAsidIsSilent() {
        Scenario.el1()
                .setup(s -> RuleExamples.copyTables(s, World.EL1))
                .msr(TranslationRegister.TTBR0_EL1, L0 + COPY | 2L << 48)
                .isb()
                .clean();
        Scenario.el1()
                .setup(s -> RuleExamples.copyTables(s, World.EL1))
                .msr(TranslationRegister.TTBR0_EL1, L0 + COPY | 1L << 48)
                .isb()
                .expect(RuleId.REG_VMID);
    }

    @Clause("2.asid")
    @Test
    void anotherRootUnderAnotherVmidIsSilent() {
        Scenario.stage2()
                .enter(ExceptionLevel.EL2)
                .setup(s -> RuleExamples.copyTables(s, G))
                .msr(TranslationRegister.VTTBR_EL2, L1 + COPY | 2L << 48)
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
    }

    @Clause("2.shared")
    @Test
    void aRootThatLinksTheSameTablesIsSilentIfAnInvalidateFollows() {
        Scenario linked = Scenario.el2().setup(s -> s.write(SPARE, table(L1)).dsb(ISH));
        flush(linked.msr(ROOT, SPARE).isb()).clean();
        Scenario.el2()
                .setup(s -> s.write(SPARE, table(L1)).dsb(ISH))
                .msr(ROOT, SPARE)
                .isb()
                .expect(RuleId.REG_TTBR);
    }

    @Clause("9.unknown")
    @Test
    void registersOfARegimeThatIsOffMayChangeInAnyOrder() {
        World h = World.HYP;
        Scenario s = Scenario.off(h).setup(Scenario::invalidateTables).dsb(SY);
        h.registers().forEach(s::msr);
        s.tlbi(h.all(), NSH)
                .dsb(NSH)
                .isb()
                .msr(h.control(), h.controlOn())
                .isb()
                .clean();
    }

    @Clause("9.vmid")
    @Test
    void aGuestsRegistersMayChangeWithItsVmid() {
        Scenario.stage2()
                .enter(ExceptionLevel.EL2)
                .setup(s -> RuleExamples.copyTables(s, G))
                .msr(TranslationRegister.VTCR_EL2, 0x8002_3159L)
                .msr(TranslationRegister.VTTBR_EL2, L1 + COPY | 2L << 48)
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
        Scenario.stage2()
                .enter(ExceptionLevel.EL2)
                .setup(s -> RuleExamples.copyTables(s, G))
                .msr(TranslationRegister.VTTBR_EL2, L1 + COPY | 2L << 48)
                .msr(TranslationRegister.VTCR_EL2, 0x8002_3159L)
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
        Scenario.stage2()
                .enter(ExceptionLevel.EL2)
                .msr(TranslationRegister.VTCR_EL2, 0x8002_3159L)
                .isb()
                .enter(ExceptionLevel.EL1)
                .expect(RuleId.REG_CACHED);
        Scenario.stage2()
                .enter(ExceptionLevel.EL2)
                .msr(TranslationRegister.VTCR_EL2, 0x8002_3159L)
                .isb()
                .tlbi(TlbOperation.VMALLS12E1, ISH)
                .dsb(ISH)
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
    }

    @Clause("9.live")
    @ParameterizedTest
    @EnumSource(names = {"TCR_EL2", "MAIR_EL2"})
    void aCachedFieldOfALiveRegimeWantsSynchronisationInvalidateAndBarrier(TranslationRegister register) {
        long value = register == TranslationRegister.TCR_EL2 ? 0x8082_3110L : 0xbb_0044_04ffL;
        flush(Scenario.el2().msr(register, value).isb()).clean();
        Scenario.el2().msr(register, value).isb().expect(RuleId.REG_CACHED);
        Scenario.el2()
                .msr(register, value)
                .isb()
                .tlbi(TlbOperation.ALLE2, NSH)
                .isb()
                .expect(RuleId.REG_CACHED);
        Scenario.el2()
                .msr(register, value)
                .isb()
                .tlbi(TlbOperation.VAE2, 5, NSH)
                .dsb(NSH)
                .expect(RuleId.REG_CACHED);
    }

    @Clause("16.wxn")
    @Test
    void wxnOverReadOnlyCodeIsSilentAndItsInvalidateAWarning() {
        flush(Scenario.el2().msr(W.control(), W.controlOn() | 1L << 19).isb()).clean();
        assertThat(Scenario.el2()
                        .msr(W.control(), W.controlOn() | 1L << 19)
                        .isb()
                        .expect(RuleId.REG_CACHED))
                .allMatch(f -> f.severity() == Severity.WARNING);
    }

    @Clause("16.wx")
    @Test
    void writableCodeIsLintBeforeWxnAndAWarningAfter() {
        long both = W.page(0x5100_0000L) & ~(1L << 54);
        Scenario.el2().write(l3(30), both).clean();
        assertThat(Scenario.el2().profile(Profile.STRICT).write(l3(30), both).findings())
                .filteredOn(f -> f.rule() == RuleId.ENC_WX)
                .hasSize(1)
                .allMatch(f -> f.severity() == Severity.LINT);
    }

    @Clause("D.idx")
    @Test
    void aWritableIdentityPageIsNotExecutableUnderWxn() {
        Scenario s = Scenario.off(W)
                .setup(t -> t.writeUncached(L2_CODE + 8, W.block(Scenario.CODE) & ~(1L << 54))
                        .invalidateTables()
                        .dsb(SY));
        s.enable(Map.of(TranslationRegister.SCTLR_EL2, W.controlOn() | 1L << 19))
                .expect(RuleId.MMU_IDX, RuleId.REG_WXN, RuleId.ENC_WX);
    }

    @Clause("D.idpc")
    @Test
    void turningTheMmuOffOutsideTheIdentityMappingIsFound() {
        flush(Scenario.el2()
                        .at(0x5000L)
                        .msr(W.control(), W.controlOff())
                        .at(Scenario.CODE)
                        .isb())
                .msr(W.control(), W.controlOn())
                .isb()
                .expect(RuleId.MMU_IDPC);
    }

    @Clause("C.unknown-vmid")
    @Test
    void aGuestUnderAVmidThatWasNeverWrittenIsFound() {
        Scenario s = Scenario.off(G).setup(Scenario::invalidateTables).dsb(SY);
        s.msr(TranslationRegister.VTCR_EL2, 0x8002_3559L)
                .msr(TranslationRegister.HCR_EL2, G.controlOn())
                .isb()
                .enter(ExceptionLevel.EL1)
                .expect(RuleId.REG_VMID);
    }
}
