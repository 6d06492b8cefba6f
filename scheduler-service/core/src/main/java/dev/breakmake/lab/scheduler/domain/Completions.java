package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.domain.Together.Outcome;
import dev.breakmake.lab.scheduler.judge.Judge;
import dev.breakmake.lab.scheduler.judge.Judgement;
import dev.breakmake.lab.scheduler.storage.AttemptStore;
import dev.breakmake.lab.scheduler.storage.CellStore;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.QueueStore;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.AttemptState;
import dev.breakmake.lab.v1.CompleteAttemptResponse;
import dev.breakmake.lab.v1.ProcessEnd;
import dev.breakmake.lab.v1.TraceReceipt;
import dev.breakmake.lab.v1.Verdict;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Ends attempts as their runners report them. Reports that arrive together share a transaction; each gets its own answer. */
final class Completions {

    private static final int MOST_AT_ONCE = 64;

    private final Database database;
    private final RunCache runs;
    private final LabLimits limits;
    private final LabMetrics metrics;
    private final Together<Report, CompleteAttemptResponse> together = new Together<>(MOST_AT_ONCE, this::complete);

    Completions(Database database, RunCache runs, LabLimits limits, LabMetrics metrics) {
        this.database = database;
        this.runs = runs;
        this.limits = limits;
        this.metrics = metrics;
    }

    /** What a runner reports at the end of an attempt, with a receipt that is verified. */
    record Report(
            String attempt,
            Names.AttemptName name,
            UUID lease,
            long fence,
            AttemptResult result,
            Optional<TraceReceipt> receipt) {}

    /** Ends the attempt; LEASE_LOST if its lease is no longer current, NOT_FOUND if there is no such run. */
    CompleteAttemptResponse complete(Report report) {
        return together.execute(report);
    }

    /** What is told to the metrics once the transaction has held. */
    private record Ended(Judgement judgement, RunStore.Stored run, CellStore.Stored cell, AttemptResult result) {}

    private List<Outcome<CompleteAttemptResponse>> complete(List<Report> reports) {
        List<Ended> ended = new ArrayList<>();
        List<Outcome<CompleteAttemptResponse>> outcomes = database.transact(tx -> {
            ended.clear();
            return complete(tx, reports, ended);
        });
        ended.forEach(end -> metrics.ended(end.judgement(), end.run(), end.cell(), end.result()));
        return outcomes;
    }

    private List<Outcome<CompleteAttemptResponse>> complete(Tx tx, List<Report> reports, List<Ended> ended)
            throws SQLException {
        Map<UUID, QueueStore.Locked> locked = new HashMap<>();
        QueueStore.lock(tx, reports.stream().map(Report::lease).toList())
                .forEach(lease -> locked.put(lease.leaseId(), lease));
        Map<QueueStore.Entry, CellStore.Stored> cells = runs.cells(
                tx, locked.values().stream().map(QueueStore.Locked::entry).toList());
        AttemptEnds ends = new AttemptEnds(tx);
        List<Outcome<CompleteAttemptResponse>> outcomes = new ArrayList<>();
        for (Report report : reports) {
            try {
                RunStore.Stored run =
                        runs.get(tx, report.name().project(), report.name().run());
                QueueStore.Locked lease = locked.get(report.lease());
                if (lease == null || !covers(lease.entry(), run, report)) {
                    // It may be the same report twice: the second one is answered by what the first one leaves behind.
                    ends.write();
                    outcomes.add(Outcome.of(answerAgain(tx, run, report)));
                    continue;
                }
                locked.remove(report.lease());
                CellStore.Stored cell = Objects.requireNonNull(cells.get(lease.entry()));
                outcomes.add(Outcome.of(end(ends, run, cell, lease, report, ended)));
            } catch (LabException e) {
                outcomes.add(Outcome.failed(e));
            }
        }
        ends.write();
        return outcomes;
    }

    private static boolean covers(QueueStore.Entry entry, RunStore.Stored run, Report report) {
        return entry.run() == run.pk()
                && entry.cell() == report.name().cell()
                && entry.attempt() == report.name().attempt()
                && entry.fence() == report.fence();
    }

    private CompleteAttemptResponse end(
            AttemptEnds ends,
            RunStore.Stored run,
            CellStore.Stored cell,
            QueueStore.Locked lease,
            Report report,
            List<Ended> ended)
            throws SQLException {
        AttemptResult result = report.result();
        QueueStore.Entry entry = lease.entry();
        Instant now = lease.now();
        boolean killed = result.getFault().getProcessEnd() == ProcessEnd.PROCESS_END_KILLED;
        int losses = cell.expirations() + (killed ? 1 : 0);
        Judgement judgement = (killed ? Quarantine.of(losses, limits, entry.runner()) : Optional.<Judgement>empty())
                .orElseGet(
                        () -> Judge.judge(run.spec(), cell.cell().getParametersMap(), result, report.receipt(), now));
        String digest = report.receipt().map(TraceReceipt::getTraceDigest).orElse("");
        boolean retried = ends.end(run, entry, judgement, AttemptEnds.How.COMPLETED, result, digest, losses);
        ended.add(new Ended(judgement, run, cell, result));
        AttemptState state = judgement.verdict() == Verdict.VERDICT_SKIPPED
                ? AttemptState.ATTEMPT_STATE_CANCELLED
                : AttemptState.ATTEMPT_STATE_COMPLETED;
        return CompleteAttemptResponse.newBuilder()
                .setVerdict(judgement.verdict())
                .setCause(judgement.cause())
                .setState(state)
                .setRetried(retried)
                .build();
    }

    /** A completion whose answer was lost is answered again; one under a lost lease is refused. */
    private CompleteAttemptResponse answerAgain(Tx tx, RunStore.Stored run, Report report) throws SQLException {
        Names.AttemptName name = report.name();
        Optional<AttemptStore.Stored> stored =
                AttemptStore.find(tx, report.attempt(), run.pk(), name.cell(), name.attempt());
        boolean same = stored.isPresent()
                && stored.get().leaseId().equals(report.lease())
                && stored.get().fence() == report.fence();
        AttemptState state = stored.map(s -> s.attempt().getState()).orElse(AttemptState.ATTEMPT_STATE_UNSPECIFIED);
        if (!same || (state != AttemptState.ATTEMPT_STATE_COMPLETED && state != AttemptState.ATTEMPT_STATE_CANCELLED)) {
            metrics.rejected("complete");
            throw Leases.lost(report.attempt());
        }
        return CompleteAttemptResponse.newBuilder()
                .setVerdict(stored.get().attempt().getVerdict())
                .setCause(stored.get().attempt().getCause())
                .setState(state)
                .setRetried(stored.get().retried())
                .build();
    }
}
