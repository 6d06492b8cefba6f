package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.judge.Judgement;
import dev.breakmake.lab.scheduler.storage.CellStore;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.PendingStore;
import dev.breakmake.lab.scheduler.storage.QueueStore;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.scheduler.storage.RunnerStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.AttemptState;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.Capabilities;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.PendingReason;
import dev.breakmake.lab.v1.Runner;
import dev.breakmake.lab.v1.RunnerState;
import dev.breakmake.lab.v1.Verdict;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What has to happen without anyone asking: ended runs, lost leases, waiting reasons. Every part is leaderless: several schedulers share it row by row. */
public final class Upkeep {

    private static final int BATCH = 100;
    private static final int EXPLAINED_AT_ONCE = 4_000;
    private static final int MANY_DEAD = 4_000;
    private static final String[] CHURNING = {"queue", "run_delta"};

    private final Database database;
    private final RunCache runs;
    private final LabLimits limits;
    private final WorkSignal signal;
    private final LabMetrics metrics;
    private final RunEnds ends;

    /** Puts it together; {@code ends} is told of every run that ends. */
    public Upkeep(
            Database database, RunCache runs, LabLimits limits, WorkSignal signal, LabMetrics metrics, RunEnds ends) {
        this.database = database;
        this.runs = runs;
        this.limits = limits;
        this.signal = signal;
        this.metrics = metrics;
        this.ends = ends;
    }

    /** Folds counts into runs and ends those that are done; returns how many runs were touched. */
    public int settleRuns() {
        List<Long> dirty = database.transact(tx -> RunStore.dirty(tx, BATCH));
        for (long run : dirty) {
            database.transact(tx -> {
                boolean ended = RunStore.fold(tx, run);
                if (ended) {
                    ends.ended(tx, run);
                }
                return ended;
            });
        }
        if (!dirty.isEmpty()) {
            signal.raise();
        }
        return dirty.size();
    }

    /** Ends attempts whose lease ran out and cells that waited too long; returns how many. */
    public int reap() {
        int total = 0;
        int reaped;
        do {
            reaped = database.transact(this::reapSome);
            total += reaped;
        } while (reaped == 2 * BATCH);
        if (total > 0) {
            signal.raise();
        }
        return total;
    }

    private int reapSome(Tx tx) throws SQLException {
        List<QueueStore.Entry> expired = QueueStore.expired(tx, BATCH);
        Map<String, String> silent = new TreeMap<>();
        AttemptEnds ends = new AttemptEnds(tx);
        Map<QueueStore.Entry, CellStore.Stored> cells = runs.cells(tx, expired);
        for (QueueStore.Entry entry : expired) {
            expire(tx, ends, entry, Objects.requireNonNull(cells.get(entry)));
            String runner = entry.runner();
            if (runner != null && entry.phase() > 0) {
                silent.put(runner, silence(entry));
            }
        }
        ends.write();
        // A runner that falls silent loses all its leases at once: that is one failure of it.
        for (Map.Entry<String, String> runner : silent.entrySet()) {
            RunnerStore.failed(tx, runner.getKey(), runner.getValue());
        }
        List<QueueStore.Entry> overdue = QueueStore.overdue(tx, BATCH);
        giveUpWaiting(tx, overdue);
        return expired.size() + overdue.size();
    }

    private void expire(Tx tx, AttemptEnds ends, QueueStore.Entry entry, CellStore.Stored cell) throws SQLException {
        metrics.expired();
        RunStore.Stored run = runs.get(tx, entry.run());
        boolean started = entry.phase() > 0;
        int expirations = cell.expirations() + (started ? 1 : 0);
        AttemptEnds.How how = started ? AttemptEnds.How.EXPIRED : AttemptEnds.How.NEVER_STARTED;
        Judgement judgement = judgement(entry, expirations);
        ends.end(run, entry, judgement, how, null, "", expirations);
        metrics.ended(judgement, run, cell, AttemptResult.getDefaultInstance());
    }

    private Judgement judgement(QueueStore.Entry entry, int expirations) {
        if (entry.cancelRequested()) {
            return Judgement.of(
                    Verdict.VERDICT_SKIPPED, Cause.CAUSE_CANCELLED, "cancelled; its runner was not heard of again");
        }
        return Quarantine.of(expirations, limits, entry.runner())
                .orElseGet(() -> Judgement.of(Verdict.VERDICT_MISSED, Cause.CAUSE_INFRASTRUCTURE, silence(entry)));
    }

    private String silence(QueueStore.Entry entry) {
        return "runners/" + entry.runner() + " was not heard of for "
                + limits.lease().toSeconds() + " s";
    }

