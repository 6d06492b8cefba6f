package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.rule.World.l2;
import static dev.breakmake.translation.rule.World.l3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Operands of by-address invalidates: hints, ranges, identifiers, and what a wrong one leaves behind. */
final class OperandClausesTest {
    private static final World W = World.EL2;
    private static final long OTHER = 0x7000_0000L;
    private static final long ASID1 = 1L << 48;

    private static Scenario page5(World w, TlbOperation operation, long operand) {
        return Scenario.on(w)
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbi(operation, operand, ISH)
                .dsb(ISH)
                .write(l3(5), w.page(OTHER));
    }

    /** TTL in bits 47:44: granule in its upper two, level in its lower two bits. */
    @Clause("B.hint")
    @ParameterizedTest
    @CsvSource({
        "0x0, true",
        "0x7, true",
        "0x6, false",
        "0x5, false",
        "0xb, false",
        "0xf, false",
        "0x4, true",
        "0x3, true"
    })
    void aLevelHintMustNameTheLevelAndGranuleOfTheEntry(String hint, boolean right) {
        Scenario s = page5(W, TlbOperation.VAE2, 5 | Long.decode(hint) << 44);
        s.expect(right ? new RuleId[] {} : new RuleId[] {RuleId.TLB_VA});
    }

    @Clause("B.hint")
    @Test
    void aHintOfLevelTwoReachesABlock() {
        Scenario.el2()
                .write(l2(1), 0)
                .dsb(ISH)
                .tlbi(TlbOperation.VAE2, 0x200 | 6L << 44, ISH)
                .dsb(ISH)
                .write(l2(1), W.block(OTHER))
                .clean();
    }

    /** Range operand: base in pages, NUM in 43:39, SCALE in 45:44, TG in 47:46, TTL in 38:37; (NUM + 1) * 2^(5 * SCALE + 1) pages. */
    private static long range(long base, int num, int scale, int granule, int ttl) {
        return base | (long) ttl << 37 | (long) num << 39 | (long) scale << 44 | (long) granule << 46;
    }

    @Clause("B.range")
    @ParameterizedTest
    @CsvSource({
        "4, 0, 0, 1, 0, true", // pages 4 and 5
        "6, 0, 0, 1, 0, false",
        "0, 2, 0, 1, 0, true", // pages 0 to 5
        "0, 1, 0, 1, 0, false", // pages 0 to 3
        "0, 0, 1, 1, 0, true", // 64 pages
        "4, 0, 0, 1, 3, true",
        "4, 0, 0, 1, 2, false",
        "4, 0, 0, 2, 0, false",
        "4, 0, 0, 0, 0, false"
    })
    void aRangeMustCoverThePageInItsOwnGranule(long base, int num, int scale, int granule, int ttl, boolean right) {
        page5(W, TlbOperation.RVAE2, range(base, num, scale, granule, ttl))
                .expect(right ? new RuleId[] {} : new RuleId[] {RuleId.TLB_VA});
    }

    @Clause("B.range")
    @Test
    void aRangeOfAGuestHasItsAsid() {
        page5(World.EL1, TlbOperation.RVAE1, range(4, 0, 0, 1, 0) | ASID1).clean();
        page5(World.EL1, TlbOperation.RVAE1, range(4, 0, 0, 1, 0) | 2 * ASID1).expect(RuleId.TLB_ID);
        page5(World.EL1, TlbOperation.RVAAE1, range(4, 0, 0, 1, 0)).clean();
    }

    @Clause("B.last")
    @ParameterizedTest
    @CsvSource({"VALE2, 5", "RVALE2, 0x400000000004"})
    void aLastLevelFormIsEnoughForALeaf(TlbOperation operation, String operand) {
        page5(W, operation, Long.decode(operand)).clean();
    }

    @Clause("B.id")
    @Test
    void anInvalidateByAsidReachesItsOwnEntriesOnly() {
        World g = World.EL1;
        page5(g, TlbOperation.ASIDE1, ASID1).clean();
        page5(g, TlbOperation.ASIDE1, 2 * ASID1).expect(RuleId.TLB_ID);
        page5(g, TlbOperation.VAE1, 5 | 2 * ASID1).expect(RuleId.TLB_ID);
        page5(g, TlbOperation.VAAE1, 5).clean();
        page5(g, TlbOperation.VALE1, 5 | ASID1).clean();
        page5(g, TlbOperation.VAALE1, 5).clean();
        page5(g, TlbOperation.VMALLE1, 0).clean();
        page5(g, TlbOperation.VMALLS12E1, 0).expect(RuleId.TLB_REGIME);
    }

    @Clause("B.id")
    @Test
    void globalEntriesStayUnderAnInvalidateByAsid() {
        World g = World.EL1;
        long global = g.page(0x5100_0000L) & ~(1L << 11);
        Scenario.el1()
                .setup(s -> s.write(l3(30), global))
                .write(l3(30), 0)
                .dsb(ISH)
                .tlbi(TlbOperation.ASIDE1, ASID1, ISH)
                .dsb(ISH)
                .write(l3(30), global ^ 0x2000_0000L)
                .expect(RuleId.TLB_ID);
        Scenario.el1()
                .setup(s -> s.write(l3(30), global))
                .write(l3(30), 0)
                .dsb(ISH)
                .tlbi(TlbOperation.VAE1, 30 | 7 * ASID1, ISH)
                .dsb(ISH)
                .write(l3(30), global ^ 0x2000_0000L)
                .clean();
    }

