package dev.breakmake.lab.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.testkit.Programs;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No space left: work pauses and says why, and goes on by itself once there is space, with the results it would have had. */
class DiskFullIT {

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String MATRIX = """
            spec:
              boot: {}
              matrix:
                axes:
                  - {name: flow, values: [arm64/base, arm64/series, arm32/base, arm32/fixed]}
                  - {name: pes, values: [1, 2]}
              retry: {maxAttempts: 10, initialBackoff: BACKOFF}
            """;
    /** Cells that nobody ever executes, but which have to be stored. */
    private static final String MUCH = """
            spec:
              boot: {flow: arm64/base}
              requiredLabels: [nobody-has-this]
              matrix:
                axes:
                  - {name: seed, values: [SEEDS]}
                limits: {maxCells: 1000}
            """;

    @TempDir
    Path directory;

    private ServiceProcess lab(Map<String, String> properties, SmallDisk disk) throws Exception {
        Programs.require("unshare", "util-linux");
        Map<String, String> all = new HashMap<>(properties);
        all.putIfAbsent("breakmake.lab.home", directory.resolve("home").toString());
        return new ServiceProcess(
                "lab", ServiceProcess.jarOf("local-lab"), directory, ServiceProcess.freePort(), all, disk.prefix());
    }

    private static String submit(Rest rest, String backoff) throws Exception {
        return rest.yaml("/v1/projects/default/runs", MATRIX.replace("BACKOFF", backoff))
                .path("name")
                .asText();
    }

    private static Map<String, String> digests(Rest rest, String run) throws Exception {
        Map<String, String> digests = new TreeMap<>();
        for (JsonNode cell : rest.cells(run)) {
            digests.put(
                    cell.path("parameters").toString(),
                    cell.path("verdict").asText() + " "
                            + cell.path("traceDigest").asText());
        }
        assertThat(digests).hasSize(8);
        return digests;
    }

    private static String trouble(Rest rest) throws Exception {
        HttpResponse<String> health = rest.send(rest.request("/health/ready").build());
        return health.statusCode() == 200 ? "" : health.body();
    }

    private static void awaitReady(Rest rest) throws InterruptedException {
        Await.until("the lab is ready", PATIENCE, () -> trouble(rest).isEmpty());
    }

    @Test
    void a_runner_without_room_takes_no_work_and_says_so_until_there_is_room() throws Exception {
        SmallDisk disk = new SmallDisk(directory.resolve("spool"), 32);
        try (ServiceProcess lab = lab(
                Map.of(
                        "breakmake.runner.directory",
                        disk.directory().resolve("runner").toString(),
                        "breakmake.runner.reserve-bytes",
                        Integer.toString(8 << 20),
                        "breakmake.runner.slots",
                        "2"),
                disk)) {
            Rest rest = new Rest(lab.start().awaitListening().url());
            String calm = submit(rest, "1s");
            rest.awaitEnd(calm, PATIENCE);

            disk.fill(lab.pid(), 1 << 20);
            Await.until(
                    "the lab says that the runner has no room",
                    PATIENCE,
                    () -> trouble(rest).contains("bytes are free under the spool"));
            String waiting = submit(rest, "1s");
            Await.until(
                    "its cells say why they wait",
                    PATIENCE,
                    () -> rest.cells(waiting).stream()
                            .allMatch(
                                    cell -> !cell.path("pendingReason").asText().isEmpty()));
            JsonNode counts = rest.get("/v1/" + waiting).path("counts");
            assertThat(counts.path("queued").asInt()).isEqualTo(8);

            disk.empty(lab.pid());
            rest.awaitEnd(waiting, PATIENCE);
            assertThat(digests(rest, waiting)).isEqualTo(digests(rest, calm));
            awaitReady(rest);
            assertThat(lab.stop()).isIn(0, 143);
        }
    }

