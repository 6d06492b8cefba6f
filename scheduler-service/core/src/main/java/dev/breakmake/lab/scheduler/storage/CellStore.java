package dev.breakmake.lab.scheduler.storage;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.domain.Names;
import dev.breakmake.lab.scheduler.matrix.Expansion.Point;
import dev.breakmake.lab.v1.AttemptState;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.JudgedFinding;
import dev.breakmake.lab.v1.PendingReason;
import dev.breakmake.lab.v1.Phase;
import dev.breakmake.lab.v1.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tables cell and cell_finding; the live state of a cell that waits or executes comes from its queue row. */
public final class CellStore {

    private static final int BATCH = 2_000;
    private static final String COLUMNS = """
            select c.run_pk, c.number, c.cell_key, c.parameters, c.overlay, c.state, c.verdict, c.cause, c.detail, c.attempt_count, c.expirations,
                   c.flaky, c.result, c.trace_digest, c.create_time, c.end_time, c.change_xid::text as change_xid,
                   q.attempt as live_attempt, q.lease_id is not null as leased, q.phase, q.pending_reason, q.pending_detail,
                   q.change_xid::text as queue_xid
            from cell c left join queue q on q.run_pk = c.run_pk and q.cell = c.number\s""";

    private CellStore() {}

    /**
     * A cell with what the contract does not show.
     *
     * @param number counted from 1
     * @param cell the contract's view, without boot
     * @param overlay further fields of the boot
     * @param expirations leases lost so far
     */
    public record Stored(int number, Cell cell, Map<String, String> overlay, int expirations) {

        public Stored {
            overlay = Map.copyOf(overlay);
        }

        /** The cell as a matrix point. */
        public Point point() {
            return new Point(cell.getParametersMap(), overlay);
        }
    }

    /** Makes the cells of a run in order, numbered from 1. */
    public static void insert(Tx tx, long run, List<Point> points) throws SQLException {
        tx.grew("cell", points.size());
        for (int from = 0; from < points.size(); from += BATCH) {
            List<Point> batch = points.subList(from, Math.min(points.size(), from + BATCH));
            int first = from + 1;
            tx.update(
                    """
                    insert into cell (run_pk, number, cell_key, parameters, overlay, state, create_time)
                    select ?, ? + n - 1, k, p::jsonb, o::jsonb, 1, @now
                    from unnest(?, ?, ?) with ordinality as t (k, p, o, n)""",
                    run,
                    first,
                    batch.stream().map(Point::cellKey).toArray(String[]::new),
                    batch.stream()
                            .map(point -> Json.of(point.parameters()).text())
                            .toArray(String[]::new),
                    batch.stream().map(point -> Json.of(point.overlay()).text()).toArray(String[]::new));
        }
    }

    /** The cell with that number. */
    public static Optional<Stored> find(Tx tx, RunStore.Stored run, int number) throws SQLException {
        return tx.first(COLUMNS + "where c.run_pk = ? and c.number = ?", row -> read(row, run), run.pk(), number);
    }

    /** The cells with those numbers, by number. */
    public static Map<Integer, Stored> find(Tx tx, RunStore.Stored run, List<Integer> numbers) throws SQLException {
        Map<Integer, Stored> found = new HashMap<>();
        tx.query(
                        COLUMNS + "where c.run_pk = ? and c.number = any (?)",
                        row -> read(row, run),
                        run.pk(),
                        numbers.toArray(Integer[]::new))
                .forEach(cell -> found.put(cell.number(), cell));
        return found;
    }

    /** Conditions of a list; unset ones are null. */
    public record Filter(
            @Nullable Integer state,
            @Nullable Integer verdict,
            @Nullable Integer cause) {}

