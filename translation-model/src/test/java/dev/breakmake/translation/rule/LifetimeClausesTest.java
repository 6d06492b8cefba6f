package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.rule.World.L0;
import static dev.breakmake.translation.rule.World.L2;
import static dev.breakmake.translation.rule.World.L3;
import static dev.breakmake.translation.rule.World.SPARE;
import static dev.breakmake.translation.rule.World.l2;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.PageRole.Role;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.finding.Finding;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Memory that was a table or a mapped page, and memory that becomes a table. */
final class LifetimeClausesTest {
    private static final World W = World.EL2;
    private static final long PAGE = 0x5100_0000L;
    private static final long LOCK = 0x4039_0000L;
    /** A root of two pages, aligned to its size. */
    private static final long CONCATENATED = 0x4012_0000L;

    private static Scenario el2() {
        return Scenario.el2();
    }

    @Clause("G.data")
    @ParameterizedTest
    @CsvSource({
        "page, 0x50004000, 0x1000, false",
        "page, 0x50005000, 0x1000, true",
        "page, 0x50006000, 0x1000, false",
        "page, 0x50000000, 0x5000, false",
        "page, 0x50000000, 0x6000, true",
        "block, 0x601ff000, 0x1000, false",
        "block, 0x60200000, 0x1000, true",
        "block, 0x60300000, 0x1000, true",
        "block, 0x603ff000, 0x1000, true",
        "block, 0x60400000, 0x1000, false",
        "block, 0x60000000, 0x200000, false",
        "block, 0x60000000, 0x201000, true",
        "block, 0x60000000, 0x800000, true"
    })
    void memoryIsFreedWhileAnyOfItMayStillBeMapped(String leaf, String pa, String length, boolean found) {
        boolean page = leaf.equals("page");
        Scenario s = el2().write(page ? l3(5) : l2(1), 0)
                .dsb(ISH)
                .freed(Long.decode(pa), Long.decode(length))
                .tlbiVa(page ? 0x5000 : 0x20_0000)
                .dsb(ISH);
        if (found) {
            s.expect(RuleId.LIFE_DATA);
        } else {
            s.clean();
        }
    }

    @Clause("8.freed")
    @Test
    void aFindingSaysWhatThePageWasAndWhatUnlinkedIt() {
        Finding data = el2().write(L2, 0)
                .dsb(ISH)
                .memoryWrite(L3, 64, true)
                .tlbi(TlbOperation.ALLE2, ISH)
                .dsb(ISH)
                .expect(RuleId.LIFE_WALK)
                .getFirst();
        assertThat(data.message()).contains("page 0x40103000 is used for data although PE0 may still walk into it");
        assertThat(data.why())
                .singleElement()
                .satisfies(e -> assertThat(e.text()).contains("0x40102000"));
        Finding linked = el2().write(L2, 0)
                .dsb(ISH)
                .write(l2(20), table(L3))
                .tlbi(TlbOperation.ALLE2, ISH)
                .dsb(ISH)
                .expect(RuleId.LIFE_WALK)
                .getFirst();
        assertThat(linked.message())
                .contains("page 0x40103000 becomes a table while PE0 may still walk into it as a table of input")
                .contains("0x0");
        assertThat(linked.why())
                .singleElement()
                .satisfies(e -> assertThat(e.text()).contains("0x40102000"));
    }

    @Clause("8.freed")
    @Test
    void dataBesideATableThatIsStillWalkedIsNothing() {
        el2().write(L2, 0)
                .dsb(ISH)
                .memoryWrite(L3 + 0x1000, 64, true)
                .memoryWrite(L3 - 64, 64, true)
                .tlbi(TlbOperation.ALLE2, ISH)
                .dsb(ISH)
                .clean();
    }

