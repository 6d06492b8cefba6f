package dev.breakmake.lab.scheduler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import dev.breakmake.lab.testing.PostgresResource;
import dev.breakmake.lab.v1.Architecture;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.Capabilities;
import dev.breakmake.lab.v1.CompleteAttemptRequest;
import dev.breakmake.lab.v1.GetRunRequest;
import dev.breakmake.lab.v1.Outcome;
import dev.breakmake.lab.v1.OutcomeKind;
import dev.breakmake.lab.v1.RegisterRunnerRequest;
import dev.breakmake.lab.v1.RunEvent;
import dev.breakmake.lab.v1.RunServiceGrpc;
import dev.breakmake.lab.v1.RunnerServiceGrpc;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import dev.breakmake.lab.v1.TraceReceipt;
import dev.breakmake.lab.v1.Verdict;
import dev.breakmake.lab.v1.WatchRunRequest;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.quarkus.grpc.GrpcClient;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(value = PostgresResource.class, initArgs = @ResourceArg(name = "datasources", value = "lab"))
class SchedulerApiTest {

    private static final String SPEC = """
            {"spec": {"boot": {"flow": "arm64/enable-mmu"}, "matrix": {"axes": [{"name": "pes", "values": [1, 2]}]}}}""";

    @Inject
    @GrpcClient("scheduler")
    RunServiceGrpc.RunServiceBlockingStub runService;

    @Inject
    @GrpcClient("scheduler")
    RunnerServiceGrpc.RunnerServiceBlockingStub runnerService;

    RestClient rest;

    @BeforeEach
    void connect() {
        rest = new RestClient(ConfigProvider.getConfig().getValue("test.url", URI.class));
    }

    @Test
    void a_run_submitted_over_rest_is_executed_over_grpc_and_watched_to_its_end() {
        var run = rest.post("/v1/projects/default/runs", SPEC);
        assertThat(run.status()).as(run.json().toString()).isEqualTo(200);
        assertThat(run.text("/state")).isEqualTo("RUNNING");
        assertThat(run.json().at("/counts/queued").asInt()).isEqualTo(2);
        String name = run.text("/name");

        Iterator<RunEvent> watch =
                runService.watchRun(WatchRunRequest.newBuilder().setName(name).build());
        assertThat(watch.next().getRun().getName()).isEqualTo(name);

        runnerService.registerRunner(RegisterRunnerRequest.newBuilder()
                .setRunnerId("one")
                .setCapabilities(Capabilities.newBuilder()
                        .addBackends(Backend.BACKEND_ENGINE)
                        .addArchitectures(Architecture.ARCHITECTURE_ARM64))
                .build());
        var work = runnerService
                .syncRunner(SyncRunnerRequest.newBuilder()
                        .setRunner("runners/one")
                        .setFreeSlots(8)
                        .build())
                .getStartList();
        assertThat(work).hasSize(2);
        for (Assignment assignment : work) {
            var done = runnerService.completeAttempt(complete(assignment));
            assertThat(done.getVerdict()).isEqualTo(Verdict.VERDICT_PASSED);
            assertThat(runnerService.completeAttempt(complete(assignment))).isEqualTo(done);
        }
        RunEvent last = RunEvent.getDefaultInstance();
        while (watch.hasNext()) {
            last = watch.next();
        }
        assertThat(last.getEnd()).isTrue();
        assertThat(last.getRun().getVerdict()).isEqualTo(Verdict.VERDICT_PASSED);
        assertThat(rest.get("/v1/" + name + "/cells?filter=verdict%20%3D%20PASSED")
                        .json()
                        .at("/cells"))
                .hasSize(2);
    }

    private static CompleteAttemptRequest complete(Assignment assignment) {
        TraceReceipt receipt = TraceReceipt.newBuilder()
                .setAttempt(assignment.getAttempt())
                .setLeaseId(assignment.getLease().getLeaseId())
                .setFence(assignment.getLease().getFence())
                .setTraceDigest("0".repeat(64))
                .build();
        return CompleteAttemptRequest.newBuilder()
                .setAttempt(assignment.getAttempt())
                .setLease(assignment.getLease())
                .setResult(AttemptResult.newBuilder()
                        .setOutcome(Outcome.newBuilder().setKind(OutcomeKind.OUTCOME_KIND_REACHED))
                        .setReceipt(SignedTraceReceipt.newBuilder().setReceipt(receipt.toByteString())))
                .build();
    }

