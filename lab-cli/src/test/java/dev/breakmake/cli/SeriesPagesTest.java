package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.flow.Patch;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The pages of docs/series show what the commands on them print: each command is run as it is printed, its output compared with the page,
 * its picture with the file beside it. Run with {@code -Dbreakmake.regenerate=true} to write them.
 */
class SeriesPagesTest {

    private static final Path FOLDER = Path.of("..", "docs", "series");
    private static final List<String> ARCHITECTURES = List.of("arm64", "arm32");
    private static final String LAST = " (last)";

    static List<SeriesPage> pages() {
        return SeriesPage.all();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void thePageOfEachPatchShowsWhatItsCommandsPrint(SeriesPage page) throws IOException {
        upToDate(FOLDER.resolve(page.name() + ".md"), write(page));
        for (String architecture : ARCHITECTURES) {
            String drawn = printed(page.command(architecture) + " --svg", ExitCode.PASSED);
            upToDate(FOLDER.resolve(picture(page, architecture)), drawn);
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

    private static String picture(SeriesPage page, String architecture) {
        return "pictures/%s-%s.svg".formatted(page.name(), architecture);
    }

    /** What a command of a page prints, run as it is printed. */
    private static String printed(String command, int exitCode) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.execute(new PrintWriter(out), new PrintWriter(err), command.split(" "));
        assertThat(code).as("%s: %s", command, err).isEqualTo(exitCode);
        return out.toString();
    }

    /** The number of the operation that a command leaves out, from the list the command prints. */
    private static String mutated(SeriesPage.Shown shown) {
        if (shown.dropped().isEmpty()) {
            return shown.command();
        }
        boolean last = shown.dropped().endsWith(LAST);
        String name = shown.dropped().replace(LAST, "");
        String pattern = " *([0-9]+)  pe0/" + Pattern.quote(name).replace("*", "\\E.*\\Q");
        List<String> numbers = printed(shown.command() + " --operations", ExitCode.PASSED)
                .lines()
                .filter(line -> line.matches(pattern))
                .map(line -> line.strip().replaceFirst(" .*", ""))
                .toList();
        assertThat(numbers)
                .as("operations %s of %s", shown.dropped(), shown.command())
                .isNotEmpty();
        return "%s --drop %s".formatted(shown.command(), last ? numbers.getLast() : numbers.getFirst());
    }

    private static String write(SeriesPage page) {
        List<String> lines = new ArrayList<>();
        lines.add("# %d. %s".formatted(page.patch().number(), page.title()));
        lines.add("");
        lines.add(page.changes());
        lines.add("");
        lines.add("Rule: " + page.rule());
        String layouts = layouts(page.patch());
        if (!layouts.isEmpty()) {
            lines.add("");
            lines.add(layouts);
        }
        for (String architecture : ARCHITECTURES) {
            lines.add("");
            lines.add("## " + architecture);
            lines.addAll(run(page.command(architecture), ExitCode.PASSED));
            lines.add("");
            lines.add(
                    "![%s without and with the patch: root, MMU and identity map of each PE, and what is found where](%s)"
                            .formatted(architecture, picture(page, architecture)));
        }
        for (SeriesPage.Shown shown : page.shown()) {
            lines.add("");
            lines.add("## " + shown.why());
            lines.addAll(run(mutated(shown), shown.exitCode()));
        }
        lines.add("");
        lines.add(
                "The pictures are drawn by the same commands with `--svg`; `--json` has every finding with its evidence.");
        lines.add("");
        return String.join("\n", lines);
    }

    /** A command with what it prints, as a block of code. */
    private static List<String> run(String command, int exitCode) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("    $ ./breakmake " + command);
        Arrays.stream(printed(command, exitCode).split("\\R"))
                .map(line -> line.isEmpty() ? "" : "    " + line.stripTrailing())
                .forEach(lines::add);
        return lines;
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