    private static void giveUpWaiting(Tx tx, List<QueueStore.Entry> overdue) throws SQLException {
        List<CellStore.Ending> cells = overdue.stream()
                .map(entry -> new CellStore.Ending(
                        entry.run(),
                        entry.cell(),
                        AttemptState.ATTEMPT_STATE_EXPIRED,
                        Verdict.VERDICT_MISSED,
                        Cause.CAUSE_TIMEOUT,
                        "no runner took it within the job's queue timeout",
                        null,
                        "",
                        entry.attempt() - 1,
                        0,
                        false))
                .toList();
        QueueStore.remove(tx, cells);
        CellStore.end(tx, cells);
        for (CellStore.Ending cell : cells) {
            RunStore.delta(tx, cell.run(), new RunStore.Delta(-1, 0).plus(Verdict.VERDICT_MISSED, 1));
        }
    }

    /** Says why cells wait; returns how many reasons changed. */
    public int explainWaiting() {
        List<Runner> runners = database.transact(tx -> RunnerStore.list(tx, "", 10_000, limits.lease()));
        int changed = database.transact(PendingStore::explainLimits);
        for (PendingStore.Waiting waiting : database.transact(tx -> PendingStore.waiting(tx, 500))) {
            QueueStore.Need need = waiting.need();
            Explanation why = explain(need, runners);
            if (why.reason() == waiting.reason() && why.detail().equals(waiting.detail())) {
                continue;
            }
            int explained;
            do {
                // In short transactions: claims pass over the rows that are just being explained.
                explained = database.transact(
                        tx -> PendingStore.explain(tx, need, why.reason(), why.detail(), EXPLAINED_AT_ONCE));
                changed += explained;
            } while (explained == EXPLAINED_AT_ONCE);
        }
        return changed;
    }

    /** Why cells of a kind wait. */
    record Explanation(PendingReason reason, String detail) {}

    static Explanation explain(QueueStore.Need need, List<Runner> runners) {
        List<Runner> online = runners.stream()
                .filter(runner -> runner.getState() != RunnerState.RUNNER_STATE_OFFLINE)
                .toList();
        if (online.isEmpty()) {
            return new Explanation(
                    PendingReason.PENDING_REASON_NO_RUNNER_ONLINE,
                    "none of " + runners.size() + " known runners is online");
        }
        List<Runner> capable = online.stream()
                .filter(runner -> isCapable(runner.getCapabilities(), need))
                .toList();
        if (capable.isEmpty()) {
            return new Explanation(
                    PendingReason.PENDING_REASON_NO_CAPABLE_RUNNER,
                    "none of " + online.size() + " runners online offers " + describe(need));
        }
        long usable = capable.stream()
                .filter(runner ->
                        runner.getState() == RunnerState.RUNNER_STATE_ONLINE && Leases.isTrusted(runner.getHealth()))
                .count();
        if (usable == 0) {
            return new Explanation(
                    PendingReason.PENDING_REASON_RUNNERS_UNAVAILABLE,
                    "all " + capable.size() + " suitable runners drain or are not trusted");
        }
        return new Explanation(PendingReason.PENDING_REASON_WAITING_FOR_SLOT, usable + " suitable runners are busy");
    }

    private static boolean isCapable(Capabilities able, QueueStore.Need need) {
        return able.getBackendsValueList().contains(need.backend())
                && (need.architecture() == 0 || able.getArchitecturesValueList().contains(need.architecture()))
                && (able.getPlatformsCount() == 0 || able.getPlatformsList().contains(need.platform()))
                && (able.getMemoryBytes() == 0 || need.memory() <= able.getMemoryBytes())
                && able.getLabelsList().containsAll(need.labels());
    }

    private static String describe(QueueStore.Need need) {
        Backend backend = Objects.requireNonNullElse(Backend.forNumber(need.backend()), Backend.BACKEND_UNSPECIFIED);
        String labels = need.labels().isEmpty() ? "" : " with labels " + String.join(", ", need.labels());
        return Scalars.name(backend.getValueDescriptor()) + " on " + need.platform() + " with " + (need.memory() >> 20)
                + " MiB" + labels;
    }

    /** Keeps the tables small whose rows come and go with every cell: claims read them, and autovacuum looks once a minute at best. */
    public void vacuum() {
        database.vacuum(CHURNING);
    }

    /** Removes the rows of ended cells while many end: a claim walks over all that is left of them at the head of the queue before it finds one that waits. */
    public void sweep() {
        database.sweep(MANY_DEAD, CHURNING);
    }

    /** Forgets answers past their time. */
    public void tidy() {
        database.transact(tx -> tx.update("delete from idempotency where expire_time < @now"));
    }
}
