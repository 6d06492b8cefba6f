package dev.breakmake.lab.runner.domain;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import dev.breakmake.lab.runner.backend.CellBackend;
import dev.breakmake.lab.runner.client.CallErrors;
import dev.breakmake.lab.runner.client.SchedulerClient;
import dev.breakmake.lab.runner.client.TraceClient;
import dev.breakmake.lab.runner.spool.ImageCache;
import dev.breakmake.lab.runner.spool.Spool;
import dev.breakmake.lab.runner.spool.SpooledAttempt;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptProgress;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.CompleteAttemptRequest;
import dev.breakmake.lab.v1.ProcessEnd;
import dev.breakmake.lab.v1.RegisterRunnerRequest;
import dev.breakmake.lab.v1.RetentionClass;
import dev.breakmake.lab.v1.RunnerFault;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import dev.breakmake.lab.v1.SyncRunnerResponse;
import dev.breakmake.trace.v1.SealTraceRequest;
import dev.breakmake.trace.v1.TraceOrigin;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Registers the runner, renews its leases and hands new work to threads, until it is closed. One thread talks to the scheduler; each
 * attempt has a thread of its own.
 */
public final class RunnerLoop implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(RunnerLoop.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration IDLE_WAIT = Duration.ofSeconds(15);
    private static final Duration BUSY_PAUSE = Duration.ofSeconds(5);
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final RunnerIdentity identity;
    private final SchedulerClient scheduler;
    private final TraceClient traces;
    private final Spool spool;
    private final ImageCache images;
    private final Map<Backend, CellBackend> backends;
    private final RunnerMetrics metrics;
    private final Duration drainPatience;
    private final Map<String, AttemptRun> running = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private final Instant started = Instant.now();
    /** The lab wants this runner to take no work: an administrator said so, or this runner did because it closes. */
    private volatile boolean drained;

    private volatile boolean closing;
    private volatile boolean closed;
    /** A sync that asks for work is under way: its answer may bring some, which the lab then counts on. */
    private boolean workMayCome;

    private volatile double clockSkewSeconds;
    private volatile String trouble = "not registered yet";
    private volatile String silence = "";

    /** A runner; {@link #start} makes it work. {@code drainPatience} is how long closing waits for what runs. */
    public RunnerLoop(
            RunnerIdentity identity,
            SchedulerClient scheduler,
            TraceClient traces,
            Spool spool,
            ImageCache images,
            Map<Backend, CellBackend> backends,
            RunnerMetrics metrics,
            Duration drainPatience) {
        this.identity = identity;
        this.scheduler = scheduler;
        this.traces = traces;
        this.spool = spool;
        this.images = images;
        this.backends = Map.copyOf(backends);
        this.metrics = metrics;
        this.drainPatience = drainPatience;
        this.thread = Thread.ofPlatform().name("runner-sync").daemon(true).unstarted(this::run);
        metrics.slots(running::size, this::freeSlots);
    }

    /** Takes up what an earlier process left in the spool, then works. */
    public void start() throws IOException {
        for (SpooledAttempt leftover : spool.leftovers()) {
            if (leftover.result().isEmpty()) {
                // The boot died with its process. The scheduler decides whether to try again; what was shipped stays
                // unsealed.
                leftover.finish(
                        AttemptResult.newBuilder()
                                .setFault(processEnded(leftover))
                                .build(),
                        SealTraceRequest.getDefaultInstance());
            }
            launch(leftover);
        }
        thread.start();
    }

    /** This machine's clock less the lab's at the last sync, in seconds; 0 when it may be none. */
    public double clockSkewSeconds() {
        return clockSkewSeconds;
    }

    /** The lab answered somewhere between question and answer: only what is outside of that is known to be wrong. */
    static double skew(Instant asked, Timestamp lab, Instant answered) {
        Instant theirs = Instant.ofEpochSecond(lab.getSeconds(), lab.getNanos());
        if (theirs.isBefore(asked)) {
            return Duration.between(theirs, asked).toMillis() / 1e3;
        }
        return theirs.isAfter(answered) ? -Duration.between(answered, theirs).toMillis() / 1e3 : 0;
    }

    private RunnerFault processEnded(SpooledAttempt leftover) {
        boolean asked = leftover.isInterrupted();
        return RunnerFault.newBuilder()
                .setCause(Cause.CAUSE_INFRASTRUCTURE)
                .setProcessEnd(asked ? ProcessEnd.PROCESS_END_SHUT_DOWN : ProcessEnd.PROCESS_END_KILLED)
                .setDetail(
                        asked
                                ? "the runner was stopped before the boot ended"
                                // The same words for all attempts of one death, other words for the next death.
                                : "the runner's process ended before the boot did (found by the next one, started "
                                        + started + ")")
                .build();
    }

    /** What keeps the runner itself from working, or nothing. */
    public String trouble() {
        return trouble;
    }

    /** Which other service keeps it waiting, or nothing. What runs goes on meanwhile and stays in the spool. */
    public String outage() {
        return silence.isEmpty()
                ? running.values().stream()
                        .map(AttemptRun::waitsFor)
                        .filter(reason -> !reason.isEmpty())
                        .findFirst()
                        .map(reason -> "finished boots stay in the spool: " + reason)
                        .orElse("")
                : silence;
    }

    /** Attempts held. */
    public int busy() {
        return running.size();
    }

    private int freeSlots() {
        return closing || drained ? 0 : Math.max(0, identity.capabilities().getSlots() - running.size());
    }

    private void run() {
        Backoff backoff = new Backoff(LONGEST_PAUSE);
        boolean registered = false;
        while (!closed) {
            try {
                if (!registered) {
                    register();
                    registered = true;
                }
                rest(sync());
                backoff.reset();
            } catch (StatusRuntimeException e) {
                if (closed) {
                    return;
                }
                registered &= e.getStatus().getCode() != Status.Code.NOT_FOUND;
                silence = "the scheduler does not answer: " + e.getStatus();
                metrics.syncFailed();
                LOG.warnf(
                        "sync failed (%s): %s",
                        CallErrors.reason(e), e.getStatus().getDescription());
                pause(backoff);
            } catch (IOException e) {
                trouble = "the spool fails: " + e.getMessage();
                LOG.error("the spool fails", e);
                pause(backoff);
            }
        }
    }

    private SyncRunnerResponse sync() throws IOException {
        workMayCome(true);
        try {
            // Whether the runner closes is looked at after the mark: closing either waits for this sync or is seen by
            // it.
            SyncRunnerRequest request = request();
            Instant asked = Instant.now();
            SyncRunnerResponse answer = scheduler.sync(request);
            clockSkewSeconds = skew(asked, answer.getServerTime(), Instant.now());
            trouble = spool.hasRoom() ? "" : noRoom();
            silence = "";
            take(answer);
            return answer;
        } finally {
            workMayCome(false);
        }
    }

    private void workMayCome(boolean may) {
        lock.lock();
        try {
            workMayCome = may;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void register() {
        scheduler.register(RegisterRunnerRequest.newBuilder()
                .setRunnerId(identity.id())
                .setCapabilities(identity.capabilities())
                .setSoftwareVersion(identity.softwareVersion())
                .build());
        LOG.infof(
                "registered as %s with %d slots",
                identity.name(), identity.capabilities().getSlots());
    }

    private String noRoom() throws IOException {
        return "no work is taken: only " + spool.freeBytes() + " bytes are free under the spool";
    }

    private SyncRunnerRequest request() throws IOException {
        int free = freeSlots();
        if (free > 0 && !spool.hasRoom()) {
            LOG.warn(noRoom());
            free = 0;
        }
        SyncRunnerRequest.Builder request = SyncRunnerRequest.newBuilder()
                .setRunner(identity.name())
                .setCapabilities(identity.capabilities())
                .setSoftwareVersion(identity.softwareVersion())
                .setFreeSlots(free)
                .setPreferIdle(closing)
                // A waiting sync cannot renew leases: with work at hand it must come back soon.
                .setMaxWait(Durations.fromMillis(free == 0 || !running.isEmpty() ? 0 : IDLE_WAIT.toMillis()));
        for (AttemptRun run : running.values()) {
            request.addCurrent(AttemptProgress.newBuilder()
                    .setAttempt(run.assignment().getAttempt())
                    .setLease(run.assignment().getLease())
                    .setPhase(run.phase())
                    .setLogOffset(run.logOffset())
                    .setTraceOffset(run.traceOffset()));
        }
        return request.build();
    }

    private void take(SyncRunnerResponse answer) {
        for (String name : answer.getLostList()) {
            AttemptRun run = running.get(name);
            if (run != null) {
                run.stop().lost();
            }
        }
        for (String name : answer.getCancelList()) {
            AttemptRun run = running.get(name);
            if (run != null) {
                run.stop().stop(StopSignal.Reason.CANCELLED);
            }
        }
        for (Assignment assignment : answer.getStartList()) {
            if (!running.containsKey(assignment.getAttempt())) {
                begin(assignment);
            }
        }
        drained = answer.getDraining();
    }

    private void begin(Assignment assignment) {
        try {
            launch(spool.create(assignment));
        } catch (IOException e) {
            // Given back at once: a lease that runs out would count against the cell, which has done nothing.
            LOG.errorf(e, "%s: the spool fails", assignment.getAttempt());
            spool.failed();
            scheduler.complete(CompleteAttemptRequest.newBuilder()
                    .setAttempt(assignment.getAttempt())
                    .setLease(assignment.getLease())
                    .setResult(AttemptResult.newBuilder()
                            .setFault(RunnerFault.newBuilder()
                                    .setCause(Cause.CAUSE_INFRASTRUCTURE)
                                    .setDetail("the runner's disk failed: " + e.getMessage())))
                    .build());
        }
    }

    private void launch(SpooledAttempt attempt) {
        AttemptRun run = new AttemptRun(
                attempt,
                (spooled, stop) -> new Shipper(spooled, scheduler, traces, stop, origin(spooled.assignment())),
                images,
                backends,
                metrics,
                spool::failed,
                () -> over(attempt.name()));
        running.put(attempt.name(), run);
        // A platform thread: a boot computes for long stretches without ever waiting.
        Thread.ofPlatform().name("cell-" + running.size()).daemon(true).start(run);
    }

    private void over(String name) {
        lock.lock();
        try {
            running.remove(name);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static TraceOrigin origin(Assignment assignment) {
        RetentionClass retention = assignment.getRetention() == RetentionClass.RETENTION_CLASS_UNSPECIFIED
                ? RetentionClass.RETENTION_CLASS_NIGHTLY
                : assignment.getRetention();
        return TraceOrigin.newBuilder()
                .setImageSha256(assignment.getBoot().getImageDigest())
                .setImageName(name(assignment.getBoot()))
                .setPlatform(
                        assignment.getBoot().getPlatform().isEmpty()
                                ? "virt"
                                : assignment.getBoot().getPlatform())
                .setCellKey(assignment.getCellKey())
                .setRetentionClass(
                        retention.name().substring("RETENTION_CLASS_".length()).toLowerCase(Locale.ROOT))
                .build();
    }

    private static String name(BootSpec boot) {
        return boot.getFlow().isEmpty() ? boot.getImage() : boot.getFlow();
    }

    /** Waits until the next sync is due or a slot becomes free. */
    private void rest(SyncRunnerResponse answer) {
        if (running.isEmpty() && !drained && !closing && trouble.isEmpty()) {
            return;
        }
        long due = Durations.toMillis(
                com.google.protobuf.util.Timestamps.between(answer.getServerTime(), answer.getNextSyncTime()));
        long millis = due > 0 ? Math.min(due, BUSY_PAUSE.toMillis()) : BUSY_PAUSE.toMillis();
        lock.lock();
        try {
            int before = running.size();
            long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
            while (nanos > 0 && running.size() == before && !closed) {
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            // Closing interrupts; the loop looks at that next.
        } finally {
            lock.unlock();
        }
    }

    private static void pause(Backoff backoff) {
        try {
            backoff.pause();
        } catch (InterruptedException e) {
            // Closing interrupts; the loop looks at that next.
        }
    }

    /**
     * Takes no more work, waits for what runs as long as patience allows, and stops. What is not delivered then stays in the spool for the
     * next start.
     */
    @Override
    public void close() {
        closing = true;
        boolean told = tellThatItCloses();
        long now = System.nanoTime();
        long patience = now + drainPatience.toNanos();
        // A lab that does not answer is not waited for with nothing at hand.
        awaitIdle(() -> workMayCome, told ? patience : now + LAST_WORDS.toNanos());
        awaitIdle(() -> !running.isEmpty(), patience);
        List<AttemptRun> rest = new ArrayList<>(running.values());
        rest.forEach(run -> run.stop().stop(StopSignal.Reason.SHUTDOWN));
        if (!rest.isEmpty()) {
            awaitIdle(() -> !running.isEmpty(), System.nanoTime() + LAST_WORDS.toNanos());
        }
        closed = true;
        thread.interrupt();
    }

    /** Ends the sync that waits for work at the lab: what it was given meanwhile comes with its answer. Returns whether the lab knows. */
    private boolean tellThatItCloses() {
        try {
            scheduler.tell(request(), LAST_WORDS);
            return true;
        } catch (StatusRuntimeException | IOException e) {
            LOG.infof("the lab cannot be told that this runner stops: %s", e.getMessage());
            return false;
        }
    }

    private void awaitIdle(BooleanSupplier busy, long deadline) {
        lock.lock();
        try {
            while (busy.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
