package dev.breakmake.lab.scheduler.storage;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.domain.Etags;
import dev.breakmake.lab.v1.Job;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.Project;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Tables project and job. */
public final class JobStore {

    private static final String JOB =
            "select project_id, id, display_name, labels, spec, version, create_time, update_time from job ";
    private static final String PROJECT =
            "select id, display_name, max_running_attempts, version, create_time from project ";

    private JobStore() {}

    /** Makes a project unless it is there; returns whether it made one. */
    public static boolean insertProject(Tx tx, String id, Project project) throws SQLException {
        return tx.update(
                        "insert into project (id, display_name, max_running_attempts, create_time) values (?, ?, ?, @now) on conflict do nothing",
                        id,
                        project.getDisplayName(),
                        project.getMaxRunningAttempts())
                == 1;
    }

    /** The project with that id. */
    public static Optional<Project> project(Tx tx, String id) throws SQLException {
        return tx.first(PROJECT + "where id = ?", JobStore::readProject, id);
    }

    /** A page of projects after an id. */
    public static List<Project> projects(Tx tx, String after, int limit) throws SQLException {
        return tx.query(PROJECT + "where id > ? order by id limit ?", JobStore::readProject, after, limit);
    }

    /** Makes a job unless it is there; returns whether it made one. */
    public static boolean insert(Tx tx, String project, String id, Job job) throws SQLException {
        return tx.update(
                        """
                        insert into job (project_id, id, display_name, labels, spec, create_time, update_time)
                        values (?, ?, ?, ?, ?, @now, @now) on conflict do nothing""",
                        project,
                        id,
                        job.getDisplayName(),
                        Json.of(job.getLabelsMap()),
                        job.getSpec().toByteArray())
                == 1;
    }

    /** A job with the version its etag stands for. */
    public record Stored(Job job, long version) {}

    /** The job with that id. */
    public static Optional<Stored> find(Tx tx, String project, String id) throws SQLException {
        return tx.first(JOB + "where project_id = ? and id = ?", JobStore::read, project, id);
    }

    /** The same, locked until the transaction ends. */
    public static Optional<Stored> lock(Tx tx, String project, String id) throws SQLException {
        return tx.first(JOB + "where project_id = ? and id = ? for update", JobStore::read, project, id);
    }

    /** A page of jobs after an id. */
    public static List<Stored> list(Tx tx, String project, String after, int limit) throws SQLException {
        return tx.query(
                JOB + "where project_id = ? and id > ? order by id limit ?", JobStore::read, project, after, limit);
    }

    /** Replaces what may change. */
    public static void update(Tx tx, String project, String id, Job job) throws SQLException {
        tx.update(
                """
                update job set display_name = ?, labels = ?, spec = ?, version = version + 1, update_time = @now
                where project_id = ? and id = ?""",
                job.getDisplayName(),
                Json.of(job.getLabelsMap()),
                job.getSpec().toByteArray(),
                project,
                id);
    }

    /** Deletes a job. */
    public static void delete(Tx tx, String project, String id) throws SQLException {
        tx.update("delete from job where project_id = ? and id = ?", project, id);
    }

    private static Project readProject(ResultSet row) throws SQLException {
        return Project.newBuilder()
                .setName("projects/" + row.getString(1))
                .setDisplayName(row.getString(2))
                .setMaxRunningAttempts(row.getInt(3))
                .setEtag(Etags.of(row.getLong(4)))
                .setCreateTime(Scalars.timestamp(Tx.instant(row, 5)))
                .build();
    }

    private static Stored read(ResultSet row) throws SQLException {
        long version = row.getLong("version");
        Job job = Job.newBuilder()
                .setName("projects/" + row.getString("project_id") + "/jobs/" + row.getString("id"))
                .setDisplayName(row.getString("display_name"))
                .putAllLabels(Tx.map(row, "labels"))
                .setSpec(spec(row.getBytes("spec")))
                .setEtag(Etags.of(version))
                .setCreateTime(Scalars.timestamp(Tx.instant(row, 7)))
                .setUpdateTime(Scalars.timestamp(Tx.instant(row, 8)))
                .build();
        return new Stored(job, version);
    }

    static JobSpec spec(byte[] bytes) {
        try {
            return JobSpec.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the database holds what is no JobSpec", e);
        }
    }
}
