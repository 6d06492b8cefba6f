package dev.breakmake.engine.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.study.FlowStudy;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.finding.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The pages of docs/series hold what the flows really say: each page is written anew and compared. Run with
 * {@code -Dbreakmake.regenerate=true} to write them.
 */
class SeriesPagesTest {

    private static final Path FOLDER = Path.of("..", "docs", "series");
    private static final long USUAL = FlowSpecification.USUAL_LOAD_ADDRESS;

    /** What a page says of its patch in words. */
    record Page(Patch patch, String title, String changes, String look, long loadAddress) {
        @Override
        public String toString() {
            return patch.id();
        }
    }

    static List<Page> pages() {
        return List.of(
                new Page(
                        Patch.CLEAN_LAYOUT,
                        "Clean up the memory layout",
                        "Every region of the address space is defined from the one before it, and sizes have names.",
                        "Addresses stay where they were, so the checker must say the same before and after.",
                        USUAL),
                new Page(
                        Patch.JUMP_IN_ENABLE_MMU,
                        "arm32: jump to the runtime mapping in enable_mmu()",
                        "enable_mmu() ends on the runtime mapping; its callers no longer run on the identity map.",
                        "The branch is the last operation of enable_mmu in both flows here: they start from the code after it.",
                        USUAL),
                new Page(
                        Patch.FLUSH_HELPER,
                        "arm32: one helper flushes the TLB",
                        "TLBIALLH, DSB NSH and ISB stand in one place.",
                        "The sequence at each call site is the same, so no rule changes.",
                        USUAL),
                new Page(
                        Patch.LOAD_ANYWHERE,
                        "arm32: remove the restriction where to load Xen",
                        "An image loaded at 2 to 4 MiB shares its runtime pages with its identity map; a temporary mapping in the"
                                + " domheap area takes the jump.",
                        "Before, the boot gives up while it creates the tables; after, it boots.",
                        0x0021_0000L),
                new Page(
                        Patch.TEMPORARY_MAPPING,
                        "arm32: widen the use of the temporary mapping",
                        "The temporary mapping is used whenever the load address does not overlap it.",
                        "The same path serves (nearly) every load address; compare the routines that run.",
                        USUAL),
                new Page(
                        Patch.EARLY_WALK,
                        "Enable dump_pt_walk() early during boot",
                        "A walk can be printed before the domheap exists.",
                        "Nothing a rule looks at changes; `breakmake trace walk` prints any walk from the first instruction on.",
                        USUAL),
                new Page(
                        Patch.LAYOUT_REWORK,
                        "arm64: rework the memory layout",
                        "Xen moves to slot 4 of the root table: the first 2 TiB stay free for the identity map.",
                        "An identity map no longer shares a table with the runtime mapping, wherever the image is loaded below 2 TiB.",
                        0x0021_0000L),
                new Page(
                        Patch.LIVE_ROOT,
                        "Allow xen_pt_update() to work with the current root table",
                        "Updates go to the root that TTBR0_EL2 names.",
                        "Steps name the root they belong to in both flows; no rule changes.",
                        USUAL),
                new Page(
                        Patch.WALK_LIVE_ROOT,
                        "Allow dump_hyp_walk() to work on the current root table",
                        "An abort during early boot prints the walk of the live root.",
                        "Nothing a rule looks at changes; an abort in a flow always carries the walk.",
                        USUAL),
                new Page(
                        Patch.IDENTITY_HELPERS,
                        "arm64: helpers to prepare, enable and disable the identity mapping",
                        "The identity map of the runtime tables exists only while it is needed.",
                        "The helpers are used by the next two patches; alone they change nothing.",
                        USUAL),
                new Page(
                        Patch.SWITCH_TTBR,
                        "arm64: rework switch_ttbr()",
                        "Jump to the identity map, MMU off, TLBI, TTBR0_EL2, MMU on, jump back, identity map out.",
                        "REG-TTBR of the boot PE is gone.",
                        USUAL),
                new Page(
                        Patch.SECONDARY_DIRECT,
                        "arm64: secondaries switch directly to the runtime page tables",
                        "Secondaries enable the MMU on the runtime tables through the identity map; they build no boot tables.",
                        "REG-TTBR of the secondaries is gone, and the boot tables are written once.",
                        USUAL));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void thePageOfEachPatchIsUpToDate(final Page page) throws IOException {
        final String name =
                "%02d-%s.md".formatted(page.patch().number(), page.patch().id());
        final Path file = FOLDER.resolve(name);
        final String expected = write(page);
        if (Boolean.getBoolean("breakmake.regenerate")) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, expected);
        }
        assertThat(file).as("run with -Dbreakmake.regenerate=true").exists();
        assertThat(Files.readString(file))
                .as("%s is stale: run with -Dbreakmake.regenerate=true", name)
                .isEqualTo(expected);
    }

    private static String write(final Page page) {
        final List<String> lines = new ArrayList<>();
        lines.add("# %d. %s".formatted(page.patch().number(), page.title()));
        lines.add("");
        lines.add(page.changes());
        lines.add("");
        lines.add(page.look());
        final String picture = picture(page.patch());
        if (!picture.isEmpty()) {
            lines.add("");
            lines.add(picture);
        }
        for (final Architecture architecture : Architecture.values()) {
            final EnumSet<Patch> earlier = EnumSet.noneOf(Patch.class);
            for (final Patch patch : Patch.values()) {
                if (patch.number() != 0 && patch.number() < page.patch().number()) {
                    earlier.add(patch);
                }
            }
            final EnumSet<Patch> withIt = EnumSet.copyOf(earlier);
            withIt.add(page.patch());
            final FlowStudy before = study(architecture, earlier, page.loadAddress());
            final FlowStudy after = study(architecture, withIt, page.loadAddress());
            final String arch = architecture == Architecture.AARCH64 ? "arm64" : "arm32";
            lines.add("");
            lines.add("## " + arch);
            lines.add("");
            lines.add("    ./breakmake flow run %s --pes 2 --load-address 0x%x%s"
                    .formatted(arch, page.loadAddress(), with(withIt)));
            lines.add("");
            lines.add("| before | after |");
            lines.add("|---|---|");
            lines.add("| %s | %s |".formatted(end(before), end(after)));
            final Set<String> gone = sites(before);
            gone.removeAll(sites(after));
            final Set<String> come = sites(after);
            come.removeAll(sites(before));
            final Set<String> stay = sites(before);
            stay.retainAll(sites(after));
            lines.add("");
            lines.add("* gone: " + list(gone));
            lines.add("* new: " + list(come));
            lines.add("* in both: " + list(stay));
        }
        lines.add("");
        return String.join("\n", lines);
    }

    /** What a page shows of address spaces: the pictures {@code breakmake layout plot} draws. */
    private static String picture(final Patch patch) {
        return switch (patch) {
            case CLEAN_LAYOUT, LAYOUT_REWORK ->
                "![arm64 before the series and as it ended up: regions, and what loading the image there means](../layouts/arm64.svg)";
            case LOAD_ANYWHERE, TEMPORARY_MAPPING ->
                "![arm32 before the series and as it ended up: regions, clashes, and the way the start code takes](../layouts/arm32.svg)";
            default -> "";
        };
    }

    private static FlowStudy study(final Architecture architecture, final Set<Patch> patches, final long load) {
        return FlowStudy.of(new FlowSpecification(architecture, patches, load, 2), Mutation.NONE);
    }

    private static String with(final Set<Patch> patches) {
        return " --with " + String.join(",", patches.stream().map(Patch::id).toList());
    }

    private static String end(final FlowStudy study) {
        final FlowResult result = study.result();
        final long routines = result.operations().stream()
                .map(FlowOperation::routine)
                .distinct()
                .count();
        return result.reached()
                ? "boots: %d operations in %d routines"
                        .formatted(result.operations().size(), routines)
                : "stops in `%s`: %s".formatted(result.stoppedAt(), result.message());
    }

    private static Set<String> sites(final FlowStudy study) {
        final Set<String> sites = new TreeSet<>();
        for (final Finding finding : study.findings()) {
            for (final int pe : finding.pes()) {
                final String routine = String.valueOf(finding.symbol()).replaceAll("\\+.*", "");
                sites.add("%s at `%s` on PE%d".formatted(finding.rule().id(), routine, pe));
            }
        }
        return sites;
    }

    private static String list(final Set<String> sites) {
        return sites.isEmpty() ? "nothing" : String.join(", ", sites);
    }
}
