package dev.breakmake.lab.scheduler.storage;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.v1.Attempt;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.AttemptState;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Phase;
import dev.breakmake.lab.v1.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Tables attempt and log_part: every try is kept. A row appears when a runner takes the cell. */
public final class AttemptStore {

    private static final String COLUMNS = """
            select a.number, a.state, a.phase, a.runner, a.lease_id, a.fence, a.verdict, a.cause, a.detail, a.result, a.retried, a.trace_digest, a.log_bytes,
                   a.queue_time, a.start_time, a.end_time, q.phase as live_phase, q.lease_id as live_lease
            from attempt a left join queue q on q.run_pk = a.run_pk and q.cell = a.cell and q.attempt = a.number and q.lease_id = a.lease_id\s""";

    private AttemptStore() {}

    /** An attempt with what the contract does not show. */
    public record Stored(Attempt attempt, UUID leaseId, long fence, boolean retried) {}

    /** Notes that runners took cells: one row per entry. */
    public static void start(Tx tx, List<QueueStore.Entry> entries) {
        tx.write(
                """
                insert into attempt (run_pk, cell, number, state, runner, lease_id, fence, queue_time, start_time)
                select r, c, n, 2, w, l, f, q, @now from unnest(?, ?, ?, ?, ?, ?, ?) as t (r, c, n, w, l, f, q)""",
                column(entries, QueueStore.Entry::run, Long[]::new),
                column(entries, QueueStore.Entry::cell, Integer[]::new),
                column(entries, QueueStore.Entry::attempt, Integer[]::new),
                column(entries, QueueStore.Entry::runner, String[]::new),
                column(entries, QueueStore.Entry::leaseId, UUID[]::new),
                column(entries, QueueStore.Entry::fence, Long[]::new),
                column(entries, QueueStore.Entry::queueTime, Instant[]::new));
    }

    private static <T> T[] column(
            List<QueueStore.Entry> entries, Function<QueueStore.Entry, @Nullable T> value, IntFunction<T[]> array) {
        return entries.stream().map(value).toArray(array);
    }

    /** How an attempt ends. */
    public record Ending(
            long run,
            int cell,
            int number,
            AttemptState state,
            Phase phase,
            Verdict verdict,
            Cause cause,
            String detail,
            byte @Nullable [] result,
            String traceDigest,
            boolean retried) {}

    /** Writes the ends of attempts. */
    public static void end(Tx tx, List<Ending> endings) throws SQLException {
        tx.updateAll("""
                update attempt set state = ?, phase = ?, verdict = ?, cause = ?, detail = ?, result = ?, trace_digest = ?, retried = ?, end_time = @now
                where run_pk = ? and cell = ? and number = ?""", endings, ending -> new Object[] {
            ending.state().getNumber(),
            ending.phase().getNumber(),
            ending.verdict().getNumber(),
            ending.cause().getNumber(),
            ending.detail(),
            ending.result(),
            ending.traceDigest(),
            ending.retried(),
            ending.run(),
            ending.cell(),
            ending.number()
        });
    }

    /** The attempt with that number. */
    public static Optional<Stored> find(Tx tx, String name, long run, int cell, int number) throws SQLException {
        return tx.first(
                COLUMNS + "where a.run_pk = ? and a.cell = ? and a.number = ?",
                row -> read(row, parent(name)),
                run,
                cell,
                number);
    }

    /** A page of a cell's attempts after a number. */
    public static List<Stored> list(Tx tx, String cellName, long run, int cell, long after, int limit)
            throws SQLException {
        return tx.query(
                COLUMNS + "where a.run_pk = ? and a.cell = ? and a.number > ? order by a.number limit ?",
                row -> read(row, cellName),
                run,
                cell,
                after,
                limit);
    }

    /** Bytes of log stored, with the row locked until the transaction ends. */
    public static long lockLog(Tx tx, long run, int cell, int number) throws SQLException {
        return tx.one(
                "attempt",
                "select log_bytes from attempt where run_pk = ? and cell = ? and number = ? for update",
                row -> row.getLong(1),
                run,
                cell,
                number);
    }

    /** Adds bytes at the end of the log. */
    public static void appendLog(Tx tx, long run, int cell, int number, long offset, byte[] data) throws SQLException {
        tx.update(
                "insert into log_part (run_pk, cell, attempt, start_offset, data) values (?, ?, ?, ?, ?)",
                run,
                cell,
                number,
                offset,
                data);
        tx.update(
                "update attempt set log_bytes = ? where run_pk = ? and cell = ? and number = ?",
                offset + data.length,
                run,
                cell,
                number);
    }

    /** Pieces of the log that overlap the range, in order. */
    public static List<ImageStore.Part> log(Tx tx, long run, int cell, int number, long from, long to)
            throws SQLException {
        return tx.query("""
                select start_offset, data from log_part where run_pk = ? and cell = ? and attempt = ? and start_offset < ?
                  and start_offset + length(data) > ? order by start_offset limit 4096""", row -> new ImageStore.Part(row.getLong(1), row.getBytes(2)), run, cell, number, to, from);
    }

    private static String parent(String attemptName) {
        return attemptName.substring(0, attemptName.indexOf("/attempts/"));
    }

    private static Stored read(ResultSet row, String cellName) throws SQLException {
        AttemptResult result = result(row.getBytes("result"));
        boolean live = row.getObject("live_lease") != null;
        int phase = live ? row.getInt("live_phase") : row.getInt("phase");
        Attempt.Builder attempt = Attempt.newBuilder()
                .setName(cellName + "/attempts/" + row.getInt("number"))
                .setState(live ? CellStore.state(phase) : AttemptState.forNumber(row.getInt("state")))
                .setPhase(Phase.forNumber(phase))
                .setRunner("runners/" + row.getString("runner"))
                .setVerdict(Verdict.forNumber(row.getInt("verdict")))
                .setCause(Cause.forNumber(row.getInt("cause")))
                .setDetail(row.getString("detail"))
                .addAllChecks(result.getChecksList())
                .addAllTimings(result.getTimingsList())
                .setTraceDigest(row.getString("trace_digest"))
                .setLogBytes(row.getLong("log_bytes"))
                .setCreateTime(Scalars.timestamp(Tx.instant(row, 14)))
                .setStartTime(Scalars.timestamp(Tx.instant(row, 15)));
        if (result.hasOutcome()) {
            attempt.setOutcome(result.getOutcome());
        }
        Instant end = Tx.instant(row, "end_time");
        if (end != null) {
            attempt.setEndTime(Scalars.timestamp(end));
        }
        return new Stored(
                attempt.build(),
                row.getObject("lease_id", UUID.class),
                row.getLong("fence"),
                row.getBoolean("retried"));
    }

    private static AttemptResult result(byte @Nullable [] bytes) {
        if (bytes == null) {
            return AttemptResult.getDefaultInstance();
        }
        try {
            return AttemptResult.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the database holds what is no AttemptResult", e);
        }
    }
}
