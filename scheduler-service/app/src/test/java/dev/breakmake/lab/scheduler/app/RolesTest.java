package dev.breakmake.lab.scheduler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.breakmake.lab.testing.PostgresResource;
import dev.breakmake.lab.v1.Architecture;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.Capabilities;
import dev.breakmake.lab.v1.GetRunRequest;
import dev.breakmake.lab.v1.RegisterRunnerRequest;
import dev.breakmake.lab.v1.RunServiceGrpc;
import dev.breakmake.lab.v1.RunnerServiceGrpc;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import dev.breakmake.lab.v1.WatchRunRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.quarkus.grpc.GrpcClient;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The role matrix: who may do what with which token, over REST and gRPC. */
@QuarkusTest
@TestProfile(RolesTest.WithTokens.class)
@WithTestResource(value = PostgresResource.class, initArgs = @ResourceArg(name = "datasources", value = "lab"))
class RolesTest {

    private static final List<String> ROLES = List.of("viewer", "submitter", "runner", "admin");

    @Inject
    @GrpcClient("scheduler")
    RunServiceGrpc.RunServiceBlockingStub runService;

    @Inject
    @GrpcClient("scheduler")
    RunnerServiceGrpc.RunnerServiceBlockingStub runnerService;

    /** A token of each role. */
    public static final class WithTokens implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> tokens = new TreeMap<>();
            for (String role : ROLES) {
                tokens.put("breakmake.scheduler.tokens." + role + "-token.secret", secret(role));
                tokens.put("breakmake.scheduler.tokens." + role + "-token.roles", role);
            }
            return tokens;
        }
    }

    private static String secret(String role) {
        return "a secret of the " + role + " only";
    }

    record Door(String verb, String path, List<String> open) {
        @Override
        public String toString() {
            return verb + " " + path + " " + open;
        }
    }

    private static Stream<Door> doors(List<String> open, String... doors) {
        return Stream.of(doors)
                .map(door -> door.split(" ", 2))
                .map(door -> new Door(
                        door[0], door[1].startsWith("/") ? "/v1" + door[1] : "/v1/projects/default/" + door[1], open));
    }

    static Stream<Door> doors() {
        String digest = "a".repeat(64);
        return Stream.of(
                        doors(
                                List.of("viewer", "submitter", "admin"),
                                "GET /projects",
                                "GET /projects/default",
                                "GET /platforms",
                                "GET /runners",
                                "GET /runners/x",
                                "GET /queues/virt",
                                "GET jobs",
                                "GET jobs/x",
                                "POST jobs:expand",
                                "GET runs",
                                "GET runs/x",
                                "GET runs/x:compare",
                                "GET runs/x:watch",
                                "GET runs/x/cells",
                                "GET runs/x/cells/1",
                                "GET runs/x/cells/1/attempts",
                                "GET runs/x/cells/1/attempts/1/log",
                                "GET runs/x/cells/1/attempts/1/log:tail",
                                "GET baselines",
                                "GET baselines/x",
                                "GET images",
                                "GET images/x",
                                "GET images/" + digest + ":download",
                                "GET schedules",
                                "GET schedules/x",
                                "GET subscriptions",
                                "GET subscriptions/x",
                                "GET subscriptions/x/deliveries"),
                        doors(
                                List.of("submitter", "admin"),
                                "POST jobs?jobId=y",
                                "PATCH jobs/x",
                                "DELETE jobs/x",
                                "POST jobs/x:run",
                                "POST runs",
                                "POST runs/x:cancel",
                                "POST runs/x:retry",
                                "POST runs/x:pin",
                                "PUT baselines/x",
                                "POST images",
                                "PUT images/" + digest,
                                "POST images/x:tag",
                                "DELETE images/x",
                                "POST schedules?scheduleId=y",
                                "PUT schedules/x",
                                "DELETE schedules/x",
                                "POST schedules/x:trigger"),
                        doors(
                                List.of("admin"),
                                "POST /projects",
                                "POST /runners/x:drain",
                                "POST /runners/x:undrain",
                                "POST /runners/x:setHealth",
                                "GET /auditEvents",
                                "POST subscriptions?subscriptionId=y",
                                "DELETE subscriptions/x",
                                "POST subscriptions/x:test"))
                .flatMap(doors -> doors);
    }

    private RestClient.Answer knock(String verb, String path, String... headers) {
        RestClient rest = new RestClient(ConfigProvider.getConfig().getValue("test.url", URI.class));
        var request = rest.request(path).method(verb, BodyPublishers.ofString(verb.equals("GET") ? "" : "{}"));
        request.header("Content-Type", "application/json");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return rest.send(request.build());
    }

    @ParameterizedTest
    @MethodSource("doors")
    void a_door_opens_for_its_roles_and_for_nobody_else(Door door) {
        assertThat(knock(door.verb(), door.path()).status()).isEqualTo(401);
        for (String role : ROLES) {
            RestClient.Answer answer = knock(door.verb(), door.path(), "Authorization", "Bearer " + secret(role));
            if (door.open().contains(role)) {
                assertThat(answer.status())
                        .as(role + ": " + answer.raw().body())
                        .isIn(200, 400, 404)
                        .isNotIn(401, 403);
            } else {
                assertThat(answer.status()).as(role).isEqualTo(403);
                assertThat(answer.text("/reason")).isEqualTo("ROLE_MISSING");
                assertThat(answer.text("/detail")).contains(role + "-token");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic dXNlcjpwYXNz",
                "Bearer",
                "Bearer a secret of the admin",
                "Bearer a secret of the admin only and more",
                "a secret of the admin only",
                "Bearer A SECRET OF THE ADMIN ONLY",
            })
    void anything_but_a_whole_token_is_refused_without_a_word_about_why(String header) {
        RestClient.Answer answer = knock("GET", "/v1/auditEvents", "Authorization", header);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.raw().headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(answer.raw().body()).doesNotContain("secret of");
    }

    @Test
    void a_token_counts_in_its_header_only() {
        String inQuery = "?access_token=" + secret("admin").replace(' ', '+') + "&token="
                + secret("admin").replace(' ', '+');
        assertThat(knock("GET", "/v1/auditEvents" + inQuery).status()).isEqualTo(401);
        assertThat(knock(
                                "GET",
                                "/v1/auditEvents",
                                "Cookie",
                                "token=" + secret("admin").replace(' ', '+'))
                        .status())
                .isEqualTo(401);
        assertThat(knock("GET", "/v1/auditEvents", "Authorization", "Bearer " + "x".repeat(7_000))
                        .status())
                .isBetween(400, 499);
    }

    @Test
    void health_and_metrics_need_no_token_and_tell_none() {
        for (String path : List.of("/health/ready", "/metrics")) {
            RestClient.Answer answer = knock("GET", path);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.raw().body()).doesNotContain("secret of the");
        }
    }

    private static <S extends io.grpc.stub.AbstractStub<S>> S as(S stub, String token) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static Status.Code codeOf(ThrowingCallable call) {
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, call);
        return refused == null ? Status.Code.OK : refused.getStatus().getCode();
    }

    @Test
    void runners_do_what_runners_do_and_nobody_else_does() {
        RegisterRunnerRequest register = RegisterRunnerRequest.newBuilder()
                .setRunnerId("one")
                .setCapabilities(Capabilities.newBuilder()
                        .addBackends(Backend.BACKEND_ENGINE)
                        .addArchitectures(Architecture.ARCHITECTURE_ARM64))
                .build();
        SyncRunnerRequest sync =
                SyncRunnerRequest.newBuilder().setRunner("runners/one").build();
        assertThat(codeOf(() -> runnerService.registerRunner(register))).isEqualTo(Status.Code.UNAUTHENTICATED);
        for (String role : List.of("viewer", "submitter", "admin")) {
            assertThat(codeOf(() -> as(runnerService, secret(role)).registerRunner(register)))
                    .as(role)
                    .isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(codeOf(() -> as(runnerService, secret(role)).syncRunner(sync)))
                    .as(role)
                    .isEqualTo(Status.Code.PERMISSION_DENIED);
        }
        assertThat(codeOf(() -> as(runnerService, secret("runner")).registerRunner(register)))
                .isEqualTo(Status.Code.OK);
    }

    @Test
    void a_runner_reads_nothing_over_grpc_either() {
        GetRunRequest get =
                GetRunRequest.newBuilder().setName("projects/default/runs/x").build();
        WatchRunRequest watch =
                WatchRunRequest.newBuilder().setName("projects/default/runs/x").build();
        assertThat(codeOf(() -> runService.getRun(get))).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(codeOf(() -> as(runService, "no such token here").getRun(get)))
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(codeOf(() -> as(runService, secret("runner")).getRun(get))).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(codeOf(() -> as(runService, secret("runner")).watchRun(watch).next()))
                .isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(codeOf(() -> as(runService, secret("viewer")).getRun(get))).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void what_was_done_is_noted_under_the_name_of_the_token() {
        String bearer = "Bearer " + secret("submitter");
        assertThat(knock("POST", "/v1/projects/default/images/x:tag", "Authorization", bearer)
                        .status())
                .isEqualTo(404);
        RestClient rest = new RestClient(ConfigProvider.getConfig().getValue("test.url", URI.class));
        var run = rest.send(rest.request("/v1/projects/default/runs")
                .headers("Authorization", bearer, "Content-Type", "application/yaml")
                .POST(BodyPublishers.ofString("spec: {boot: {flow: arm64/base}}"))
                .build());
        assertThat(run.status()).as(run.raw().body()).isEqualTo(200);
        var events = knock("GET", "/v1/auditEvents", "Authorization", "Bearer " + secret("admin"));
        assertThat(events.json().path("auditEvents")).anySatisfy(event -> {
            assertThat(event.path("actor").asText()).isEqualTo("submitter-token");
            assertThat(event.path("resource").asText()).isEqualTo(run.text("/name"));
        });
    }
}
