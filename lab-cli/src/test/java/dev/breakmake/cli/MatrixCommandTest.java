package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.testkit.RealImages;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Job files without a lab: real Xen and flows, and every mistake with its place. */
class MatrixCommandTest {

    private static final String FLOWS = """
            displayName: Small
            spec:
              boot: {flow: arm64/base}
              matrix:
                axes:
                  - name: flow
                    values: [arm64/base, arm64/fixed]
                  - name: pes
                    values: [1, 2]
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int run(String... arguments) {
        return Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("job.yaml"), text).toString();
    }

    @Test
    void flowsBeforeAndAfterTheSeriesGetTheirVerdictsAndReports() throws IOException {
        Path junit = folder.resolve("r.xml");
        assertThat(run("matrix", "run", file(FLOWS), "--json", "--junit", junit.toString()))
                .isEqualTo(ExitCode.FAILED);
        assertThat(json().get("verdict").asText()).isEqualTo("FAILED");
        assertThat(json().at("/counts/total").asInt()).isEqualTo(4);
        assertThat(json().at("/counts/passed").asInt()).isEqualTo(2);
        assertThat(json().get("cells"))
                .filteredOn(cell -> cell.at("/parameters/flow").asText().equals("arm64/base"))
                .allSatisfy(cell -> assertThat(cell.get("findings"))
                        .anySatisfy(judged ->
                                assertThat(judged.at("/finding/rule").asText()).isEqualTo("REG-TTBR")));
        assertThat(junit).content().contains("failures=\"2\"").contains("arm64/base on 2 PEs");
    }

    @Test
    void theExampleRunsAndItsExpectationsHold() throws IOException {
        RealImages.require("4.17-arm64", "xen");
        RealImages.require("4.20-arm64", "xen");
        assertThat(run("matrix", "example")).isEqualTo(ExitCode.PASSED);
        String file = file(out.toString());
        out.getBuffer().setLength(0);
        assertThat(run("matrix", "run", file)).as(out.toString() + err).isEqualTo(ExitCode.PASSED);
        assertThat(out.toString()).contains("REG-TTBR    switch_ttbr").contains("4 cells: 4 passed");
    }

    @Test
    void theSeriesAsFlowsIsWhatItsExpectationsSay() throws IOException {
        String file;
        try (InputStream in = getClass().getResourceAsStream("/breakmake/lab/v1/series-flows.job.yaml")) {
            file = file(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(run("matrix", "run", file, "--json"))
                .as(out.toString() + err)
                .isEqualTo(ExitCode.PASSED);
        assertThat(json().at("/counts/total").asInt()).isEqualTo(660);
        assertThat(json().at("/counts/passed").asInt()).isEqualTo(660);
    }

    @Test
    void theNightlyExampleIsAValidJob() throws IOException {
        run("matrix", "example", "--nightly");
        String file = file(out.toString());
        out.getBuffer().setLength(0);
        assertThat(run("matrix", "expand", file, "--json")).as(err.toString()).isEqualTo(ExitCode.PASSED);
        assertThat(json().get("total").asInt())
                .isGreaterThan(50)
                .isEqualTo(json().get("cells").size());
    }

    @Test
    void mistakesHaveFileLineAndColumn() throws IOException {
        assertThat(run("matrix", "run", file(FLOWS.replace("2]", "two]")))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("job.yaml:9:").contains("two");
        err.getBuffer().setLength(0);
        assertThat(run("matrix", "expand", file(FLOWS.replace("matrix:", "matrx:"))))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("job.yaml:4:").contains("matrx");
        err.getBuffer().setLength(0);
        assertThat(run("matrix", "run", file("displayName: [\n"))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("job.yaml:").contains("not YAML");
        err.getBuffer().setLength(0);
        assertThat(run("matrix", "run", file(FLOWS.replace("arm64/base, arm64/fixed", "arm64/nonsense"))))
                .isEqualTo(ExitCode.USAGE);
        assertThat(out.toString()).contains("arm64/nonsense").contains("ERRORED");
    }

    @Test
    void whatIsMissingIsSaidBeforeAnythingStarts() throws IOException {
        assertThat(run("matrix", "run", folder.resolve("none.yaml").toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no job file").contains("matrix example");
        err.getBuffer().setLength(0);
        assertThat(run("matrix", "run", file("spec: {boot: {image: my-xen}}"))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("image 'my-xen' is neither a fetched image nor a file");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void qemuCellsOnAMachineWithoutQemuAreMissedAndNotPassed() throws Exception {
        RealImages.require("4.17-arm64", "xen");
        CliProcess.Result result = CliProcess.run(
                Map.of("PATH", folder.toString()),
                folder,
                "matrix",
                "run",
                file("spec: {boot: {image: xen-4.17-arm64, backend: QEMU}}"));
        assertThat(result.exit()).isEqualTo(ExitCode.FAULT);
        assertThat(result.out()).contains("MISSED").contains("no QEMU on this machine");
    }
}
