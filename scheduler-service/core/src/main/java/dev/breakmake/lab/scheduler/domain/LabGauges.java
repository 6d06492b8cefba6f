package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.GaugeStore;
import dev.breakmake.lab.v1.PendingReason;
import dev.breakmake.lab.v1.RunnerHealth;
import dev.breakmake.lab.v1.RunnerState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The state of the lab as gauges, read from the database every few seconds. Every scheduler of a lab shows the same numbers: take the maximum over instances, never
 * the sum. Between two readings, and while the database is away, they keep their last value; {@code lab.gauges.age} says how old that is.
 */
public final class LabGauges {

    private final Database database;
    private final LabLimits limits;
    private final MultiGauge depth;
    private final MultiGauge leased;
    private final MultiGauge oldest;
    private final MultiGauge pending;
    private final MultiGauge runners;
    private final MultiGauge health;
    private final MultiGauge deadTuples;
    private volatile GaugeStore.Totals totals = new GaugeStore.Totals(0, 0, 0, 0);
    private volatile double clockSkewSeconds;
    private volatile long readAt = System.nanoTime();

    /** Registers the gauges; they show something after the first {@link #measure}. */
    public LabGauges(Database database, LabLimits limits, MeterRegistry registry) {
        this.database = database;
        this.limits = limits;
        depth = rows(registry, "lab.queue.depth", "Cells that wait for a runner", "");
        leased = rows(registry, "lab.queue.leased", "Cells that runners hold", "");
        oldest = rows(
                registry, "lab.queue.oldest.age", "How long the longest waiting cell could have started", "seconds");
        pending = rows(registry, "lab.queue.pending", "Cells that wait, by reason", "");
        runners = rows(registry, "lab.runners", "Runners by state", "");
        health = rows(registry, "lab.runners.health", "Runners by health", "");
        deadTuples = rows(registry, "lab.db.dead.tuples", "Dead tuples vacuum has still to remove", "");
        Gauge.builder("lab.db.size", this, gauges -> gauges.totals.databaseBytes())
                .description("What a database of the lab occupies")
                .baseUnit("bytes")
                .tag("database", "lab")
                .register(registry);
        single(registry, "lab.runs.open", "Runs that have not ended", "", gauges -> gauges.totals.openRuns());
        single(
                registry,
                "lab.webhook.pending",
                "Webhook messages that will be sent",
                "",
                gauges -> gauges.totals.pendingDeliveries());
        single(
                registry,
                "lab.webhook.dead",
                "Webhook messages that were given up",
                "",
                gauges -> gauges.totals.deadDeliveries());
        single(
                registry,
                "lab.clock.skew",
                "This machine's clock less the database's",
                "seconds",
                gauges -> gauges.clockSkewSeconds);
        single(
                registry,
                "lab.gauges.age",
                "Time since the gauges were read from the database",
                "seconds",
                LabGauges::ageSeconds);
    }

    private static MultiGauge rows(MeterRegistry registry, String name, String description, String unit) {
        MultiGauge.Builder builder = MultiGauge.builder(name).description(description);
        return (unit.isEmpty() ? builder : builder.baseUnit(unit)).register(registry);
    }

    private void single(
            MeterRegistry registry, String name, String description, String unit, ToDoubleFunction<LabGauges> value) {
        Gauge.Builder<LabGauges> builder = Gauge.builder(name, this, value).description(description);
        (unit.isEmpty() ? builder : builder.baseUnit(unit)).register(registry);
    }

    /** Reads the numbers. */
    public void measure() {
        database.transact(tx -> {
            Instant before = Instant.now();
            Instant theirs = tx.now();
            Instant after = Instant.now();
            showQueue(GaugeStore.queue(tx), GaugeStore.pending(tx));
            showRunners(GaugeStore.runners(tx, limits.lease()));
            show(deadTuples, "table", GaugeStore.deadTuples(tx));
            totals = GaugeStore.totals(tx);
            clockSkewSeconds = skew(before, theirs, after);
            return true;
        });
        readAt = System.nanoTime();
    }

