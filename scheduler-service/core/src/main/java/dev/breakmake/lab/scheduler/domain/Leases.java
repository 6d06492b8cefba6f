package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.judge.ReceiptVerifier;
import dev.breakmake.lab.scheduler.storage.AttemptStore;
import dev.breakmake.lab.scheduler.storage.Audit;
import dev.breakmake.lab.scheduler.storage.CellStore;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.QueueStore;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.scheduler.storage.RunnerStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.AppendLogRequest;
import dev.breakmake.lab.v1.AppendLogResponse;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptProgress;
import dev.breakmake.lab.v1.Capabilities;
import dev.breakmake.lab.v1.CompleteAttemptRequest;
import dev.breakmake.lab.v1.CompleteAttemptResponse;
import dev.breakmake.lab.v1.Lease;
import dev.breakmake.lab.v1.RegisterRunnerRequest;
import dev.breakmake.lab.v1.Runner;
import dev.breakmake.lab.v1.RunnerHealth;
import dev.breakmake.lab.v1.RunnerState;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import dev.breakmake.lab.v1.SyncRunnerResponse;
import dev.breakmake.lab.v1.Timeouts;
import dev.breakmake.lab.v1.TraceReceipt;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What runners do: register, sync, ship logs, complete attempts. */
public final class Leases {

    private static final Duration DEFAULT_TOTAL = Duration.ofMinutes(30);
    private static final int MAX_LOG_PIECE = 1 << 20;
    private static final byte[] TRUNCATED = "\n[breakmake: the log reached its size limit; what follows was dropped]\n"
            .getBytes(StandardCharsets.UTF_8);

    private final Database database;
    private final RunCache runs;
    private final LabLimits limits;
    private final ReceiptVerifier receipts;
    private final WorkSignal signal;
    private final LabMetrics metrics;
    private final Completions completions;

    /** Puts it together. */
    public Leases(
            Database database,
            RunCache runs,
            LabLimits limits,
            ReceiptVerifier receipts,
            WorkSignal signal,
            LabMetrics metrics) {
        this.database = database;
        this.runs = runs;
        this.limits = limits;
        this.receipts = receipts;
        this.signal = signal;
        this.metrics = metrics;
        this.completions = new Completions(database, runs, limits, metrics);
    }

    /** See RunnerService.RegisterRunner. */
    public Runner register(Caller caller, RegisterRunnerRequest request) {
        caller.require(Role.RUNNER);
        String id = Names.id("runnerId", request.getRunnerId());
        Capabilities able = checked(request.getCapabilities());
        Runner runner = database.transact(tx -> {
            RunnerStore.register(tx, id, able, request.getSoftwareVersion());
            Audit.note(tx, caller, "RegisterRunner", "runners/" + id, request.getSoftwareVersion());
            return runner(tx, id);
        });
        signal.raise();
        return runner;
    }

    /** See RunnerService.SyncRunner. Blocks up to the wait asked for: call it on a thread that may. */
    public SyncRunnerResponse sync(Caller caller, SyncRunnerRequest request) throws InterruptedException {
        caller.require(Role.RUNNER);
        String id = Names.runner(request.getRunner());
        if (request.getFreeSlots() < 0) {
            throw LabException.invalid("freeSlots", "is negative");
        }
        if (request.getPreferIdle()) {
            drain(id);
        }
        long deadline = System.nanoTime() + wait(request).toNanos();
        boolean renew = true;
        while (true) {
            long seen = signal.generation();
            boolean withRenewal = renew;
            SyncRunnerResponse response = database.transact(tx -> syncOnce(tx, id, request, withRenewal));
            renew = false;
            boolean nothing = response.getStartCount() + response.getCancelCount() + response.getLostCount() == 0;
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (!nothing || left <= 0 || response.getDraining() || signal.isClosed()) {
                if (response.getStartCount() > 0) {
                    metrics.leased(response.getStartCount());
                }
                return response;
            }
            signal.await(seen, Math.min(left, limits.idleSync().toMillis()));
        }
    }

    /** A runner that wants to stop drains itself, until it registers again; its sync that waits for work elsewhere comes back at once. */
    private void drain(String id) {
        boolean news = database.transact(tx -> RunnerStore.drainItself(tx, id));
        if (news) {
            signal.raise();
        }
    }

    private Duration wait(SyncRunnerRequest request) {
        Duration asked = Duration.ofSeconds(
                request.getMaxWait().getSeconds(), request.getMaxWait().getNanos());
        Duration most = request.getCurrentCount() == 0
                ? limits.longPoll()
                : limits.busySync().dividedBy(2);
        return asked.compareTo(most) > 0 ? most : asked;
    }

