package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Patch;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The pages of docs/series show what the commands on them print: each command is run as it is printed, its output compared with the page,
 * its picture with the file beside it. Run with {@code -Dbreakmake.regenerate=true} to write them.
 */
class SeriesPagesTest {

    private static final Path FOLDER = Path.of("..", "docs", "series");
    private static final String PROGRAM = "./breakmake ";
    private static final List<String> ARCHITECTURES = List.of("arm64", "arm32");

    /** What a page says of its patch in words. */
    record Page(Patch patch, String title, String changes, String look, long loadAddress) {
        String name() {
            return "%02d-%s".formatted(patch.number(), patch.id());
        }

        String command(String architecture) {
            boolean usual = loadAddress == FlowSpecification.USUAL_LOAD_ADDRESS;
            return "%sflow effect %d %s%s"
                    .formatted(
                            PROGRAM,
                            patch.number(),
                            architecture,
                            usual ? "" : " --load-address 0x%x".formatted(loadAddress));
        }

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
                        FlowSpecification.USUAL_LOAD_ADDRESS),
                new Page(
                        Patch.JUMP_IN_ENABLE_MMU,
                        "arm32: jump to the runtime mapping in enable_mmu()",
                        "enable_mmu() ends on the runtime mapping; its callers no longer run on the identity map.",
                        "The branch is the last operation of enable_mmu in both flows here: they start from the code after it.",
                        FlowSpecification.USUAL_LOAD_ADDRESS),
                new Page(
                        Patch.FLUSH_HELPER,
                        "arm32: one helper flushes the TLB",
                        "TLBIALLH, DSB NSH and ISB stand in one place.",
                        "The sequence at each call site is the same, so no rule changes.",
                        FlowSpecification.USUAL_LOAD_ADDRESS),
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
                        FlowSpecification.USUAL_LOAD_ADDRESS),
                new Page(
                        Patch.EARLY_WALK,
                        "Enable dump_pt_walk() early during boot",
                        "A walk can be printed before the domheap exists.",
                        "Nothing a rule looks at changes; `breakmake trace walk` prints any walk from the first instruction on.",
                        FlowSpecification.USUAL_LOAD_ADDRESS),
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
                        FlowSpecification.USUAL_LOAD_ADDRESS),
                new Page(
                        Patch.WALK_LIVE_ROOT,
                        "Allow dump_hyp_walk() to work on the current root table",
                        "An abort during early boot prints the walk of the live root.",
                        "Nothing a rule looks at changes; an abort in a flow always carries the walk.",
                        FlowSpecification.USUAL_LOAD_ADDRESS),
                new Page(
                        Patch.IDENTITY_HELPERS,
                        "arm64: helpers to prepare, enable and disable the identity mapping",
                        "The identity map of the runtime tables exists only while it is needed.",
                        "The helpers are used by the next two patches; alone they change nothing.",
                        FlowSpecification.USUAL_LOAD_ADDRESS),
                new Page(
                        Patch.SWITCH_TTBR,
                        "arm64: rework switch_ttbr()",
                        "Jump to the identity map, MMU off, TLBI, TTBR0_EL2, MMU on, jump back, identity map out.",
                        "REG-TTBR of the boot PE is gone.",
                        FlowSpecification.USUAL_LOAD_ADDRESS),
                new Page(
                        Patch.SECONDARY_DIRECT,
                        "arm64: secondaries switch directly to the runtime page tables",
                        "Secondaries enable the MMU on the runtime tables through the identity map; they build no boot tables.",
                        "REG-TTBR of the secondaries is gone, and the boot tables are written once.",
                        FlowSpecification.USUAL_LOAD_ADDRESS));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void thePageOfEachPatchShowsWhatItsCommandsPrint(Page page) throws IOException {
        upToDate(FOLDER.resolve(page.name() + ".md"), write(page));
        for (String architecture : ARCHITECTURES) {
            upToDate(FOLDER.resolve(picture(page, architecture)), printed(page.command(architecture) + " --svg"));
        }
    }

    private static void upToDate(Path file, String expected) throws IOException {
        if (Boolean.getBoolean("breakmake.regenerate")) {
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, expected);
        }
        assertThat(file).as("run with -Dbreakmake.regenerate=true").exists();
        assertThat(Files.readString(file))
                .as("%s is stale: run with -Dbreakmake.regenerate=true", file.getFileName())
                .isEqualTo(expected);
    }

    private static String picture(Page page, String architecture) {
        return "pictures/%s-%s.svg".formatted(page.name(), architecture);
    }

    /** What a command of a page prints, run as it is printed. */
    private static String printed(String command) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] arguments = command.substring(PROGRAM.length()).split(" ");
        int code = Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
        assertThat(code).as("%s: %s", command, err).isEqualTo(ExitCode.PASSED);
        return out.toString();
    }

    private static String write(Page page) {
        List<String> lines = new ArrayList<>();
        lines.add("# %d. %s".formatted(page.patch().number(), page.title()));
        lines.add("");
        lines.add(page.changes());
        lines.add("");
        lines.add(page.look());
        String layouts = layouts(page.patch());
        if (!layouts.isEmpty()) {
            lines.add("");
            lines.add(layouts);
        }
        for (String architecture : ARCHITECTURES) {
            String command = page.command(architecture);
            lines.add("");
            lines.add("## " + architecture);
            lines.add("");
            lines.add("    $ " + command);
            Arrays.stream(printed(command).split("\\R"))
                    .map(line -> line.isEmpty() ? "" : "    " + line)
                    .forEach(lines::add);
            lines.add("");
            lines.add(
                    "![%s without and with the patch: root, MMU and identity map of each PE, and what is found where](%s)"
                            .formatted(architecture, picture(page, architecture)));
        }
        lines.add("");
        lines.add(
                "The pictures are drawn by the same commands with `--svg`; `--json` has every finding with its evidence.");
        lines.add("");
        return String.join("\n", lines);
    }

    /** What a page shows of address spaces: the pictures {@code breakmake layout plot} draws. */
    private static String layouts(Patch patch) {
        return switch (patch) {
            case CLEAN_LAYOUT, LAYOUT_REWORK ->
                "![arm64 before the series and as it ended up: regions, and what loading the image there means](../layouts/arm64.svg)";
            case LOAD_ANYWHERE, TEMPORARY_MAPPING ->
                "![arm32 before the series and as it ended up: regions, clashes, and the way the start code takes](../layouts/arm32.svg)";
            default -> "";
        };
    }
}