    @Test
    void a_spool_that_fills_up_under_a_boot_costs_an_attempt_and_no_cell() throws Exception {
        SmallDisk disk = new SmallDisk(directory.resolve("spool"), 8);
        try (ServiceProcess lab = lab(
                Map.of(
                        "breakmake.runner.directory",
                        disk.directory().resolve("runner").toString(),
                        "breakmake.runner.reserve-bytes",
                        "4096",
                        "breakmake.runner.slots",
                        "1"),
                disk)) {
            Rest rest = new Rest(lab.start().awaitListening().url());
            String calm = submit(rest, "1s");
            rest.awaitEnd(calm, PATIENCE);

            // Enough to begin an attempt, not enough for its trace.
            disk.fill(lab.pid(), 10_000);
            String hit = submit(rest, "20s");
            JsonNode failed = Await.value(
                    "an attempt failed for want of space",
                    PATIENCE,
                    () -> rest.cells(hit).stream()
                            .filter(cell -> cell.path("attemptCount").asInt() > 0)
                            .findFirst());
            disk.empty(lab.pid());
            JsonNode attempt = Await.value("it has ended", PATIENCE, () -> {
                JsonNode first = rest.get("/v1/" + failed.path("name").asText() + "/attempts")
                        .path("attempts")
                        .get(0);
                return first.path("endTime").asText().isEmpty()
                        ? java.util.Optional.empty()
                        : java.util.Optional.of(first);
            });
            assertThat(attempt.path("verdict").asText()).isEqualTo("MISSED");
            assertThat(attempt.path("cause").asText()).isEqualTo("INFRASTRUCTURE");
            assertThat(attempt.path("detail").asText()).contains("disk").contains("No space left");
            rest.awaitEnd(hit, PATIENCE);
            assertThat(digests(rest, hit)).isEqualTo(digests(rest, calm));
            assertThat(lab.stop()).isIn(0, 143);
        }
    }

    @Test
    void a_database_without_space_refuses_in_words_and_works_on_when_there_is_some() throws Exception {
        SmallDisk disk = new SmallDisk(directory.resolve("home"), 320);
        try (ServiceProcess lab = lab(
                Map.of(
                        "breakmake.runner.directory",
                        directory.resolve("runner").toString(),
                        "breakmake.runner.slots",
                        "2"),
                disk)) {
            Rest rest = new Rest(lab.start().awaitListening().url());
            String calm = submit(rest, "1s");
            rest.awaitEnd(calm, PATIENCE);

            disk.fill(lab.pid(), 0);
            String seeds = String.join(
                    ", ",
                    java.util.stream.IntStream.range(0, 1_000)
                            .mapToObj(Integer::toString)
                            .toList());
            HttpResponse<String> refused = null;
            for (int i = 0; refused == null; i++) {
                assertThat(i)
                        .as("runs of a thousand cells that a full disk took")
                        .isLessThan(500);
                HttpResponse<String> answer = rest.send(rest.request("/v1/projects/default/runs")
                        .header("Content-Type", "application/yaml")
                        .POST(BodyPublishers.ofString(MUCH.replace("SEEDS", seeds)))
                        .build());
                refused = answer.statusCode() == 200 ? null : answer;
            }
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(refused.body()).containsAnyOf("STORAGE_LOW", "DATABASE_DOWN");

            disk.empty(lab.pid());
            String after =
                    Await.value("work is taken again", PATIENCE, () -> java.util.Optional.of(submit(rest, "1s")));
            rest.awaitEnd(after, PATIENCE);
            assertThat(digests(rest, after)).isEqualTo(digests(rest, calm));
            awaitReady(rest);
            assertThat(lab.stop()).isIn(0, 143);
        }
    }

    @Test
    void a_database_that_dies_under_the_lab_is_started_again() throws Exception {
        SmallDisk unused = new SmallDisk(directory.resolve("unused"), 1);
        try (ServiceProcess lab = lab(Map.of("breakmake.runner.slots", "2"), unused)) {
            Rest rest = new Rest(lab.start().awaitListening().url());
            String calm = submit(rest, "1s");
            rest.awaitEnd(calm, PATIENCE);
            long first = postmaster();
            ProcessHandle.of(first).orElseThrow().destroyForcibly();
            String after =
                    Await.value("work is taken again", PATIENCE, () -> java.util.Optional.of(submit(rest, "1s")));
            rest.awaitEnd(after, PATIENCE);
            assertThat(digests(rest, after)).isEqualTo(digests(rest, calm));
            assertThat(postmaster()).isNotEqualTo(first);
            awaitReady(rest);
            assertThat(lab.stop()).isIn(0, 143);
            assertThat(ProcessHandle.of(first).filter(ProcessHandle::isAlive)).isEmpty();
        }
    }

    private long postmaster() throws Exception {
        return Long.parseLong(java.nio.file.Files.readAllLines(directory.resolve("home/data/postmaster.pid"))
                .getFirst()
                .strip());
    }
}