    private SyncRunnerResponse syncOnce(Tx tx, String id, SyncRunnerRequest request, boolean renew)
            throws SQLException {
        RunnerStore.touch(tx, id);
        if (renew && request.hasCapabilities()) {
            RunnerStore.capabilities(tx, id, checked(request.getCapabilities()));
        }
        Runner runner = runner(tx, id);
        Instant now = tx.now();
        boolean draining = runner.getState() == RunnerState.RUNNER_STATE_DRAINING;
        SyncRunnerResponse.Builder response = SyncRunnerResponse.newBuilder()
                .setServerTime(Scalars.timestamp(now))
                .setDraining(draining);
        if (renew) {
            renew(tx, id, request.getCurrentList(), response);
        } else {
            Set<UUID> cancelled = new HashSet<>(QueueStore.cancelled(tx, id));
            request.getCurrentList().stream()
                    .filter(held -> cancelled.contains(leaseId(held.getLease())))
                    .forEach(held -> response.addCancel(held.getAttempt()));
        }
        boolean trusted = isTrusted(runner.getHealth());
        int slots = Math.min(request.getFreeSlots(), 64);
        if (slots > 0 && !request.getPreferIdle() && !draining && trusted) {
            assign(tx, id, runner.getCapabilities(), slots, now, response);
        }
        boolean busy = request.getCurrentCount() + response.getStartCount() > 0;
        return response.setNextSyncTime(Scalars.timestamp(now.plus(busy ? limits.busySync() : limits.idleSync())))
                .setLeaseExpireTime(Scalars.timestamp(now.plus(limits.lease())))
                .build();
    }

    private void renew(Tx tx, String id, List<AttemptProgress> current, SyncRunnerResponse.Builder response)
            throws SQLException {
        if (current.isEmpty()) {
            return;
        }
        List<UUID> leases = new ArrayList<>();
        List<Long> fences = new ArrayList<>();
        List<Integer> phases = new ArrayList<>();
        for (AttemptProgress progress : current) {
            leases.add(leaseId(progress.getLease()));
            fences.add(progress.getLease().getFence());
            // A runner that names an attempt has it, even before it says where it is.
            phases.add(Math.max(1, Math.min(progress.getPhaseValue(), 5)));
        }
        Map<UUID, QueueStore.Held> held = new HashMap<>();
        QueueStore.renew(tx, id, leases, fences, phases, limits.lease())
                .forEach(lease -> held.put(lease.leaseId(), lease));
        for (int i = 0; i < current.size(); i++) {
            QueueStore.Held lease = held.get(leases.get(i));
            if (lease == null) {
                response.addLost(current.get(i).getAttempt());
                metrics.rejected("sync");
            } else if (lease.cancelRequested()) {
                response.addCancel(current.get(i).getAttempt());
            }
        }
    }

    private void assign(
            Tx tx, String id, Capabilities able, int slots, Instant now, SyncRunnerResponse.Builder response)
            throws SQLException {
        List<QueueStore.Entry> entries = QueueStore.claim(tx, id, able, slots, limits.lease());
        if (entries.isEmpty()) {
            return;
        }
        AttemptStore.start(tx, entries);
        Map<Long, List<Integer>> byRun = new LinkedHashMap<>();
        entries.forEach(entry ->
                byRun.computeIfAbsent(entry.run(), run -> new ArrayList<>()).add(entry.cell()));
        for (Map.Entry<Long, List<Integer>> taken : byRun.entrySet()) {
            RunStore.Stored run = runs.get(tx, taken.getKey());
            int count = taken.getValue().size();
            QueueStore.deadline(tx, run.pk(), taken.getValue(), total(run.spec().getTimeouts()));
            RunStore.delta(tx, run.pk(), new RunStore.Delta(-count, count));
        }
        Map<QueueStore.Entry, CellStore.Stored> cells = runs.cells(tx, entries);
        for (QueueStore.Entry entry : entries) {
            CellStore.Stored cell = Objects.requireNonNull(cells.get(entry));
            response.addStart(assignment(runs.get(tx, entry.run()), cell, entry));
            metrics.waited(entry.queueTime(), now);
        }
    }

    /** The runner keeps the limit; the lab only steps in when it does not, so it waits somewhat longer. */
    private Duration total(Timeouts timeouts) {
        Duration total =
                timeouts.hasTotal() ? Duration.ofSeconds(timeouts.getTotal().getSeconds()) : DEFAULT_TOTAL;
        return total.plus(limits.lease());
    }

    private static Assignment assignment(RunStore.Stored run, CellStore.Stored cell, QueueStore.Entry entry) {
        Instant expire = entry.leaseExpireTime();
        return Assignment.newBuilder()
                .setAttempt(cell.cell().getName() + "/attempts/" + entry.attempt())
                .setLease(Lease.newBuilder()
                        .setLeaseId(String.valueOf(entry.leaseId()))
                        .setFence(entry.fence()))
                .setLeaseExpireTime(Scalars.timestamp(expire == null ? Instant.EPOCH : expire))
                .setBoot(RunCache.pinned(run, cell.point().boot(run.spec().getBoot())))
                .setTimeouts(run.spec().getTimeouts())
                .addAllChecks(run.spec().getChecksList())
                .putW3CTraceContext("traceparent", run.traceParent())
                .setRetention(run.spec().getRetention())
                .putAllParameters(cell.cell().getParametersMap())
                .setCellKey(cell.cell().getCellKey())
                .build();
    }

