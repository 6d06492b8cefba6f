package dev.breakmake.engine.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.engine.study.FlowStudy;
import dev.breakmake.engine.study.MutationReport;
import dev.breakmake.engine.study.MutationStudy;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.layout.ClashAnalysis;
import dev.breakmake.translation.layout.LayoutFile;
import dev.breakmake.translation.layout.LoadPath;
import dev.breakmake.translation.rule.Severity;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each decision of the series changes in the checker's eyes. */
class SeriesTest {

    private static FlowStudy study(final Architecture architecture, final Preset preset, final int pes) {
        return FlowStudy.of(FlowSpecification.of(architecture, preset, pes), Mutation.NONE);
    }

    private static Set<String> sites(final FlowStudy study) {
        final Set<String> sites = new TreeSet<>();
        for (final Finding finding : study.findings()) {
            sites.add(
                    finding.rule().id() + " " + String.valueOf(finding.symbol()).replaceAll("\\+.*", ""));
        }
        return sites;
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void everyPresetReachesItsEndOnSeveralPes(final Architecture architecture) {
        for (final Preset preset : Preset.values()) {
            for (int pes = 1; pes <= 4; pes++) {
                final FlowStudy study = study(architecture, preset, pes);
                assertThat(study.result().reached())
                        .as(
                                "%s %s on %d PEs: %s",
                                architecture, preset, pes, study.result().message())
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void withEverythingFixedNoErrorIsFound(final Architecture architecture) {
        final FlowStudy fixed = study(architecture, Preset.FIXED, 2);

        assertThat(fixed.findings())
                .filteredOn(finding -> finding.severity() == Severity.ERROR)
                .isEmpty();
        // The temporary mapping of arm32 shares the last table with the runtime mapping: a warning, and meant.
        final Set<String> expected =
                architecture == Architecture.AARCH32 ? Set.of("LIFE-DUP setup_temporary_mapping") : Set.of();
        assertThat(sites(fixed)).isEqualTo(expected);
    }

    @Test
    void arm64SwitchesItsRootWithTheMmuOnBeforeTheSeriesAndNotAfterIt() {
        assertThat(sites(study(Architecture.AARCH64, Preset.BASE, 2))).contains("REG-TTBR switch_ttbr");
        assertThat(sites(study(Architecture.AARCH64, Preset.SERIES, 2))).noneMatch(site -> site.startsWith("REG-TTBR"));
    }

    @Test
    void bothPesAreFoundSwitchingTheirRoot() {
        final FlowStudy base = study(Architecture.AARCH64, Preset.BASE, 2);

        assertThat(base.findings())
                .filteredOn(finding -> finding.rule().id().equals("REG-TTBR"))
                .flatExtracting(Finding::pes)
                .containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void secondaryDirectAloneTakesTheSwitchFromTheSecondariesOnly() {
        final FlowSpecification direct = FlowSpecification.of(Architecture.AARCH64, Preset.BASE, 2)
                .with(Patch.LAYOUT_REWORK, true)
                .with(Patch.SECONDARY_DIRECT, true);
        final FlowStudy study = FlowStudy.of(direct, Mutation.NONE);

        assertThat(study.result().reached()).as(study.result().message()).isTrue();
        assertThat(study.findings())
                .filteredOn(finding -> finding.rule().id().equals("REG-TTBR"))
                .flatExtracting(Finding::pes)
                .containsExactly(0);
    }

    @Test
    void arm32KeepsItsSwitchAndItsDomheapAfterTheSeries() {
        assertThat(sites(study(Architecture.AARCH32, Preset.SERIES, 1)))
                .contains("REG-TTBR switch_ttbr", "BBM-OA map_domain_page");
    }

    @Test
    void breakingTheSlotFirstSilencesTheDomheap() {
        final FlowSpecification fixed =
                FlowSpecification.of(Architecture.AARCH32, Preset.BASE, 1).with(Patch.DOMHEAP_BREAK, true);

        assertThat(sites(FlowStudy.of(fixed, Mutation.NONE))).noneMatch(site -> site.startsWith("BBM"));
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void tablesWrittenWithTheCacheOffAreFoundUntilTheirLinesAreInvalidated(final Architecture architecture) {
        assertThat(sites(study(architecture, Preset.MERGED, 1))).contains("CMO-PTOFF create_page_tables");
        final FlowSpecification maintained =
                FlowSpecification.of(architecture, Preset.MERGED, 1).with(Patch.TABLE_MAINTENANCE, true);
        assertThat(sites(FlowStudy.of(maintained, Mutation.NONE))).noneMatch(site -> site.startsWith("CMO-PTOFF"));
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void insertsWithoutBarriersAreFoundUntilTheyAreAdded(final Architecture architecture) {
        assertThat(sites(study(architecture, Preset.SERIES, 1))).contains("PTE-DSB setup_fixmap");
        assertThat(sites(study(architecture, Preset.MERGED, 1)))
                .noneMatch(site -> site.startsWith("PTE-DSB") || site.startsWith("TLB-ISB"));
    }

    @ParameterizedTest
    @EnumSource(Preset.class)
    void arm32BootsFromTheGibibyteThatHoldsTheTemporaryMapping(final Preset preset) {
        final FlowSpecification beside =
                FlowSpecification.of(Architecture.AARCH32, preset, 2).at(0x8000_0000L);
        final FlowStudy study = FlowStudy.of(beside, Mutation.NONE);

        assertThat(study.result().reached()).as(study.result().message()).isTrue();
        final Set<String> usual = sites(study(Architecture.AARCH32, preset, 2));
        // It takes the direct way there, without the temporary mapping and its warning.
        usual.removeIf(site -> site.endsWith(" setup_temporary_mapping"));
        assertThat(sites(study)).isEqualTo(usual);
    }

    /** Layouts and flows are written apart from each other. */
    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                0x20_0000,
                0x21_0000,
                0x3c_0000,
                0x40_0000,
                0x4020_0000,
                0x7fe0_0000,
                0x8000_0000L,
                0xbfe0_0000L,
                0xc000_0000L
            })
    void arm32TakesTheWayThatItsLayoutNames(final long load) {
        way(Preset.BASE, "xen-4.17-arm32", load);
        way(Preset.SERIES, "xen-4.20-arm32", load);
        way(Preset.MERGED, "xen-4.20-arm32", load);
    }

    private static void way(final Preset preset, final String layout, final long load) {
        final long page = 0x1000;
        final LoadPath.Kind kind = new ClashAnalysis(
                        LayoutFile.bundled(layout), new AddressRange(load, load + page), page, page)
                .paths()
                .getFirst()
                .kind();
        final FlowStudy study = FlowStudy.of(
                FlowSpecification.of(Architecture.AARCH32, preset, 2).at(load), Mutation.NONE);
        final boolean temporary = study.result().executed().stream()
                .anyMatch(operation -> operation.routine().equals("setup_temporary_mapping"));

        assertThat(study.result().reached())
                .as("%s at 0x%x: %s, %s", preset, load, kind, study.result().message())
                .isEqualTo(kind != LoadPath.Kind.IMPOSSIBLE);
        assertThat(temporary).as("%s at 0x%x", preset, load).isEqualTo(kind == LoadPath.Kind.TEMPORARY);
    }

    @Test
    void arm32CannotBootWhereItsLoadAddressSharesTheRuntimePagesUntilLoadAnywhere() {
        final long within = 0x0021_0000;
        final FlowSpecification base =
                FlowSpecification.of(Architecture.AARCH32, Preset.BASE, 1).at(within);
        final FlowStudy clash = FlowStudy.of(base, Mutation.NONE);
        final FlowStudy anywhere = FlowStudy.of(base.with(Patch.LOAD_ANYWHERE, true), Mutation.NONE);

        assertThat(clash.result().reached()).isFalse();
        assertThat(clash.result().stoppedAt()).isEqualTo("create_page_tables");
        assertThat(clash.result().message()).contains("0x210000", "clashes", "0x200000");
        assertThat(anywhere.result().reached()).as(anywhere.result().message()).isTrue();
    }

    @Test
    void arm64CannotSwitchThroughAnIdentityMapThatClashesUntilTheLayoutIsReworked() {
        final FlowSpecification clash = new FlowSpecification(
                Architecture.AARCH64, EnumSet.of(Patch.SWITCH_TTBR, Patch.IDENTITY_HELPERS), 0x0021_0000, 1);
        final FlowStudy before = FlowStudy.of(clash, Mutation.NONE);
        final FlowStudy after = FlowStudy.of(clash.with(Patch.LAYOUT_REWORK, true), Mutation.NONE);

        assertThat(before.result().reached()).isFalse();
        assertThat(after.result().reached()).as(after.result().message()).isTrue();
    }

    @Test
    void aWrongIdentityMapReallyFaults() {
        final FlowSpecification fixed = FlowSpecification.of(Architecture.AARCH64, Preset.FIXED, 1);
        final FlowOperation link = Flow.run(fixed, Mutation.NONE, null).operations().stream()
                .filter(operation -> operation.name().startsWith("store boot_second_id"))
                .findFirst()
                .orElseThrow();
        final FlowResult result = Flow.run(fixed, new Mutation.Drop(link.index()), null);

        assertThat(result.reached()).isFalse();
        assertThat(result.stoppedAt()).isEqualTo("enable_mmu");
        assertThat(result.message()).contains("abort", "fetch from 0x4020");
    }

    @Test
    void theSameFlowGivesTheSameEvents() {
        final FlowSpecification specification = FlowSpecification.of(Architecture.AARCH64, Preset.SERIES, 3);
        final List<TranslationEvent> first = new ArrayList<>();
        final List<TranslationEvent> second = new ArrayList<>();
        Flow.run(specification, Mutation.NONE, first::add);
        Flow.run(specification, Mutation.NONE, second::add);

        assertThat(second).isEqualTo(first);
    }

    @Test
    void droppingTheRootSwitchsTlbiIsDetected() {
        final MutationReport report = MutationStudy.of(FlowSpecification.of(Architecture.AARCH64, Preset.FIXED, 1));

        assertThat(report.total())
                .isEqualTo(report.detected().size()
                        + report.harmless().size()
                        + report.undetected().size());
        assertThat(report.detected())
                .anyMatch(mutant -> mutant.change().equals("drop")
                        && mutant.operation().routine().equals("enable_mmu")
                        && mutant.operation().name().equals("tlbi alle2")
                        && mutant.rules().contains("MMU-STALE"));
    }

    @Test
    void specificationsThatCannotBeSayWhy() {
        assertThatThrownBy(() -> new FlowSpecification(Architecture.AARCH64, Set.of(), 0x4020_0100L, 1))
                .hasMessage("load address 0x40200100 is not a multiple of 4 KiB");
        assertThatThrownBy(() -> new FlowSpecification(Architecture.AARCH64, Set.of(), 0x403f_f000L, 1))
                .hasMessageContaining("crosses a 2 MiB boundary");
        assertThatThrownBy(() -> new FlowSpecification(Architecture.AARCH32, Set.of(), 0x1_0000_0000L, 1))
                .hasMessageContaining("below 2^32");
        assertThatThrownBy(() -> Patch.of("no-such")).hasMessageContaining("no option 'no-such'");
    }
}
