package dev.breakmake.lab.scheduler.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.breakmake.lab.testing.PostgresResource;
import dev.breakmake.lab.v1.AppendLogRequest;
import dev.breakmake.lab.v1.Architecture;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.Capabilities;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.CompleteAttemptRequest;
import dev.breakmake.lab.v1.RegisterRunnerRequest;
import dev.breakmake.lab.v1.RunnerFault;
import dev.breakmake.lab.v1.RunnerServiceGrpc;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.grpc.GrpcClient;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What REST promises beyond single answers: uploads and streams that are taken up again, versions, pages. */
@QuarkusTest
@WithTestResource(value = PostgresResource.class, initArgs = @ResourceArg(name = "datasources", value = "lab"))
class RestContractTest {

    private static final long SEED = 20261128;
    private static final String PROJECT = "/v1/projects/default/";

    @Inject
    @GrpcClient("scheduler")
    RunnerServiceGrpc.RunnerServiceBlockingStub runnerService;

    @Inject
    @DataSource("lab")
    AgroalDataSource source;

    RestClient rest;

    @BeforeEach
    void connect() {
        rest = new RestClient(ConfigProvider.getConfig().getValue("test.url", URI.class));
    }

    @Test
    void no_forgotten_transaction_holds_back_the_queue() throws Exception {
        try (var connection = source.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("show idle_in_transaction_session_timeout")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("1min");
        }
    }

    private RestClient.Answer put(String path, byte[] content, int from, int to) {
        return rest.send(rest.request(path)
                .header("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + content.length)
                .PUT(BodyPublishers.ofByteArray(Arrays.copyOfRange(content, from, to)))
                .build());
    }

    @Test
    void an_upload_that_broke_off_goes_on_where_the_lab_has_its_end() throws Exception {
        byte[] content = new byte[2_500_000];
        new Random(SEED).nextBytes(content);
        String image = PROJECT + "images/"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));

        assertThat(put(image, content, 0, 1_200_000).text("/state")).isEqualTo("UPLOADING");
        int received = rest.get(image).json().path("receivedBytes").asInt();
        assertThat(received).isEqualTo(1_200_000);
        assertThat(rest.get(image + ":download").status()).isBetween(400, 499);

        var gap = put(image, content, 2_000_000, 2_500_000);
        assertThat(gap.status()).isEqualTo(400);
        assertThat(gap.text("/reason")).isEqualTo("UPLOAD_GAP");
        assertThat(gap.text("/detail")).contains("1200000");

