package dev.breakmake.lab.scheduler.storage;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.domain.Etags;
import dev.breakmake.lab.scheduler.domain.Names;
import dev.breakmake.lab.v1.Baseline;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Table baseline. */
public final class BaselineStore {

    private static final String COLUMNS =
            "select project_id, id, run_id, reason, setter, update_time, version from baseline ";

    private BaselineStore() {}

    /** A baseline with the version its etag stands for. */
    public record Stored(Baseline baseline, long version) {}

    /** The baseline with that id. */
    public static Optional<Stored> find(Tx tx, String project, String id) throws SQLException {
        return tx.first(COLUMNS + "where project_id = ? and id = ?", BaselineStore::read, project, id);
    }

    /** The same, locked until the transaction ends. */
    public static Optional<Stored> lock(Tx tx, String project, String id) throws SQLException {
        return tx.first(COLUMNS + "where project_id = ? and id = ? for update", BaselineStore::read, project, id);
    }

    /** Makes or moves a baseline. */
    public static void set(Tx tx, String project, String id, String run, String reason, String setter)
            throws SQLException {
        tx.update("""
                insert into baseline (project_id, id, run_id, reason, setter, update_time) values (?, ?, ?, ?, ?, @now)
                on conflict (project_id, id) do update set run_id = excluded.run_id, reason = excluded.reason, setter = excluded.setter,
                    update_time = excluded.update_time, version = baseline.version + 1""", project, id, run, reason, setter);
    }

    /** A page of baselines after an id. */
    public static List<Stored> list(Tx tx, String project, String after, int limit) throws SQLException {
        return tx.query(
                COLUMNS + "where project_id = ? and id > ? order by id limit ?",
                BaselineStore::read,
                project,
                after,
                limit);
    }

    private static Stored read(ResultSet row) throws SQLException {
        String project = row.getString(1);
        long version = row.getLong(7);
        Baseline baseline = Baseline.newBuilder()
                .setName("projects/" + project + "/baselines/" + row.getString(2))
                .setRun(Names.runName(project, row.getString(3)))
                .setReason(row.getString(4))
                .setSetter(row.getString(5))
                .setUpdateTime(Scalars.timestamp(Tx.instant(row, 6)))
                .setEtag(Etags.of(version))
                .build();
        return new Stored(baseline, version);
    }
}
