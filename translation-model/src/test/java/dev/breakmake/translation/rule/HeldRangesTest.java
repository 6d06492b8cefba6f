package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.rule.World.L0;
import static dev.breakmake.translation.rule.World.L1;
import static dev.breakmake.translation.rule.World.SPARE;
import static dev.breakmake.translation.rule.World.contiguous;
import static dev.breakmake.translation.rule.World.l2;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.finding.Finding;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which held versions a new descriptor meets: by range, at any level, through other tables and roots, in contiguous groups. */
final class HeldRangesTest {
    private static final World W = World.EL2;
    private static final World G = World.STAGE2;
    private static final long OTHER = 0x7000_0000L;
    private static final long BASE = 0x6800_0000L;
    /** Another root with its own tables, empty. */
    private static final long B0 = 0x4018_0000L;

    private static Scenario el2() {
        return Scenario.el2();
    }

    /** 512 pages from 40 MiB on that translate as a block of BASE would, but for one; all broken and not invalidated. */
    private static Scenario brokenPages(int odd, int only) {
        return el2().setup(s -> {
            for (int i = 0; i < 512; i++) {
                if (only < 0 || i == only || i == odd) {
                    s.write(SPARE + 8L * i, W.page(i == odd ? OTHER : BASE + 0x1000L * i));
                }
            }
            s.dsb(ISH).write(l2(20), table(SPARE)).dsb(ISH).isb();
            for (int i = 0; i < 512; i++) {
                s.write(SPARE + 8L * i, 0);
            }
            s.dsb(ISH)
                    .write(l2(20), 0)
                    .dsb(ISH)
                    .tlbi(W.byAddress(), 0x2800, ISH)
                    .dsb(ISH);
        });
    }

    private static List<Finding> conflicts(Scenario s) {
        return s.findings().stream()
                .filter(f -> f.severity() == Severity.ERROR && f.rule() != RuleId.TLB_MISS)
                .toList();
    }

    @Clause("4.above")
    @ParameterizedTest
    @CsvSource({"300, -1", "511, -1", "300, 301", "301, 300", "511, 17"})
    void aBlockIsComparedWithEveryPageBelowItThatIsHeld(int odd, int only) {
        assertThat(conflicts(brokenPages(odd, only).write(l2(20), W.block(BASE))))
                .isNotEmpty();
        assertThat(conflicts(brokenPages(odd, only).write(l2(19), W.block(OTHER))))
                .isEmpty();
        assertThat(conflicts(brokenPages(odd, only).write(l2(21), W.block(OTHER))))
                .isEmpty();
    }

    @Clause("4.below")
    @Test
    void onlyPagesInsideABlockThatIsHeldMeetIt() {
        Supplier<Scenario> broken = () -> el2().setup(s -> {
            s.write(l2(20), W.block(BASE)).dsb(ISH).isb();
            s.write(l2(20), 0).dsb(ISH);
        });
        assertThat(conflicts(broken.get().write(l2(21), table(SPARE)).write(SPARE, W.page(OTHER))))
                .isEmpty();
        assertThat(conflicts(broken.get().write(l2(19), table(SPARE)).write(SPARE + 8 * 511, W.page(OTHER))))
                .isEmpty();
    }

    /** Level 1 entry 0 broken, and page 5 below it invalidated by address: its tables and that page are gone, the others stay. */
    private static Scenario relinked(int page) {
        return el2().setup(s -> s.write(SPARE, table(SPARE + 0x1000))
                        .write(SPARE + 0x1000 + 8L * page, W.page(OTHER))
                        .dsb(ISH))
                .write(L1, 0)
                .dsb(ISH)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .write(L1, table(SPARE));
    }

    @Clause("4.elsewhere")
    @Test
    void whatLiesTwoTablesBelowANewLinkIsComparedToo() {
        assertThat(relinked(6).findings())
                .filteredOn(f -> f.severity() == Severity.ERROR)
                .singleElement()
                .satisfies(f -> {
                    assertThat(f.rule()).isEqualTo(RuleId.TLB_SUBTREE);
                    assertThat(f.vaRanges()).singleElement().asString().isEqualTo("[0x6000, 0x7000)");
                });
        assertThat(relinked(5).findings()).allMatch(f -> f.severity() == Severity.WARNING);
    }

    /** The root is left for an empty one and nothing invalidated; then tables are linked below the new one. */
    private static Scenario emptyRoot() {
        return el2().msr(TranslationRegister.TTBR0_EL2, B0)
                .isb()
                .setup(x -> x.write(B0, table(B0 + 0x1000))
                        .write(B0 + 0x1000, table(B0 + 0x2000))
                        .write(B0 + 0x2000, table(B0 + 0x3000))
                        .dsb(ISH));
    }