        // Bytes the lab has already are passed over.
        var whole = put(image, content, 1_000_000, 2_500_000);
        assertThat(whole.text("/state")).as(whole.raw().body()).isEqualTo("READY");
        var again = put(image, content, 0, 2_500_000);
        assertThat(again.text("/state")).isEqualTo("READY");
    }

    @Test
    void an_update_of_an_old_version_is_refused_and_changes_nothing() {
        var made = rest.yaml(PROJECT + "jobs?jobId=versions", "{displayName: First, spec: {boot: {flow: arm64/base}}}");
        String old = made.text("/etag");
        String body = "{\"displayName\": \"%s\", \"etag\": \"" + old + "\"}";
        String job = PROJECT + "jobs/versions?updateMask=displayName";
        var changed = rest.send("PATCH", job, "application/json", body.formatted("Second"), Map.of());
        assertThat(changed.status()).as(changed.raw().body()).isEqualTo(200);
        assertThat(changed.text("/etag")).isNotEqualTo(old);

        var late = rest.send("PATCH", job, "application/json", body.formatted("Third"), Map.of());
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.text("/reason")).isEqualTo("ETAG_MISMATCH");
        var removed = rest.send("DELETE", PROJECT + "jobs/versions?etag=" + old, "application/json", "", Map.of());
        assertThat(removed.status()).isEqualTo(409);
        assertThat(rest.get(PROJECT + "jobs/versions").text("/displayName")).isEqualTo("Second");
        String current = changed.text("/etag");
        assertThat(rest.send("DELETE", PROJECT + "jobs/versions?etag=" + current, "application/json", "", Map.of())
                        .status())
                .isEqualTo(200);
        assertThat(rest.get(PROJECT + "jobs/versions").status()).isEqualTo(404);
    }

    @Test
    void pages_hold_everything_once_even_when_more_comes_between_them() {
        for (int i = 0; i < 7; i++) {
            rest.yaml(PROJECT + "jobs?jobId=page-" + i, "spec: {boot: {flow: arm64/base}}");
        }
        List<String> seen = new ArrayList<>();
        String token = "";
        do {
            JsonNode page =
                    rest.get(PROJECT + "jobs?pageSize=3&pageToken=" + token).json();
            assertThat(page.path("jobs").size()).isLessThanOrEqualTo(3);
            page.path("jobs").forEach(job -> seen.add(job.path("name").asText()));
            token = page.path("nextPageToken").asText();
            rest.yaml(PROJECT + "jobs?jobId=before-" + seen.size(), "spec: {boot: {flow: arm64/base}}");
        } while (!token.isEmpty());
        assertThat(seen).doesNotHaveDuplicates();
        for (int i = 0; i < 7; i++) {
            assertThat(seen).contains("projects/default/jobs/page-" + i);
        }
        // A token belongs to its list.
        String foreign = rest.get(PROJECT + "jobs?pageSize=1").text("/nextPageToken");
        assertThat(rest.get(PROJECT + "baselines?pageToken=" + foreign).status())
                .isEqualTo(400);
    }

    private record Event(String id, String name, String data) {}

    private List<Event> events(String path, String... lastId) {
        var request = rest.request(path);
        if (lastId.length > 0) {
            request.header("Last-Event-ID", lastId[0]);
        }
        RestClient.Answer answer = rest.send(request.build());
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        assertThat(answer.type()).startsWith("text/event-stream");
        List<Event> events = new ArrayList<>();
        for (String block : answer.raw().body().split("\n\n", -1)) {
            String id = "";
            String name = "";
            String data = "";
            for (String line : block.split("\n", -1)) {
                id = line.startsWith("id: ") ? line.substring(4) : id;
                name = line.startsWith("event: ") ? line.substring(7) : name;
                data = line.startsWith("data: ") ? line.substring(6) : data;
            }
            if (!name.isEmpty()) {
                events.add(new Event(id, name, data));
            }
        }
        return events;
    }

    @Test
    void a_log_and_a_run_that_were_followed_are_taken_up_after_the_last_event_that_arrived() throws Exception {
        Assignment work = startAlone("followed");
        String attempt = work.getAttempt();
        append(work, 0, "Xen 4.17\n");
        append(work, 9, "panic\n");
        runnerService.completeAttempt(CompleteAttemptRequest.newBuilder()
                .setAttempt(attempt)
                .setLease(work.getLease())
                .setResult(AttemptResult.newBuilder()
                        .setFault(RunnerFault.newBuilder()
                                .setCause(Cause.CAUSE_CONFIGURATION)
                                .setDetail("no such thing")))
                .build());

        List<Event> log = events("/v1/" + attempt + "/log:tail");
        assertThat(log.getLast().name()).isEqualTo("end");
        assertThat(text(log)).isEqualTo("Xen 4.17\npanic\n");
        assertThat(text(events("/v1/" + attempt + "/log:tail", "9"))).isEqualTo("panic\n");
        assertThat(text(events("/v1/" + attempt + "/log:tail", log.getLast().id())))
                .isEmpty();

        String run = attempt.substring(0, attempt.indexOf("/cells/"));
        List<Event> all = events("/v1/" + run + ":watch");
        assertThat(all).hasSizeGreaterThan(1);
        assertThat(all.getFirst().name()).isEqualTo("run");
        assertThat(all).filteredOn(event -> event.name().equals("cell")).isNotEmpty();
        JsonNode last = new ObjectMapper().readTree(all.getLast().data());
        assertThat(last.path("end").asBoolean()).isTrue();
        List<Event> rest = events("/v1/" + run + ":watch", all.getLast().id());
        assertThat(rest)
                .as("cells that were seen are not sent again")
                .noneMatch(event -> event.name().equals("cell"));
        assertThat(new ObjectMapper()
                        .readTree(rest.getLast().data())
                        .path("end")
                        .asBoolean())
                .isTrue();
    }

    private static String text(List<Event> log) throws Exception {
        StringBuilder text = new StringBuilder();
        for (Event event : log) {
            String data = new ObjectMapper().readTree(event.data()).path("data").asText();
            text.append(new String(Base64.getDecoder().decode(data), java.nio.charset.StandardCharsets.US_ASCII));
        }
        return text.toString();
    }

    /** A run of one cell, held by a runner that no other test's work can go to. */
    private Assignment startAlone(String label) {
        var run = rest.yaml(
                PROJECT + "runs", "spec: {boot: {flow: arm64/base}, requiredLabels: [" + label + "], priority: 100}");
        assertThat(run.status()).as(run.raw().body()).isEqualTo(200);
        runnerService.registerRunner(RegisterRunnerRequest.newBuilder()
                .setRunnerId("runner-" + label)
                .setCapabilities(Capabilities.newBuilder()
                        .addBackends(Backend.BACKEND_ENGINE)
                        .addArchitectures(Architecture.ARCHITECTURE_ARM64)
                        .addLabels(label))
                .build());
        return runnerService
                .syncRunner(SyncRunnerRequest.newBuilder()
                        .setRunner("runners/runner-" + label)
                        .setFreeSlots(100)
                        .build())
                .getStartList()
                .stream()
                .filter(start -> start.getAttempt().startsWith(run.text("/name") + "/"))
                .findFirst()
                .orElseThrow();
    }

    private void append(Assignment work, int offset, String text) {
        runnerService.appendLog(AppendLogRequest.newBuilder()
                .setAttempt(work.getAttempt())
                .setLease(work.getLease())
                .setOffset(offset)
                .setData(ByteString.copyFromUtf8(text))
                .build());
    }
}
