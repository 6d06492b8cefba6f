package dev.breakmake.lab.scheduler.webhook;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.domain.Etags;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.Subscription;
import dev.breakmake.lab.v1.SubscriptionEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Table subscription. */
final class SubscriptionStore {

    private static final String COLUMNS = """
            select project_id, id, url, events, job_id, secret, paused, last_delivery_time, version, create_time from subscription\s""";

    private SubscriptionStore() {}

    /** A subscription with what answers leave out. */
    record Stored(String project, String id, Subscription subscription, String secret, long version) {}

    static boolean insert(Tx tx, String project, String id, @Nullable String job, Subscription wanted)
            throws SQLException {
        return tx.update(
                        """
                        insert into subscription (project_id, id, url, events, job_id, secret, paused, create_time) values (?, ?, ?, ?, ?, ?, ?, @now)
                        on conflict do nothing""",
                        project,
                        id,
                        wanted.getUrl(),
                        wanted.getEventsValueList().toArray(Integer[]::new),
                        job,
                        wanted.getSecret(),
                        wanted.getPaused())
                == 1;
    }

    static void update(Tx tx, String project, String id, @Nullable String job, Subscription wanted)
            throws SQLException {
        tx.update(
                """
                update subscription set url = ?, events = ?, job_id = ?, secret = case when ? = '' then secret else ? end, paused = ?, version = version + 1
                where project_id = ? and id = ?""",
                wanted.getUrl(),
                wanted.getEventsValueList().toArray(Integer[]::new),
                job,
                wanted.getSecret(),
                wanted.getSecret(),
                wanted.getPaused(),
                project,
                id);
    }

    static void delete(Tx tx, String project, String id) throws SQLException {
        tx.update("delete from subscription where project_id = ? and id = ?", project, id);
    }

    static Optional<Stored> find(Tx tx, String project, String id) throws SQLException {
        return tx.first(COLUMNS + "where project_id = ? and id = ?", SubscriptionStore::read, project, id);
    }

    static Optional<Stored> lock(Tx tx, String project, String id) throws SQLException {
        return tx.first(COLUMNS + "where project_id = ? and id = ? for update", SubscriptionStore::read, project, id);
    }

    static List<Stored> list(Tx tx, String project, String after, int limit) throws SQLException {
        return tx.query(
                COLUMNS + "where project_id = ? and id > ? order by id limit ?",
                SubscriptionStore::read,
                project,
                after,
                limit);
    }

    /** Those that want to hear of a run of {@code job} (null: of none). */
    static List<Stored> listening(Tx tx, String project, @Nullable String job) throws SQLException {
        return tx.query(
                COLUMNS + "where project_id = ? and not paused and (job_id is null or job_id = ?) order by id",
                SubscriptionStore::read,
                project,
                job == null ? "" : job);
    }

    private static Stored read(ResultSet row) throws SQLException {
        String project = row.getString("project_id");
        String id = row.getString("id");
        long version = row.getLong("version");
        Subscription.Builder subscription = Subscription.newBuilder()
                .setName("projects/" + project + "/subscriptions/" + id)
                .setUrl(row.getString("url"))
                .setPaused(row.getBoolean("paused"))
                .setEtag(Etags.of(version));
        for (Integer event : (Integer[]) row.getArray("events").getArray()) {
            SubscriptionEvent known = SubscriptionEvent.forNumber(event);
            if (known != null) {
                subscription.addEvents(known);
            }
        }
        String job = row.getString("job_id");
        if (job != null) {
            subscription.setJob("projects/" + project + "/jobs/" + job);
        }
        Instant last = Tx.instant(row, "last_delivery_time");
        if (last != null) {
            subscription.setLastDeliveryTime(Scalars.timestamp(last));
        }
        Instant created = Tx.instant(row, "create_time");
        if (created != null) {
            subscription.setCreateTime(Scalars.timestamp(created));
        }
        return new Stored(project, id, subscription.build(), row.getString("secret"), version);
    }
}
