package dev.breakmake.lab.runner.domain;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import dev.breakmake.lab.runner.backend.CellBackend;
import dev.breakmake.lab.runner.backend.CellEnd;
import dev.breakmake.lab.runner.backend.CellObserver;
import dev.breakmake.lab.runner.backend.CellWork;
import dev.breakmake.lab.runner.backend.FlowBackend;
import dev.breakmake.lab.runner.backend.StoppedException;
import dev.breakmake.lab.runner.domain.Shipper.AbandonedException;
import dev.breakmake.lab.runner.domain.Shipper.RefusedException;
import dev.breakmake.lab.runner.spool.ImageCache;
import dev.breakmake.lab.runner.spool.SpooledAttempt;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Module;
import dev.breakmake.lab.v1.Phase;
import dev.breakmake.lab.v1.PhaseTiming;
import dev.breakmake.lab.v1.RunnerFault;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import dev.breakmake.trace.v1.AddressRange;
import dev.breakmake.trace.v1.CodeSymbol;
import dev.breakmake.trace.v1.ImageSection;
import dev.breakmake.trace.v1.SealTraceRequest;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.trace.TraceSummary;
import dev.breakmake.translation.trace.TraceWriter;
import io.grpc.StatusRuntimeException;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** The life of one attempt on this runner, from the image to the completion, on a thread of its own. */
final class AttemptRun implements Runnable {

    private static final Logger LOG = Logger.getLogger(AttemptRun.class);
    private static final Duration STANDARD_BOOT = Duration.ofMinutes(10);
    private static final long SHIP_EVERY_MILLIS = 200;

    private final SpooledAttempt attempt;
    private final Assignment assignment;
    private final StopSignal stop = new StopSignal();
    private final Shipper shipper;
    private final ImageCache images;
    private final Map<Backend, CellBackend> backends;
    private final RunnerMetrics metrics;
    private final Runnable whenDiskFails;
    private final Runnable whenOver;
    private final Map<Phase, Duration> timings = new EnumMap<>(Phase.class);
    private volatile Phase phase = Phase.PHASE_UNSPECIFIED;
    private boolean started;

    AttemptRun(
            SpooledAttempt attempt,
            ShipperFactory shippers,
            ImageCache images,
            Map<Backend, CellBackend> backends,
            RunnerMetrics metrics,
            Runnable whenDiskFails,
            Runnable whenOver) {
        this.attempt = attempt;
        this.assignment = attempt.assignment();
        this.shipper = shippers.of(attempt, stop);
        this.images = images;
        this.backends = backends;
        this.metrics = metrics;
        this.whenDiskFails = whenDiskFails;
        this.whenOver = whenOver;
    }

    /** Makes the shipper of an attempt. */
    @FunctionalInterface
    interface ShipperFactory {
        Shipper of(SpooledAttempt attempt, StopSignal stop);
    }

    Assignment assignment() {
        return assignment;
    }

    StopSignal stop() {
        return stop;
    }

    Phase phase() {
        return phase;
    }

    long logOffset() {
        return shipper.logOffset();
    }

    long traceOffset() {
        return shipper.traceOffset();
    }

    /** Why the delivery does not go on, or nothing. */
    String waitsFor() {
        return shipper.waitsFor();
    }

    @Override
    public void run() {
        try (LogIds _ = LogIds.of(assignment)) {
            deliver(attempt.result().isPresent() ? attempt.result().get() : execute());
            attempt.delete();
        } catch (AbandonedException e) {
            abandon();
        } catch (RefusedException e) {
            LOG.errorf(
                    "%s: refused for good, its files stay in the spool: %s", assignment.getAttempt(), e.getMessage());
        } catch (IOException | UncheckedIOException e) {
            LOG.errorf(e, "%s: the spool fails", assignment.getAttempt());
            whenDiskFails.run(); // before the lab knows, so that no other slot takes the next cell there
            completeWithout(fault(Cause.CAUSE_INFRASTRUCTURE, "the runner's disk failed: " + e.getMessage()));
            whenDiskFails.run(); // and with its files gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            whenOver.run();
        }
    }

    private void abandon() {
        if (stop.reason() != StopSignal.Reason.LOST) {
            markInterrupted();
            return;
        }
        LOG.infof("%s: the lease is lost, everything of it is thrown away", assignment.getAttempt());
        try {
            attempt.delete();
        } catch (IOException e) {
            LOG.warnf("%s: its spool folder cannot be removed: %s", assignment.getAttempt(), e.getMessage());
        }
    }

    /** The next start shall know that nobody died. */
    private void markInterrupted() {
        try {
            if (attempt.result().isEmpty()) {
                attempt.interrupt();
            }
        } catch (IOException e) {
            LOG.warnf("%s: the spool cannot be written: %s", assignment.getAttempt(), e.getMessage());
        }
    }

