package dev.breakmake.lab.scheduler.storage;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.domain.Etags;
import dev.breakmake.lab.v1.Capabilities;
import dev.breakmake.lab.v1.Runner;
import dev.breakmake.lab.v1.RunnerHealth;
import dev.breakmake.lab.v1.RunnerState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Table runner. */
public final class RunnerStore {

    /** Failures in a row after which a runner gets nothing any more. */
    public static final int BAD_AFTER = 3;

    private static final String COLUMNS = """
            select r.id, r.capabilities, r.software_version, r.draining, r.health, r.health_detail, r.consecutive_failures, r.last_sync_time, r.create_time,
                   r.version, r.last_sync_time > @now - ? * interval '1 millisecond' as online,
                   (select count(*) from queue q where q.runner = r.id and q.lease_id is not null) as busy
            from runner r\s""";

    private RunnerStore() {}

    /** Introduces a runner or renews what is known of it. Registering ends draining: a runner that starts again wants work. */
    public static void register(Tx tx, String id, Capabilities capabilities, String version) throws SQLException {
        tx.update("""
                insert into runner (id, capabilities, software_version, last_sync_time, create_time) values (?, ?, ?, @now, @now)
                on conflict (id) do update set capabilities = excluded.capabilities, software_version = excluded.software_version,
                    draining = false, last_sync_time = excluded.last_sync_time, version = runner.version + 1""", id, capabilities.toByteArray(), version);
    }

    /** Notes that a runner was heard of. */
    public static void touch(Tx tx, String id) {
        tx.write(
                "update runner set last_sync_time = @now where id = ? and last_sync_time < @now - interval '1 second'",
                id);
    }

    /** Changes what a runner can do. */
    public static void capabilities(Tx tx, String id, Capabilities capabilities) {
        tx.write(
                "update runner set capabilities = ?, version = version + 1 where id = ? and capabilities <> ?",
                capabilities.toByteArray(),
                id,
                capabilities.toByteArray());
    }

    /** The runner with that id; {@code lease} decides whether it is online. */
    public static Optional<Runner> find(Tx tx, String id, Duration lease) throws SQLException {
        return tx.first(COLUMNS + "where r.id = ?", RunnerStore::read, lease.toMillis(), id);
    }

    /** A page of runners after an id. */
    public static List<Runner> list(Tx tx, String after, int limit, Duration lease) throws SQLException {
        return tx.query(
                COLUMNS + "where r.id > ? order by r.id limit ?", RunnerStore::read, lease.toMillis(), after, limit);
    }

    /** Lets a runner drain or not. */
    public static int drain(Tx tx, String id, boolean draining) throws SQLException {
        return tx.update("update runner set draining = ?, version = version + 1 where id = ?", draining, id);
    }

    /** Lets a runner drain that asked for it; returns whether that is new. */
    public static boolean drainItself(Tx tx, String id) throws SQLException {
        return tx.update("update runner set draining = true, version = version + 1 where id = ? and not draining", id)
                > 0;
    }

    /** Sets health by hand. */
    public static int health(Tx tx, String id, RunnerHealth health, String detail) throws SQLException {
        return tx.update(
                "update runner set health = ?, health_detail = ?, consecutive_failures = 0, version = version + 1 where id = ?",
                health.getNumber(),
                detail,
                id);
    }

    /** A success: trusted again, unless an administrator said otherwise. Touches no row when nothing changes. */
    public static void succeeded(Tx tx, List<String> ids) {
        tx.write("""
                update runner set consecutive_failures = 0, health = case when health = 2 then 1 else health end,
                       health_detail = case when health = 2 then '' else health_detail end, version = version + 1
                where id = any (?) and (consecutive_failures > 0 or health = 2)""", (Object) ids.toArray(String[]::new));
    }

    /** An infrastructure failure: three in a row make the runner BAD. */
    public static void failed(Tx tx, String id, String detail) throws SQLException {
        tx.update("""
                update runner set consecutive_failures = consecutive_failures + 1, version = version + 1,
                       health = case when health > 3 then health when consecutive_failures + 1 >= ? then 3 else 2 end,
                       health_detail = case when health > 3 then health_detail else ? end
                where id = ?""", BAD_AFTER, detail, id);
    }

    /** As {@link #failed}, unless the newest failure was this very one. */
    public static void failedOnce(Tx tx, String id, String detail) throws SQLException {
        boolean known = tx.first("select 1 from runner where id = ? and health_detail = ?", row -> true, id, detail)
                .isPresent();
        if (!known) {
            failed(tx, id, detail);
        }
    }

    private static Runner read(ResultSet row) throws SQLException {
        RunnerState state = !row.getBoolean("online")
                ? RunnerState.RUNNER_STATE_OFFLINE
                : row.getBoolean("draining") ? RunnerState.RUNNER_STATE_DRAINING : RunnerState.RUNNER_STATE_ONLINE;
        return Runner.newBuilder()
                .setName("runners/" + row.getString("id"))
                .setState(state)
                .setHealth(RunnerHealth.forNumber(row.getInt("health")))
                .setHealthDetail(row.getString("health_detail"))
                .setCapabilities(capabilities(row.getBytes("capabilities")))
                .setSoftwareVersion(row.getString("software_version"))
                .setBusySlots(row.getInt("busy"))
                .setLastSyncTime(Scalars.timestamp(Tx.instant(row, 8)))
                .setCreateTime(Scalars.timestamp(Tx.instant(row, 9)))
                .setConsecutiveFailures(row.getInt("consecutive_failures"))
                .setEtag(Etags.of(row.getLong("version")))
                .build();
    }

    private static Capabilities capabilities(byte[] bytes) {
        try {
            return Capabilities.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the database holds what are no Capabilities", e);
        }
    }
}
