package dev.breakmake.lab.scheduler.storage;

import dev.breakmake.lab.v1.PendingReason;
import java.sql.SQLException;
import java.util.List;

/** Why cells wait: read and written by kind of need, never cell by cell. */
public final class PendingStore {

    private PendingStore() {}

    /** Kinds of need that wait now; {@code memory} is the largest of the kind. */
    public static List<QueueStore.Need> needs(Tx tx, int limit) throws SQLException {
        return tx.query(
                """
                select backend, architecture, platform, max(memory), labels from queue
                where lease_id is null group by backend, architecture, platform, labels limit ?""",
                row -> new QueueStore.Need(
                        row.getInt(1), row.getInt(2), row.getString(3), row.getLong(4), Tx.texts(row, "labels")),
                limit);
    }

    /** Notes the reason for every waiting cell of a kind, back-offs and project limits excepted; writes only what changes. */
    public static int explain(Tx tx, QueueStore.Need need, PendingReason reason, String detail) throws SQLException {
        return tx.update(
                """
                update queue set pending_reason = ?, pending_detail = ?, change_xid = pg_current_xact_id()
                where (run_pk, cell) in (
                    select run_pk, cell from queue
                    where lease_id is null and not_before <= @now and backend = ? and architecture = ? and platform = ? and labels = ?
                      and (pending_reason, pending_detail) is distinct from (?, ?)
                      and project_id not in (
                          select q.project_id from queue q join project p on p.id = q.project_id
                          where q.lease_id is not null and p.max_running_attempts > 0
                          group by q.project_id, p.max_running_attempts having count(*) >= p.max_running_attempts)
                    for update skip locked)""",
                reason.getNumber(),
                detail,
                need.backend(),
                need.architecture(),
                need.platform(),
                need.labels().toArray(String[]::new),
                reason.getNumber(),
                detail);
    }

    /** Notes PROJECT_LIMIT for the waiting cells of projects at their limit. */
    public static int explainLimits(Tx tx) throws SQLException {
        return tx.update(
                """
                update queue q set pending_reason = ?, pending_detail = 'the project runs ' || f.most || ' attempts, its limit',
                       change_xid = pg_current_xact_id()
                from (select q.project_id, p.max_running_attempts as most from queue q join project p on p.id = q.project_id
                      where q.lease_id is not null and p.max_running_attempts > 0
                      group by q.project_id, p.max_running_attempts having count(*) >= p.max_running_attempts) f
                where q.project_id = f.project_id and q.lease_id is null and q.pending_reason <> ?""",
                PendingReason.PENDING_REASON_PROJECT_LIMIT_VALUE,
                PendingReason.PENDING_REASON_PROJECT_LIMIT_VALUE);
    }
}
