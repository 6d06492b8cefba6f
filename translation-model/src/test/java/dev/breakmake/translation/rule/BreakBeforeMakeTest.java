package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.rule.World.l2;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;

import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.WriteOrigin;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BreakBeforeMakeTest {
    private static final long OTHER = 0x7000_0000L;

    @Clause("A.full")
    @ParameterizedTest
    @EnumSource(names = {"EL2", "HYP"})
    void aFullUpdateIsClean(World w) {
        Scenario.on(w)
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .write(l3(5), w.page(OTHER))
                .dsb(ISH)
                .isb()
                .load(0x5000)
                .clean();
    }

    @ParameterizedTest
    @EnumSource(World.class)
    void aLivePageReplacedByAnotherIsFound(World w) {
        Scenario.on(w).write(l3(5), w.page(OTHER)).expect(RuleId.BBM_OA);
    }

    @Clause("3.old")
    @ParameterizedTest
    @EnumSource(World.class)
    void aBrokenPageThatWasNeverInvalidatedIsFoundAtTheMake(World w) {
        Scenario.on(w)
                .write(l3(5), 0)
                .dsb(ISH)
                .dsb(ISH)
                .write(l3(5), w.page(OTHER))
                .expect(RuleId.BBM_OA);
    }

    @Clause("6.none")
    @Test
    void anInvalidateWithoutABarrierBeforeItIsFound() {
        Scenario.el2()
                .write(l3(5), 0)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .write(l3(5), World.EL2.page(OTHER))
                .expect(RuleId.TLB_DSB1);
    }

    @Clause("B.dsb2")
    @Test
    void anInvalidateWithoutABarrierAfterItIsFound() {
        Scenario.el2()
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbiVa(0x5000)
                .write(l3(5), World.EL2.page(OTHER))
                .expect(RuleId.TLB_DSB2);
    }

    @Clause("B.dsb2")
    @Test
    void aStoreBarrierDoesNotCompleteAnInvalidate() {
        Scenario.el2()
                .write(l3(5), 0)
                .dsbSt(ISH)
                .tlbiVa(0x5000)
                .dsbSt(ISH)
                .write(l3(5), World.EL2.page(OTHER))
                .expect(RuleId.TLB_DSB2);
    }

    @Clause("13.others")
    @Test
    void aLocalInvalidateIsFoundWhenAnotherPeStillHoldsTheEntry() {
        Scenario.el2()
                .bringUp(1)
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbi(World.EL2.byAddress(), 5, NSH)
                .dsb(NSH)
                .write(l3(5), World.EL2.page(OTHER))
                .expect(RuleId.TLB_SCOPE);
    }

    @Test
    void aTableReplacedByAnotherIsFound() {
        Scenario.el2().write(l2(0), table(World.SPARE)).expect(RuleId.BBM_TBL);
    }

    @Test
    void aBlockReplacedByATableIsFound() {
        Scenario.el2().write(l2(1), table(World.SPARE)).expect(RuleId.BBM_SIZE);
    }

    @Test
    void permissionsSoftwareBitsAndTheSameValueNeedNoBreak() {
        World w = World.EL2;
        Scenario.el2()
                .write(l3(5), w.page(0x5000_5000L) | 1L << 55)
                .write(l3(5), w.readOnly(w.page(0x5000_5000L)))
                .dsb(ISH)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .clean();
    }

    @Clause("B.nxs")
    @Test
    void aBarrierWithoutXsCompletesOnlyInvalidatesWithoutXs() {
        World w = World.EL2;
        Scenario.on(w)
                .bringUp(1)
                .write(World.l3(3), 0)
                .dsb(ISH)
                .tlbi(w.all(), ISH)
                .dsbNxs(ISH)
                .write(World.l3(3), w.page(0x5800_0000L))
                .expect(RuleId.TLB_DSB2);
        Scenario.on(w)
                .bringUp(1)
                .write(World.l3(3), 0)
                .dsbNxs(ISH)
                .tlbiNxs(w.all(), ISH)
                .dsbNxs(ISH)
                .write(World.l3(3), w.page(0x5800_0000L))
                .clean();
    }

    @Clause("A.hwupd")
    @Test
    void aPlainStoreIsFoundOnlyOverALeafThatHardwareMayWrite() {
        World w = World.EL2;
        long page = w.page(0x5000_5000L);
        long untouched = page & ~(1L << 10);
        long clean = w.readOnly(page) | 1L << 51;
        hardware(s -> s.write(l3(30), untouched)).write(l3(30), page).expect(RuleId.BBM_HWUPD);
        hardware(s -> s.write(l3(30), clean)).write(l3(30), page).expect(RuleId.BBM_HWUPD);
        hardware(s -> s.write(l3(30), untouched))
                .write(l3(30), page, 8, true, WriteOrigin.ATOMIC)
                .clean();
        hardware(s -> s.write(l3(30), w.readOnly(page))).write(l3(30), page).clean();
        hardware(s -> {}).write(l2(0), table(World.L3) | 1L << 2).clean();
        Scenario.el2()
                .setup(s -> s.write(l3(30), clean).dsb(ISH).isb())
                .write(l3(30), page)
                .clean();
    }

    /** EL2 with HA and HD set. */
    private static Scenario hardware(Consumer<Scenario> before) {
        return Scenario.on(World.EL2, TranslationRegister.TCR_EL2, 0x8082_3510L | 3L << 21)
                .with(Feature.HAFDBS_AF, Feature.HAFDBS_DBM)
                .setup(before)
                .dsb(ISH)
                .isb();
    }

    @Clause("A.ok")
    @ParameterizedTest
    @EnumSource(World.class)
    void aTableDescriptorWrittenAgainWithOtherIgnoredBitsKeepsItsTableLive(World w) {
        Supplier<Scenario> again = () -> Scenario.on(w).write(l2(0), table(World.L3) | 1L << 55);
        again.get().clean();
        again.get().write(l3(5), w.page(OTHER)).expect(RuleId.BBM_OA);
    }
}
