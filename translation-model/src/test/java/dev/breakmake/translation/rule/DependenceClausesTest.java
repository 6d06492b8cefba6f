package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.event.Shareability.SY;
import static dev.breakmake.translation.rule.World.L2;
import static dev.breakmake.translation.rule.World.L3;
import static dev.breakmake.translation.rule.World.SPARE;
import static dev.breakmake.translation.rule.World.l2;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.finding.Finding;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What depends on a stale entry being gone, and which of several invalidates is told to be the one that missed it. */
final class DependenceClausesTest {
    private static final World W = World.EL2;
    private static final long OTHER = 0x7000_0000L;
    private static final long PAGE = 0x5100_0000L;
    private static final long VA30 = 0x1_e000L;
    private static final long BLOCK1 = 0x20_0000L;

    private static Scenario el2() {
        return Scenario.el2();
    }

    /** A backend that does not see stores in order judges no make, but the use of what stayed. */
    private static Scenario unordered() {
        return el2().hidden(Capability.STORE_ORDER);
    }

    private static Scenario remade(Scenario s, long location, long value) {
        return s.write(location, value).dsb(ISH).isb();
    }

    private static void missed(Scenario s, int pe) {
        assertThat(s.expect(RuleId.TLB_MISS)).singleElement().satisfies(f -> {
            assertThat(f.severity()).isEqualTo(Severity.ERROR);
            assertThat(f.pes()).containsExactly(pe);
            assertThat(f.count()).isEqualTo(1);
        });
    }

    @Clause("8.use")
    @Test
    void whereStoresAreNotSeenInOrderTheUseOfWhatStayedIsFound() {
        missed(
                remade(unordered().write(l3(5), 0).dsb(ISH), l3(5), W.page(OTHER))
                        .load(0x5123),
                0);
        missed(
                remade(unordered().write(l3(5), 0).dsb(ISH), l3(5), W.page(OTHER))
                        .load(0x5123)
                        .load(0x5456),
                0);
        missed(
                remade(unordered().write(l2(1), 0).dsb(ISH), l2(1), W.block(OTHER))
                        .load(BLOCK1 + 0x1_2345),
                0);
        missed(
                remade(unordered().bringUp(1).write(l3(5), 0).dsb(ISH), l3(5), W.page(OTHER))
                        .pe(1)
                        .load(0x5000),
                1);
    }

    @Clause("8.use")
    @Test
    void aUseOfWhatIsNotStaleOrAgreesIsSilent() {
        remade(unordered().write(l3(5), 0).dsb(ISH), l3(5), W.page(OTHER))
                .load(0x6000)
                .clean();
        remade(unordered().write(l3(5), 0).dsb(ISH).tlbiVa(0x5000).dsb(ISH), l3(5), W.page(OTHER))
                .load(0x5000)
                .clean();
        remade(unordered().write(l3(5), 0).dsb(ISH), l3(5), W.readOnly(W.page(0x5000_5000L)))
                .load(0x5000)
                .clean();
        Scenario local = unordered()
                .bringUp(1)
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbi(W.byAddress(), 5, NSH)
                .dsb(NSH);
        remade(local, l3(5), W.page(OTHER)).load(0x5000).clean();
        local.pe(1).load(0x5000).expect(RuleId.TLB_SCOPE);
    }

    @Clause("7.insert")
    @Test
    void anInsertUsedTooEarlyIsToldOnceWithThePeThatUsedIt() {
        Finding twice = el2().write(l3(30), W.page(PAGE))
                .load(VA30)
                .load(VA30 + 8)
                .expect(RuleId.PTE_DSB)
                .getFirst();
        assertThat(twice.count()).isEqualTo(1);
        Finding other = el2().bringUp(1)
                .pe(1)
                .write(l3(30), W.page(PAGE))
                .dsb(ISH)
                .load(VA30)
                .expect(RuleId.TLB_ISB)
                .getFirst();
        assertThat(other.pes()).containsExactly(1);
    }

    @Clause("8.ancestor")
    @Test
    void aNewLinkToATableFromBeforeTheEnableCountsForWhatLiesBelow() {
        Scenario s = Scenario.off(W)
                .setup(x -> x.writeUncached(SPARE, W.page(PAGE)))
                .setup(x -> x.invalidateTables()
                        .maintain(CacheOperation.DC_IVAC, SPARE, 4096)
                        .dsb(SY)
                        .enable());
        s.write(l2(20), table(SPARE)).load(20 * 0x20_0000L).expect(RuleId.PTE_DSB);
    }