    /** A page of cells with numbers above {@code after}. */
    public static List<Stored> list(Tx tx, RunStore.Stored run, Filter filter, long after, int limit)
            throws SQLException {
        StringBuilder sql = new StringBuilder(COLUMNS).append("where c.run_pk = ? and c.number > ? ");
        List<Object> arguments = new ArrayList<>(Arrays.asList(run.pk(), after));
        if (filter.state() != null) {
            sql.append("and ").append(LIVE_STATE).append(" = ? ");
            arguments.add(filter.state());
        }
        if (filter.verdict() != null) {
            sql.append("and c.verdict = ? ");
            arguments.add(filter.verdict());
        }
        if (filter.cause() != null) {
            sql.append("and c.cause = ? ");
            arguments.add(filter.cause());
        }
        arguments.add(limit);
        return tx.query(sql.append("order by c.number limit ?").toString(), row -> read(row, run), arguments.toArray());
    }

    /** Must agree with {@link #liveState}. */
    private static final String LIVE_STATE =
            "case when q.attempt is null then c.state when q.lease_id is null then 1 when q.phase = 0 then 2 when q.phase = 1 then 3 when q.phase = 5 then 5 else 4 end";

    /** Cells that changed in transactions not older than {@code sinceXid}. */
    public static List<Stored> changedSince(Tx tx, RunStore.Stored run, String sinceXid, int limit)
            throws SQLException {
        return tx.query(COLUMNS + """
                        where c.run_pk = ? and (c.change_xid >= ?::xid8 or q.change_xid >= ?::xid8)
                        order by c.number limit ?""", row -> read(row, run), run.pk(), sinceXid, sinceXid, limit);
    }

    /** The oldest transaction still under way: everything before it is visible to this transaction. */
    public static String horizon(Tx tx) throws SQLException {
        return tx.one("snapshot", "select pg_snapshot_xmin(pg_current_snapshot())::text", row -> row.getString(1));
    }

    /** How a cell ends. */
    public record Ending(
            long run,
            int number,
            AttemptState state,
            Verdict verdict,
            Cause cause,
            String detail,
            byte @Nullable [] result,
            String traceDigest,
            int attempts,
            int expirations,
            boolean flaky) {}

    /** Writes the ends of cells. */
    public static void end(Tx tx, List<Ending> endings) throws SQLException {
        tx.updateAll("""
                update cell set state = ?, verdict = ?, cause = ?, detail = ?, result = ?, trace_digest = ?, attempt_count = ?, expirations = ?, flaky = ?,
                       end_time = @now, change_xid = pg_current_xact_id() where run_pk = ? and number = ?""", endings, ending -> new Object[] {
            ending.state().getNumber(),
            ending.verdict().getNumber(),
            ending.cause().getNumber(),
            ending.detail(),
            ending.result(),
            ending.traceDigest(),
            ending.attempts(),
            ending.expirations(),
            ending.flaky(),
            ending.run(),
            ending.number()
        });
    }

    /** Ends cells that were still waiting when their run was cancelled. By number, never by a join: right after an expansion the planner takes the queue for empty. */
    public static void cancel(Tx tx, long run, List<Integer> numbers, String why) {
        for (int from = 0; from < numbers.size(); from += BATCH) {
            tx.write(
                    """
                    update cell set state = ?, verdict = ?, cause = ?, detail = ?, end_time = @now, change_xid = pg_current_xact_id()
                    where run_pk = ? and number = any (?)""",
                    AttemptState.ATTEMPT_STATE_CANCELLED_VALUE,
                    Verdict.VERDICT_SKIPPED_VALUE,
                    Cause.CAUSE_CANCELLED_VALUE,
                    why,
                    run,
                    numbers.subList(from, Math.min(numbers.size(), from + BATCH))
                            .toArray(Integer[]::new));
        }
    }

    /** Notes that an attempt failed and another one will follow. */
    public static void again(Tx tx, long run, int number, int attempts, int expirations, boolean flaky) {
        tx.write("""
                update cell set attempt_count = ?, expirations = ?, flaky = flaky or ?, change_xid = pg_current_xact_id()
                where run_pk = ? and number = ?""", attempts, expirations, flaky, run, number);
    }

    /** Opens a cell that had ended, for another attempt. */
    public static void reopen(Tx tx, long run, int number) throws SQLException {
        tx.update("""
                update cell set state = 1, verdict = 0, cause = 0, detail = '', result = null, trace_digest = '', end_time = null,
                       change_xid = pg_current_xact_id() where run_pk = ? and number = ?""", run, number);
        tx.update("delete from cell_finding where run_pk = ? and number = ?", run, number);
    }