    @Clause("B.regime")
    @ParameterizedTest
    @EnumSource(names = {"VMALLE1", "ALLE1", "VMALLS12E1", "ALLE3"})
    void noOtherRegimesInvalidateReachesEl2(TlbOperation operation) {
        page5(W, operation, 0).expect(RuleId.TLB_REGIME);
    }

    @Clause("B.regime")
    @ParameterizedTest
    @EnumSource(names = {"TLBIALL", "TLBIALLNSNH", "TLBIMVA"})
    void noGuestsInvalidateReachesHypMode(TlbOperation operation) {
        page5(World.HYP, operation, 0x5000).expect(RuleId.TLB_REGIME);
    }

    @Clause("18.all")
    @ParameterizedTest
    @EnumSource(names = {"VMALLS12E1", "ALLE1"})
    void oneInvalidateOfBothStagesIsEnough(TlbOperation operation) {
        guest(s -> s.tlbi(operation, ISH).dsb(ISH)).clean();
    }

    private static Scenario guest(Consumer<Scenario> invalidate) {
        Scenario s = Scenario.stage2().enter(ExceptionLevel.EL2).write(l3(5), 0).dsb(ISH);
        invalidate.accept(s);
        return s.write(l3(5), World.STAGE2.page(OTHER)).dsb(ISH).isb().enter(ExceptionLevel.EL1);
    }

    @Clause("18.ipa")
    @ParameterizedTest
    @CsvSource({"IPAS2E1, 5", "IPAS2LE1, 5", "RIPAS2E1, 0x400000000004", "RIPAS2LE1, 0x400000000004"})
    void byIpaTheCombinedEntriesWantTheirOwnInvalidateAfterABarrier(TlbOperation operation, String text) {
        long operand = Long.decode(text);
        guest(s -> s.tlbi(operation, operand, ISH)
                        .dsb(ISH)
                        .tlbi(TlbOperation.VMALLE1, ISH)
                        .dsb(ISH))
                .clean();
        assertThat(guest(s -> s.tlbi(operation, operand, ISH).dsb(ISH)).expect(RuleId.S2_SEQ))
                .allMatch(f -> f.severity() == Severity.ERROR);
        guest(s -> s.tlbi(operation, operand, ISH)
                        .tlbi(TlbOperation.VMALLE1, ISH)
                        .dsb(ISH))
                .expect(RuleId.S2_SEQ);
        guest(s -> s.tlbi(TlbOperation.VMALLE1, ISH).dsb(ISH)).expect(RuleId.TLB_REGIME);
    }

    @Clause("18.empty")
    @Test
    void theVmidOfAnInvalidateIsThatOfTheRootAfterSynchronisationWhateverTheRoot() {
        Scenario.stage2()
                .enter(ExceptionLevel.EL2)
                .msr(TranslationRegister.VTTBR_EL2, World.SPARE | 2L << 48)
                .isb()
                .write(l3(5), 0)
                .dsb(ISH)
                .msr(TranslationRegister.VTTBR_EL2, World.SPARE | 1L << 48)
                .isb()
                .tlbi(TlbOperation.VMALLS12E1, ISH)
                .dsb(ISH)
                .msr(TranslationRegister.VTTBR_EL2, World.L1 | 1L << 48)
                .isb()
                .write(l3(5), World.STAGE2.page(OTHER))
                .dsb(ISH)
                .isb()
                .enter(ExceptionLevel.EL1)
                .clean();
    }

    @Clause("18.level")
    @Test
    void whatIsUndefinedAtEl1IsTold() {
        Scenario.el1().tlbi(TlbOperation.ALLE1, ISH).dsb(ISH).expect(RuleId.TLB_REGIME);
        Scenario.el1().tlbi(TlbOperation.IPAS2E1, 5, ISH).dsb(ISH).expect(RuleId.TLB_REGIME);
        Scenario.el1().tlbi(TlbOperation.VAE2, 5, ISH).dsb(ISH).expect(RuleId.TLB_REGIME);
        Scenario.el1().tlbi(TlbOperation.VMALLE1, ISH).dsb(ISH).clean();
    }

    @Clause("I.v7op")
    @ParameterizedTest
    @CsvSource({
        "0x410fc075, true",
        "0x410fc0d1, true",
        "0x410fc0e1, true",
        "0x412fc0f1, true",
        "0x410fd034, false",
        "0x411fd070, false",
        "0x420fc0f1, false"
    })
    void lastLevelOperationsOfHypModeDoNotExistOnVersion7(String midr, boolean version7) {
        World h = World.HYP;
        for (int pe = 0; pe < 2; pe++) {
            Scenario s = Scenario.hyp()
                    .id("MIDR", Long.decode(midr))
                    .bringUp(1)
                    .pe(pe)
                    .write(l3(5), 0)
                    .dsb(ISH)
                    .tlbi(TlbOperation.TLBIMVALH, 0x5000, ISH)
                    .dsb(ISH)
                    .write(l3(5), h.page(OTHER));
            if (version7) {
                assertThat(s.expect(RuleId.A32_V7OP).getFirst().pes()).containsExactly(pe);
            } else {
                s.clean();
            }
        }
    }
}
