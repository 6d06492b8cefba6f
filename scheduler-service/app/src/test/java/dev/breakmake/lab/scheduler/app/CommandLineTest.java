package dev.breakmake.lab.scheduler.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.cli.Main;
import dev.breakmake.lab.testing.PostgresResource;
import dev.breakmake.lab.v1.Architecture;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.Capabilities;
import dev.breakmake.lab.v1.CompleteAttemptRequest;
import dev.breakmake.lab.v1.FindingSummary;
import dev.breakmake.lab.v1.Outcome;
import dev.breakmake.lab.v1.OutcomeKind;
import dev.breakmake.lab.v1.RegisterRunnerRequest;
import dev.breakmake.lab.v1.RunnerServiceGrpc;
import dev.breakmake.lab.v1.Severity;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import dev.breakmake.lab.v1.TraceReceipt;
import io.quarkus.grpc.GrpcClient;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line's client against the scheduler as it runs: REST, watch stream, errors. The runner speaks gRPC, by hand. */
@QuarkusTest
@WithTestResource(value = PostgresResource.class, initArgs = @ResourceArg(name = "datasources", value = "lab"))
class CommandLineTest {

    private static final String JOB = """
            displayName: Two PEs
            spec:
              boot: {flow: arm64/base}
              matrix:
                axes:
                  - name: pes
                    values: [1, 2]
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Inject
    @GrpcClient("scheduler")
    RunnerServiceGrpc.RunnerServiceBlockingStub runnerService;

    @TempDir
    Path folder;

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--lab";
        all[arguments.length + 1] =
                ConfigProvider.getConfig().getValue("test.url", URI.class).toString();
        return Main.execute(new PrintWriter(out), new PrintWriter(err), all);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void a_job_file_is_submitted_executed_watched_and_its_findings_listed() throws Exception {
        assertThat(run("submit", file("two-pes.yaml", JOB), "--label", "branch=main", "--json"))
                .as(err.toString())
                .isZero();
        String name = json().get("name").asText();
        assertThat(json().at("/counts/total").asInt()).isEqualTo(2);
        assertThat(json().get("job").asText()).isEqualTo("projects/default/jobs/two-pes");

        StringWriter watched = new StringWriter();
        String lab = ConfigProvider.getConfig().getValue("test.url", URI.class).toString();
        CompletableFuture<Integer> watch = CompletableFuture.supplyAsync(() -> Main.execute(
                new PrintWriter(watched),
                new PrintWriter(watched),
                "watch",
                name.substring(name.lastIndexOf('/') + 1),
                "--lab",
                lab));
        execute(name);
        assertThat(watch.get(120, TimeUnit.SECONDS)).as(watched.toString()).isEqualTo(1);
        assertThat(watched.toString())
                .contains("FAILED")
                .contains("REG-TTBR    switch_ttbr")
                .contains("2 cells, 0 passed, 2 failed");

        assertThat(run("findings", "latest", "--json")).isZero();
        assertThat(json().at("/findings/0/rule").asText()).isEqualTo("REG-TTBR");
        assertThat(json().at("/findings/0/cells")).hasSize(2);
        assertThat(run("runs", "--filter", "verdict = FAILED")).isZero();
        assertThat(out.toString()).contains("two-pes").contains("FAILED");
        assertThat(run("runners")).isZero();
        assertThat(out.toString()).contains("desk").contains("ENGINE");
        assertThat(run("compare", name, name)).isZero();
    }

    /** What a runner does with a run's cells; other tests' cells are left alone. */
    private void execute(String run) {
        runnerService.registerRunner(RegisterRunnerRequest.newBuilder()
                .setRunnerId("desk")
                .setCapabilities(Capabilities.newBuilder()
                        .addBackends(Backend.BACKEND_ENGINE)
                        .addArchitectures(Architecture.ARCHITECTURE_ARM64))
                .build());
        int done = 0;
        while (done < 2) {
            for (Assignment work : runnerService
                    .syncRunner(SyncRunnerRequest.newBuilder()
                            .setRunner("runners/desk")
                            .setFreeSlots(4)
                            .build())
                    .getStartList()) {
                runnerService.completeAttempt(result(work));
                done += work.getAttempt().startsWith(run) ? 1 : 0;
            }
        }
    }

    private static CompleteAttemptRequest result(Assignment work) {
        TraceReceipt receipt = TraceReceipt.newBuilder()
                .setAttempt(work.getAttempt())
                .setLeaseId(work.getLease().getLeaseId())
                .setFence(work.getLease().getFence())
                .setTraceDigest("0".repeat(64))
                .addFindings(FindingSummary.newBuilder()
                        .setFingerprint("f".repeat(64))
                        .setRule("REG-TTBR")
                        .setSeverity(Severity.SEVERITY_ERROR)
                        .setSymbol("switch_ttbr")
                        .setCount(1))
                .build();
        return CompleteAttemptRequest.newBuilder()
                .setAttempt(work.getAttempt())
                .setLease(work.getLease())
                .setResult(AttemptResult.newBuilder()
                        .setOutcome(Outcome.newBuilder().setKind(OutcomeKind.OUTCOME_KIND_REACHED))
                        .setReceipt(SignedTraceReceipt.newBuilder().setReceipt(receipt.toByteString())))
                .build();
    }

    @Test
    void a_run_is_cancelled_and_says_so() throws IOException {
        String filter = "pes == 2";
        assertThat(run("submit", file("cancelled.yaml", JOB), "--filter", filter, "--json"))
                .as(err.toString())
                .isZero();
        String name = json().get("name").asText();
        assertThat(json().at("/counts/total").asInt()).isEqualTo(1);
        assertThat(run("cancel", name, "--reason", "enough")).isZero();
        assertThat(out.toString()).contains(name).contains("CANCELLED");
    }

    @Test
    void schedules_come_and_go() throws IOException {
        assertThat(run("submit", file("nightly.yaml", JOB))).isZero();
        assertThat(run("schedule", "create", "every-night", "--job", "nightly", "--cron", "0 2 * * *"))
                .as(err.toString())
                .isZero();
        assertThat(run("schedule", "ls", "--json")).isZero();
        assertThat(json().at("/schedules/0/cron").asText()).isEqualTo("0 2 * * *");
        assertThat(run("schedule", "delete", "every-night")).isZero();
        assertThat(run("schedule", "ls")).isZero();
        assertThat(out.toString()).contains("no schedules");
    }

    @Test
    void an_image_is_uploaded_once_with_its_symbols() throws IOException {
        String image = file("my-xen", "an image");
        String symbols = file("my-xen-syms", "its symbols");
        for (int i = 0; i < 2; i++) {
            assertThat(run("image", "upload", image, "--symbols", symbols, "--tag", "mine", "--json"))
                    .as(err.toString())
                    .isZero();
            assertThat(json().get("state").asText()).isEqualTo("READY");
            assertThat(json().get("companions")).hasSize(1);
        }
    }

    @Test
    void what_the_lab_refuses_is_said_in_its_words() throws IOException {
        assertThat(run("cancel", "absent")).isEqualTo(3);
        assertThat(err.toString()).contains("the lab refuses").contains("absent");
        assertThat(run("runs", "--filter", "colour = red")).isEqualTo(3);
        assertThat(err.toString()).contains("colour");
        assertThat(run("submit", file("wrong.yaml", JOB.replace("pes", "colour"))))
                .isEqualTo(3);
        assertThat(err.toString()).contains("wrong.yaml:6:").contains("colour");
        assertThat(run("submit", file("no-image.yaml", "spec: {boot: {image: nobody-has-this}}")))
                .isEqualTo(3);
        assertThat(err.toString()).contains("nobody-has-this");
        assertThat(run("watch", "a/b")).isEqualTo(3);
        assertThat(run("schedule", "create", "never", "--job", "absent", "--cron", "every now and then"))
                .isEqualTo(3);
    }
}
