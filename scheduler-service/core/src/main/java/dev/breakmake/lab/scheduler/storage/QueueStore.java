package dev.breakmake.lab.scheduler.storage;

import dev.breakmake.lab.v1.Architecture;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Capabilities;
import dev.breakmake.lab.v1.PendingReason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Table queue: what waits and what is leased. Every write on behalf of a runner names lease and fence, and touches nothing when they are no longer current.
 * The order of claims is by {@code rank}: microseconds of the time of queueing less a minute per point of priority, so waiting a minute is worth a point.
 */
public final class QueueStore {

    private static final int BATCH = 2_000;
    private static final String COLUMNS = """
            run_pk, cell, attempt, project_id, runner, lease_id, fence, lease_expire_time, attempt_deadline, queue_time, cancel_requested, phase,
            backend, architecture, platform\s""";

    /** What projects with a limit may still start: project_id, max_running_attempts, room. Looks at the queue only for them. */
    private static final String ROOMS = """
            select p.id as project_id, p.max_running_attempts,
                   p.max_running_attempts - (select count(*) from queue q where q.project_id = p.id and q.lease_id is not null) as room
            from project p where p.max_running_attempts > 0\
            """;

    /** Projects that run as many attempts as they may: project_id, max_running_attempts. */
    static final String FULL_PROJECTS =
            "select project_id, max_running_attempts from (" + ROOMS + ") as rooms where room <= 0";

    private QueueStore() {}

    /** A row of the queue. */
    public record Entry(
            long run,
            int cell,
            int attempt,
            String project,
            @Nullable String runner,
            @Nullable UUID leaseId,
            long fence,
            @Nullable Instant leaseExpireTime,
            Instant queueTime,
            boolean cancelRequested,
            int phase) {}

    /** What a runner must have for a cell. */
    public record Need(int backend, int architecture, String platform, long memory, List<String> labels) {

        public Need {
            labels = List.copyOf(labels);
        }

        /** The need of a cell that boots {@code boot}. */
        public static Need of(BootSpec boot, Architecture architecture, List<String> labels) {
            Backend backend =
                    boot.getBackend() == Backend.BACKEND_UNSPECIFIED ? Backend.BACKEND_ENGINE : boot.getBackend();
            String platform = boot.getPlatform().isEmpty() ? "virt" : boot.getPlatform();
            long memory = boot.getMemory() == 0 ? 1L << 30 : boot.getMemory();
            return new Need(backend.getNumber(), architecture.getNumber(), platform, memory, labels);
        }
    }

    /** A cell to queue. */
    public record Item(int cell, int attempt, Need need) {}

    /** Queues the first attempts of a run's cells. */
    public static void insert(Tx tx, long run, String project, int priority, Duration queueTimeout, List<Item> items)
            throws SQLException {
        tx.grew("queue", items.size());
        for (int from = 0; from < items.size(); from += BATCH) {
            List<Item> batch = items.subList(from, Math.min(items.size(), from + BATCH));
            tx.update(
                    """
                    insert into queue (run_pk, cell, attempt, project_id, rank, backend, architecture, platform, memory, labels, not_before, queue_time,
                                       queue_deadline)
                    select ?, c, a, ?, (extract(epoch from n) * 1000000)::bigint - ? * 60000000::bigint, b, h, p, m,
                           string_to_array(nullif(l, ''), ','), n, n, n + ? * interval '1 millisecond'
                    from (select @now as n) as clock, unnest(?, ?, ?, ?, ?, ?, ?) as t (c, a, b, h, p, m, l)""".replace(
                                    "string_to_array(nullif(l, ''), ',')",
                                    "coalesce(string_to_array(nullif(l, ''), ','), '{}')"),
                    run,
                    project,
                    priority,
                    queueTimeout.toMillis(),
                    integers(batch, Item::cell),
                    integers(batch, Item::attempt),
                    integers(batch, item -> item.need().backend()),
                    integers(batch, item -> item.need().architecture()),
                    batch.stream().map(item -> item.need().platform()).toArray(String[]::new),
                    batch.stream().map(item -> item.need().memory()).toArray(Long[]::new),
                    batch.stream()
                            .map(item -> String.join(",", item.need().labels()))
                            .toArray(String[]::new));
        }
    }