    @Clause("G.init")
    @Test
    void aTableIsLinkedOnceTheStoresOfThePeThatLinksItAreOrdered() {
        Finding finding = el2().bringUp(1)
                .pe(1)
                .write(SPARE + 40, W.page(PAGE))
                .write(l2(20), table(SPARE))
                .expect(RuleId.LIFE_INIT)
                .getFirst();
        assertThat(finding.pes()).containsExactly(1);
        assertThat(finding.why())
                .singleElement()
                .satisfies(e -> assertThat(e.text()).contains("0x40108028 stored"));
        el2().bringUp(1)
                .pe(1)
                .write(SPARE + 40, W.page(PAGE))
                .dmbSt()
                .write(l2(20), table(SPARE))
                .clean();
        el2().bringUp(1)
                .pe(1)
                .write(SPARE + 40, W.page(PAGE))
                .pe(0)
                .write(l2(20), table(SPARE))
                .clean();
    }

    /** Stage 2 whose root is two pages, as 40 bits of intermediate address want it; page 30 of them is free. */
    private static Scenario concatenated() {
        World g = World.STAGE2;
        return Scenario.off(g).setup(s -> {
            s.writeUncached(CONCATENATED, table(L2)).writeUncached(CONCATENATED + 8, table(World.L2_CODE));
            s.invalidateTables()
                    .maintain(CacheOperation.DC_IVAC, CONCATENATED, 0x2000)
                    .dsb(Shareability.SY)
                    .enable(Map.of(
                            TranslationRegister.VTCR_EL2,
                            0x8002_3558L,
                            TranslationRegister.VTTBR_EL2,
                            CONCATENATED | 1L << 48));
        });
    }

    @Clause("G.conc")
    @Test
    void noPageOfAConcatenatedRootBecomesATableBelowIt() {
        concatenated().clean();
        concatenated().write(l2(30), table(CONCATENATED + 0x1000)).expect(RuleId.S2_CONC);
        concatenated().write(l2(30), table(CONCATENATED)).expect(RuleId.LIFE_DUP);
        concatenated()
                .setup(s -> s.write(SPARE, 0).dsb(ISH))
                .write(l2(30), table(SPARE))
                .clean();
    }

    @Clause("G.dup")
    @Test
    void aTableLinkedTwiceIsFoundOnThePeThatDidIt() {
        Finding finding = el2().bringUp(1)
                .pe(1)
                .write(l2(20), table(L3))
                .expect(RuleId.LIFE_DUP)
                .getFirst();
        assertThat(finding.pes()).containsExactly(1);
    }

    private static Scenario locked() {
        return el2().profile(Profile.STRICT)
                .bringUp(1)
                .role(Role.ROOT_LOCK, L0, LOCK)
                .role(Role.OWNER_ROOT, L3, L0);
    }

    private static void unlocked(Scenario s, int pe) {
        assertThat(s.findings())
                .filteredOn(f -> f.rule() == RuleId.LIFE_LOCK)
                .singleElement()
                .satisfies(f -> assertThat(f.pes()).containsExactly(pe));
    }

    @Clause("G.lock")
    @Test
    void aTableIsUpdatedByThePeThatHoldsItsLock() {
        unlocked(locked().pe(1).write(l3(30), W.page(PAGE)), 1);
        unlocked(locked().role(Role.LOCKED, LOCK).pe(1).write(l3(30), W.page(PAGE)), 1);
        unlocked(locked().role(Role.LOCKED, LOCK).role(Role.UNLOCKED, LOCK).write(l3(30), W.page(PAGE)), 0);
        unlocked(locked().write(L0 + 8, 0x1000_0000), 0);
        assertThat(locked().role(Role.LOCKED, LOCK).write(l3(30), W.page(PAGE)).findings())
                .noneMatch(f -> f.rule() == RuleId.LIFE_LOCK);
        assertThat(locked().write(SPARE, W.page(PAGE)).findings())
                .as("a table of no declared root")
                .noneMatch(f -> f.rule() == RuleId.LIFE_LOCK);
    }
}