    @Clause("8.end")
    @Test
    void leavesThatAreServedAgainAsTheyWereAreNotToldAtTheEnd() {
        Scenario unlinked = el2().write(L2, 0).dsb(ISH).tlbiVa(0x5000).dsb(ISH);
        unlinked.write(L2, table(L3)).dsb(ISH).isb().clean();
    }

    @Clause("8.freed")
    @Test
    void aTableLinkedAgainWhereItWasMayBeFilledOn() {
        el2().write(L2, 0)
                .dsb(ISH)
                .write(L2, table(L3))
                .dsb(ISH)
                .write(l3(30), W.page(PAGE))
                .dsb(ISH)
                .isb()
                .clean();
        Finding finding = el2().write(L2, 0)
                .dsb(ISH)
                .write(l3(30), W.page(PAGE))
                .tlbi(W.all(), ISH)
                .dsb(ISH)
                .expect(RuleId.LIFE_WALK)
                .getFirst();
        assertThat(finding.message()).contains("0x401030f0 is written although PE0 may still walk into the page");
    }

    private static Finding near(RuleId rule, Consumer<Scenario> invalidates) {
        Scenario s = el2().bringUp(1).write(l3(5), 0).dsb(ISH);
        invalidates.accept(s);
        return s.pe(0).write(l3(5), W.page(OTHER)).expect(rule).getFirst();
    }

    private static String told(Finding finding) {
        return finding.why().getLast().text();
    }

    @Clause("B.near")
    @Test
    void theStoringPesNearMissIsToldBeforeThoseOfOthers() {
        Finding own = near(
                RuleId.TLB_VA,
                s -> s.tlbi(W.byAddress(), 5 | 6L << 44, ISH).dsb(ISH).pe(1).tlbi(W.byAddress(), 5, NSH));
        assertThat(told(own)).contains("on PE0").contains("level hint");
        near(RuleId.TLB_DSB2, s -> s.pe(1).tlbi(W.byAddress(), 5, ISH));
    }

    @Clause("B.near")
    @Test
    void aNearMissOfAnotherPeIsToldBeforeWhatElseTheStoringPeDid() {
        Finding other = near(
                RuleId.TLB_SCOPE,
                s -> s.tlbi(W.byAddress(), 6, ISH)
                        .dsb(ISH)
                        .pe(1)
                        .tlbi(W.byAddress(), 5, NSH)
                        .dsb(NSH));
        assertThat(told(other)).contains("on PE1").contains("local to its own PE");
        Finding hint = near(
                RuleId.TLB_VA,
                s -> s.tlbi(W.byAddress(), 6, ISH)
                        .dsb(ISH)
                        .pe(1)
                        .tlbi(W.byAddress(), 5 | 6L << 44, ISH)
                        .dsb(ISH));
        assertThat(told(hint)).contains("on PE1").contains("level hint");
    }

    @Clause("B.near")
    @Test
    void whatAnotherPeInvalidatesElsewhereIsNoMiss() {
        Finding finding =
                near(RuleId.BBM_OA, s -> s.pe(1).tlbi(W.byAddress(), 6, ISH).dsb(ISH));
        assertThat(finding.message()).endsWith("it was never invalidated");
        near(RuleId.TLB_VA, s -> s.tlbi(W.byAddress(), 6, ISH).dsb(ISH));
    }

    @Clause("B.near")
    @Test
    void ofEqualMissesTheLastIsTold() {
        Finding finding = near(
                RuleId.TLB_VA,
                s -> s.tlbi(W.byAddress(), 6, ISH).tlbi(W.byAddress(), 7, ISH).dsb(ISH));
        assertThat(told(finding)).contains("VAE2IS 0x7 on PE0");
    }

    @Clause("B.near")
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aSharedPartInvalidatedLocallyIsAMatterOfPrivateRoots(int pe) {
        World h = World.HYP;
        Scenario s = Scenario.hyp().bringUp(1).pe(pe);
        s.write(l3(5), 0)
                .dsb(ISH)
                .tlbi(TlbOperation.TLBIMVAH, 0x5000, NSH)
                .dsb(NSH)
                .write(l3(5), h.page(OTHER))
                .expect(RuleId.TLB_SCOPE);
    }
}
