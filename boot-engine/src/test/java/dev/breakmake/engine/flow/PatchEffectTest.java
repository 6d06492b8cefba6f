package dev.breakmake.engine.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.study.FlowStudy;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.finding.Finding;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What each patch takes away and what it brings, by rule, region and PE, on both architectures: a patch of the series on top of those before
 * it, the remaining issues on top of what was merged.
 */
class PatchEffectTest {

    private static final long MIB = 1L << 20;
    private static final long WITHIN_RUNTIME = 0x0021_0000L;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "arm64 | clean-layout       | REACHED | REACHED | - | -",
                "arm32 | clean-layout       | REACHED | REACHED | - | -",
                "arm64 | jump-in-enable-mmu | REACHED | REACHED | - | -",
                "arm32 | jump-in-enable-mmu | REACHED | REACHED | - | -",
                "arm64 | flush-helper       | REACHED | REACHED | - | -",
                "arm32 | flush-helper       | REACHED | REACHED | - | -",
                "arm64 | load-anywhere      | GAVE_UP | GAVE_UP | - | -",
                "arm32 | load-anywhere      | GAVE_UP | REACHED | - | BBM-OA DOMHEAP PE0, BBM-OA DOMHEAP PE1, CMO-PTOFF DOMHEAP PE0,"
                        + " CMO-PTOFF DOMHEAP PE1, CMO-PTOFF IDENTITY PE0, CMO-PTOFF IDENTITY PE1, CMO-PTOFF XEN PE0, CMO-PTOFF XEN PE1,"
                        + " LIFE-DUP XEN PE0, LIFE-DUP XEN PE1, PTE-DSB FIXMAP PE0, REG-TTBR XEN PE0, REG-TTBR XEN PE1,"
                        + " TLB-ISB BOOT_FDT PE0",
                "arm64 | temporary-mapping  | REACHED | REACHED | - | -",
                "arm32 | temporary-mapping  | REACHED | REACHED | - | CMO-PTOFF DOMHEAP PE0, CMO-PTOFF DOMHEAP PE1, LIFE-DUP XEN PE0",
                "arm64 | early-walk         | REACHED | REACHED | - | -",
                "arm32 | early-walk         | REACHED | REACHED | - | -",
                "arm64 | layout-rework      | GAVE_UP | REACHED | - | CMO-PTOFF IDENTITY PE0, CMO-PTOFF IDENTITY PE1, CMO-PTOFF XEN PE0,"
                        + " CMO-PTOFF XEN PE1, PTE-DSB BOOT_FDT PE0, PTE-DSB DIRECTMAP PE0, PTE-DSB FIXMAP PE0, REG-TTBR XEN PE0,"
                        + " REG-TTBR XEN PE1",
                "arm32 | layout-rework      | REACHED | REACHED | - | -",
                "arm64 | live-root          | REACHED | REACHED | - | -",
                "arm32 | live-root          | REACHED | REACHED | - | -",
                "arm64 | walk-live-root     | REACHED | REACHED | - | -",
                "arm32 | walk-live-root     | REACHED | REACHED | - | -",
                "arm64 | identity-helpers   | REACHED | REACHED | - | -",
                "arm32 | identity-helpers   | REACHED | REACHED | - | -",
                "arm64 | switch-ttbr        | REACHED | REACHED | REG-TTBR XEN PE0 | -",
                "arm32 | switch-ttbr        | REACHED | REACHED | - | -",
                "arm64 | secondary-direct   | REACHED | REACHED | CMO-PTOFF IDENTITY PE1, CMO-PTOFF XEN PE1, REG-TTBR XEN PE1 | -",
                "arm32 | secondary-direct   | REACHED | REACHED | - | -",
                "arm64 | insert-barriers    | REACHED | REACHED | PTE-DSB BOOT_FDT PE0, PTE-DSB DIRECTMAP PE0, PTE-DSB FIXMAP PE0 | -",
                "arm32 | insert-barriers    | REACHED | REACHED | PTE-DSB FIXMAP PE0, TLB-ISB BOOT_FDT PE0 | -",
                "arm64 | domheap-break      | REACHED | REACHED | - | -",
                "arm32 | domheap-break      | REACHED | REACHED | BBM-OA DOMHEAP PE0, BBM-OA DOMHEAP PE1 | -",
                "arm64 | table-maintenance  | REACHED | REACHED | CMO-PTOFF IDENTITY PE0, CMO-PTOFF XEN PE0 | -",
                "arm32 | table-maintenance  | REACHED | REACHED | CMO-PTOFF DOMHEAP PE0, CMO-PTOFF DOMHEAP PE1,"
                        + " CMO-PTOFF IDENTITY PE0, CMO-PTOFF IDENTITY PE1, CMO-PTOFF XEN PE0, CMO-PTOFF XEN PE1 | -",
                "arm64 | switch-httbr       | REACHED | REACHED | - | -",
                "arm32 | switch-httbr       | REACHED | REACHED | REG-TTBR XEN PE0, REG-TTBR XEN PE1 | -"
            })
    void aPatchTakesAwayAndBringsWhatItShould(
            final String architecture,
            final String option,
            final FlowEnd endBefore,
            final FlowEnd endAfter,
            final @Nullable String gone,
            final @Nullable String come) {
        final Patch patch = Patch.of(option);
        final EnumSet<Patch> without = EnumSet.noneOf(Patch.class);
        if (patch.number() == 0) {
            without.addAll(Preset.MERGED.patches());
            without.remove(patch);
        } else {
            Arrays.stream(Patch.values())
                    .filter(earlier -> earlier.number() != 0 && earlier.number() < patch.number())
                    .forEach(without::add);
        }
        final EnumSet<Patch> with = EnumSet.copyOf(without);
        with.add(patch);
        final long load = patch == Patch.LOAD_ANYWHERE || patch == Patch.LAYOUT_REWORK
                ? WITHIN_RUNTIME
                : FlowSpecification.USUAL_LOAD_ADDRESS;
        final Architecture isa = FlowName.architecture(architecture);

        final FlowStudy before = FlowStudy.of(new FlowSpecification(isa, without, load, 2), Mutation.NONE);
        final FlowStudy after = FlowStudy.of(new FlowSpecification(isa, with, load, 2), Mutation.NONE);

        assertThat(before.result().end()).as(before.result().message()).isEqualTo(endBefore);
        assertThat(after.result().end()).as(after.result().message()).isEqualTo(endAfter);
        assertThat(difference(before, after)).as("gone").isEqualTo(set(gone));
        assertThat(difference(after, before)).as("new").isEqualTo(set(come));
    }

    private static Set<String> set(final @Nullable String text) {
        return text == null ? Set.of() : new TreeSet<>(Arrays.asList(text.split(", ")));
    }

    private static Set<String> difference(final FlowStudy some, final FlowStudy less) {
        final Set<String> sites = sites(some);
        sites.removeAll(sites(less));
        return sites;
    }

    private static Set<String> sites(final FlowStudy study) {
        final Set<String> sites = new TreeSet<>();
        for (final Finding finding : study.findings()) {
            final String region =
                    region(study.specification(), finding.vaRanges().getFirst().start());
            finding.pes()
                    .forEach(pe ->
                            sites.add("%s %s PE%d".formatted(finding.rule().id(), region, pe)));
        }
        return sites;
    }

    private static String region(final FlowSpecification flow, final long va) {
        final VirtualLayout layout = VirtualLayout.of(flow);
        final boolean narrow = flow.architecture() == Architecture.AARCH32;
        if (va >= layout.xen() && va < layout.fixmap()) {
            return "XEN";
        }
        if (va >= layout.fixmap() && va < layout.fdt()) {
            return "FIXMAP";
        }
        if (va >= layout.fdt() && va < layout.fdt() + 4 * MIB) {
            return "BOOT_FDT";
        }
        if (va >= layout.direct()) {
            return narrow ? "DOMHEAP" : "DIRECTMAP";
        }
        return "IDENTITY";
    }
}