    private static Scenario flush(Scenario s) {
        return s.dsb(ISH).tlbi(W.all(), NSH).dsb(NSH).isb();
    }

    @Clause("2.appeared")
    @Test
    void whatIsMappedInANewRootIsComparedWithTheRootThatWasLeft() {
        Finding finding = flush(emptyRoot().write(B0 + 0x3000 + 40, W.page(OTHER)))
                .expect(RuleId.REG_TTBR)
                .getFirst();
        assertThat(finding.message()).contains("left without a TLB invalidate");
        assertThat(finding.vaRanges()).singleElement().asString().isEqualTo("[0x5000, 0x6000)");
        flush(emptyRoot().write(B0 + 0x3000 + 40, W.page(0x5000_5000L))).clean();
        flush(emptyRoot().write(B0 + 0x3000 + 8 * 30, W.page(OTHER))).clean();
    }

    /** The level 0 entry is broken and not invalidated, then a smaller input size takes over that starts at level 1. */
    private static List<Finding> smaller(int page, long leaf) {
        return flush(el2().write(L0, 0)
                        .dsb(ISH)
                        .msr(TranslationRegister.TCR_EL2, 0x8082_3500L | 28)
                        .msr(TranslationRegister.TTBR0_EL2, B0)
                        .isb()
                        .setup(s -> s.write(B0, table(B0 + 0x1000))
                                .write(B0 + 0x1000, table(B0 + 0x2000))
                                .dsb(ISH))
                        .write(B0 + 0x2000 + 8L * page, leaf))
                .findings();
    }

    @Clause("4.through")
    @Test
    void aPageIsComparedWithWhatACachedTableDescriptorOfAHigherLevelLeadsTo() {
        assertThat(smaller(5, W.page(OTHER)))
                .filteredOn(f -> f.rule() == RuleId.BBM_OA)
                .singleElement()
                .satisfies(
                        f -> assertThat(f.vaRanges()).singleElement().asString().isEqualTo("[0x5000, 0x6000)"));
        assertThat(smaller(5, W.page(0x5000_5000L))).noneMatch(f -> f.rule() == RuleId.BBM_OA);
        assertThat(smaller(30, W.page(OTHER))).noneMatch(f -> f.rule() == RuleId.BBM_OA);
    }

    @Clause("X.unseen")
    @Test
    void aMakeWhoseOrderIsNotSeenIsNotCalledClean() {
        Scenario s =
                el2().hidden(Capability.STORE_ORDER).write(l3(5), 0).dsb(ISH).write(l3(5), W.page(OTHER));
        assertThat(s.findings()).isEmpty();
        assertThat(s.notObservable()).containsKey(RuleId.BBM_OA);
        assertThat(el2().hidden(Capability.STORE_ORDER)
                        .write(l3(5), W.page(OTHER))
                        .findings())
                .as("one store over a live page needs no order")
                .extracting(Finding::rule)
                .containsExactly(RuleId.BBM_OA);
    }

    private static Scenario guestOut(int pe) {
        return Scenario.stage2().setup(s -> {
            s.write(l3(20), G.page(0x5001_4000L)).dsb(ISH).isb();
            s.enter(ExceptionLevel.EL2);
            if (pe != 0) {
                s.tlbi(G.all(), ISH).dsb(ISH);
                s.bringUpHost(pe);
                s.enter(ExceptionLevel.EL1).enter(ExceptionLevel.EL2);
            }
        });
    }

    private static List<Finding> back(Scenario s) {
        return s.dsb(ISH).isb().enter(ExceptionLevel.EL1).findings();
    }

    @Clause("10.context")
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aReturningGuestIsComparedWithWhatIsHeldForTheSameAddresses(int pe) {
        for (int neighbour : new int[] {19, 21}) {
            assertThat(back(guestOut(pe).write(l3(20), 0).write(l3(neighbour), G.page(OTHER))))
                    .allMatch(f -> f.rule() == RuleId.TLB_MISS && f.severity() == Severity.WARNING);
        }
        assertThat(back(guestOut(pe).write(l3(20), 0).dsb(ISH).write(l3(20), G.page(OTHER))))
                .singleElement()
                .satisfies(f -> {
                    assertThat(f.rule()).isEqualTo(RuleId.BBM_OA);
                    assertThat(f.pes()).containsExactly(pe);
                });
        assertThat(back(guestOut(pe).write(l2(1), 0).dsb(ISH).write(l2(2), 0).write(l2(9), G.block(OTHER))))
                .allMatch(f -> f.rule() == RuleId.TLB_MISS);
    }

