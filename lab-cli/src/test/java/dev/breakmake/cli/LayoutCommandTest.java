package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.report.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xml.sax.InputSource;

class LayoutCommandTest {

    private static final Path PICTURES = Path.of("..", "docs", "layouts");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory = Path.of(".");

    private int run(String... arguments) {
        return Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    @Test
    void checkPrintsRegionsAndGapsInOrder() {
        assertThat(run("layout", "check", "xen-4.17-arm64")).isEqualTo(ExitCode.PASSED);
        assertThat(out.toString().lines().map(String::strip))
                .anyMatch(line -> line.matches("0x200000 +0x400000 +2 MiB +image +XEN +text, data, bss"))
                .anyMatch(line -> line.matches("0xc00000 +0x40000000 +1012 MiB +-"));
    }

    @Test
    void aGuardThatIsMissingFailsTheCheck() {
        assertThat(run("layout", "check", "xen-4.17-arm64", "--guard", "4KiB", "--json"))
                .isEqualTo(ExitCode.FAILED);
        JsonNode root = Json.parse(out.toString());
        assertThat(root.get("problems").findValuesAsText("kind")).containsOnly("no_guard");
        assertThat(root.get("regions").get(0).get("start").asText()).isEqualTo("0x200000");
    }

    @Test
    void aFileThatCannotBeUsedIsAnInputErrorWithLinesAndColumns() throws IOException {
        Path file = directory.resolve("mine.layout");
        Files.writeString(file, "layout mine\nregion A runtime 1MiB 2MiB\nregion B runtime 2MiB 1MiB\ncolour blue\n");

        assertThat(run("layout", "check", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("mine.layout:4:1: unknown statement 'colour'", "mine.layout:3:8: B", "overlaps A");
        assertThat(run("layout", "check", directory.resolve("none").toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("xen-4.20-arm64");
    }

    @Test
    void sweepNamesThePathOfEveryLoadAddress() {
        assertThat(run("layout", "sweep", "xen-4.20-arm32", "--to", "8GiB", "--json"))
                .isEqualTo(ExitCode.PASSED);
        JsonNode loads = Json.parse(out.toString()).get("loads");
        assertThat(loads.findValuesAsText("path")).contains("temporary", "direct", "impossible");
        assertThat(loads.get(0).get("start").asText()).isEqualTo("0x0");
        assertThat(loads.get(loads.size() - 1).get("end").asText()).isEqualTo("0x200000000");
        assertThat(run("layout", "sweep", "xen-4.20-arm32", "--size", "8MiB..2MiB"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("layout", "sweep", "xen-4.20-arm32", "--step", "3MiB")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("smaller than the smallest", "power of two");
    }

    /** The pictures in docs/layouts are those the command draws; run with {@code -Dbreakmake.regenerate=true} to write them. */
    @ParameterizedTest
    @CsvSource({"arm64.svg,xen-4.17-arm64,xen-4.20-arm64,16TiB", "arm32.svg,xen-4.17-arm32,xen-4.20-arm32,8GiB"})
    void thePicturesInTheDocumentsAreUpToDate(String name, String before, String after, String to) throws Exception {
        Path file = directory.resolve(name);
        assertThat(run("layout", "plot", before, after, "--to", to, "-o", file.toString()))
                .isEqualTo(ExitCode.PASSED);
        String picture = Files.readString(file);
        if (Boolean.getBoolean("breakmake.regenerate")) {
            Files.createDirectories(PICTURES);
            Files.writeString(PICTURES.resolve(name), picture);
        }
        assertThat(Files.readString(PICTURES.resolve(name)))
                .as("%s is stale: run with -Dbreakmake.regenerate=true", name)
                .isEqualTo(picture);
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(picture)));
        assertThat(document.getElementsByTagName("rect").getLength()).isGreaterThan(20);
        assertThat(picture).contains("CLASH: VMAP", before, after);
    }
}
