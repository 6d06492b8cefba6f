package dev.breakmake.lab.scheduler.storage;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.v1.AuditEvent;
import java.sql.SQLException;
import java.util.List;

/** Who did what, written in the transaction that did it. */
public final class Audit {

    private Audit() {}

    /** Notes that {@code caller} did {@code action} to {@code resource}. */
    public static void note(Tx tx, Caller caller, String action, String resource, String detail) throws SQLException {
        tx.update(
                "insert into audit_event (actor, action, resource, detail, create_time) values (?, ?, ?, ?, @now)",
                caller.name(),
                action,
                resource,
                detail);
    }

    /** At most {@code limit} events with a number below {@code before}, newest first. */
    public static List<AuditEvent> list(Tx tx, long before, int limit) throws SQLException {
        return tx.query(
                "select pk, actor, action, resource, detail, create_time from audit_event where pk < ? order by pk desc limit ?",
                row -> AuditEvent.newBuilder()
                        .setName("auditEvents/" + row.getLong(1))
                        .setActor(row.getString(2))
                        .setAction(row.getString(3))
                        .setResource(row.getString(4))
                        .setDetail(row.getString(5))
                        .setCreateTime(Scalars.timestamp(Tx.instant(row, 6)))
                        .build(),
                before,
                limit);
    }
}
