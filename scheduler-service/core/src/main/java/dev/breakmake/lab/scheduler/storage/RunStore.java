package dev.breakmake.lab.scheduler.storage;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.domain.Etags;
import dev.breakmake.lab.scheduler.domain.Names;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunCounts;
import dev.breakmake.lab.v1.RunState;
import dev.breakmake.lab.v1.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tables run and run_delta. A run's counts are always the row's plus its deltas', read in one statement. */
public final class RunStore {

    private static final String COLUMNS = """
            select r.pk, r.project_id, r.id, r.job_id, r.spec, r.images, r.input_digest, r.state, r.verdict, r.priority, r.labels, r.creator,
                   r.baseline_run, r.state_detail, r.pinned, r.version, r.create_time, r.end_time, r.total, r.trace_parent,
                   r.queued + coalesce(d.queued, 0) as queued, r.running + coalesce(d.running, 0) as running,
                   r.passed + coalesce(d.passed, 0) as passed, r.failed + coalesce(d.failed, 0) as failed,
                   r.errored + coalesce(d.errored, 0) as errored, r.missed + coalesce(d.missed, 0) as missed,
                   r.skipped + coalesce(d.skipped, 0) as skipped
            from run r left join lateral (
                select sum(queued)::bigint as queued, sum(running)::bigint as running, sum(passed)::bigint as passed, sum(failed)::bigint as failed,
                       sum(errored)::bigint as errored, sum(missed)::bigint as missed, sum(skipped)::bigint as skipped
                from run_delta where run_pk = r.pk) d on true\s""";

    private RunStore() {}

    /**
     * A run with what the contract does not show.
     *
     * @param pk its key
     * @param project id of its project
     * @param run the contract's view
     * @param images digest by tag or digest as the specification writes it
     * @param traceParent W3C trace context
     */
    public record Stored(long pk, String project, Run run, Map<String, String> images, String traceParent) {

        public Stored {
            images = Map.copyOf(images);
        }

        /** The specification. */
        public JobSpec spec() {
            return run.getSpec();
        }
    }

    /** What a new run starts with. */
    public record NewRun(
            String project,
            String id,
            @Nullable String job,
            @Nullable String schedule,
            JobSpec spec,
            Map<String, String> images,
            String inputDigest,
            int priority,
            Map<String, String> labels,
            String creator,
            @Nullable String baselineRun,
            String traceParent,
            int cells) {

        public NewRun {
            images = Map.copyOf(images);
            labels = Map.copyOf(labels);
        }
    }

    /** Makes a run in state RUNNING with all its cells queued; returns its key. */
    public static long insert(Tx tx, NewRun run) throws SQLException {
        return tx.one(
                "run",
                """
                insert into run (project_id, id, job_id, schedule_id, spec, images, input_digest, state, priority, labels, creator, baseline_run,
                                 trace_parent, total, queued, create_time)
                values (?, ?, ?, ?, ?, ?, ?, 3, ?, ?, ?, ?, ?, ?, ?, @now) returning pk""",
                row -> row.getLong(1),
                run.project(),
                run.id(),
                run.job(),
                run.schedule(),
                run.spec().toByteArray(),
                Json.of(run.images()),
                run.inputDigest(),
                run.priority(),
                Json.of(run.labels()),
                run.creator(),
                run.baselineRun(),
                run.traceParent(),
                run.cells(),
                run.cells());
    }

    /** The run with that id; NOT_FOUND otherwise. */
    public static Stored get(Tx tx, String project, String id) throws SQLException {
        return tx.one(
                Names.runName(project, id),
                COLUMNS + "where r.project_id = ? and r.id = ?",
                RunStore::read,
                project,
                id);
    }

    /** The run with that key. */
    public static Optional<Stored> find(Tx tx, long pk) throws SQLException {
        return tx.first(COLUMNS + "where r.pk = ?", RunStore::read, pk);
    }

    /** Locks the run's row until the transaction ends and returns it. */
    public static Stored lock(Tx tx, String project, String id) throws SQLException {
        tx.query("select 1 from run where project_id = ? and id = ? for update", row -> true, project, id);
        return get(tx, project, id);
    }

