package dev.breakmake.lab.scheduler.webhook;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.domain.Names;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.Delivery;
import dev.breakmake.lab.v1.DeliveryState;
import dev.breakmake.lab.v1.SubscriptionEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Table delivery. A message is claimed in one short transaction, sent outside of any, and settled in another: a sender that dies leaves it due again. */
final class DeliveryStore {

    private static final String COLUMNS = """
            select d.pk, d.project_id, d.subscription_id, d.event, r.id as run_id, d.state, d.attempt_count, d.last_status, d.last_detail, d.create_time,
                   d.next_time, d.end_time
            from delivery d left join run r on r.pk = d.run_pk\s""";

    private DeliveryStore() {}

    /** A message ready to be sent. */
    record Due(
            long pk,
            String project,
            String subscription,
            String url,
            String secret,
            SubscriptionEvent event,
            String body,
            int attempt,
            Instant now) {}

    /** Puts a message in, once per subscription, event and end of a run; {@code run} is null for a test. Returns its key, or nothing if it is there already. */
    static Optional<Long> insert(
            Tx tx, String project, String subscription, SubscriptionEvent event, @Nullable Long run, String body)
            throws SQLException {
        return tx.first("""
                insert into delivery (project_id, subscription_id, event, run_pk, run_end_time, body, next_time, create_time)
                values (?, ?, ?, ?::bigint, (select end_time from run where pk = ?::bigint), ?, @now, @now) on conflict do nothing returning pk""", row -> row.getLong(1), project, subscription, event.getNumber(), run, run, body);
    }

    /** Takes due messages; others do not get them before {@code hold} has passed. */
    static List<Due> claim(Tx tx, int limit, Duration hold) throws SQLException {
        return tx.query(
                """
                with due as (
                    select pk from delivery where state = 1 and next_time <= @now order by next_time limit ? for update skip locked)
                update delivery d set attempt_count = attempt_count + 1, next_time = @now + ? * interval '1 millisecond'
                from due, subscription s
                where d.pk = due.pk and s.project_id = d.project_id and s.id = d.subscription_id
                returning d.pk, d.project_id, d.subscription_id, s.url, s.secret, d.event, d.body, d.attempt_count, @now""",
                row -> new Due(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        event(row.getInt(6)),
                        row.getString(7),
                        row.getInt(8),
                        Tx.instant(row, 9)),
                limit,
                hold.toMillis());
    }

    static void delivered(Tx tx, Due due, int status, String detail) throws SQLException {
        tx.update(
                "update delivery set state = 2, last_status = ?, last_detail = ?, next_time = null, end_time = @now where pk = ?",
                status,
                detail,
                due.pk());
        tx.update(
                "update subscription set last_delivery_time = @now where project_id = ? and id = ?",
                due.project(),
                due.subscription());
    }

    static void again(Tx tx, Due due, int status, String detail, Duration pause) throws SQLException {
        tx.update(
                "update delivery set last_status = ?, last_detail = ?, next_time = @now + ? * interval '1 millisecond' where pk = ? and state = 1",
                status,
                detail,
                pause.toMillis(),
                due.pk());
    }

    static void dead(Tx tx, Due due, int status, String detail) throws SQLException {
        tx.update(
                "update delivery set state = 3, last_status = ?, last_detail = ?, next_time = null, end_time = @now where pk = ?",
                status,
                detail,
                due.pk());
    }

    /** Makes a dead message due with all its tries; returns whether it was dead. */
    static boolean revive(Tx tx, long pk) throws SQLException {
        return tx.update(
                        "update delivery set state = 1, attempt_count = 0, next_time = @now, end_time = null where pk = ? and state = 3",
                        pk)
                == 1;
    }

    static Optional<Delivery> find(Tx tx, String project, String subscription, long pk) throws SQLException {
        return tx.first(
                COLUMNS + "where d.project_id = ? and d.subscription_id = ? and d.pk = ?",
                DeliveryStore::read,
                project,
                subscription,
                pk);
    }

    static List<Delivery> list(Tx tx, String project, String subscription, DeliveryState state, long before, int limit)
            throws SQLException {
        return tx.query(
                COLUMNS
                        + "where d.project_id = ? and d.subscription_id = ? and (? = 0 or d.state = ?) and d.pk < ? order by d.pk desc limit ?",
                DeliveryStore::read,
                project,
                subscription,
                state.getNumber(),
                state.getNumber(),
                before,
                limit);
    }

    /** Forgets what was delivered a month ago and what was given up a quarter ago. */
    static int forget(Tx tx) throws SQLException {
        return tx.update("""
                delete from delivery where state = 2 and end_time < @now - interval '30 days' or state = 3 and end_time < @now - interval '90 days'""");
    }

    private static SubscriptionEvent event(int number) {
        SubscriptionEvent event = SubscriptionEvent.forNumber(number);
        return event == null ? SubscriptionEvent.SUBSCRIPTION_EVENT_UNSPECIFIED : event;
    }

    private static Delivery read(ResultSet row) throws SQLException {
        String project = row.getString("project_id");
        String run = row.getString("run_id");
        Delivery.Builder delivery = Delivery.newBuilder()
                .setName("projects/" + project + "/subscriptions/" + row.getString("subscription_id") + "/deliveries/"
                        + row.getLong("pk"))
                .setEvent(event(row.getInt("event")))
                .setRun(run == null ? "" : Names.runName(project, run))
                .setStateValue(row.getInt("state"))
                .setAttemptCount(row.getInt("attempt_count"))
                .setLastStatus(row.getInt("last_status"))
                .setLastDetail(row.getString("last_detail"))
                .setCreateTime(Scalars.timestamp(Tx.instant(row, 10)));
        Instant next = Tx.instant(row, "next_time");
        if (next != null) {
            delivery.setNextAttemptTime(Scalars.timestamp(next));
        }
        Instant end = Tx.instant(row, "end_time");
        if (end != null) {
            delivery.setEndTime(Scalars.timestamp(end));
        }
        return delivery.build();
    }
}
