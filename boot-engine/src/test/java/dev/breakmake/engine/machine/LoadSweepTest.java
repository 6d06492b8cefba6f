package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.engine.study.LoadSweep;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.rule.Profile;
import dev.breakmake.translation.rule.RuleId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real Xen on a board whose RAM begins at 0, where the image may lie at or below the addresses it is linked to. */
class LoadSweepTest {

    private static final long MIB = 1L << 20;

    private static LoadSweep sweep(final String version) throws Exception {
        return sweep(version, 128 * MIB);
    }

    private static LoadSweep sweep(final String version, final long memory) throws Exception {
        final CpuModel model = version.endsWith("armhf") ? CpuModel.CORTEX_A15 : CpuModel.CORTEX_A57;
        final byte[] image = XenImages.image(version);
        final Platform board = Platform.virt(model, 1, memory, 2).withRamBase(0);
        return new LoadSweep(
                BootSpecification.of("xen", image, board)
                        .withLimits(new Limits(100_000_000, Limits.DEFAULT.virtualNanoseconds())),
                XenImages.symbols(version),
                Profile.DEFAULT,
                ImageReader.read("xen", image, null).memoryBytes());
    }

    /** The offset to the physical address is kept in 32 bits but added to a 64-bit root: below 2 MiB the root leaves RAM. */
    @ParameterizedTest
    @ValueSource(strings = {"4.14-armhf", "4.17-armhf"})
    void belowItsLinkedAddressTheBootDiesAtTheFirstFetchBehindTheRootSwitch(final String version) throws Exception {
        final LoadSweep.Place place = sweep(version).boot(0);

        assertThat(place.result().kind()).isEqualTo(OutcomeKind.EXCEPTION_LOOP);
        assertThat(place.stop()).startsWith("switch_ttbr+");
        assertThat(place.result().registers().get("TTBR0_EL2")).isGreaterThan(1L << 32);
    }

    /** 2 MiB and 64 KiB up: the identity mapping wants the table entry of the runtime mapping for other pages. */
    @Test
    void whereTheIdentityMappingMeetsTheRuntimeMappingTheBootHangsInItsOwnCheck() throws Exception {
        final LoadSweep.Place place = sweep("4.17-armhf").boot(0x21_0000);

        assertThat(place.result().kind()).isEqualTo(OutcomeKind.HUNG);
        assertThat(place.stop()).contains("head.o#");
        assertThat(place.result().walks()).isEmpty();
    }

    /** 64 MiB have no room for the heap beside the image; Xen says so where nobody can read it yet, and waits. */
    @Test
    void aPanicBeforeThereIsAConsoleIsNamedByItsCaller() throws Exception {
        final LoadSweep.Place place = sweep("4.17-armhf", 64 * MIB).boot(4 * MIB);

        assertThat(place.result().kind()).isEqualTo(OutcomeKind.PANICKED);
        assertThat(place.stop()).startsWith("start_xen+");
        assertThat(place.findings()).extracting(Finding::rule).contains(RuleId.REG_TTBR);
    }

    /** Address 0 is one like any other: a machine without a breakpoint must not stop there. */
    @Test
    void arm64BootsFromAddressZeroAndSaysTheSameAsElsewhere() throws Exception {
        final List<LoadSweep.Place> places = sweep("4.17-arm64").run(0, 4 * MIB, 2 * MIB, place -> {});

        assertThat(places).allMatch(LoadSweep.Place::reached);
        assertThat(places)
                .allSatisfy(place -> assertThat(place.findings())
                        .extracting(Finding::rule)
                        .containsOnly(RuleId.REG_TTBR, RuleId.CMO_PTOFF, RuleId.TLB_ISB));
    }

    @Test
    void elsewhereTheBootReachesItsEndAndSaysTheSameEverywhere() throws Exception {
        final List<LoadSweep.Place> places = sweep("4.17-armhf").run(2 * MIB, 8 * MIB, 2 * MIB, place -> {});

        assertThat(places).extracting(LoadSweep.Place::address).containsExactly(2 * MIB, 4 * MIB, 6 * MIB);
        assertThat(places).allMatch(LoadSweep.Place::reached);
        assertThat(places)
                .allSatisfy(place -> assertThat(place.findings())
                        .extracting(Finding::rule)
                        .contains(RuleId.REG_TTBR, RuleId.CMO_PTOFF));
    }
}
