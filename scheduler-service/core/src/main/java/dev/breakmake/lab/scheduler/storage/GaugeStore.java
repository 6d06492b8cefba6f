package dev.breakmake.lab.scheduler.storage;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the lab looks like now, as numbers. Reads the queue and small tables only, never the history. */
public final class GaugeStore {

    private GaugeStore() {}

    /** Cells of a project and platform: waiting (whatever for), and at runners; seconds the longest one has waited that could have started. */
    public record Queue(String project, String platform, long waiting, long leased, double oldestSeconds) {}

    /** Every project has a row, also when nothing of it waits. */
    public static List<Queue> queue(Tx tx) throws SQLException {
        return tx.query(
                """
                select p.id, coalesce(q.platform, 'virt'), count(q.run_pk) filter (where q.lease_id is null), count(q.lease_id),
                       coalesce(max(extract(epoch from @now - greatest(q.queue_time, q.not_before)))
                                filter (where q.lease_id is null and q.not_before <= @now), 0)::float8
                from project p left join queue q on q.project_id = p.id group by 1, 2 order by 1, 2""",
                row -> new Queue(
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4),
                        Math.max(0, row.getDouble(5))));
    }

    /** Waiting cells by the number of their pending reason. */
    public static Map<Integer, Long> pending(Tx tx) throws SQLException {
        Map<Integer, Long> result = new TreeMap<>();
        tx.query(
                        "select pending_reason, count(*) from queue where lease_id is null group by 1",
                        row -> Map.entry(row.getInt(1), row.getLong(2)))
                .forEach(entry -> result.put(entry.getKey(), entry.getValue()));
        return result;
    }

    /** Runners by state and health. */
    public record Runners(boolean online, boolean draining, int health, long count) {}

    /** {@code lease} decides what is online. */
    public static List<Runners> runners(Tx tx, Duration lease) throws SQLException {
        return tx.query(
                """
                select last_sync_time > @now - ? * interval '1 millisecond', draining, health, count(*) from runner group by 1, 2, 3""",
                row -> new Runners(row.getBoolean(1), row.getBoolean(2), row.getInt(3), row.getLong(4)),
                lease.toMillis());
    }

    /** Dead tuples of the tables that change most. */
    public static Map<String, Long> deadTuples(Tx tx) throws SQLException {
        Map<String, Long> result = new TreeMap<>();
        tx.query("""
                        select relname, n_dead_tup from pg_stat_user_tables
                        where schemaname = current_schema() and relname in ('queue', 'run', 'run_delta', 'cell', 'attempt', 'runner')""", row -> Map.entry(row.getString(1), row.getLong(2)))
                .forEach(entry -> result.put(entry.getKey(), entry.getValue()));
        return result;
    }

    /** Single numbers. */
    public record Totals(long databaseBytes, long openRuns, long pendingDeliveries, long deadDeliveries) {}

    /** All of them in one statement. */
    public static Totals totals(Tx tx) throws SQLException {
        return tx.one("totals", """
                select pg_database_size(current_database()), (select count(*) from run where state in (3, 4)),
                       count(*) filter (where state = 1), count(*) filter (where state = 3)
                from delivery where state in (1, 3)""", row -> new Totals(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)));
    }
}
