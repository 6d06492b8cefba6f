package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.event.Shareability.SY;
import static dev.breakmake.translation.rule.World.L2;
import static dev.breakmake.translation.rule.World.L2_CODE;
import static dev.breakmake.translation.rule.World.L3;
import static dev.breakmake.translation.rule.World.SPARE;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.PageRole.Role;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.finding.Finding;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cache maintenance: whose barrier completes it, what it is for, and which lines are looked at. */
final class CacheClausesTest {
    private static final World W = World.EL2;
    private static final long PAGE = 0x5100_0000L;
    private static final long VA30 = 0x1e000L;

    private static Scenario el2() {
        return Scenario.el2();
    }

    private static Scenario secondary() {
        return el2().bringUp(1).pe(1);
    }

    private static Scenario cleaned() {
        return secondary().memoryWrite(PAGE, 64, true).maintain(CacheOperation.DC_CIVAC, PAGE, 64);
    }

    @Clause("E.pre")
    @Test
    void aLineThatIsOnItsWayOutMayOverwriteWhatIsStoredPastTheCaches() {
        Finding finding =
                cleaned().memoryWrite(PAGE, 8, false).expect(RuleId.CMO_PRE).getFirst();
        assertThat(finding.severity()).isEqualTo(Severity.ERROR);
        assertThat(finding.message()).contains("no DSB of PE1 completed the clean");
        assertThat(finding.why())
                .singleElement()
                .satisfies(e -> assertThat(e.pe()).isEqualTo(1));
        cleaned().dsb(NSH).memoryWrite(PAGE, 8, false).clean();
        cleaned().dsb(NSH).pe(0).memoryWrite(PAGE, 8, false).expect(RuleId.CMO_PRE);
        cleaned().dsb(ISH).pe(0).memoryWrite(PAGE, 8, false).clean();
        cleaned().memoryWrite(PAGE + 64, 8, false).clean();
        cleaned().memoryWrite(PAGE, 8, true).clean();
    }

    @Clause("E.pre")
    @Test
    void theSameHoldsForTables() {
        Scenario s = secondary().write(SPARE, W.page(PAGE)).maintain(CacheOperation.DC_CIVAC, SPARE, 64);
        s.writeUncached(SPARE + 8, W.page(PAGE)).expect(RuleId.CMO_PRE);
        secondary()
                .write(SPARE, W.page(PAGE))
                .maintain(CacheOperation.DC_CIVAC, SPARE, 64)
                .dsb(SY)
                .writeUncached(SPARE + 8, W.page(PAGE))
                .clean();
    }

    @Clause("E.attr")
    @Test
    void dirtyLinesAreCleanedBeforeTheyAreMappedPastTheCaches() {
        long notCacheable = W.page(PAGE) & ~(7L << 2) | 2L << 2;
        Finding finding = secondary()
                .memoryWrite(PAGE + 0xfc0, 64, true)
                .write(l3(30), W.device(W.page(PAGE)))
                .expect(RuleId.CMO_ATTR)
                .getFirst();
        assertThat(finding.pes()).containsExactly(1);
        el2().memoryWrite(PAGE, 64, true).write(l3(30), notCacheable).expect(RuleId.CMO_ATTR);
        el2().memoryWrite(PAGE, 64, true).write(l3(30), W.page(PAGE)).clean();
        el2().memoryWrite(PAGE + 0x1000, 64, true)
                .write(l3(30), W.device(W.page(PAGE)))
                .clean();
        World g = World.STAGE2;
        Scenario.stage2()
                .memoryWrite(PAGE, 64, true)
                .write(l3(30), g.device(g.page(PAGE)))
                .clean();
    }

