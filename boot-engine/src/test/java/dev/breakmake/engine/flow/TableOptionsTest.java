package dev.breakmake.engine.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.engine.flow.TableOptions.Sharing;
import dev.breakmake.engine.flow.TableOptions.Walks;
import dev.breakmake.engine.study.FlowStudy;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.register.Granule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Flows with other granules and attributes than Xen's. */
class TableOptionsTest {

    private static FlowStudy study(
            final Architecture architecture, final Preset preset, final long load, final TableOptions tables) {
        return FlowStudy.of(
                FlowSpecification.of(architecture, preset, 2).with(tables).at(load), Mutation.NONE);
    }

    private static Set<String> sites(final FlowStudy study) {
        final Set<String> sites = new TreeSet<>();
        for (final Finding finding : study.findings()) {
            for (final int pe : finding.pes()) {
                final String routine = String.valueOf(finding.symbol()).replaceAll("\\+.*", "");
                sites.add("%s %s PE%d".formatted(finding.rule().id(), routine, pe));
            }
        }
        return sites;
    }

    @ParameterizedTest
    @EnumSource(Preset.class)
    void theGranuleDoesNotChangeWhatIsFound(final Preset preset) {
        for (final long load : new long[] {0x4020_0000L, 0xc000_0000L, 0x3ff_0000_0000L, 0xfff_0000_0000L}) {
            final FlowStudy usual = study(Architecture.AARCH64, preset, load, TableOptions.DEFAULT);
            for (final Granule granule : List.of(Granule.K16, Granule.K64)) {
                final FlowStudy other = study(
                        Architecture.AARCH64, preset, load, new TableOptions(granule, Walks.WRITE_BACK, Sharing.INNER));
                assertThat(other.result().reached())
                        .as(
                                "%s %s 0x%x: %s",
                                preset, granule, load, other.result().message())
                        .isTrue();
                assertThat(sites(other)).as("%s %s 0x%x", preset, granule, load).isEqualTo(sites(usual));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0xfff_f000_0000L, 0xfff_fff0_0000L})
    void anImageAtTheTopOfThePhysicalAddressesFindsRamBelow(final long load) {
        final FlowStudy study = study(Architecture.AARCH64, Preset.FIXED, load, TableOptions.DEFAULT);
        assertThat(study.result().reached()).as(study.result().message()).isTrue();
        assertThat(study.findings()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void sharingDoesNotChangeWhatIsFound(final Architecture architecture) {
        for (final Preset preset : Preset.values()) {
            final FlowStudy outer = study(
                    architecture,
                    preset,
                    FlowSpecification.USUAL_LOAD_ADDRESS,
                    new TableOptions(Granule.K4, Walks.WRITE_BACK, Sharing.OUTER));
            assertThat(outer.result().reached()).as(outer.result().message()).isTrue();
            assertThat(sites(outer))
                    .isEqualTo(sites(
                            study(architecture, preset, FlowSpecification.USUAL_LOAD_ADDRESS, TableOptions.DEFAULT)));
        }
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void walksThatBypassTheCacheMissWhatIsStoredThroughIt(final Architecture architecture) {
        final FlowStudy study = study(
                architecture,
                Preset.FIXED,
                FlowSpecification.USUAL_LOAD_ADDRESS,
                new TableOptions(Granule.K4, Walks.NON_CACHEABLE, Sharing.INNER));
        assertThat(study.result().reached()).as(study.result().message()).isTrue();
        assertThat(sites(study)).anyMatch(site -> site.startsWith("REG-WALKATTR"));
        assertThat(sites(study)).noneMatch(site -> site.startsWith("CMO-PTOFF"));
    }

    @Test
    void optionsAreNamedInCells() {
        final FlowSpecification flow = FlowName.parse(
                "arm64/fixed",
                Map.of("granule", "16k", "walks", "non-cacheable", "sharing", "outer", "switch-ttbr", "off"),
                0x8000_0000L,
                3);
        assertThat(flow.tables()).isEqualTo(new TableOptions(Granule.K16, Walks.NON_CACHEABLE, Sharing.OUTER));
        assertThat(flow.has(Patch.SWITCH_TTBR)).isFalse();
        assertThat(flow.loadAddress()).isEqualTo(0x8000_0000L);
    }

    @Test
    void optionsThatCannotBeSayWhy() {
        assertThatThrownBy(() -> TableOptions.DEFAULT.with("granule", "8k"))
                .hasMessage("granule '8k' is none of 4k, 16k, 64k");
        assertThatThrownBy(() -> TableOptions.DEFAULT.with("walks", "write-through"))
                .hasMessage("walks 'write-through' is none of write-back, non-cacheable");
        assertThatThrownBy(() -> TableOptions.DEFAULT.with("sharing", "all"))
                .hasMessage("sharing 'all' is none of inner, outer");
        assertThatThrownBy(() -> FlowName.parse("arm32/base", Map.of("granule", "64k"), null, 1))
                .hasMessage("AArch32 translation tables have a granule of 4 KiB, not 64k");
        assertThatThrownBy(() -> FlowName.parse("arm64/base", Map.of("granule", "64k"), 0x4020_1000L, 1))
                .hasMessage("load address 0x40201000 is not a multiple of 64 KiB");
        assertThatThrownBy(() -> FlowName.parse("arm64/base", Map.of("granule", "64k"), 0x5fff_0000L, 1))
                .hasMessageContaining("crosses a 512 MiB boundary");
        assertThatThrownBy(() -> FlowName.parse("arm64/base", Map.of("page", "64k"), null, 1))
                .hasMessageContaining("no option 'page'")
                .hasMessageContaining("granule, walks, sharing with a value");
    }
}