    /** Conditions of a list; unset ones are null. */
    public record Filter(
            @Nullable Integer state,
            @Nullable Integer verdict,
            @Nullable String job) {}

    /** A page of runs with keys below {@code before}, newest first. */
    public static List<Stored> list(Tx tx, String project, Filter filter, long before, int limit) throws SQLException {
        StringBuilder sql = new StringBuilder(COLUMNS).append("where r.project_id = ? and r.pk < ? ");
        List<Object> arguments = new ArrayList<>(Arrays.asList(project, before));
        if (filter.state() != null) {
            sql.append("and r.state = ? ");
            arguments.add(filter.state());
        }
        if (filter.verdict() != null) {
            sql.append("and r.verdict = ? ");
            arguments.add(filter.verdict());
        }
        if (filter.job() != null) {
            sql.append("and r.job_id = ? ");
            arguments.add(filter.job());
        }
        arguments.add(limit);
        return tx.query(sql.append("order by r.pk desc limit ?").toString(), RunStore::read, arguments.toArray());
    }

    /** Newest run of a schedule that was not cancelled. */
    public static Optional<Stored> lastOfSchedule(Tx tx, String project, String schedule) throws SQLException {
        return tx.first(
                COLUMNS + "where r.project_id = ? and r.schedule_id = ? and r.state <> 7 order by r.pk desc limit 1",
                RunStore::read,
                project,
                schedule);
    }

    /** Changes state and its detail. */
    public static void state(Tx tx, long pk, RunState state, String detail) throws SQLException {
        tx.update(
                "update run set state = ?, state_detail = ?, version = version + 1, change_xid = pg_current_xact_id(), end_time = null where pk = ?",
                state.getNumber(),
                detail,
                pk);
    }

    /** Keeps a run, or no longer. */
    public static void pin(Tx tx, long pk, boolean pinned) throws SQLException {
        tx.update(
                "update run set pinned = ?, version = version + 1, change_xid = pg_current_xact_id() where pk = ?",
                pinned,
                pk);
    }

    /** What changes in a run's counts. */
    public record Delta(int queued, int running, int passed, int failed, int errored, int missed, int skipped) {

        /** Cells that come to wait or to execute, or no longer do. */
        public Delta(int queued, int running) {
            this(queued, running, 0, 0, 0, 0, 0);
        }

        /** A cell that executed and ended. */
        public static Delta ended(Verdict verdict) {
            return new Delta(0, -1).plus(verdict, 1);
        }

        /** And {@code count} cells with that verdict. */
        public Delta plus(Verdict verdict, int count) {
            return plus(new Delta(
                    0,
                    0,
                    verdict == Verdict.VERDICT_PASSED ? count : 0,
                    verdict == Verdict.VERDICT_FAILED ? count : 0,
                    verdict == Verdict.VERDICT_ERRORED ? count : 0,
                    verdict == Verdict.VERDICT_MISSED ? count : 0,
                    verdict == Verdict.VERDICT_SKIPPED ? count : 0));
        }

        /** Both. */
        public Delta plus(Delta other) {
            return new Delta(
                    queued + other.queued,
                    running + other.running,
                    passed + other.passed,
                    failed + other.failed,
                    errored + other.errored,
                    missed + other.missed,
                    skipped + other.skipped);
        }
    }

    /** Adds to a run's counts. */
    public static void delta(Tx tx, long pk, Delta delta) {
        tx.write(
                """
                insert into run_delta (run_pk, queued, running, passed, failed, errored, missed, skipped) values (?, ?, ?, ?, ?, ?, ?, ?)""",
                pk,
                delta.queued(),
                delta.running(),
                delta.passed(),
                delta.failed(),
                delta.errored(),
                delta.missed(),
                delta.skipped());
    }

    /** Runs whose counts changed. */
    public static List<Long> dirty(Tx tx, int limit) throws SQLException {
        return tx.query("select distinct run_pk from run_delta limit ?", row -> row.getLong(1), limit);
    }

