package dev.breakmake.translation.register;

import static dev.breakmake.translation.event.TranslationRegister.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RegisterFileTest {
    private final RegisterFile a64 = new RegisterFile(
            new Implementation(Architecture.AARCH64, 48, Set.of(Feature.VMID16, Feature.ASID16), true));
    private final RegisterFile a32 = new RegisterFile(new Implementation(Architecture.AARCH32, 40, Set.of(), true));

    @Test
    void everyRegimeIsOffBeforeAnyWrite() {
        for (Regime regime : Regime.values()) {
            assertThat(a64.configuration(regime).enabled()).as("%s", regime).isFalse();
        }
        assertThat(a64.known(SCTLR_EL2)).isFalse();
    }

    @Test
    void el2OfXenHas48InputBitsFromLevel0() {
        a64.set(TCR_EL2, 0x8085_3510L);
        a64.set(TTBR0_EL2, 0x4029_e000L);
        a64.set(SCTLR_EL2, 0x30c5_183dL);
        RegimeConfiguration el2 = a64.configuration(Regime.EL2);
        assertThat(el2.enabled()).isTrue();
        assertThat(el2.outputBits()).isEqualTo(48);
        assertThat(el2.anomalies()).isEmpty();
        TranslationRoot root = el2.roots().getFirst();
        assertThat(root.base()).isEqualTo(0x4029_e000L);
        assertThat(root.startLevel()).isZero();
        assertThat(root.input()).isEqualTo(new AddressRange(0, 1L << 48));
        assertThat(root.granule()).isEqualTo(Granule.K4);
        assertThat(root.walks()).hasToString("inner WB outer WB ISH");
        assertThat(el2.walksCacheable(root)).isTrue();
        assertThat(a64.configuration(Regime.EL2_0).enabled()).isFalse();
    }

    @Test
    void whatIsAskedWithoutTheConfigurationIsWhatTheConfigurationSays() {
        Random random = new Random(17);
        for (RegisterFile each : List.of(a64, a32)) {
            TranslationRegister[] registers = TranslationRegister.values();
            for (int i = 0; i < 5_000; i++) {
                each.set(registers[random.nextInt(registers.length)], random.nextLong());
                RegisterFile fresh = each.copy();
                fresh.set(HCR_EL2, each.value(HCR_EL2) ^ 1L << 40);
                fresh.set(HCR_EL2, each.value(HCR_EL2));
                for (Regime regime : regimes(each)) {
                    boolean enabled = fresh.enabled(regime);
                    int vmid = fresh.vmid();
                    SystemControl control = fresh.control(regime);
                    RegimeConfiguration configuration = fresh.configuration(regime);
                    assertThat(enabled).as("%s", regime).isEqualTo(configuration.enabled());
                    assertThat(control.bigEndian()).isEqualTo(configuration.bigEndian());
                    if (regime.stage2()) {
                        assertThat(vmid).isEqualTo(configuration.vmid());
                    } else {
                        assertThat(control.writeExecuteNever()).isEqualTo(configuration.writeExecuteNever());
                    }
                }
            }
        }
    }

    private List<Regime> regimes(RegisterFile file) {
        return file == a64
                ? List.of(Regime.EL2, Regime.EL2_0, Regime.EL1_0, Regime.STAGE2)
                : List.of(Regime.HYP, Regime.PL1_0, Regime.STAGE2);
    }

    @Test
    void aConfigurationStaysTheSameObjectUntilARegisterChanges() {
        a64.set(SCTLR_EL2, 1);
        RegimeConfiguration before = a64.configuration(Regime.EL2);
        a64.set(SCTLR_EL2, 1);
        assertThat(a64.configuration(Regime.EL2)).isSameAs(before);
        a64.set(SCTLR_EL2, 0);
        assertThat(a64.configuration(Regime.EL2)).isNotEqualTo(before);
    }

    @Test
    void granulesAndStartLevelsFollowTg0AndT0sz() {
        assertThat(startLevel(16, 0)).isEqualTo(0);
        assertThat(startLevel(25, 0)).isEqualTo(1);
        assertThat(startLevel(34, 0)).isEqualTo(2);
        assertThat(startLevel(16, 1)).isEqualTo(1);
        assertThat(startLevel(22, 1)).isEqualTo(2);
        assertThat(startLevel(16, 2)).isEqualTo(0);
        assertThat(startLevel(17, 2)).isEqualTo(1);
        assertThat(startLevel(28, 2)).isEqualTo(2);
    }

    private int startLevel(int t0sz, int tg0) {
        a64.set(TCR_EL2, 5L << 16 | (long) tg0 << 14 | t0sz);
        return a64.configuration(Regime.EL2).roots().getFirst().startLevel();
    }

    @Test
    void twoRangeRegimesPlaceTtbr1AtTheTop() {
        // T0SZ = 16, T1SZ = 25, TG1 = 4 KiB, IPS = 48, A1 set, 16-bit ASIDs.
        a64.set(TCR_EL1, 16 | 25L << 16 | 1L << 22 | 2L << 30 | 5L << 32 | 1L << 36);
        a64.set(TTBR0_EL1, 0x4000_1000L | 7L << 48);
        a64.set(TTBR1_EL1, 0x4000_2000L | 0x1234L << 48);
        RegimeConfiguration el1 = a64.configuration(Regime.EL1_0);
        assertThat(el1.asid()).isEqualTo(0x1234);
        assertThat(el1.roots()).hasSize(2);
        TranslationRoot high = el1.roots().get(1);
        assertThat(high.input()).isEqualTo(new AddressRange(-(1L << 39), 0));
        assertThat(high.startLevel()).isEqualTo(1);
        assertThat(el1.rootFor(0xffff_ff80_0000_0000L)).isSameAs(high);
        assertThat(el1.rootFor(0x0001_0000_0000_0000L)).isNull();
    }

    @Test
    void aDisabledRangeHasNoRoot() {
        a64.set(TCR_EL1, 16 | 16L << 16 | 1L << 23 | 2L << 30 | 5L << 32);
        assertThat(a64.configuration(Regime.EL1_0).roots())
                .singleElement()
                .extracting(TranslationRoot::index)
                .isEqualTo(0);
    }

    @Test
    void stage2ConcatenatesRootsAndKnowsItsVmid() {
        // 40-bit IPA from level 1: two concatenated tables; VS = 1.
        a64.set(VTCR_EL2, 24 | 1L << 6 | 2L << 16 | 1L << 19);
        a64.set(VTTBR_EL2, 0x8000_2000L | 0x101L << 48);
        a64.set(HCR_EL2, 1);
        RegimeConfiguration stage2 = a64.configuration(Regime.STAGE2);
        TranslationRoot root = stage2.roots().getFirst();
        assertThat(stage2.enabled()).isTrue();
        assertThat(stage2.vmid()).isEqualTo(0x101);
        assertThat(root.startLevel()).isEqualTo(1);
        assertThat(root.entries()).isEqualTo(1024);
        assertThat(root.tables()).isEqualTo(2);
        assertThat(root.entryIndex(0x80_0000_0000L, 1)).isEqualTo(512);
    }

    @Test
    void anImpossibleStartLevelLeavesNoRoot() {
        a64.set(VTCR_EL2, 16);
        RegimeConfiguration stage2 = a64.configuration(Regime.STAGE2);
        assertThat(stage2.roots()).isEmpty();
        assertThat(stage2.anomalies()).contains(ConfigurationAnomaly.START_LEVEL_INCONSISTENT);
    }

    @Test
    void aTraceWithoutSizesStartsWhereTheInputSizeAsks() {
        RegisterFile peer = new RegisterFile(new Implementation(Architecture.AARCH64, 52, Set.of(), false));
        peer.set(VTCR_EL2, 16);
        RegimeConfiguration stage2 = peer.configuration(Regime.STAGE2);
        assertThat(stage2.roots().getFirst().startLevel()).isZero();
        assertThat(stage2.outputBits()).isEqualTo(52);
    }

    @Test
    void rootsThatCannotBeAreReported() {
        a64.set(TCR_EL2, 16 | 2L << 16);
        a64.set(TTBR0_EL2, 0x1_0000_0000_0000L | 0x100_0000_0800L);
        assertThat(a64.configuration(Regime.EL2).anomalies())
                .containsExactlyInAnyOrder(
                        ConfigurationAnomaly.ASID_WITHOUT_ASIDS,
                        ConfigurationAnomaly.ROOT_MISALIGNED,
                        ConfigurationAnomaly.ROOT_BEYOND_OUTPUT_SIZE);
    }

    @Test
    void hypWithT0sz0HasFourLevel1Entries() {
        a32.set(HTCR, 0x8000_3500L);
        a32.set(HTTBR, 0x400a_1000L);
        a32.set(HSCTLR, 0x30cd_187fL);
        RegimeConfiguration hyp = a32.configuration(Regime.HYP);
        TranslationRoot root = hyp.roots().getFirst();
        assertThat(hyp.enabled()).isTrue();
        assertThat(root.startLevel()).isEqualTo(1);
        assertThat(root.entries()).isEqualTo(4);
        assertThat(root.bytes()).isEqualTo(32);
        assertThat(root.input()).isEqualTo(new AddressRange(0, 1L << 32));
        assertThat(hyp.anomalies()).isEmpty();
    }

    @Test
    void hypStartsAtLevel2FromT0sz2On() {
        a32.set(HTCR, 1);
        assertThat(a32.configuration(Regime.HYP).roots().getFirst().startLevel())
                .isEqualTo(1);
        a32.set(HTCR, 2);
        TranslationRoot root = a32.configuration(Regime.HYP).roots().getFirst();
        assertThat(root.startLevel()).isEqualTo(2);
        assertThat(root.bytes()).isEqualTo(1 << (14 - 2));
    }

    @Test
    void aarch32StageTwoSizeIsSigned() {
        // T0SZ = -8: 40-bit IPA from level 1.
        a32.set(VTCR, 0x8000_0000L | 0x18 | 1L << 6);
        a32.set(VTTBR, 0x1000_2000L | 5L << 48);
        RegimeConfiguration stage2 = a32.configuration(Regime.STAGE2);
        TranslationRoot root = stage2.roots().getFirst();
        assertThat(root.inputBits()).isEqualTo(40);
        assertThat(root.bytes()).isEqualTo(1 << (5 + 8));
        assertThat(stage2.vmid()).isEqualTo(5);
    }

    @Test
    void pl1SplitsAt2GiBWhenOnlyT0szIsSet() {
        a32.set(TTBCR, 0x8000_0001L);
        RegimeConfiguration pl1 = a32.configuration(Regime.PL1_0);
        assertThat(pl1.roots().get(0).input()).isEqualTo(new AddressRange(0, 0x8000_0000L));
        assertThat(pl1.roots().get(1).input()).isEqualTo(new AddressRange(0x8000_0000L, 0x1_0000_0000L));
        a32.set(TTBCR, 0x8000_0000L);
        assertThat(a32.configuration(Regime.PL1_0).roots()).hasSize(1);
    }

    @Test
    void shortDescriptorsAreNamedNotGuessed() {
        a32.set(TTBCR, 0);
        assertThat(a32.configuration(Regime.PL1_0).roots()).isEmpty();
        assertThat(a32.configuration(Regime.PL1_0).anomalies()).contains(ConfigurationAnomaly.SHORT_DESCRIPTORS);
    }

    @Test
    void hypervisorOverridesDecideWhatIsEnabled() {
        a64.set(SCTLR_EL1, 1);
        a64.set(SCTLR_EL2, 1);
        a64.set(HCR_EL2, 1L << 12);
        assertThat(a64.configuration(Regime.EL1_0).enabled()).isFalse();
        assertThat(a64.configuration(Regime.STAGE2).enabled()).isTrue();
        a64.set(HCR_EL2, 1L << 34 | 1L << 27);
        assertThat(a64.configuration(Regime.EL2).enabled()).isFalse();
        assertThat(a64.configuration(Regime.EL2_0).enabled()).isTrue();
        assertThat(a64.configuration(Regime.STAGE2).enabled()).isFalse();
    }

    @Test
    void topByteIgnoreStillFindsTheRoot() {
        a64.set(TCR_EL2, 16 | 5L << 16 | 1L << 20);
        RegimeConfiguration el2 = a64.configuration(Regime.EL2);
        assertThat(el2.rootFor(0xab00_0000_1234_5000L)).isNotNull();
        assertThat(el2.roots().getFirst().canonical(0xab00_0000_1234_5000L)).isEqualTo(0x1234_5000L);
    }

    @Test
    void aCopyDoesNotFollowTheOriginal() {
        a64.set(SCTLR_EL2, 1);
        RegisterFile copy = a64.copy();
        a64.reset();
        assertThat(copy.configuration(Regime.EL2).enabled()).isTrue();
        assertThat(a64.configuration(Regime.EL2).enabled()).isFalse();
    }
}
