package dev.breakmake.lab.scheduler.domain;

import com.google.protobuf.Duration;
import dev.breakmake.lab.scheduler.storage.Audit;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.RunnerStore;
import dev.breakmake.lab.v1.AuditEvent;
import dev.breakmake.lab.v1.DrainRunnerRequest;
import dev.breakmake.lab.v1.GetQueueRequest;
import dev.breakmake.lab.v1.GetRunnerRequest;
import dev.breakmake.lab.v1.ListAuditEventsRequest;
import dev.breakmake.lab.v1.ListAuditEventsResponse;
import dev.breakmake.lab.v1.ListRunnersRequest;
import dev.breakmake.lab.v1.ListRunnersResponse;
import dev.breakmake.lab.v1.Queue;
import dev.breakmake.lab.v1.Runner;
import dev.breakmake.lab.v1.RunnerHealth;
import dev.breakmake.lab.v1.SetRunnerHealthRequest;
import dev.breakmake.lab.v1.UndrainRunnerRequest;
import java.util.regex.Pattern;

/** Runners and the queue as people see them. */
public final class Runners {

    private static final Pattern PLATFORM = Pattern.compile("|-|[a-z0-9][a-z0-9-]{0,62}");

    private final Database database;
    private final LabLimits limits;
    private final WorkSignal signal;

    /** Puts it together. */
    public Runners(Database database, LabLimits limits, WorkSignal signal) {
        this.database = database;
        this.limits = limits;
        this.signal = signal;
    }

    /** See RunnerAdminService.GetRunner. */
    public Runner get(Caller caller, GetRunnerRequest request) {
        caller.require(Role.VIEWER);
        return find(Names.runner(request.getName()));
    }

    /** See RunnerAdminService.ListRunners. */
    public ListRunnersResponse list(Caller caller, ListRunnersRequest request) {
        caller.require(Role.VIEWER);
        int size = Paging.size(request.getPageSize());
        String after = Paging.key(request.getPageToken(), "runners", "");
        Paging.Page<Runner> page = Paging.page(
                database.transact(tx -> RunnerStore.list(tx, after, size + 1, limits.lease())),
                size,
                "runners",
                r -> Names.runner(r.getName()));
        return ListRunnersResponse.newBuilder()
                .addAllRunners(page.items())
                .setNextPageToken(page.nextToken())
                .build();
    }

    /** See RunnerAdminService.DrainRunner. */
    public Runner drain(Caller caller, DrainRunnerRequest request) {
        return drain(caller, request.getName(), true);
    }

    /** See RunnerAdminService.UndrainRunner. */
    public Runner undrain(Caller caller, UndrainRunnerRequest request) {
        return drain(caller, request.getName(), false);
    }

    private Runner drain(Caller caller, String name, boolean draining) {
        caller.require(Role.ADMIN);
        String id = Names.runner(name);
        database.transact(tx -> {
            if (RunnerStore.drain(tx, id, draining) == 0) {
                throw LabException.notFound(name);
            }
            Audit.note(tx, caller, draining ? "DrainRunner" : "UndrainRunner", name, "");
            return true;
        });
        signal.raise();
        return find(id);
    }

    /** See RunnerAdminService.SetRunnerHealth. */
    public Runner setHealth(Caller caller, SetRunnerHealthRequest request) {
        caller.require(Role.ADMIN);
        String id = Names.runner(request.getName());
        if (request.getHealth() == RunnerHealth.RUNNER_HEALTH_UNSPECIFIED
                || request.getHealth() == RunnerHealth.UNRECOGNIZED) {
            throw LabException.invalid("health", "is missing; use GOOD, UNKNOWN, BAD, MAINTENANCE or RETIRED");
        }
        database.transact(tx -> {
            if (RunnerStore.health(tx, id, request.getHealth(), request.getDetail()) == 0) {
                throw LabException.notFound(request.getName());
            }
            Audit.note(
                    tx, caller, "SetRunnerHealth", request.getName(), request.getHealth() + " " + request.getDetail());
            return true;
        });
        signal.raise();
        return find(id);
    }

    private Runner find(String id) {
        return database.transact(tx ->
                RunnerStore.find(tx, id, limits.lease()).orElseThrow(() -> LabException.notFound("runners/" + id)));
    }

    /** See RunnerAdminService.GetQueue. */
    public Queue queue(Caller caller, GetQueueRequest request) {
        caller.require(Role.VIEWER);
        if (!PLATFORM.matcher(request.getPlatform()).matches()) {
            throw LabException.invalid("platform", "is no platform id");
        }
        boolean all = request.getPlatform().isEmpty() || request.getPlatform().equals("-");
        String platform = all ? null : request.getPlatform();
        return database.transact(tx -> {
            Queue.Builder queue = tx.one(
                    "queue",
                    """
                    select count(*) filter (where lease_id is null), count(*) filter (where lease_id is not null),
                           coalesce(extract(epoch from @now - min(queue_time) filter (where lease_id is null and not_before <= @now)), 0)
                    from queue where ?::text is null or platform = ?""",
                    row -> Queue.newBuilder()
                            .setDepth(row.getLong(1))
                            .setRunning(row.getLong(2))
                            .setOldestAge(seconds(row.getDouble(3))),
                    platform,
                    platform);
            return tx.one(
                    "queue",
                    """
                    select coalesce(percentile_cont(0.5) within group (order by extract(epoch from start_time - queue_time)), 0),
                           coalesce(percentile_cont(0.95) within group (order by extract(epoch from start_time - queue_time)), 0)
                    from attempt where start_time > @now - interval '1 hour'""",
                    row -> queue.setWaitP50(seconds(row.getDouble(1)))
                            .setWaitP95(seconds(row.getDouble(2)))
                            .setName("queues/" + (platform == null ? "-" : platform))
                            .build());
        });
    }

    private static Duration seconds(double seconds) {
        long millis = Math.max(0, Math.round(seconds * 1000));
        return Duration.newBuilder()
                .setSeconds(millis / 1000)
                .setNanos((int) (millis % 1000) * 1_000_000)
                .build();
    }

    /** See RunnerAdminService.ListAuditEvents. */
    public ListAuditEventsResponse auditEvents(Caller caller, ListAuditEventsRequest request) {
        caller.require(Role.ADMIN);
        int size = Paging.size(request.getPageSize());
        long before = Paging.numericKey(request.getPageToken(), "audit", Long.MAX_VALUE);
        Paging.Page<AuditEvent> page = Paging.page(
                database.transact(tx -> Audit.list(tx, before, size + 1)),
                size,
                "audit",
                event -> event.getName().substring("auditEvents/".length()));
        return ListAuditEventsResponse.newBuilder()
                .addAllAuditEvents(page.items())
                .setNextPageToken(page.nextToken())
                .build();
    }
}