    @Clause("E.pes")
    @Test
    void findingsOfMaintenanceNameThePesConcerned() {
        assertThat(secondary()
                        .maintain(CacheOperation.DC_CISW, 0, 0)
                        .expect(RuleId.CMO_SW)
                        .getFirst()
                        .message())
                .contains("while PE0, PE1 runs");
        assertThat(secondary()
                        .profile(Profile.STRICT)
                        .maintain(CacheOperation.DC_IVAC, Scenario.CODE, 64)
                        .findings())
                .filteredOn(f -> f.rule() == RuleId.CMO_DCIVACRO)
                .singleElement()
                .satisfies(f -> assertThat(f.pes()).containsExactly(1));
        assertThat(el2().pe(1)
                        .state(PeState.Change.CPU_ON, Scenario.CODE)
                        .writeUncached(SPARE, table(World.L1))
                        .dsb(SY)
                        .enable(Map.of(TranslationRegister.TTBR0_EL2, SPARE))
                        .expect(RuleId.CMO_PTOFF))
                .allSatisfy(f -> assertThat(f.pes()).containsExactly(1));
        assertThat(el2().write(SPARE, table(World.L1))
                        .dsb(SY)
                        .pe(1)
                        .state(PeState.Change.CPU_ON, Scenario.CODE)
                        .enable(Map.of(TranslationRegister.TTBR0_EL2, SPARE, TranslationRegister.TCR_EL2, 0x8082_3010L))
                        .findings())
                .filteredOn(f -> f.rule() == RuleId.REG_WALKATTR)
                .isNotEmpty()
                .allSatisfy(f -> assertThat(f.pes()).containsExactly(1));
    }

    /** A root of four entries, 64 bytes into its page, and another table's words behind it that nobody invalidates. */
    private static Scenario narrow(boolean invalidated) {
        long root = SPARE + 0x40;
        Scenario s = Scenario.off(World.HYP).setup(x -> {
            x.writeUncached(root, table(L2))
                    .writeUncached(root + 8, table(L2_CODE))
                    .writeUncached(SPARE, 0x1000)
                    .writeUncached(SPARE + 0x80, 0x1000)
                    .writeUncached(SPARE + 0x200, 0x1000)
                    .invalidateTables();
            if (invalidated) {
                x.maintain(CacheOperation.DC_IVAC, root, 64);
            }
            x.dsb(SY);
        });
        return s.enable(Map.of(TranslationRegister.HTTBR, root));
    }

    @Clause("12.narrow")
    @Test
    void onlyTheLinesOfANarrowRootAreLookedAt() {
        narrow(true).clean();
        narrow(false).expect(RuleId.CMO_PTOFF);
    }

    @Clause("E.mbox-store")
    @Test
    void findingsOfMailboxesSayWhatIsMissing() {
        assertThat(el2().memoryWrite(PAGE, 8, true)
                        .pe(1)
                        .state(PeState.Change.CPU_ON, Scenario.CODE)
                        .memoryRead(PAGE, 8, true)
                        .expect(RuleId.CMO_MBOX)
                        .getFirst()
                        .message())
                .isEqualTo("PE1 was started and reads 0x51000000, but no DSB of PE0 completed the store to it before");
        assertThat(el2().memoryWrite(PAGE, 8, true)
                        .maintain(CacheOperation.DC_CVAC, PAGE, 64)
                        .pe(1)
                        .memoryRead(PAGE, 8, false)
                        .expect(RuleId.CMO_MBOX)
                        .getFirst()
                        .message())
                .contains("no DSB completed its clean to the point of coherency");
    }

    private static Scenario code(Feature... features) {
        return secondary()
                .with(features)
                .write(l3(30), W.code(W.page(PAGE)))
                .dsb(ISH)
                .memoryWrite(PAGE, 64, true);
    }

    @Clause("E.icache")
    @Test
    void cachesThatAreCoherentByThemselvesWantNoMaintenance() {
        code(Feature.CTR_DIC, Feature.CTR_IDC).dsb(ISH).isb().fetch(VA30).clean();
        code(Feature.CTR_DIC).dsb(ISH).isb().fetch(VA30).expect(RuleId.CMO_ICACHE);
        code(Feature.CTR_IDC)
                .dsb(ISH)
                .maintain(CacheOperation.IC_IVAU, PAGE, 64)
                .dsb(ISH)
                .isb()
                .fetch(VA30)
                .clean();
        Finding finding =
                code().dsb(ISH).isb().fetch(VA30).expect(RuleId.CMO_ICACHE).getFirst();
        assertThat(finding.pes()).containsExactly(1);
        assertThat(finding.message()).contains("neither cleaned to the point of unification");
        secondary()
                .write(l3(30), W.code(W.page(PAGE)))
                .memoryWrite(PAGE, 64, false)
                .dsb(ISH)
                .isb()
                .fetch(VA30)
                .clean();
    }

