package dev.breakmake.lab.scheduler.domain;

import com.google.protobuf.Duration;
import dev.breakmake.lab.scheduler.judge.Judgement;
import dev.breakmake.lab.scheduler.storage.AttemptStore;
import dev.breakmake.lab.scheduler.storage.CellStore;
import dev.breakmake.lab.scheduler.storage.QueueStore;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.scheduler.storage.RunnerStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.AttemptState;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.Phase;
import dev.breakmake.lab.v1.ProcessEnd;
import dev.breakmake.lab.v1.RetryPolicy;
import dev.breakmake.lab.v1.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What happens when attempts end, whoever ends them: a cell gets its verdict or another attempt. Within the transaction that locked the queue rows; the rows of
 * all attempts that end together are written table by table.
 */
final class AttemptEnds {

    private static final int DEFAULT_ATTEMPTS = 3;
    private static final int MOST_ATTEMPTS = 10;
    private static final long DEFAULT_BACKOFF_MILLIS = 5_000;
    private static final long MAX_BACKOFF_MILLIS = 600_000;

    private final Tx tx;
    private final List<AttemptStore.Ending> attempts = new ArrayList<>();
    private final List<CellStore.Ending> cells = new ArrayList<>();
    private final Map<Long, RunStore.Delta> deltas = new TreeMap<>();
    private final Set<String> succeeded = new TreeSet<>();

    /** Ends attempts within {@code tx}; what that writes is written by {@link #write}. */
    AttemptEnds(Tx tx) {
        this.tx = tx;
    }

    /** How an attempt came to its end. */
    enum How {
        /** Its runner completed it. */
        COMPLETED,
        /** Its lease ran out after the runner had confirmed it. */
        EXPIRED,
        /** Its lease ran out before the runner ever mentioned it: the answer that carried it was lost. */
        NEVER_STARTED
    }

    /**
     * Ends an attempt. Returns whether the cell was queued again.
     *
     * @param result the runner's report; null when there is none
     * @param expirations leases the cell has lost, this one included
     */
    boolean end(
            RunStore.Stored run,
            QueueStore.Entry entry,
            Judgement judgement,
            How how,
            @Nullable AttemptResult result,
            String traceDigest,
            int expirations)
            throws SQLException {
        RetryPolicy policy = run.spec().getRetry();
        int most = policy.getMaxAttempts() == 0 ? DEFAULT_ATTEMPTS : policy.getMaxAttempts();
        ProcessEnd processEnd = result == null
                ? ProcessEnd.PROCESS_END_UNSPECIFIED
                : result.getFault().getProcessEnd();
        boolean innocent = how == How.NEVER_STARTED || processEnd == ProcessEnd.PROCESS_END_SHUT_DOWN;
        int allowed = innocent ? MOST_ATTEMPTS : judgement.allowedAttempts(most);
        boolean retry = entry.attempt() < allowed && !entry.cancelRequested();
        AttemptState state = how != How.COMPLETED
                ? AttemptState.ATTEMPT_STATE_EXPIRED
                : judgement.cause() == Cause.CAUSE_CANCELLED
                        ? AttemptState.ATTEMPT_STATE_CANCELLED
                        : AttemptState.ATTEMPT_STATE_COMPLETED;
        Phase phase = Phase.forNumber(entry.phase());
        attempts.add(new AttemptStore.Ending(
                entry.run(),
                entry.cell(),
                entry.attempt(),
                state,
                phase == null ? Phase.PHASE_UNSPECIFIED : phase,
                judgement.verdict(),
                judgement.cause(),
                judgement.detail(),
                result == null ? null : result.toByteArray(),
                traceDigest,
                retry));
        boolean flaky = entry.attempt() > 1 && earlierDiffered(entry, judgement.verdict());
        if (retry) {
            QueueStore.requeue(tx, entry.run(), entry.cell(), entry.attempt() + 1, backoff(policy, entry.attempt()));
            CellStore.again(tx, entry.run(), entry.cell(), entry.attempt(), expirations, flaky);
            count(entry.run(), new RunStore.Delta(1, -1));
        } else {
            finish(entry, judgement, state, result, traceDigest, expirations, flaky);
        }
        if (how == How.COMPLETED && !innocent) {
            noteRunner(entry, judgement, processEnd, result);
        }
        return retry;
    }

    private void finish(
            QueueStore.Entry entry,
            Judgement judgement,
            AttemptState state,
            @Nullable AttemptResult result,
            String traceDigest,
            int expirations,
            boolean flaky) {
        Cell.Builder kept =
                Cell.newBuilder().addAllFindings(judgement.findings()).addAllMissingExpectations(judgement.missing());
        if (result != null && result.hasOutcome()) {
            kept.setOutcome(result.getOutcome());
        }
        cells.add(new CellStore.Ending(
                entry.run(),
                entry.cell(),
                state,
                judgement.verdict(),
                judgement.cause(),
                judgement.detail(),
                kept.build().toByteArray(),
                traceDigest,
                entry.attempt(),
                expirations,
                flaky));
        CellStore.findings(tx, entry.run(), entry.cell(), judgement.findings());
        count(entry.run(), RunStore.Delta.ended(judgement.verdict()));
    }

    private void count(long run, RunStore.Delta delta) {
        deltas.merge(run, delta, RunStore.Delta::plus);
    }

    /** Writes what the attempts ended so far have changed. */
    void write() throws SQLException {
        AttemptStore.end(tx, attempts);
        QueueStore.remove(tx, cells);
        CellStore.end(tx, cells);
        for (Map.Entry<Long, RunStore.Delta> delta : deltas.entrySet()) {
            RunStore.delta(tx, delta.getKey(), delta.getValue());
        }
        if (!succeeded.isEmpty()) {
            RunnerStore.succeeded(tx, List.copyOf(succeeded));
        }
        attempts.clear();
        cells.clear();
        deltas.clear();
        succeeded.clear();
    }

    /** Infrastructure failures count against the runner; anything else shows that it works. */
    private void noteRunner(
            QueueStore.Entry entry, Judgement judgement, ProcessEnd processEnd, @Nullable AttemptResult result)
            throws SQLException {
        String runner = entry.runner();
        if (runner == null || judgement.cause() == Cause.CAUSE_CANCELLED) {
            return;
        }
        if (processEnd == ProcessEnd.PROCESS_END_KILLED && result != null) {
            // One death of a process takes all its attempts along; it is one failure of the runner.
            RunnerStore.failedOnce(tx, runner, result.getFault().getDetail());
        } else if (judgement.cause() == Cause.CAUSE_INFRASTRUCTURE) {
            RunnerStore.failed(tx, runner, judgement.detail());
        } else {
            succeeded.add(runner);
        }
    }

    private boolean earlierDiffered(QueueStore.Entry entry, Verdict verdict) throws SQLException {
        return tx.first(
                        "select 1 from attempt where run_pk = ? and cell = ? and number < ? and verdict not in (0, 3,"
                                + " ?) limit 1",
                        row -> true,
                        entry.run(),
                        entry.cell(),
                        entry.attempt(),
                        verdict.getNumber())
                .isPresent();
    }

    /** Doubles with every attempt. */
    static java.time.Duration backoff(RetryPolicy policy, int attempt) {
        Duration initial = policy.getInitialBackoff();
        long millis = policy.hasInitialBackoff()
                ? initial.getSeconds() * 1000 + initial.getNanos() / 1_000_000
                : DEFAULT_BACKOFF_MILLIS;
        long doubled = millis << Math.min(attempt - 1, 20);
        return java.time.Duration.ofMillis(Math.min(doubled, MAX_BACKOFF_MILLIS));
    }
}