    /**
     * Folds a run's deltas into its row, and ends the run when nothing waits or executes any more. Skips a run another scheduler folds right now. Returns whether
     * the run ended.
     */
    public static boolean fold(Tx tx, long pk) throws SQLException {
        if (tx.first("select 1 from run where pk = ? for update skip locked", row -> true, pk)
                .isEmpty()) {
            return false;
        }
        return tx.first(
                        """
                        with d as (delete from run_delta where run_pk = ? returning *),
                        s as (select coalesce(sum(queued), 0) q, coalesce(sum(running), 0) r, coalesce(sum(passed), 0) p, coalesce(sum(failed), 0) f,
                                     coalesce(sum(errored), 0) e, coalesce(sum(missed), 0) m, coalesce(sum(skipped), 0) k from d)
                        update run set queued = queued + s.q, running = running + s.r, passed = passed + s.p, failed = failed + s.f,
                               errored = errored + s.e, missed = missed + s.m, skipped = skipped + s.k,
                               verdict = case when failed + s.f > 0 then 5 when errored + s.e > 0 then 4 when missed + s.m > 0 then 3
                                              when passed + s.p > 0 then 2 when skipped + s.k > 0 then 1 else 0 end,
                               state = case when queued + s.q + running + s.r > 0 or state not in (3, 4) then state when state = 4 then 7 else 5 end,
                               end_time = case when queued + s.q + running + s.r > 0 or state not in (3, 4) then end_time else @now end,
                               version = version + 1, change_xid = pg_current_xact_id()
                        from s where pk = ? returning state""",
                        row -> row.getInt(1) == RunState.RUN_STATE_SUCCEEDED_VALUE
                                || row.getInt(1) == RunState.RUN_STATE_CANCELLED_VALUE,
                        pk,
                        pk)
                .orElse(false);
    }

    private static Stored read(ResultSet row) throws SQLException {
        String project = row.getString("project_id");
        String job = row.getString("job_id");
        String baseline = row.getString("baseline_run");
        Instant end = Tx.instant(row, "end_time");
        Run.Builder run = Run.newBuilder()
                .setName(Names.runName(project, row.getString("id")))
                .setJob(job == null ? "" : "projects/" + project + "/jobs/" + job)
                .setSpec(JobStore.spec(row.getBytes("spec")))
                .setState(RunState.forNumber(row.getInt("state")))
                .setVerdict(worst(counts(row)))
                .setCounts(counts(row))
                .setBaselineRun(baseline == null ? "" : Names.runName(project, baseline))
                .setPriority(row.getInt("priority"))
                .putAllLabels(Tx.map(row, "labels"))
                .setCreator(row.getString("creator"))
                .setCreateTime(Scalars.timestamp(Tx.instant(row, 17)))
                .setStateDetail(row.getString("state_detail"))
                .setPinned(row.getBoolean("pinned"))
                .setEtag(Etags.of(row.getLong("version")))
                .setInputDigest(row.getString("input_digest"));
        if (end != null) {
            run.setEndTime(Scalars.timestamp(end));
        }
        return new Stored(
                row.getLong("pk"), project, run.build(), Tx.map(row, "images"), row.getString("trace_parent"));
    }

    /** Worst verdict of the cells decided so far; the row's own column lags behind by a tick and serves filters only. */
    private static Verdict worst(RunCounts counts) {
        if (counts.getFailed() > 0) {
            return Verdict.VERDICT_FAILED;
        }
        if (counts.getErrored() > 0) {
            return Verdict.VERDICT_ERRORED;
        }
        if (counts.getMissed() > 0) {
            return Verdict.VERDICT_MISSED;
        }
        if (counts.getPassed() > 0) {
            return Verdict.VERDICT_PASSED;
        }
        return counts.getSkipped() > 0 ? Verdict.VERDICT_SKIPPED : Verdict.VERDICT_UNSPECIFIED;
    }

    private static RunCounts counts(ResultSet row) throws SQLException {
        return RunCounts.newBuilder()
                .setTotal(row.getLong("total"))
                .setQueued(row.getLong("queued"))
                .setRunning(row.getLong("running"))
                .setPassed(row.getLong("passed"))
                .setFailed(row.getLong("failed"))
                .setErrored(row.getLong("errored"))
                .setMissed(row.getLong("missed"))
                .setSkipped(row.getLong("skipped"))
                .build();
    }
}
