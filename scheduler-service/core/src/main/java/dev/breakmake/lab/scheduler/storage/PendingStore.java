package dev.breakmake.lab.scheduler.storage;

import dev.breakmake.lab.v1.PendingReason;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;

/** Why cells wait: read and written by kind of need, never cell by cell. */
public final class PendingStore {

    private PendingStore() {}

    /** Cells that wait with the same need and the same reason noted; {@code memory} of the need is the largest among them. */
    public record Waiting(QueueStore.Need need, PendingReason reason, String detail) {}

    /** What waits now, by need and noted reason. */
    public static List<Waiting> waiting(Tx tx, int limit) throws SQLException {
        return tx.query(
                """
                select backend, architecture, platform, max(memory), labels, pending_reason, pending_detail from queue
                where lease_id is null group by backend, architecture, platform, labels, pending_reason, pending_detail limit ?""",
                row -> new Waiting(
                        new QueueStore.Need(
                                row.getInt(1),
                                row.getInt(2),
                                row.getString(3),
                                row.getLong(4),
                                Tx.texts(row, "labels")),
                        Objects.requireNonNullElse(
                                PendingReason.forNumber(row.getInt(6)), PendingReason.PENDING_REASON_UNSPECIFIED),
                        row.getString(7)),
                limit);
    }

    /**
     * Notes the reason for up to {@code limit} waiting cells of a kind, back-offs and project limits excepted, from the end of the queue that is claimed last;
     * writes only what changes.
     */
    public static int explain(Tx tx, QueueStore.Need need, PendingReason reason, String detail, int limit)
            throws SQLException {
        QueueStore.byIndex(tx);
        return tx.update(
                "with full_projects as (" + QueueStore.FULL_PROJECTS + """
                )
                update queue set pending_reason = ?, pending_detail = ?, change_xid = pg_current_xact_id()
                where (run_pk, cell) in (
                    select run_pk, cell from queue
                    where lease_id is null and not_before <= @now and backend = ? and architecture = ? and platform = ? and labels = ?
                      and (pending_reason, pending_detail) is distinct from (?, ?)
                      and project_id not in (select project_id from full_projects)
                    order by rank desc, run_pk desc, cell desc limit ? for update skip locked)""",
                reason.getNumber(),
                detail,
                need.backend(),
                need.architecture(),
                need.platform(),
                need.labels().toArray(String[]::new),
                reason.getNumber(),
                detail,
                limit);
    }

    /** Notes PROJECT_LIMIT for the waiting cells of projects at their limit. */
    public static int explainLimits(Tx tx) throws SQLException {
        QueueStore.byIndex(tx);
        record Full(String project, int most) {}
        List<Full> full = tx.query(QueueStore.FULL_PROJECTS, row -> new Full(row.getString(1), row.getInt(2)));
        int changed = 0;
        for (Full project : full) {
            changed += tx.update(
                    """
                    update queue set pending_reason = ?, pending_detail = ?, change_xid = pg_current_xact_id()
                    where project_id = ? and lease_id is null and pending_reason <> ?""",
                    PendingReason.PENDING_REASON_PROJECT_LIMIT_VALUE,
                    "the project runs " + project.most() + " attempts, its limit",
                    project.project(),
                    PendingReason.PENDING_REASON_PROJECT_LIMIT_VALUE);
        }
        return changed;
    }
}