    private static Integer[] integers(List<Item> items, java.util.function.Function<Item, Integer> value) {
        return items.stream().map(value).toArray(Integer[]::new);
    }

    /** Rows in the queue, waiting or leased. */
    public static long size(Tx tx) throws SQLException {
        return tx.one("queue", "select count(*) from queue", row -> row.getLong(1));
    }

    /**
     * Leases up to {@code slots} waiting cells to a runner, in order of rank, passing over what others are just taking. Projects with a limit are locked first,
     * so that two claims at a time do not both take the room of one.
     */
    public static List<Entry> claim(Tx tx, String runner, Capabilities able, int slots, Duration lease)
            throws SQLException {
        byIndex(tx);
        tx.write("select 1 from project where max_running_attempts > 0 order by id for no key update");
        return tx.query(
                "with rooms as (" + ROOMS + """
                ),
                found as (
                    select run_pk, cell, project_id, rank from queue
                    where lease_id is null and not_before <= @now and not cancel_requested
                      and backend = any (?) and (architecture = 0 or architecture = any (?))
                      and (cardinality(?::text[]) = 0 or platform = any (?)) and (? = 0 or memory <= ?) and labels <@ ?
                      and (avoid_runner is distinct from ? or not_before < @now - interval '15 seconds')
                      and project_id not in (select project_id from rooms where room <= 0)
                    order by rank, run_pk, cell limit ? for update skip locked),
                placed as (
                    select run_pk, cell, room, row_number() over (partition by project_id order by rank, run_pk, cell) as place
                    from found left join rooms using (project_id)),
                taken as (select run_pk, cell from placed where room is null or place <= room)
                update queue q set runner = ?, lease_id = gen_random_uuid(), fence = nextval('lease_fence'),
                       lease_expire_time = @now + ? * interval '1 millisecond', phase = 0, pending_reason = 0, pending_detail = '',
                       change_xid = pg_current_xact_id()
                from taken t where q.run_pk = t.run_pk and q.cell = t.cell returning\s""" + COLUMNS.replace("run_pk, cell,", "q.run_pk, q.cell,"),
                QueueStore::read,
                able.getBackendsValueList().toArray(Integer[]::new),
                able.getArchitecturesValueList().toArray(Integer[]::new),
                able.getPlatformsList().toArray(String[]::new),
                able.getPlatformsList().toArray(String[]::new),
                able.getMemoryBytes(),
                able.getMemoryBytes(),
                able.getLabelsList().toArray(String[]::new),
                runner,
                slots,
                runner,
                lease.toMillis());
    }

    /**
     * For the rest of the transaction, statements find rows by an index, in its order, and stop at the first ones that fit. The queue goes from full to empty
     * faster than its statistics follow, and by stale ones the planner reads and sorts all of it.
     */
    static void byIndex(Tx tx) {
        tx.write("select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)");
    }

    /** When the whole attempts must have ended. */
    public static void deadline(Tx tx, long run, List<Integer> cells, Duration total) {
        tx.write(
                "update queue set attempt_deadline = @now + ? * interval '1 millisecond' where run_pk = ? and cell = any (?)",
                total.toMillis(),
                run,
                cells.toArray(Integer[]::new));
    }

    /** Leases of a runner still held after renewal: id, fence, and whether the attempt shall stop. */
    public record Held(UUID leaseId, long fence, boolean cancelRequested) {}

    /** Renews the leases named, all in one statement; those not returned are lost. */
    public static List<Held> renew(
            Tx tx, String runner, List<UUID> leases, List<Long> fences, List<Integer> phases, Duration lease)
            throws SQLException {
        return tx.query(
                """
                update queue q set lease_expire_time = least(@now + ? * interval '1 millisecond', attempt_deadline),
                       change_xid = case when q.phase <> h.phase then pg_current_xact_id() else q.change_xid end, phase = h.phase
                from unnest(?, ?, ?) as h (lease_id, fence, phase)
                where q.lease_id = h.lease_id and q.fence = h.fence and q.runner = ? and q.lease_expire_time > @now
                returning q.lease_id, q.fence, q.cancel_requested""",
                row -> new Held(row.getObject(1, UUID.class), row.getLong(2), row.getBoolean(3)),
                lease.toMillis(),
                leases.toArray(UUID[]::new),
                fences.toArray(Long[]::new),
                phases.toArray(Integer[]::new),
                runner);
    }