    /** See RunnerService.AppendLog. */
    public AppendLogResponse appendLog(Caller caller, AppendLogRequest request) {
        caller.require(Role.RUNNER);
        Names.AttemptName name = Names.attempt(request.getAttempt());
        byte[] data = request.getData().toByteArray();
        if (data.length > MAX_LOG_PIECE) {
            throw LabException.invalid("data", data.length + " bytes are more than " + MAX_LOG_PIECE);
        }
        UUID lease = leaseId(request.getLease());
        return database.transact(tx -> {
            RunStore.Stored run = runs.get(tx, name.project(), name.run());
            if (!QueueStore.holds(
                    tx,
                    run.pk(),
                    name.cell(),
                    name.attempt(),
                    lease,
                    request.getLease().getFence())) {
                metrics.rejected("log");
                throw lost(request.getAttempt());
            }
            long stored = AttemptStore.lockLog(tx, run.pk(), name.cell(), name.attempt());
            if (stored >= limits.logBytes()) {
                long end = request.getOffset() + data.length;
                return AppendLogResponse.newBuilder()
                        .setNextOffset(Math.max(stored, end))
                        .setTruncated(true)
                        .build();
            }
            if (request.getOffset() > stored || request.getOffset() < 0) {
                throw new LabException(
                        Reason.UPLOAD_GAP,
                        "the log has " + stored + " bytes; offset " + request.getOffset() + " would leave a gap",
                        List.of(),
                        Map.of("nextOffset", Long.toString(stored)));
            }
            return append(tx, run.pk(), name, stored, request.getOffset(), data);
        });
    }

    private AppendLogResponse append(Tx tx, long run, Names.AttemptName name, long stored, long offset, byte[] data)
            throws SQLException {
        long end = offset + data.length;
        if (end <= stored) {
            return AppendLogResponse.newBuilder().setNextOffset(stored).build();
        }
        byte[] fresh = java.util.Arrays.copyOfRange(data, (int) (stored - offset), data.length);
        boolean truncated = stored + fresh.length > limits.logBytes();
        if (truncated) {
            byte[] cut = java.util.Arrays.copyOf(fresh, (int) (limits.logBytes() - stored) + TRUNCATED.length);
            System.arraycopy(TRUNCATED, 0, cut, cut.length - TRUNCATED.length, TRUNCATED.length);
            fresh = cut;
        }
        AttemptStore.appendLog(tx, run, name.cell(), name.attempt(), stored, fresh);
        return AppendLogResponse.newBuilder()
                .setNextOffset(Math.max(stored + fresh.length, end))
                .setTruncated(truncated)
                .build();
    }

    /**
     * See RunnerService.CompleteAttempt. Wakes no waiting runner: an end brings no work. Another attempt waits for its back-off, and what room the project has
     * again is found by the runner itself, which asks next, or by those {@link Upkeep#settleRuns} wakes.
     */
    public CompleteAttemptResponse complete(Caller caller, CompleteAttemptRequest request) {
        caller.require(Role.RUNNER);
        Names.AttemptName name = Names.attempt(request.getAttempt());
        UUID lease = leaseId(request.getLease());
        if (!request.getResult().hasOutcome() && !request.getResult().hasFault()) {
            throw LabException.invalid("result", "has neither an outcome nor a fault");
        }
        Optional<TraceReceipt> receipt = request.getResult().hasReceipt()
                ? Optional.of(
                        receipts.verify(request.getResult().getReceipt(), request.getAttempt(), request.getLease()))
                : Optional.empty();
        return completions.complete(new Completions.Report(
                request.getAttempt(), name, lease, request.getLease().getFence(), request.getResult(), receipt));
    }

    private Runner runner(Tx tx, String id) throws SQLException {
        return RunnerStore.find(tx, id, limits.lease()).orElseThrow(() -> LabException.notFound("runners/" + id));
    }

    private static Capabilities checked(Capabilities able) {
        if (able.getBackendsCount() == 0 || able.getArchitecturesCount() == 0) {
            throw LabException.invalid(
                    "capabilities", "names no backend or no architecture: the runner could execute nothing");
        }
        return able.getSlots() > 0 ? able : able.toBuilder().setSlots(1).build();
    }

    private static UUID leaseId(@Nullable Lease lease) {
        try {
            return UUID.fromString(lease == null ? "" : lease.getLeaseId());
        } catch (IllegalArgumentException e) {
            throw LabException.invalid("lease.leaseId", "is no UUID");
        }
    }

    static LabException lost(String attempt) {
        return new LabException(
                Reason.LEASE_LOST,
                "the lease on '" + attempt + "' is lost; stop it and forget it",
                List.of(),
                Map.of("attempt", attempt));
    }

    /** Whether a runner of that health gets work. */
    static boolean isTrusted(RunnerHealth health) {
        return health == RunnerHealth.RUNNER_HEALTH_GOOD || health == RunnerHealth.RUNNER_HEALTH_UNKNOWN;
    }
}