    @Test
    void a_job_file_in_yaml_is_created_expanded_and_its_mistakes_have_places() {
        String job = """
                displayName: Small
                spec:
                  boot: {flow: arm64/enable-mmu}
                  matrix:
                    axes:
                      - name: pes
                        values: [1, 2, 4]
                """;
        var made = rest.yaml("/v1/projects/default/jobs?jobId=small", job);
        assertThat(made.status()).as(made.json().toString()).isEqualTo(200);
        assertThat(made.text("/name")).isEqualTo("projects/default/jobs/small");
        var expanded = rest.post("/v1/projects/default/jobs/small:expand", "{}");
        assertThat(expanded.json().at("/totalSize").asInt()).isEqualTo(3);

        var wrong = rest.yaml("/v1/projects/default/jobs?jobId=wrong", job.replace("4]", "four]"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.type()).startsWith("application/problem+json");
        assertThat(wrong.text("/reason")).isEqualTo("SCHEMA_INVALID");
        assertThat(wrong.json().at("/errors/0/line").asInt()).isEqualTo(7);
        assertThat(wrong.json().at("/errors/0/column").asInt()).isEqualTo(24);
        var unknown = rest.yaml("/v1/projects/default/jobs?jobId=wrong", job.replace("matrix:", "matrx:"));
        assertThat(unknown.text("/errors/0/detail")).contains("is no field here");
        assertThat(unknown.json().at("/errors/0/line").asInt()).isEqualTo(4);
    }

    @Test
    void images_are_uploaded_verified_tagged_and_downloaded() throws NoSuchAlgorithmException {
        byte[] content = new byte[3_000_000];
        new java.util.Random(7).nextBytes(content);
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        var image = rest.put("/v1/projects/default/images/" + sha256 + "?tags=noise", content);
        assertThat(image.status()).as(image.raw().body()).isEqualTo(200);
        assertThat(image.text("/state")).isEqualTo("READY");
        assertThat(rest.get("/v1/projects/default/images/noise").text("/sha256"))
                .isEqualTo(sha256);
        var wrong = rest.put("/v1/projects/default/images/" + "0".repeat(64), content);
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("/reason")).isEqualTo("DIGEST_MISMATCH");
        assertThat(rest.get("/v1/projects/default/images/noise:download")
                        .raw()
                        .headers()
                        .firstValueAsLong("Content-Length"))
                .hasValue(content.length);
    }

    @Test
    void every_error_is_a_problem_with_reason_and_status() {
        assertThat(rest.get("/v1/projects/default/runs/absent").text("/reason")).isEqualTo("NOT_FOUND");
        assertThat(rest.get("/v1/projects/default/runs/..%2f..%2fetc").status()).isIn(400, 404);
        assertThat(rest.get("/v1/projects/default/runs?pageSize=-1").status()).isEqualTo(400);
        assertThat(rest.get("/v1/projects/default/runs?pageToken=nonsense").text("/reason"))
                .isEqualTo("SCHEMA_INVALID");
        assertThat(rest.get("/v1/projects/default/runs?filter=colour%3Dred").text("/reason"))
                .isEqualTo("FILTER_INVALID");
        assertThat(rest.post("/v1/projects/default/runs", "{\"spec\": ").text("/detail"))
                .contains("line 1");
        assertThat(rest.send("POST", "/v1/projects/default/runs", "text/plain", "x", Map.of())
                        .status())
                .isEqualTo(415);
        assertThat(rest.send("DELETE", "/v1/projects", "application/json", "", Map.of())
                        .status())
                .isEqualTo(405);
        var huge = rest.post("/v1/projects/default/runs", "{\"spec\": \"" + "x".repeat(9_000_000) + "\"}");
        assertThat(huge.status()).isEqualTo(413);
        var image = rest.post("/v1/projects/default/runs", "{\"spec\": {\"boot\": {\"image\": \"absent\"}}}");
        assertThat(image.text("/reason")).isEqualTo("IMAGE_UNKNOWN");
    }

    @Test
    void a_repeated_request_id_gives_the_first_answer_and_another_body_is_refused() {
        Map<String, String> key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        var first = rest.send("POST", "/v1/projects/default/runs", "application/json", SPEC, key);
        var second = rest.send("POST", "/v1/projects/default/runs", "application/json", SPEC, key);
        assertThat(second.text("/name")).isEqualTo(first.text("/name")).isNotEmpty();
        var other =
                rest.send("POST", "/v1/projects/default/runs", "application/json", SPEC.replace("[1, 2]", "[1]"), key);
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.text("/reason")).isEqualTo("IDEMPOTENCY_MISMATCH");
        assertThat(rest.post("/v1/" + first.text("/name") + ":cancel", "{}").text("/state"))
                .isEqualTo("CANCELLED");
    }

    @Test
    void grpc_errors_carry_exactly_one_error_info() {
        assertThatThrownBy(() -> runService.getRun(GetRunRequest.newBuilder()
                        .setName("projects/default/runs/absent")
                        .build()))
                .isInstanceOfSatisfying(StatusRuntimeException.class, error -> {
                    var details = StatusProto.fromThrowable(error).getDetailsList();
                    assertThat(details)
                            .filteredOn(any -> any.is(ErrorInfo.class))
                            .hasSize(1);
                    assertThat(unpack(details.getFirst()).getReason()).isEqualTo("NOT_FOUND");
                });
    }

    private static ErrorInfo unpack(Any any) {
        try {
            return any.unpack(ErrorInfo.class);
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void subscriptions_are_refused_while_no_origin_is_allowed_and_say_so() {
        var refused = rest.post("/v1/projects/default/subscriptions?subscriptionId=ci", """
                {"url": "http://127.0.0.1:1/hook", "events": ["RUN_ENDED"], "secret": "sixteen characters"}""");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("/detail")).contains("breakmake.scheduler.webhook.origins");
        assertThat(rest.get("/v1/projects/default/subscriptions").status()).isEqualTo(200);
        assertThat(rest.get("/v1/projects/default/subscriptions/ci/deliveries").status())
                .isEqualTo(404);
    }

    @Test
    void metrics_and_health_are_served() {
        assertThat(rest.get("/health/ready").text("/status")).isEqualTo("UP");
        assertThat(rest.get("/metrics").raw().body())
                .contains("lab_scheduler_tick_seconds_count", "lab_queue_wait_seconds");
    }
}