    /** Leases of a runner whose attempt shall stop. */
    public static List<UUID> cancelled(Tx tx, String runner) throws SQLException {
        return tx.query(
                "select lease_id from queue where runner = ? and lease_id is not null and cancel_requested",
                row -> row.getObject(1, UUID.class),
                runner);
    }

    /** Whether a lease still holds, without locking. */
    public static boolean holds(Tx tx, long run, int cell, int attempt, UUID lease, long fence) throws SQLException {
        return tx.first(
                        "select 1 from queue where run_pk = ? and cell = ? and attempt = ? and lease_id = ? and fence = ? and lease_expire_time > @now",
                        row -> true,
                        run,
                        cell,
                        attempt,
                        lease,
                        fence)
                .isPresent();
    }

    /** A row whose lease holds, locked. */
    public record Locked(UUID leaseId, Entry entry, Instant now) {}

    /** Locks the rows under those leases that still hold, in an order in which nobody else waits for one of them while holding another. */
    public static List<Locked> lock(Tx tx, List<UUID> leases) throws SQLException {
        byIndex(tx);
        return tx.query(
                "select " + COLUMNS + """
                , @now as now from queue where lease_id = any (?) and lease_expire_time > @now order by run_pk, cell for update""",
                row -> new Locked(
                        row.getObject("lease_id", UUID.class),
                        read(row),
                        Objects.requireNonNull(Tx.instant(row, "now"))),
                (Object) leases.toArray(UUID[]::new));
    }

    /** Removes ended cells from the queue. */
    public static void remove(Tx tx, List<CellStore.Ending> ended) throws SQLException {
        tx.updateAll("delete from queue where run_pk = ? and cell = ?", ended, cell ->
                new Object[] {cell.run(), cell.number()});
    }

    /** Puts a cell back for attempt {@code attempt} after {@code backoff}, preferably elsewhere. */
    public static void requeue(Tx tx, long run, int cell, int attempt, Duration backoff) {
        tx.write("""
                update queue set attempt = ?, not_before = @now + ? * interval '1 millisecond', avoid_runner = runner, runner = null, lease_id = null,
                       fence = null, lease_expire_time = null, attempt_deadline = null, phase = 0, pending_reason = ?, pending_detail = '',
                       change_xid = pg_current_xact_id()
                where run_pk = ? and cell = ?""", attempt, backoff.toMillis(), PendingReason.PENDING_REASON_BACKOFF_VALUE, run, cell);
    }

    /** Up to {@code limit} rows whose lease ran out, locked; others' reapers get other rows. */
    public static List<Entry> expired(Tx tx, int limit) throws SQLException {
        return tx.query(
                "select " + COLUMNS
                        + "from queue where lease_id is not null and lease_expire_time <= @now order by lease_expire_time limit ? for update skip locked",
                QueueStore::read,
                limit);
    }

    /** Up to {@code limit} rows that waited too long, locked. */
    public static List<Entry> overdue(Tx tx, int limit) throws SQLException {
        return tx.query(
                "select " + COLUMNS
                        + "from queue where lease_id is null and queue_deadline <= @now limit ? for update skip locked",
                QueueStore::read,
                limit);
    }

    /** Removes the waiting cells of a run and returns their numbers. */
    public static List<Integer> removeWaiting(Tx tx, long run) throws SQLException {
        return tx.query(
                "delete from queue where run_pk = ? and lease_id is null returning cell", row -> row.getInt(1), run);
    }

    /** Asks the runners of a run's leased cells to stop them. */
    public static int requestCancel(Tx tx, long run) throws SQLException {
        return tx.update(
                "update queue set cancel_requested = true where run_pk = ? and lease_id is not null and not cancel_requested",
                run);
    }

    private static Entry read(ResultSet row) throws SQLException {
        Instant queued = Tx.instant(row, "queue_time");
        return new Entry(
                row.getLong("run_pk"),
                row.getInt("cell"),
                row.getInt("attempt"),
                row.getString("project_id"),
                row.getString("runner"),
                row.getObject("lease_id", UUID.class),
                row.getLong("fence"),
                Tx.instant(row, "lease_expire_time"),
                queued == null ? Instant.EPOCH : queued,
                row.getBoolean("cancel_requested"),
                row.getInt("phase"));
    }
}