    /** The last resort when nothing can be read back from the disk. */
    private void completeWithout(RunnerFault fault) {
        try {
            shipper.complete(AttemptResult.newBuilder().setFault(fault).build());
            attempt.delete();
        } catch (AbandonedException | RefusedException | IOException e) {
            LOG.warnf("%s: cannot be completed: %s", assignment.getAttempt(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Boots the cell; whatever happens becomes a result. Nothing is left of it but files in the spool. */
    private AttemptResult execute() throws IOException, InterruptedException, AbandonedException {
        AttemptResult.Builder result = AttemptResult.newBuilder();
        SealTraceRequest seal = SealTraceRequest.getDefaultInstance();
        try {
            CellBackend backend = backend();
            CellWork work = timed(Phase.PHASE_PREPARE, this::prepare);
            Booted booted = timed(Phase.PHASE_BOOT, () -> boot(backend, work));
            metrics.booted(backend.kind(), timings.getOrDefault(Phase.PHASE_BOOT, Duration.ZERO));
            result.setOutcome(booted.end().outcome());
            timed(Phase.PHASE_CHECK, () -> {
                String console = Files.exists(attempt.log()) ? Files.readString(attempt.log()) : "";
                return result.addAllChecks(Checks.evaluate(
                        assignment.getChecksList(), console, booted.end().outcome()));
            });
            result.setTraceDigest(booted.trace().map(TraceSummary::digest).orElse(""));
            if (booted.trace().isPresent()) {
                seal = sealRequest(booted);
            }
        } catch (AttemptFault e) {
            result.setFault(fault(e.blame(), e.detail()));
        } catch (StoppedException e) {
            result.setFault(stopped());
        }
        timings.forEach((step, time) -> result.addTimings(
                PhaseTiming.newBuilder().setPhase(step).setDuration(Durations.fromNanos(time.toNanos()))));
        AttemptResult done = result.build();
        attempt.finish(done, seal);
        return done;
    }

    private RunnerFault stopped() throws AbandonedException {
        StopSignal.Reason reason = stop.reason();
        if (reason == StopSignal.Reason.CANCELLED) {
            return fault(Cause.CAUSE_CANCELLED, "stopped because the attempt was cancelled");
        }
        if (reason == StopSignal.Reason.TIMEOUT) {
            return fault(
                    Cause.CAUSE_TIMEOUT,
                    "the boot took longer than its limit of " + bootLimit().toSeconds() + " s");
        }
        throw new AbandonedException();
    }

    private RunnerFault fault(Cause cause, String detail) {
        return RunnerFault.newBuilder()
                .setCause(cause)
                .setPhase(phase)
                .setDetail(detail)
                .setStarted(started)
                .build();
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws AttemptFault, IOException, InterruptedException;
    }

    private <T> T timed(Phase step, Work<T> work) throws AttemptFault, IOException, InterruptedException {
        phase = step;
        long start = System.nanoTime();
        try {
            return work.run();
        } finally {
            timings.put(step, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    private CellBackend backend() throws AttemptFault {
        Backend wanted = assignment.getBoot().getBackend() == Backend.BACKEND_UNSPECIFIED
                ? Backend.BACKEND_ENGINE
                : assignment.getBoot().getBackend();
        CellBackend backend = backends.get(wanted);
        if (backend == null) {
            throw new AttemptFault(Cause.CAUSE_INFRASTRUCTURE, "this runner has no backend " + wanted);
        }
        if (!isFlow()) {
            return backend;
        }
        if (wanted != Backend.BACKEND_ENGINE) {
            throw new AttemptFault(
                    Cause.CAUSE_CONFIGURATION,
                    "flow '" + assignment.getBoot().getFlow() + "': flows run on the engine only; set backend: ENGINE");
        }
        return new FlowBackend(backend.version());
    }

    private boolean isFlow() {
        return !assignment.getBoot().getFlow().isEmpty();
    }

    private CellWork prepare() throws AttemptFault, IOException, InterruptedException {
        BootSpec boot = assignment.getBoot();
        if (isFlow()) {
            return CellWork.ofFlow(boot, bootLimit(), attempt.work());
        }
        try {
            ImageCache.Cached image = images.get(boot.getImageDigest(), assignment.getAttempt());
            List<java.nio.file.Path> companions = new ArrayList<>();
            for (String companion : image.companions()) {
                if (!companion.isEmpty()) {
                    companions.add(
                            images.get(companion, assignment.getAttempt()).file());
                }
            }
            List<CellWork.ModuleFile> modules = new ArrayList<>();
            for (Module module : boot.getModulesList()) {
                modules.add(new CellWork.ModuleFile(
                        module,
                        images.get(module.getImageDigest(), assignment.getAttempt())
                                .file()));
            }
            return new CellWork(boot, boot.getImage(), image.file(), companions, modules, bootLimit(), attempt.work());
        } catch (StatusRuntimeException e) {
            Cause blame = e.getStatus().getCode() == io.grpc.Status.Code.NOT_FOUND
                    ? Cause.CAUSE_CONFIGURATION
                    : Cause.CAUSE_INFRASTRUCTURE;
            throw new AttemptFault(blame, "the image cannot be fetched: " + e.getStatus(), e);
        }
    }

    private Duration bootLimit() {
        var limit = assignment.getTimeouts().getBoot();
        return limit.getSeconds() > 0 ? Duration.ofSeconds(limit.getSeconds()) : STANDARD_BOOT;
    }

    private record Booted(CellEnd end, Optional<TraceSummary> trace, Set<Long> codeAddresses) {}

    private Booted boot(CellBackend backend, CellWork work) throws AttemptFault, IOException, InterruptedException {
        long deadline = System.nanoTime() + work.bootLimit().toNanos();
        CountDownLatch booted = new CountDownLatch(1);
        Thread shipping = Thread.ofVirtual().name("ship").start(() -> shipWhileBooting(booted));
        try (OutputStream traceFile = new BufferedOutputStream(Files.newOutputStream(attempt.trace()), 1 << 16);
                TraceWriter trace = new TraceWriter(traceFile);
                BufferedWriter log = Files.newBufferedWriter(attempt.log(), StandardCharsets.UTF_8)) {
            CellObserver observer = new CellObserver(trace, line -> write(log, line), () -> {
                if (System.nanoTime() - deadline > 0) {
                    stop.stop(StopSignal.Reason.TIMEOUT);
                }
                return stop.raised();
            });
            started = true;
            CellEnd end = backend.run(work, observer);
            Optional<TraceSummary> summary =
                    observer.codeAddresses().isEmpty() ? Optional.empty() : Optional.of(trace.finish());
            return new Booted(end, summary, observer.codeAddresses());
        } finally {
            // Not by an interrupt: it would cancel a call half way, and an answer to a cancelled stream makes the
            // server end the whole connection.
            booted.countDown();
            shipping.join();
        }
    }

    private static void write(BufferedWriter log, String line) {
        try {
            log.write(line);
            log.write('\n');
            log.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void shipWhileBooting(CountDownLatch booted) {
        try {
            while (!booted.await(SHIP_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                shipper.shipAvailable();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RefusedException | AbandonedException e) {
            // What is wrong shows again, and is dealt with, when the rest is delivered after the boot.
            LOG.debugf("%s: shipping paused: %s", assignment.getAttempt(), e.getMessage());
        }
    }

    private SealTraceRequest sealRequest(Booted booted) throws IOException {
        SealTraceRequest.Builder seal = SealTraceRequest.newBuilder()
                .setAttempt(assignment.getAttempt())
                .setLeaseId(assignment.getLease().getLeaseId())
                .setFence(assignment.getLease().getFence())
                .setSizeBytes(Files.size(attempt.trace()))
                .setFileSha256(ByteString.copyFrom(sha256()));
        booted.codeAddresses().stream().sorted(Long::compareUnsigned).forEach(address -> {
            SymbolSource.CodeSymbol symbol = booted.end().symbols().at(address);
            if (symbol != null) {
                seal.addSymbols(CodeSymbol.newBuilder()
                        .setPc(address)
                        .setSymbol(symbol.name())
                        .setSymbolOffset(symbol.offset())
                        .setSource(symbol.source() == null ? "" : symbol.source()));
            }
        });
        for (SymbolSource.Section section : booted.end().symbols().sections()) {
            seal.addSections(ImageSection.newBuilder()
                    .setName(section.name())
                    .setRange(AddressRange.newBuilder()
                            .setStart(section.range().start())
                            .setEnd(section.range().end())));
        }
        return seal.build();
    }

    private byte[] sha256() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(attempt.trace()), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private void deliver(AttemptResult result)
            throws IOException, InterruptedException, RefusedException, AbandonedException {
        phase = Phase.PHASE_UPLOAD;
        shipper.shipAvailable();
        AttemptResult.Builder complete = result.toBuilder();
        SealTraceRequest seal = attempt.seal();
        if (seal.getSizeBytes() > 0) {
            SignedTraceReceipt receipt = shipper.seal(seal);
            complete.setReceipt(receipt);
        }
        var answer = shipper.complete(complete.build());
        metrics.completed(answer.getVerdict(), answer.getCause());
        LOG.infof("%s: %s", assignment.getAttempt(), answer.getVerdict());
    }
}