    /** Writes the findings of a cell. */
    public static void findings(Tx tx, long run, int number, List<JudgedFinding> findings) {
        if (findings.isEmpty()) {
            return;
        }
        tx.write(
                """
                insert into cell_finding (run_pk, number, fingerprint, rule, severity, region, symbol, occurrences, expected)
                select ?, ?, f, r, s, g, y, o, e::boolean from unnest(?, ?, ?, ?, ?, ?, ?) as t (f, r, s, g, y, o, e) on conflict do nothing""",
                run,
                number,
                texts(findings, f -> f.getFinding().getFingerprint()),
                texts(findings, f -> f.getFinding().getRule()),
                findings.stream().map(f -> f.getFinding().getSeverityValue()).toArray(Integer[]::new),
                texts(findings, f -> f.getFinding().getRegion()),
                texts(findings, f -> f.getFinding().getSymbol()),
                findings.stream().map(f -> f.getFinding().getCount()).toArray(Long[]::new),
                texts(findings, f -> String.valueOf(f.getExpected())));
    }

    private static String[] texts(
            List<JudgedFinding> findings, java.util.function.Function<JudgedFinding, String> text) {
        return findings.stream().map(text).toArray(String[]::new);
    }

    private static Stored read(ResultSet row, RunStore.Stored run) throws SQLException {
        int number = row.getInt("number");
        Cell.Builder cell = result(row.getBytes("result"))
                .setName(run.run().getName() + "/cells/" + number)
                .setCellKey(row.getString("cell_key"))
                .putAllParameters(Tx.map(row, "parameters"))
                .setState(liveState(row))
                .setVerdict(Verdict.forNumber(row.getInt("verdict")))
                .setCause(Cause.forNumber(row.getInt("cause")))
                .setDetail(row.getString("detail"))
                .setTraceDigest(row.getString("trace_digest"))
                .setAttemptCount(row.getInt("attempt_count"))
                .setFlaky(row.getBoolean("flaky"))
                .setCreateTime(Scalars.timestamp(Tx.instant(row, 15)));
        if (cell.getState() == AttemptState.ATTEMPT_STATE_QUEUED) {
            PendingReason reason = PendingReason.forNumber(row.getInt("pending_reason"));
            cell.setPendingReason(reason == null ? PendingReason.PENDING_REASON_UNSPECIFIED : reason);
            String detail = row.getString("pending_detail");
            cell.setPendingDetail(detail == null ? "" : detail);
        }
        Instant end = Tx.instant(row, "end_time");
        if (end != null) {
            cell.setEndTime(Scalars.timestamp(end));
        }
        return new Stored(number, cell.build(), Tx.map(row, "overlay"), row.getInt("expirations"));
    }

    /** Outcome, findings and missing expectations are stored as a Cell that holds only those. */
    private static Cell.Builder result(byte @Nullable [] bytes) {
        if (bytes == null) {
            return Cell.newBuilder();
        }
        try {
            return Cell.parseFrom(bytes).toBuilder();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the database holds what is no cell result", e);
        }
    }

    private static AttemptState liveState(ResultSet row) throws SQLException {
        if (row.getObject("live_attempt") == null) {
            return AttemptState.forNumber(row.getInt("state"));
        }
        return row.getBoolean("leased") ? state(row.getInt("phase")) : AttemptState.ATTEMPT_STATE_QUEUED;
    }

    /** The state an attempt is in while in a phase. */
    static AttemptState state(int phase) {
        return switch (phase) {
            case 0 -> AttemptState.ATTEMPT_STATE_LEASED;
            case Phase.PHASE_PREPARE_VALUE -> AttemptState.ATTEMPT_STATE_PREPARING;
            case Phase.PHASE_UPLOAD_VALUE -> AttemptState.ATTEMPT_STATE_UPLOADING;
            default -> AttemptState.ATTEMPT_STATE_RUNNING;
        };
    }

    /** Name of a cell. */
    public static String name(RunStore.Stored run, int number) {
        Names.Child name = Names.run(run.run().getName());
        return Names.cellName(name.project(), name.id(), number);
    }
}
