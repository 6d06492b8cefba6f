package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.testkit.RealImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same boot in one process after another: what a JVM does differently each time must not show. */
class DeterminismTest {

    @TempDir
    Path folder = Path.of("");

    private JsonNode run(String process, String image, String pes, String seed) throws Exception {
        Path place = Files.createDirectories(folder.resolve(process));
        CliProcess.Result result = CliProcess.run(
                Map.of(), place, "run", image, "--memory", "128MiB", "--pes", pes, "--seed", seed, "--json");
        return Json.parse(result.out());
    }

    @ParameterizedTest(name = "{0}, {1} PEs, seed {2}")
    @CsvSource({"4.17-arm64, 2, 0", "4.20-arm64, 4, 7", "4.14-armhf, 2, 0"})
    void aBootHasTheSameDigestInEveryProcess(String image, String pes, String seed) throws Exception {
        RealImages.require(image, "xen");
        RealImages.require(image, "xen-syms");

        JsonNode first = run("first", image, pes, seed);
        JsonNode second = run("second", image, pes, seed);

        assertThat(first.get("traceDigest").asText()).matches("(sha256:)?[0-9a-f]{32,}");
        assertThat(second.get("traceDigest")).isEqualTo(first.get("traceDigest"));
        assertThat(second.get("instructions")).isEqualTo(first.get("instructions"));
        assertThat(second.get("findings")).isEqualTo(first.get("findings"));
        assertThat(second.get("outcome")).isEqualTo(first.get("outcome"));
    }
}