    /** How far this machine's clock is ahead of the database's, in seconds, as far as the time of the question allows to say; 0 when it may be none. */
    static double skew(Instant before, Instant theirs, Instant after) {
        if (theirs.isBefore(before)) {
            return seconds(theirs, before);
        }
        return theirs.isAfter(after) ? -seconds(after, theirs) : 0;
    }

    private static double seconds(Instant from, Instant to) {
        return java.time.Duration.between(from, to).toMillis() / 1e3;
    }

    /** Time since the last reading, in seconds. */
    public double ageSeconds() {
        return (System.nanoTime() - readAt) / 1e9;
    }

    /** This machine's clock less the database's at the last reading, in seconds. */
    public double clockSkewSeconds() {
        return clockSkewSeconds;
    }

    private void showQueue(List<GaugeStore.Queue> queues, Map<Integer, Long> reasons) {
        List<Row<?>> waiting = new ArrayList<>();
        List<Row<?>> held = new ArrayList<>();
        List<Row<?>> ages = new ArrayList<>();
        for (GaugeStore.Queue queue : queues) {
            Tags tags = Tags.of("project", queue.project(), "platform", queue.platform());
            waiting.add(Row.of(tags, queue.waiting()));
            held.add(Row.of(tags, queue.leased()));
            ages.add(Row.of(tags, queue.oldestSeconds()));
        }
        depth.register(waiting, true);
        leased.register(held, true);
        oldest.register(ages, true);
        List<Row<?>> why = new ArrayList<>();
        for (PendingReason reason : PendingReason.values()) {
            if (reason != PendingReason.UNRECOGNIZED && reason != PendingReason.PENDING_REASON_UNSPECIFIED) {
                why.add(Row.of(
                        Tags.of("reason", Scalars.name(reason.getValueDescriptor())),
                        reasons.getOrDefault(reason.getNumber(), 0L)));
            }
        }
        pending.register(why, true);
    }

    private void showRunners(List<GaugeStore.Runners> groups) {
        List<Row<?>> states = new ArrayList<>();
        for (RunnerState state : List.of(
                RunnerState.RUNNER_STATE_ONLINE, RunnerState.RUNNER_STATE_OFFLINE, RunnerState.RUNNER_STATE_DRAINING)) {
            long count = groups.stream()
                    .filter(group -> state(group) == state)
                    .mapToLong(GaugeStore.Runners::count)
                    .sum();
            states.add(Row.of(Tags.of("state", Scalars.name(state.getValueDescriptor())), count));
        }
        runners.register(states, true);
        List<Row<?>> healths = new ArrayList<>();
        for (RunnerHealth kind : RunnerHealth.values()) {
            if (kind != RunnerHealth.UNRECOGNIZED && kind != RunnerHealth.RUNNER_HEALTH_UNSPECIFIED) {
                long count = groups.stream()
                        .filter(group -> group.online() && group.health() == kind.getNumber())
                        .mapToLong(GaugeStore.Runners::count)
                        .sum();
                healths.add(Row.of(Tags.of("health", Scalars.name(kind.getValueDescriptor())), count));
            }
        }
        health.register(healths, true);
    }

    private static RunnerState state(GaugeStore.Runners group) {
        if (!group.online()) {
            return RunnerState.RUNNER_STATE_OFFLINE;
        }
        return group.draining() ? RunnerState.RUNNER_STATE_DRAINING : RunnerState.RUNNER_STATE_ONLINE;
    }

    private static void show(MultiGauge gauge, String tag, Map<String, Long> values) {
        List<Row<?>> rows = new ArrayList<>();
        values.forEach((name, value) -> rows.add(Row.of(Tags.of(tag, name), value)));
        gauge.register(rows, true);
    }
}
