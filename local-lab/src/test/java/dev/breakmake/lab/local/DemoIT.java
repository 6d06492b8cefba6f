package dev.breakmake.lab.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.testkit.Programs;
import dev.breakmake.testkit.RealImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a new user starts it: its own lab, real Xen on the engine and on QEMU, reports, nothing left behind. */
class DemoIT {

    private static final List<String> IMAGES =
            List.of("4.14-arm64", "4.17-arm64", "4.20-arm64", "4.14-armhf", "4.17-armhf");

    @TempDir
    Path directory;

    @Test
    void the_demo_goes_through_a_lab_of_its_own_finds_what_is_known_and_stops_what_it_started() throws Exception {
        Programs.require("qemu-system-aarch64", "qemu-system-arm");
        IMAGES.forEach(image -> RealImages.require(image, "xen"));
        CliProgram.Result demo = new CliProgram(directory)
                .run("demo", "--output", directory.resolve("demo").toString());
        assertThat(demo.exit()).as(demo.toString()).isZero();
        assertThat(demo.out())
                .contains("the lab serves at", "every cell as expected")
                .doesNotContain("left out");

        JsonNode results = new ObjectMapper().readTree(Path.of(demo.lastLine()).toFile());
        assertThat(results.path("asExpected").asBoolean()).isTrue();
        Map<String, Integer> cells = new TreeMap<>();
        for (JsonNode cell : results.path("cells")) {
            JsonNode parameters = cell.path("parameters");
            String what = parameters.path("image").asText("flow") + " "
                    + parameters.path("backend").asText("");
            cells.merge(what, 1, Integer::sum);
            boolean switches = cell.findValuesAsText("rule").contains("REG-TTBR");
            if (parameters.has("image")) {
                assertThat(switches).as(cell.toString()).isEqualTo(!what.contains("4.20-arm64"));
                assertThat(cell.toString()).contains("\"sha256\":\"");
            }
        }
        assertThat(cells)
                .containsEntry("xen-4.17-arm64 ENGINE", 4)
                .containsEntry("xen-4.17-arm64 QEMU", 1)
                .containsEntry("xen-4.17-armhf ENGINE", 4);
        assertThat(Files.readString(directory.resolve("demo/report.html")))
                .contains("switch_ttbr", "Timeline of the MMU");
        assertThat(directory.resolve("demo/lab/lab.json"))
                .as("the lab has stopped")
                .doesNotExist();
        assertThat(directory.resolve("demo/lab/data/postmaster.pid"))
                .as("its database has stopped")
                .doesNotExist();
    }

    @Test
    void without_apt_images_and_qemu_the_demo_runs_the_flows_and_says_what_it_left_out() throws Exception {
        Path programs = Files.createDirectory(directory.resolve("programs"));
        linkAllBut("(apt|qemu).*", programs);
        CliProgram.Result demo = new CliProgram(directory)
                .run(
                        Map.of(
                                "PATH",
                                programs.toString(),
                                "BREAKMAKE_CACHE",
                                directory.resolve("cache").toString()),
                        "demo",
                        "--output",
                        directory.resolve("demo").toString());
        assertThat(demo.exit()).as(demo.toString()).isZero();
        assertThat(demo.out())
                .contains("arm64/base", "every cell as expected")
                .contains("left out: QEMU cells")
                .contains("left out: Xen images that could not be fetched");
        assertThat(demo.lastLine())
                .isEqualTo(directory.resolve("demo/results.json").toString());
    }

    /** This machine's programs without those of a pattern: what {@code PATH} is on a machine that lacks them. */
    private static void linkAllBut(String pattern, Path folder) throws IOException {
        for (String place : System.getenv("PATH").split(":", -1)) {
            if (!Files.isDirectory(Path.of(place))) {
                continue;
            }
            try (Stream<Path> programs = Files.list(Path.of(place))) {
                for (Path program : programs.toList()) {
                    Path link = folder.resolve(program.getFileName());
                    if (!program.getFileName().toString().matches(pattern)
                            && !Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                        Files.createSymbolicLink(link, program);
                    }
                }
            }
        }
    }
}
