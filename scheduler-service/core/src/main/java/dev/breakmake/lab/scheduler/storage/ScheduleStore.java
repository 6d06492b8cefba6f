package dev.breakmake.lab.scheduler.storage;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.domain.Etags;
import dev.breakmake.lab.v1.Schedule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Table schedule. */
public final class ScheduleStore {

    private static final String COLUMNS = """
            select project_id, id, job_id, cron, time_zone, skip_if_unchanged, paused, baseline, next_run_time, last_run_time, last_run, last_detail, version
            from schedule\s""";

    private ScheduleStore() {}

    /** A schedule with the version its etag stands for. */
    public record Stored(String project, String id, String job, Schedule schedule, long version) {}

    /** Makes a schedule unless it is there; returns whether it made one. */
    public static boolean insert(
            Tx tx, String project, String id, String job, Schedule schedule, @Nullable Instant next)
            throws SQLException {
        return tx.update(
                        """
                        insert into schedule (project_id, id, job_id, cron, time_zone, skip_if_unchanged, paused, baseline, next_run_time)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing""",
                        project,
                        id,
                        job,
                        schedule.getCron(),
                        schedule.getTimeZone(),
                        schedule.getSkipIfUnchanged(),
                        schedule.getPaused(),
                        schedule.getBaseline(),
                        next)
                == 1;
    }

    /** Replaces what may change. */
    public static void update(Tx tx, String project, String id, String job, Schedule schedule, @Nullable Instant next)
            throws SQLException {
        tx.update(
                """
                update schedule set job_id = ?, cron = ?, time_zone = ?, skip_if_unchanged = ?, paused = ?, baseline = ?, next_run_time = ?,
                       version = version + 1 where project_id = ? and id = ?""",
                job,
                schedule.getCron(),
                schedule.getTimeZone(),
                schedule.getSkipIfUnchanged(),
                schedule.getPaused(),
                schedule.getBaseline(),
                next,
                project,
                id);
    }

    /** The schedule with that id. */
    public static Optional<Stored> find(Tx tx, String project, String id) throws SQLException {
        return tx.first(COLUMNS + "where project_id = ? and id = ?", ScheduleStore::read, project, id);
    }

    /** The same, locked until the transaction ends. */
    public static Optional<Stored> lock(Tx tx, String project, String id) throws SQLException {
        return tx.first(COLUMNS + "where project_id = ? and id = ? for update", ScheduleStore::read, project, id);
    }

    /** A schedule whose turn has come, locked; other schedulers get other ones. */
    public static Optional<Stored> due(Tx tx) throws SQLException {
        return tx.first(
                COLUMNS
                        + "where not paused and next_run_time <= @now order by next_run_time limit 1 for update skip locked",
                ScheduleStore::read);
    }

    /** Notes a turn taken or left out. */
    public static void turn(Tx tx, String project, String id, String run, String detail, @Nullable Instant next)
            throws SQLException {
        tx.update("""
                update schedule set last_run_time = @now, last_run = case when ? = '' then last_run else ? end, last_detail = ?, next_run_time = ?,
                       version = version + 1 where project_id = ? and id = ?""", run, run, detail, next, project, id);
    }

    /** A page of schedules after an id. */
    public static List<Stored> list(Tx tx, String project, String after, int limit) throws SQLException {
        return tx.query(
                COLUMNS + "where project_id = ? and id > ? order by id limit ?",
                ScheduleStore::read,
                project,
                after,
                limit);
    }

    /** Deletes a schedule. */
    public static void delete(Tx tx, String project, String id) throws SQLException {
        tx.update("delete from schedule where project_id = ? and id = ?", project, id);
    }

    private static Stored read(ResultSet row) throws SQLException {
        String project = row.getString("project_id");
        String id = row.getString("id");
        long version = row.getLong("version");
        Schedule.Builder schedule = Schedule.newBuilder()
                .setName("projects/" + project + "/schedules/" + id)
                .setJob("projects/" + project + "/jobs/" + row.getString("job_id"))
                .setCron(row.getString("cron"))
                .setTimeZone(row.getString("time_zone"))
                .setSkipIfUnchanged(row.getBoolean("skip_if_unchanged"))
                .setPaused(row.getBoolean("paused"))
                .setBaseline(row.getString("baseline"))
                .setLastRun(row.getString("last_run"))
                .setLastDetail(row.getString("last_detail"))
                .setEtag(Etags.of(version));
        Instant next = Tx.instant(row, "next_run_time");
        if (next != null) {
            schedule.setNextRunTime(Scalars.timestamp(next));
        }
        Instant last = Tx.instant(row, "last_run_time");
        if (last != null) {
            schedule.setLastRunTime(Scalars.timestamp(last));
        }
        return new Stored(project, id, row.getString("job_id"), schedule.build(), version);
    }
}