    private static Scenario invalidated(Scenario s) {
        return s.maintain(CacheOperation.DC_CVAU, PAGE, 64).dsb(ISH).maintain(CacheOperation.IC_IVAU, PAGE, 64);
    }

    @Clause("E.icache")
    @Test
    void theInvalidateIsCompletedForThePeThatFetches() {
        Finding missing =
                invalidated(code()).isb().fetch(VA30).expect(RuleId.CMO_ICACHE).getFirst();
        assertThat(missing.message()).endsWith("was not completed by a DSB");
        invalidated(code()).dsb(NSH).isb().fetch(VA30).clean();
        invalidated(code()).dsb(NSH).pe(0).isb().fetch(VA30).expect(RuleId.CMO_ICACHE);
        invalidated(code()).dsb(ISH).pe(0).isb().fetch(VA30).clean();
        Finding own = secondary()
                .write(l3(30), W.page(PAGE))
                .dsb(ISH)
                .isb()
                .fetch(VA30)
                .expect(RuleId.ENC_EXECXN)
                .getFirst();
        assertThat(own.pes()).containsExactly(1);
    }

    /** Stage 2 shared with a device: page 5 and the block at 2 MiB are unmapped, the device's TLB not invalidated. */
    private static Scenario shared(long location) {
        return Scenario.stage2()
                .setup(s ->
                        s.enter(ExceptionLevel.EL2).role(Role.DEVICE_TABLE, L3).role(Role.DEVICE_TABLE, L2))
                .write(location, 0)
                .maintain(CacheOperation.DC_CVAC, location, 8)
                .dsb(SY)
                .tlbi(World.STAGE2.all(), ISH)
                .dsb(ISH);
    }

    @Clause("H.iommu")
    @ParameterizedTest
    @CsvSource({
        "5, 0x50004000, 0x1000, false",
        "5, 0x50005000, 0x1000, true",
        "5, 0x50006000, 0x1000, false",
        "5, 0x50000000, 0x5000, false",
        "5, 0x50000000, 0x6000, true",
        "-1, 0x601ff000, 0x1000, false",
        "-1, 0x60200000, 0x1000, true",
        "-1, 0x603ff000, 0x1000, true",
        "-1, 0x60400000, 0x1000, false"
    })
    void memoryIsFreedWhileADeviceMayStillReachAnyOfIt(int page, String pa, String length, boolean found) {
        Scenario s = shared(page < 0 ? World.l2(1) : l3(page)).freed(Long.decode(pa), Long.decode(length));
        if (found) {
            Finding finding = s.expect(RuleId.S2_IOMMU).getFirst();
            assertThat(finding.message()).contains("a device may still hold");
        } else {
            s.clean();
        }
    }

    @Clause("H.iommu")
    @Test
    void aTableThatIsDirtyWhenADeviceBeginsToWalkItIsFound() {
        Scenario dirty = Scenario.stage2().bringUp(1).pe(1).write(l3(30), World.STAGE2.page(PAGE));
        Finding finding =
                dirty.role(Role.DEVICE_TABLE, L3).expect(RuleId.S2_IOMMU).getFirst();
        assertThat(finding.pes()).containsExactly(1);
        assertThat(finding.message()).contains("the last store to 0x401030c0 was not cleaned");
        Scenario.stage2()
                .write(l3(30), World.STAGE2.page(PAGE))
                .role(Role.DEVICE_TABLE, L3 + 0x1000)
                .clean();
        Scenario.stage2()
                .write(l3(30), World.STAGE2.page(PAGE))
                .maintain(CacheOperation.DC_CVAC, l3(30), 8)
                .dsb(SY)
                .role(Role.DEVICE_TABLE, L3)
                .clean();
    }
}
