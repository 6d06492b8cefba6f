package dev.breakmake.lab.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.testkit.RealImages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runner that is asked to end, as an upgrade or Kubernetes does it. */
class DrainIT {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int CELLS = 16;

    @TempDir
    Path directory;

    @Test
    void on_sigterm_a_runner_finishes_what_it_holds_and_the_other_does_the_rest() throws Exception {
        try (LabSystem lab = new LabSystem(directory, Map.of())) {
            Rest rest = lab.rest();
            rest.upload(RealImages.require("4.17-arm64", "xen"), "xen", "XEN", List.of());
            String run =
                    rest.yaml("/v1/projects/default/runs", """
                    spec:
                      boot: {image: xen}
                      matrix: {axes: [{name: pes, values: [1, 2, 3, 4]}, {name: memory, values: [128MiB, 256MiB, 384MiB, 512MiB]}]}
                    """).path("name").asText();
            Await.until(
                    "the first runner holds something",
                    PATIENCE,
                    () -> rest.get("/v1/runners/runner-1").path("busySlots").asInt() > 0);
            assertThat(lab.firstRunner().stop()).as(lab.logs()).isIn(0, 143);
            List<JsonNode> itsOwn = attempts(rest, run).stream()
                    .filter(attempt -> attempt.path("runner").asText().equals("runners/runner-1"))
                    .toList();
            assertThat(itsOwn)
                    .as("what it held it has finished, with a verdict about the target; %s", lab.logs())
                    .isNotEmpty()
                    .allSatisfy(attempt -> {
                        assertThat(attempt.path("state").asText()).isEqualTo("COMPLETED");
                        assertThat(attempt.path("verdict").asText()).isIn("PASSED", "FAILED");
                    });

            JsonNode counts = rest.awaitEnd(run, PATIENCE).path("counts");
            assertThat(counts.path("passed").asInt() + counts.path("failed").asInt())
                    .isEqualTo(CELLS);
            assertThat(attempts(rest, run)).as("nothing was done twice").hasSize(CELLS);
            assertThat(rest.get("/v1/runners/runner-1")
                            .path("consecutiveFailures")
                            .asInt())
                    .as("failures of a runner that was asked to end")
                    .isZero();
        }
    }

    private static List<JsonNode> attempts(Rest rest, String run) throws Exception {
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode cell : rest.cells(run)) {
            rest.get("/v1/" + cell.path("name").asText() + "/attempts")
                    .path("attempts")
                    .forEach(all::add);
        }
        return all;
    }
}
