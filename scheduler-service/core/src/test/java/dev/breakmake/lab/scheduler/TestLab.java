package dev.breakmake.lab.scheduler;

import com.google.protobuf.ByteString;
import dev.breakmake.lab.scheduler.config.SchedulerParts;
import dev.breakmake.lab.scheduler.document.MessageReader;
import dev.breakmake.lab.scheduler.document.YamlDocument;
import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.scheduler.domain.Digests;
import dev.breakmake.lab.scheduler.domain.LabLimits;
import dev.breakmake.lab.scheduler.storage.LabClock;
import dev.breakmake.lab.testing.PostgresServer;
import dev.breakmake.lab.v1.AppendImageRequest;
import dev.breakmake.lab.v1.Architecture;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptProgress;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BeginImageUploadRequest;
import dev.breakmake.lab.v1.Capabilities;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.CompleteAttemptRequest;
import dev.breakmake.lab.v1.CompleteAttemptResponse;
import dev.breakmake.lab.v1.CreateRunRequest;
import dev.breakmake.lab.v1.FindingSummary;
import dev.breakmake.lab.v1.GetRunRequest;
import dev.breakmake.lab.v1.Image;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.Outcome;
import dev.breakmake.lab.v1.OutcomeKind;
import dev.breakmake.lab.v1.Phase;
import dev.breakmake.lab.v1.RegisterRunnerRequest;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunnerFault;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import dev.breakmake.lab.v1.SyncRunnerResponse;
import dev.breakmake.lab.v1.TraceReceipt;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.flywaydb.core.Flyway;

/** A migrated lab on a database of its own, with a clock that only moves when told to (beyond the database's own). */
final class TestLab {

    static final Caller ADMIN = Caller.LOOPBACK;
    static final byte[] RECEIPT_KEY = "a key of thirty-two bytes, or so".getBytes(StandardCharsets.UTF_8);

    final PostgresServer.Database database;
    final SchedulerParts parts;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong skewMillis = new AtomicLong();

    TestLab() {
        this(LabLimits.DEFAULTS);
    }

    TestLab(LabLimits limits) {
        this(limits, PostgresServer.shared().freshDatabase("lab"));
    }

    /** On a database that may be of an older release, or hold a lab already. */
    TestLab(LabLimits limits, PostgresServer.Database database) {
        this.database = database;
        Flyway.configure()
                .dataSource(database.dataSource())
                .locations("db/lab")
                .load()
                .migrate();
        parts = new SchedulerParts(database.dataSource(), clock(), limits, Optional.of(RECEIPT_KEY), meters);
    }

    LabClock clock() {
        return () -> "(clock_timestamp() + interval '" + skewMillis.get() + " milliseconds')";
    }

    /** Moves the lab's clock forward. */
    void pass(Duration time) {
        skewMillis.addAndGet(time.toMillis());
    }

    static JobSpec spec(String yaml) {
        JobSpec.Builder spec = JobSpec.newBuilder();
        MessageReader.read(YamlDocument.parse(yaml), spec);
        return spec.build();
    }

    /** Uploads {@code content} in pieces of {@code piece} bytes. */
    Image upload(byte[] content, int piece, String... tags) {
        Image image = parts.images()
                .begin(
                        ADMIN,
                        BeginImageUploadRequest.newBuilder()
                                .setParent("projects/default")
                                .setSha256(Digests.sha256Hex(content))
                                .setSizeBytes(content.length)
                                .addAllTags(Arrays.asList(tags))
                                .build());
        for (int from = 0; from < content.length; from += piece) {
            byte[] part = Arrays.copyOfRange(content, from, Math.min(content.length, from + piece));
            image = parts.images()
                    .append(
                            ADMIN,
                            AppendImageRequest.newBuilder()
                                    .setName(image.getName())
                                    .setOffset(from)
                                    .setData(ByteString.copyFrom(part))
                                    .build());
        }
        return image;
    }

    Run run(String yaml) {
        return run(spec(yaml), "");
    }

    Run run(JobSpec spec, String baseline) {
        return parts.runs()
                .create(
                        ADMIN,
                        CreateRunRequest.newBuilder()
                                .setParent("projects/default")
                                .setSpec(spec)
                                .setBaseline(baseline)
                                .build());
    }

    Run settled(Run run) {
        parts.upkeep().settleRuns();
        return parts.runViews()
                .getRun(ADMIN, GetRunRequest.newBuilder().setName(run.getName()).build());
    }

    static Capabilities engine(int slots) {
        return Capabilities.newBuilder()
                .addBackends(Backend.BACKEND_ENGINE)
                .addArchitectures(Architecture.ARCHITECTURE_ARM64)
                .addArchitectures(Architecture.ARCHITECTURE_ARM32)
                .setSlots(slots)
                .build();
    }

    void register(String runner) {
        parts.leases()
                .register(
                        ADMIN,
                        RegisterRunnerRequest.newBuilder()
                                .setRunnerId(runner)
                                .setCapabilities(engine(16))
                                .build());
    }

    SyncRunnerResponse sync(String runner, int slots, Assignment... held) {
        SyncRunnerRequest.Builder request =
                SyncRunnerRequest.newBuilder().setRunner("runners/" + runner).setFreeSlots(slots);
        for (Assignment assignment : held) {
            request.addCurrent(AttemptProgress.newBuilder()
                    .setAttempt(assignment.getAttempt())
                    .setLease(assignment.getLease())
                    .setPhase(Phase.PHASE_BOOT));
        }
        try {
            return parts.leases().sync(ADMIN, request.build());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    List<Assignment> claim(String runner, int slots) {
        return sync(runner, slots).getStartList();
    }

    CompleteAttemptResponse complete(Assignment assignment, AttemptResult result) {
        return parts.leases()
                .complete(
                        ADMIN,
                        CompleteAttemptRequest.newBuilder()
                                .setAttempt(assignment.getAttempt())
                                .setLease(assignment.getLease())
                                .setResult(result)
                                .build());
    }

    /** A boot that reached its end and whose trace shows {@code findings}. */
    static AttemptResult reached(Assignment assignment, FindingSummary... findings) {
        return AttemptResult.newBuilder()
                .setOutcome(Outcome.newBuilder()
                        .setKind(OutcomeKind.OUTCOME_KIND_REACHED)
                        .setInstructions(1000))
                .setReceipt(receipt(assignment, findings))
                .build();
    }

    static AttemptResult fault(Cause cause, String detail) {
        return AttemptResult.newBuilder()
                .setFault(RunnerFault.newBuilder().setCause(cause).setDetail(detail))
                .build();
    }

    static SignedTraceReceipt receipt(Assignment assignment, FindingSummary... findings) {
        byte[] receipt = TraceReceipt.newBuilder()
                .setAttempt(assignment.getAttempt())
                .setLeaseId(assignment.getLease().getLeaseId())
                .setFence(assignment.getLease().getFence())
                .setTraceDigest(Digests.sha256Hex(assignment.getCellKey().getBytes(StandardCharsets.UTF_8)))
                .addAllFindings(Arrays.asList(findings))
                .build()
                .toByteArray();
        return SignedTraceReceipt.newBuilder()
                .setReceipt(ByteString.copyFrom(receipt))
                .setSignature(ByteString.copyFrom(sign(receipt)))
                .build();
    }

    private static byte[] sign(byte[] receipt) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(RECEIPT_KEY, "HmacSHA256"));
            return mac.doFinal(receipt);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
