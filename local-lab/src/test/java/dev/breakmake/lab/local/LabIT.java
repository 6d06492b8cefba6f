package dev.breakmake.lab.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.lab.v1.Axis;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.CreateRunRequest;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.Matrix;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunServiceGrpc;
import dev.breakmake.testkit.Programs;
import dev.breakmake.testkit.RealImages;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The one-JVM lab as a user gets it: a process, real Xen images, real PostgreSQL, REST and gRPC on one port. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LabIT {

    private static final Duration PATIENCE = Duration.ofMinutes(8);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> IMAGES = List.of("4.17-arm64", "4.20-arm64", "4.17-armhf");

    @TempDir
    static Path directory;

    private ServiceProcess lab;
    private Rest rest;

    @BeforeAll
    void start() throws Exception {
        for (String image : IMAGES) {
            RealImages.require(image, "xen");
        }
        lab = labIn(directory, ServiceProcess.freePort()).start().awaitListening();
        rest = new Rest(lab.url());
        for (String image : IMAGES) {
            String symbols = rest.upload(RealImages.require(image, "xen-syms"), image + "-syms", "SYMBOLS", List.of());
            rest.upload(RealImages.require(image, "xen"), "xen-" + image, "XEN", List.of(symbols));
        }
    }

    private static ServiceProcess labIn(Path home, int port) {
        return new ServiceProcess(
                "lab",
                ServiceProcess.jarOf("local-lab"),
                home,
                port,
                Map.of("breakmake.lab.home", home.resolve("home").toString(), "breakmake.runner.slots", "2"));
    }

    @AfterAll
    void stop() throws Exception {
        if (lab != null) {
            lab.stop();
            lab.close();
        }
    }

    @Test
    void a_matrix_submitted_over_rest_ends_with_the_findings_the_checker_makes_beside_the_engine() throws Exception {
        JsonNode run = rest.yaml("/v1/projects/default/runs", """
            spec:
              boot: {platform: virt, memory: 128MiB}
              matrix:
                axes:
                  - {name: image, values: [xen-4.17-arm64, xen-4.20-arm64, xen-4.17-armhf]}
                  - {name: pes, values: [1, 2]}
              checks:
                - {name: says who it is, consoleContains: "Xen version"}
            """);
        JsonNode end = rest.awaitEnd(run.path("name").asText(), PATIENCE);
        assertThat(end.path("state").asText()).isEqualTo("SUCCEEDED");
        List<JsonNode> cells = rest.cells(run.path("name").asText());
        assertThat(cells).hasSize(6);
        for (JsonNode cell : cells) {
            assertThat(cell.path("outcome").path("kind").asText())
                    .as(cell.toString())
                    .isEqualTo("REACHED");
            assertFindingsEqual(cell);
            assertTraceAnswers(cell);
        }
        JsonNode before = cells.getFirst();
        assertThat(rulesOf(before)).contains("REG-TTBR");
        assertThat(before.path("verdict").asText()).isEqualTo("FAILED");
        assertThat(rulesOf(cells.get(2))).doesNotContain("REG-TTBR");
    }

    private static List<String> rulesOf(JsonNode cell) {
        List<String> rules = new ArrayList<>();
        cell.path("findings")
                .forEach(judged -> rules.add(judged.path("finding").path("rule").asText()));
        return rules;
    }

    private void assertFindingsEqual(JsonNode cell) throws Exception {
        String image = cell.path("parameters").path("image").asText().substring("xen-".length());
        OnlineCheck online = OnlineCheck.of(
                BootSpec.newBuilder()
                        .setMemory(128L << 20)
                        .setPes(cell.path("parameters").path("pes").asInt())
                        .build(),
                RealImages.require(image, "xen"),
                List.of(RealImages.require(image, "xen-syms")),
                directory);
        assertAgrees(cell, online);
    }

    private static void assertAgrees(JsonNode cell, OnlineCheck online) {
        Map<String, Long> ingested = new TreeMap<>();
        for (JsonNode judged : cell.path("findings")) {
            JsonNode finding = judged.path("finding");
            ingested.merge(
                    finding.path("rule").asText() + " "
                            + finding.path("fingerprint").asText(),
                    finding.path("count").asLong(),
                    Long::sum);
        }
        assertThat(cell.path("traceDigest").asText()).as(cell.toString()).isEqualTo(online.digest());
        assertThat(ingested).as(cell.toString()).isEqualTo(online.findings());
    }

    /** Steps, the diff of one, the walk of an address it changed and who changed it agree with each other. */
    private void assertTraceAnswers(JsonNode cell) throws Exception {
        String attempt = cell.path("name").asText() + "/attempts/"
                + cell.path("attemptCount").asInt();
        JsonNode trace = rest.get("/v1/traces:byAttempt?attempt=" + attempt);
        String name = trace.path("name").asText();
        assertThat(trace.path("state").asText()).isEqualTo("SEALED");
        JsonNode steps = rest.get("/v1/" + name + "/steps?changesOnly=true&pageSize=500");
        JsonNode last = steps.path("steps").get(steps.path("steps").size() - 1);
        long step = last.path("step").asLong();
        JsonNode diff = rest.get("/v1/" + name + "/steps/" + step + "/diff");
        assertThat(diff.toString()).contains("0x");
        JsonNode walk = rest.get("/v1/" + name + ":walk?va=0x200000");
        assertThat(walk.path("levels").size() + walk.toString().length()).isPositive();
        JsonNode changes = rest.get("/v1/" + name + ":changes?va=0x200000");
        assertThat(changes.isObject()).isTrue();
    }

    @Test
    void flows_submitted_over_grpc_run_on_the_same_port_and_agree_with_the_library() throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", lab.port())
                .usePlaintext()
                .build();
        try {
            Run run = RunServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(60, TimeUnit.SECONDS)
                    .createRun(CreateRunRequest.newBuilder()
                            .setParent("projects/default")
                            .setSpec(JobSpec.newBuilder()
                                    .setMatrix(Matrix.newBuilder()
                                            .addAxes(Axis.newBuilder()
                                                    .setName("flow")
                                                    .addAllValues(List.of(
                                                            "arm64/base", "arm64/merged", "arm32/base", "arm32/fixed")))
                                            .addAxes(Axis.newBuilder()
                                                    .setName("pes")
                                                    .addAllValues(List.of("1", "2")))))
                            .build());
            rest.awaitEnd(run.getName(), PATIENCE);
            for (JsonNode cell : rest.cells(run.getName())) {
                OnlineCheck online = OnlineCheck.of(
                        BootSpec.newBuilder()
                                .setBackend(Backend.BACKEND_ENGINE)
                                .setFlow(cell.path("parameters").path("flow").asText())
                                .setPes(cell.path("parameters").path("pes").asInt())
                                .build(),
                        null,
                        List.of(),
                        directory);
                assertAgrees(cell, online);
            }
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void a_cell_on_stock_qemu_is_judged_by_the_same_checker() throws Exception {
        Programs.require("qemu-system-aarch64", "qemu-system-arm");
        JsonNode run = rest.yaml(
                "/v1/projects/default/runs", "spec: {boot: {image: xen-4.17-arm64, backend: QEMU, memory: 256MiB}}");
        JsonNode end = rest.awaitEnd(run.path("name").asText(), PATIENCE);
        JsonNode cell = rest.cells(run.path("name").asText()).getFirst();
        assertThat(cell.path("outcome").path("kind").asText())
                .as(cell + " of " + end)
                .isEqualTo("REACHED");
        assertThat(rulesOf(cell)).contains("REG-TTBR");
    }

    @Test
    void the_context_of_a_request_goes_through_the_lease_to_the_log_lines_about_its_cells() throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        var answer = rest.send(rest.request("/v1/projects/default/runs")
                .header("Content-Type", "application/yaml")
                .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                .POST(BodyPublishers.ofString(
                        "spec: {boot: {flow: arm64/base}, matrix: {axes: [{name: pes, values: [1, 2]}]}}"))
                .build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        String run = MAPPER.readTree(answer.body()).path("name").asText();
        rest.awaitEnd(run, PATIENCE);
        String id = run.substring(run.lastIndexOf('/') + 1);
        for (int cell = 1; cell <= 2; cell++) {
            String ids = "{attempt=1, cell=" + cell + ", run=" + id + ", traceId=" + trace + "}";
            Await.until(
                    "a line about " + ids,
                    Duration.ofSeconds(30),
                    () -> Files.readString(lab.log()).lines().anyMatch(line -> line.contains(ids)));
        }
        // A line of another trace never carries these ids.
        assertThat(Files.readString(lab.log()).lines().filter(line -> line.contains("run=" + id)))
                .allMatch(line -> line.contains("traceId=" + trace))
                .allMatch(line -> line.matches("[0-9-]+T[0-9:.]+\\S* [A-Z]+ +\\[\\S+] \\(.*\\) \\{.*"));
    }

    @Test
    void a_killed_lab_is_found_again_with_its_data_and_its_database_is_stopped_first() throws Exception {
        Path other = Files.createDirectories(directory.resolve("other"));
        try (ServiceProcess second = labIn(other, ServiceProcess.freePort())) {
            second.start().awaitListening();
            Rest client = new Rest(second.url());
            String run = client.yaml("/v1/projects/default/runs", "spec: {boot: {flow: arm64/base}}")
                    .path("name")
                    .asText();
            JsonNode before = client.awaitEnd(run, PATIENCE);
            long database = databasePid(other);
            second.kill();
            assertThat(ProcessHandle.of(database)).as("the database goes on").isPresent();
            second.start().awaitListening();
            assertThat(databasePid(other)).isNotEqualTo(database);
            assertThat(client.get("/v1/" + run).path("counts")).isEqualTo(before.path("counts"));
            long current = databasePid(other);
            second.stop();
            // PostgreSQL says that it has stopped a moment before its process is gone.
            Await.until("the database ends with the lab", Duration.ofSeconds(20), () -> !isRunning(current));
            assertThat(other.resolve("home/lab.json")).doesNotExist();
        }
    }

    private static boolean isRunning(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    private static long databasePid(Path directory) throws IOException {
        return Long.parseLong(Files.readAllLines(directory.resolve("home/data/postmaster.pid"))
                .getFirst()
                .strip());
    }

    @Test
    void a_port_that_is_taken_and_a_folder_in_use_are_said_in_one_sentence() throws Exception {
        assertThat(refusal(Map.of(
                        "breakmake.lab.home", directory.resolve("third").toString(),
                        "breakmake.port", Integer.toString(lab.port()))))
                .contains("port " + lab.port())
                .contains("--port");
        assertThat(refusal(
                        Map.of("breakmake.lab.home", directory.resolve("home").toString(), "breakmake.port", "0")))
                .contains("a lab is already running");
        assertThat(refusal(
                        Map.of("breakmake.lab.home", directory.resolve("fourth").toString(), "breakmake.port", "many")))
                .contains("'many'");
    }

    private static String refusal(Map<String, String> properties) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-jar", ServiceProcess.jarOf("local-lab").toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isEqualTo(2);
        return output;
    }

    @Test
    void metrics_health_and_the_explorer_are_on_the_same_port() throws Exception {
        JsonNode health = Await.value(
                "the runner has registered", PATIENCE, () -> java.util.Optional.of(rest.get("/health/ready")));
        assertThat(health.path("status").asText()).isEqualTo("UP");
        assertThat(MAPPER.writeValueAsString(health)).contains("runner");
        var metrics = rest.send(rest.request("/metrics").build());
        assertThat(metrics.body()).contains("lab_scheduler_tick_seconds", "lab_trace_steps_total", "lab_runner_slots");
        assertThat(rest.send(rest.request("/trace/").build()).body()).contains("trace explorer");
    }
}
