package dev.breakmake.lab.runner.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.lab.runner.backend.CellBackend;
import dev.breakmake.lab.runner.backend.CellEnd;
import dev.breakmake.lab.runner.backend.CellObserver;
import dev.breakmake.lab.runner.backend.CellWork;
import dev.breakmake.lab.runner.backend.EngineBackend;
import dev.breakmake.lab.runner.client.Channels;
import dev.breakmake.lab.runner.client.SchedulerClient;
import dev.breakmake.lab.runner.client.TraceClient;
import dev.breakmake.lab.runner.spool.ImageCache;
import dev.breakmake.lab.runner.spool.Spool;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Capabilities;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Check;
import dev.breakmake.lab.v1.Lease;
import dev.breakmake.lab.v1.OutcomeKind;
import dev.breakmake.lab.v1.ProcessEnd;
import dev.breakmake.lab.v1.Verdict;
import dev.breakmake.testkit.RealImages;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.trace.TraceReader;
import dev.breakmake.translation.trace.TraceSummary;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole runner over real gRPC, booting a real Xen, while its services fail. */
class RunnerTest {

    private static final String ATTEMPT = "projects/p/runs/r/cells/c%d/attempts/1";

    @TempDir
    Path directory = Path.of(".");

    private final LabPeer peer;
    private final ManagedChannel channel;
    private String digest = "";

    RunnerTest() throws IOException {
        peer = new LabPeer();
        channel = Channels.open(peer.target(), Optional.empty(), false);
    }