    /** The group of pages 32 to 47, contiguous, of which one was broken and not invalidated. */
    private static Scenario group(int broken) {
        return el2().setup(s -> {
            for (int i = 32; i < 48; i++) {
                s.write(l3(i), contiguous(W.page(BASE + 0x1000L * i)));
            }
            s.dsb(ISH).isb();
            for (int i = 32; i < 48; i++) {
                s.write(l3(i), 0);
            }
            s.dsb(ISH);
            for (int i = 32; i < 48; i++) {
                if (i != broken) {
                    s.tlbi(W.byAddress(), i, ISH);
                }
            }
            s.dsb(ISH);
        });
    }

    @Clause("A.cont")
    @ParameterizedTest
    @CsvSource({"33, 47", "47, 32", "40, 32", "32, 47"})
    void aHeldMemberOfAContiguousGroupServesItsWholeGroupOnly(int broken, int made) {
        assertThat(conflicts(group(broken).write(l3(made), W.page(OTHER)))).isNotEmpty();
        assertThat(conflicts(group(broken).write(l3(48), W.page(OTHER)))).isEmpty();
        assertThat(conflicts(group(broken).write(l3(31), W.page(OTHER)))).isEmpty();
    }

    @Clause("A.cont")
    @Test
    void validMembersOfOneGroupAgreeWhereverTheyStand() {
        Supplier<Scenario> one = () -> el2().setup(s ->
                s.write(l3(40), contiguous(W.page(BASE + 0x8000))).dsb(ISH).isb());
        for (int other : new int[] {32, 41, 47}) {
            one.get().write(l3(other), W.page(BASE + 0x1000L * (other - 32))).expect(RuleId.BBM_CONTMIX);
            one.get().write(l3(other), contiguous(W.page(OTHER))).expect(RuleId.BBM_CONTMIX);
            one.get()
                    .write(l3(other), contiguous(W.page(BASE + 0x1000L * (other - 32))))
                    .clean();
        }
        one.get().write(l3(31), W.page(OTHER)).clean();
        one.get().write(l3(48), W.page(OTHER)).clean();
        one.get()
                .write(l3(64), W.page(OTHER))
                .write(l3(65), W.page(0x7100_0000L))
                .clean();
        assertThat(one.get()
                        .bbmLevel(1)
                        .write(l3(41), contiguous(W.page(OTHER)))
                        .expect(RuleId.BBM_CONTMIX))
                .allMatch(f -> f.severity() == Severity.WARNING);
        assertThat(one.get().write(l3(41), contiguous(W.page(OTHER))).expect(RuleId.BBM_CONTMIX))
                .allMatch(f -> f.severity() == Severity.ERROR);
    }

    @Test
    void aRootOfAnotherPeIsAnotherMatter() {
        el2().setup(s -> RuleExamples.copyTables(s, W))
                .pe(1)
                .state(PeState.Change.CPU_ON, Scenario.CODE)
                .setup(s -> s.enable(Map.of(TranslationRegister.TTBR0_EL2, L0 + 0x8_0000L)))
                .write(l3(5) + 0x8_0000L, 0)
                .dsb(ISH)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .write(l3(5) + 0x8_0000L, W.page(OTHER))
                .clean();
    }

    @Clause("2.pes")
    @Test
    void aRootSwitchedOnOnePeIsFoundOnThatPe() {
        Scenario s = el2().setup(x -> RuleExamples.copyTables(x, W))
                .bringUp(1)
                .pe(1)
                .msr(TranslationRegister.TTBR0_EL2, L0 + 0x8_0000L)
                .isb()
                .tlbi(W.all(), NSH)
                .dsb(NSH)
                .isb();
        assertThat(s.expect(RuleId.REG_TTBR))
                .singleElement()
                .satisfies(f -> assertThat(f.pes()).containsExactly(1));
        Scenario late = el2().setup(x -> RuleExamples.copyTables(x, W))
                .bringUp(1)
                .pe(1)
                .msr(TranslationRegister.TTBR0_EL2, L0 + 0x10_0000L)
                .isb();
        assertThat(late.expect(RuleId.REG_TTBR))
                .as("an empty root, and no invalidate until the end")
                .singleElement()
                .satisfies(f -> assertThat(f.pes()).containsExactly(1));
    }
}
