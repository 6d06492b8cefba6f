package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.storage.Audit;
import dev.breakmake.lab.scheduler.storage.CellStore;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.Idempotency;
import dev.breakmake.lab.scheduler.storage.ImageStore;
import dev.breakmake.lab.scheduler.storage.QueueStore;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.Architecture;
import dev.breakmake.lab.v1.CancelRunRequest;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.PinRunRequest;
import dev.breakmake.lab.v1.RetryRunRequest;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunState;
import dev.breakmake.lab.v1.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is done to runs that exist: cancel, retry, pin. */
public final class RunControl {

    private final Database database;
    private final WorkSignal signal;

    /** Puts it together. */
    public RunControl(Database database, WorkSignal signal) {
        this.database = database;
        this.signal = signal;
    }

    /** See RunService.CancelRun. Cancelling a cancelled run changes nothing. */
    public Run cancel(Caller caller, CancelRunRequest request) {
        caller.require(Role.SUBMITTER);
        Names.Child name = Names.run(request.getName());
        Run run = database.transact(tx -> {
            RunStore.Stored stored = RunStore.lock(tx, name.project(), name.id());
            switch (stored.run().getState()) {
                case RUN_STATE_CANCELLING, RUN_STATE_CANCELLED -> {
                    return stored.run();
                }
                case RUN_STATE_SUCCEEDED, RUN_STATE_FAILED ->
                    throw new LabException(
                            Reason.RUN_ALREADY_FINISHED,
                            "'" + request.getName() + "' has ended; there is nothing to cancel");
                default -> {}
            }
            String why = request.getReason().isEmpty() ? "cancelled by " + caller.name() : request.getReason();
            int skipped = skipWaiting(tx, stored.pk(), why);
            RunStore.delta(tx, stored.pk(), new RunStore.Delta(-skipped, 0).plus(Verdict.VERDICT_SKIPPED, skipped));
            QueueStore.requestCancel(tx, stored.pk());
            RunStore.state(tx, stored.pk(), RunState.RUN_STATE_CANCELLING, why);
            RunStore.fold(tx, stored.pk());
            Audit.note(tx, caller, "CancelRun", request.getName(), why);
            return RunStore.get(tx, name.project(), name.id()).run();
        });
        signal.raise();
        return run;
    }

    private static int skipWaiting(Tx tx, long run, String why) throws SQLException {
        List<Integer> cells = QueueStore.removeWaiting(tx, run);
        CellStore.cancel(tx, run, cells, why);
        return cells.size();
    }

    /** See RunService.RetryRun. */
    public Run retry(Caller caller, RetryRunRequest request) {
        caller.require(Role.SUBMITTER);
        Names.Child name = Names.run(request.getName());
        Run run = database.transact(tx ->
                Idempotency.once(tx, caller, "RetryRun", request.getRequestId(), request, Run.parser(), () -> {
                    RunStore.Stored stored = RunStore.lock(tx, name.project(), name.id());
                    RunState state = stored.run().getState();
                    if (state != RunState.RUN_STATE_RUNNING && state != RunState.RUN_STATE_SUCCEEDED) {
                        throw new LabException(
                                Reason.RUN_ALREADY_FINISHED,
                                "'" + request.getName() + "' was cancelled; run the job again instead");
                    }
                    int cells = requeueMissed(tx, stored);
                    if (cells > 0 && state == RunState.RUN_STATE_SUCCEEDED) {
                        RunStore.state(tx, stored.pk(), RunState.RUN_STATE_RUNNING, "");
                    }
                    Audit.note(tx, caller, "RetryRun", request.getName(), cells + " cells");
                    return RunStore.get(tx, name.project(), name.id()).run();
                }));
        signal.raise();
        return run;
    }

    private static int requeueMissed(Tx tx, RunStore.Stored run) throws SQLException {
        List<CellStore.Stored> missed = CellStore.list(
                tx,
                run,
                new CellStore.Filter(null, Verdict.VERDICT_MISSED_VALUE, Cause.CAUSE_INFRASTRUCTURE_VALUE),
                0,
                Integer.MAX_VALUE);
        Map<String, Architecture> architectures = new TreeMap<>();
        ImageStore.resolve(tx, run.project(), run.images().values())
                .forEach((sha256, image) -> run.images().forEach((reference, digest) -> {
                    if (digest.equals(sha256)) {
                        architectures.put(reference, image.architecture());
                    }
                }));
        List<QueueStore.Item> items = new ArrayList<>();
        for (CellStore.Stored cell : missed) {
            CellStore.reopen(tx, run.pk(), cell.number());
            items.add(new QueueStore.Item(
                    cell.number(),
                    cell.cell().getAttemptCount() + 1,
                    Runs.need(cell.point().boot(run.spec().getBoot()), architectures, run.spec())));
        }
        QueueStore.insert(tx, run.pk(), run.project(), run.run().getPriority(), Runs.queueTimeout(run.spec()), items);
        RunStore.delta(tx, run.pk(), new RunStore.Delta(items.size(), 0).plus(Verdict.VERDICT_MISSED, -items.size()));
        return items.size();
    }

    /** See RunService.PinRun. */
    public Run pin(Caller caller, PinRunRequest request) {
        caller.require(Role.SUBMITTER);
        Names.Child name = Names.run(request.getName());
        return database.transact(tx -> {
            RunStore.Stored stored = RunStore.lock(tx, name.project(), name.id());
            RunStore.pin(tx, stored.pk(), request.getPinned());
            Audit.note(tx, caller, "PinRun", request.getName(), Boolean.toString(request.getPinned()));
            return RunStore.get(tx, name.project(), name.id()).run();
        });
    }
}