    @BeforeEach
    void start() throws Exception {
        byte[] image = Files.readAllBytes(RealImages.require("4.17-arm64", "xen"));
        digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image));
        peer.images.put(digest, image);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        peer.close();
    }

    private RunnerLoop runner(CellBackend backend) throws IOException {
        return runner(backend, Duration.ofSeconds(20));
    }

    private RunnerLoop runner(CellBackend backend, Duration drain) throws IOException {
        SchedulerClient scheduler = new SchedulerClient(channel);
        RunnerLoop loop = new RunnerLoop(
                new RunnerIdentity(
                        "runner-test",
                        "0",
                        Capabilities.newBuilder().setSlots(2).build()),
                scheduler,
                new TraceClient(channel),
                new Spool(directory.resolve("spool"), 0),
                new ImageCache(directory.resolve("images"), 1L << 30, scheduler),
                Map.of(Backend.BACKEND_ENGINE, backend),
                new RunnerMetrics(new SimpleMeterRegistry()),
                drain);
        loop.start();
        return loop;
    }

    private static CellBackend engine() {
        return new EngineBackend("engine test", 1_000_000_000L);
    }

    private Assignment cell(int number) {
        return Assignment.newBuilder()
                .setAttempt(ATTEMPT.formatted(number))
                .setLease(Lease.newBuilder().setLeaseId("lease-" + number).setFence(number))
                .setBoot(BootSpec.newBuilder()
                        .setImage("xen-4.17")
                        .setImageDigest(digest)
                        .setMemory(128L << 20))
                .addChecks(Check.newBuilder().setName("banner").setConsoleContains("Xen version 4.17"))
                .addChecks(Check.newBuilder().setName("no oops").setConsoleAbsent("Oops"))
                .build();
    }

    private void assertDelivered(int number) throws IOException {
        String attempt = ATTEMPT.formatted(number);
        AttemptResult result = peer.result(attempt);
        assertThat(result.hasFault()).isFalse();
        assertThat(result.getOutcome().getKind()).isEqualTo(OutcomeKind.OUTCOME_KIND_REACHED);
        assertThat(result.getChecksList())
                .allSatisfy(check -> assertThat(check.getVerdict()).isEqualTo(Verdict.VERDICT_PASSED));
        assertThat(result.getReceipt().getReceipt().toStringUtf8()).isEqualTo("receipt of " + attempt);
        byte[] trace = peer.trace(attempt);
        TraceSummary summary = TraceReader.read(new ByteArrayInputStream(trace), event -> {});
        assertThat(summary.digest()).isEqualTo(result.getTraceDigest());
        assertThat(peer.seal(attempt).getSizeBytes()).isEqualTo(trace.length);
        assertThat(peer.log(attempt)).contains("Xen version 4.17");
    }

    @Test
    void cellsAreBootedDeliveredAndForgotten() throws Exception {
        for (int i = 1; i <= 4; i++) {
            peer.submit(cell(i));
        }
        try (RunnerLoop loop = runner(engine())) {
            LabPeer.await("all cells are completed", () -> peer.results.size() == 4);
            LabPeer.await("the runner is idle", () -> loop.busy() == 0);
        }
        for (int i = 1; i <= 4; i++) {
            assertDelivered(i);
        }
        assertThat(peer.results.values())
                .extracting(AttemptResult::getTraceDigest)
                .containsOnly(peer.result(ATTEMPT.formatted(1)).getTraceDigest());
        try (var left = Files.list(directory.resolve("spool"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void workThatWasOnItsWayWhenTheRunnerWasAskedToEndIsFinished() throws Exception {
        peer.answersWhenItCloses = true;
        peer.submit(cell(1));
        try (RunnerLoop loop = runner(engine())) {
            LabPeer.await("a sync waits for work", () -> peer.asking.get() == 1);
            assertThat(loop.busy()).isZero();
        }
        assertDelivered(1);
    }

    @Test
    void aRunnerThatIsDrainedTakesNothingUntilItIsUndrained() throws Exception {
        peer.drains = true;
        try (RunnerLoop loop = runner(engine())) {
            LabPeer.await("the runner knows", () -> peer.contentSyncs.get() > 0);
            peer.submit(cell(1));
            int before = peer.contentSyncs.get();
            LabPeer.await("it still asks for nothing", () -> peer.contentSyncs.get() > before + 1);
            assertThat(peer.results).isEmpty();
            peer.drains = false;
            LabPeer.await("the cell is completed", () -> peer.results.size() == 1);
            assertThat(loop.trouble()).isEmpty();
        }
        assertDelivered(1);
    }

    @Test
    void anOutageOfBothServicesDelaysAndLosesNothing() throws Exception {
        peer.submit(cell(1));
        try (RunnerLoop loop = runner(new CellBackend() {
            private final CellBackend real = engine();

            @Override
            public Backend kind() {
                return real.kind();
            }

            @Override
            public String version() {
                return real.version();
            }

            @Override
            public SymbolSource symbols(CellWork work) throws AttemptFault, IOException {
                return real.symbols(work);
            }

            @Override
            public CellEnd run(CellWork work, CellObserver observer)
                    throws AttemptFault, IOException, InterruptedException {
                peer.down = true;
                return real.run(work, observer);
            }
        })) {
            LabPeer.await("calls failed during the outage", () -> peer.failures.get() >= 5);
            assertThat(peer.results).isEmpty();
            LabPeer.await("the outage is told", () -> !loop.outage().isEmpty());
            assertThat(loop.trouble()).as("the runner itself is well").isEmpty();
            peer.down = false;
            LabPeer.await("the cell is completed", () -> peer.results.size() == 1);
            LabPeer.await("nobody is missed", () -> loop.outage().isEmpty());
            assertThat(loop.busy()).isLessThanOrEqualTo(1);
        }
        assertDelivered(1);
    }

    @Test
    void aLostLeaseStopsTheBootAndReportsNothing() throws Exception {
        CountDownLatch booting = new CountDownLatch(1);
        peer.submit(cell(1));
        try (RunnerLoop loop = runner(endless(booting))) {
            booting.await();
            peer.lost.add(ATTEMPT.formatted(1));
            LabPeer.await("the slot is free", () -> loop.busy() == 0);
        }
        assertThat(peer.results).isEmpty();
        try (var left = Files.list(directory.resolve("spool"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aCancelledAttemptIsCompletedAsCancelled() throws Exception {
        CountDownLatch booting = new CountDownLatch(1);
        peer.submit(cell(1));
        try (RunnerLoop loop = runner(endless(booting))) {
            booting.await();
            peer.cancelled.add(ATTEMPT.formatted(1));
            LabPeer.await("the attempt is completed", () -> peer.results.size() == 1);
            LabPeer.await("the slot is free", () -> loop.busy() == 0);
        }
        assertThat(peer.result(ATTEMPT.formatted(1)).getFault().getCause()).isEqualTo(Cause.CAUSE_CANCELLED);
    }

    @Test
    void theNextStartDeliversWhatTheLastOneHadBooted() throws Exception {
        Spool spool = new Spool(directory.resolve("spool"), 0);
        var dead = spool.create(cell(7));
        Files.writeString(dead.log(), "half a boot\n");
        try (RunnerLoop loop = runner(engine())) {
            LabPeer.await("the leftover is completed", () -> peer.results.size() == 1);
            LabPeer.await("the runner is idle", () -> loop.busy() == 0);
        }
        AttemptResult result = peer.result(ATTEMPT.formatted(7));
        assertThat(result.getFault().getCause()).isEqualTo(Cause.CAUSE_INFRASTRUCTURE);
        assertThat(result.getFault().getProcessEnd()).isEqualTo(ProcessEnd.PROCESS_END_KILLED);
        assertThat(peer.log(ATTEMPT.formatted(7))).isEqualTo("half a boot\n");
    }

    @Test
    void aRunnerThatWasStoppedTellsTheLabSoAtItsNextStart() throws Exception {
        CountDownLatch booting = new CountDownLatch(1);
        peer.submit(cell(1));
        RunnerLoop first = runner(endless(booting), Duration.ZERO);
        booting.await();
        first.close();
        assertThat(peer.results).isEmpty();
        try (RunnerLoop second = runner(engine())) {
            LabPeer.await("the interrupted attempt is completed", () -> peer.results.size() == 1);
            LabPeer.await("the runner is idle", () -> second.busy() == 0);
        }
        assertThat(peer.result(ATTEMPT.formatted(1)).getFault().getProcessEnd())
                .isEqualTo(ProcessEnd.PROCESS_END_SHUT_DOWN);
    }

    @Test
    void whatCannotBeDoneIsAConfigurationFault() throws Exception {
        Assignment wrong = cell(1).toBuilder()
                .setBoot(cell(1).getBoot().toBuilder().setPlatform("moon"))
                .build();
        Assignment unknown = cell(2).toBuilder()
                .setBoot(cell(2).getBoot().toBuilder().setImageDigest("0".repeat(64)))
                .build();
        peer.submit(wrong);
        peer.submit(unknown);
        try (RunnerLoop loop = runner(engine())) {
            LabPeer.await("both are completed", () -> peer.results.size() == 2);
            LabPeer.await("the runner is idle", () -> loop.busy() == 0);
        }
        assertThat(peer.results.values())
                .allSatisfy(result -> assertThat(result.getFault().getCause()).isEqualTo(Cause.CAUSE_CONFIGURATION));
        assertThat(peer.result(ATTEMPT.formatted(1)).getFault().getDetail()).contains("'moon'");
    }

    private static Assignment flow(int number, BootSpec.Builder boot) {
        return Assignment.newBuilder()
                .setAttempt(ATTEMPT.formatted(number))
                .setLease(Lease.newBuilder().setLeaseId("lease-" + number).setFence(number))
                .setBoot(boot)
                .build();
    }

    @Test
    void flowsAreExecutedWithoutAnImageAndDeliveredLikeBoots() throws Exception {
        peer.submit(flow(1, BootSpec.newBuilder().setFlow("arm64/series").setPes(2)));
        peer.submit(flow(2, BootSpec.newBuilder().setFlow("arm32/base").setLoadAddress("0x210000")));
        try (RunnerLoop loop = runner(engine())) {
            LabPeer.await("both flows are completed", () -> peer.results.size() == 2);
            LabPeer.await("the runner is idle", () -> loop.busy() == 0);
        }
        AttemptResult reached = peer.result(ATTEMPT.formatted(1));
        assertThat(reached.hasFault()).isFalse();
        assertThat(reached.getOutcome().getKind()).isEqualTo(OutcomeKind.OUTCOME_KIND_REACHED);
        assertThat(reached.getOutcome().getInstructions()).isGreaterThan(200);
        TraceSummary summary =
                TraceReader.read(new ByteArrayInputStream(peer.trace(ATTEMPT.formatted(1))), event -> {});
        assertThat(summary.digest()).isEqualTo(reached.getTraceDigest());
        assertThat(peer.seal(ATTEMPT.formatted(1)).getSymbolsList())
                .extracting(symbol -> symbol.getSymbol())
                .contains("switch_ttbr_id", "init_secondary_pagetables");
        AttemptResult clash = peer.result(ATTEMPT.formatted(2));
        assertThat(clash.getOutcome().getKind()).isEqualTo(OutcomeKind.OUTCOME_KIND_PANICKED);
        assertThat(clash.getOutcome().getSymbol()).isEqualTo("create_page_tables");
        assertThat(clash.getOutcome().getDetail()).contains("clashes");
    }

    @Test
    void flowsThatCannotBeAreConfigurationFaultsThatSayWhatThereIs() throws Exception {
        peer.submit(flow(1, BootSpec.newBuilder().setFlow("arm64/enable-mmu")));
        peer.submit(flow(2, BootSpec.newBuilder().setFlow("arm64/base").putFlowOptions("no-such", "true")));
        peer.submit(flow(3, BootSpec.newBuilder().setFlow("arm64/base").setPes(9)));
        try (RunnerLoop loop = runner(engine())) {
            LabPeer.await("all are completed", () -> peer.results.size() == 3);
            LabPeer.await("the runner is idle", () -> loop.busy() == 0);
        }
        assertThat(peer.results.values())
                .allSatisfy(result -> assertThat(result.getFault().getCause()).isEqualTo(Cause.CAUSE_CONFIGURATION));
        assertThat(peer.result(ATTEMPT.formatted(1)).getFault().getDetail()).contains("enable-mmu", "base, series");
        assertThat(peer.result(ATTEMPT.formatted(2)).getFault().getDetail()).contains("no-such", "insert-barriers");
        assertThat(peer.result(ATTEMPT.formatted(3)).getFault().getDetail()).contains("1 to 8 PEs");
    }

    /** A boot that never ends by itself. */
    private static CellBackend endless(CountDownLatch booting) {
        return new CellBackend() {
            @Override
            public Backend kind() {
                return Backend.BACKEND_ENGINE;
            }

            @Override
            public String version() {
                return "endless";
            }

            @Override
            public SymbolSource symbols(CellWork work) {
                return SymbolSource.NONE;
            }

            @Override
            public CellEnd run(CellWork work, CellObserver observer) throws InterruptedException {
                booting.countDown();
                while (!observer.shallStop()) {
                    Thread.sleep(5);
                }
                throw new dev.breakmake.lab.runner.backend.StoppedException();
            }
        };
    }
}
