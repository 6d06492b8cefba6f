package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.judge.Judgement;
import dev.breakmake.lab.scheduler.matrix.BootFields;
import dev.breakmake.lab.scheduler.storage.CellStore;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.PhaseTiming;
import dev.breakmake.lab.v1.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Meters of events as they happen. Never tagged by run, cell or attempt: those are for the database. */
public final class LabMetrics {

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(50),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofMinutes(30)
    };

    private final MeterRegistry registry;
    private final Counter leases;
    private final Counter expired;
    private final Timer wait;
    private final Map<Ends, Counter> attempts = new ConcurrentHashMap<>();

    /** Registers the meters that have no tags. */
    public LabMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.leases = Counter.builder("lab.leases")
                .description("Attempts given to runners")
                .register(registry);
        this.expired = Counter.builder("lab.leases.expired")
                .description("Leases that ran out")
                .register(registry);
        for (String result : new String[] {"delivered", "retried", "dead"}) {
            deliveries(result);
        }
        for (String where : new String[] {"sync", "complete", "log"}) {
            rejections(where);
        }
        this.wait = Timer.builder("lab.queue.wait")
                .description("Time from queueing to lease")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    void leased(int count) {
        leases.increment(count);
    }

    void waited(Instant from, Instant to) {
        Duration length = Duration.between(from, to);
        wait.record(length.isNegative() ? Duration.ZERO : length);
    }

    void expired() {
        expired.increment();
    }

    void rejected(String where) {
        rejections(where).increment();
    }

    private Counter rejections(String where) {
        return Counter.builder("lab.leases.rejected")
                .description("Writes refused because their lease was lost, by what was written")
                .tag("reason", where)
                .register(registry);
    }

    /** Counts a try to deliver a webhook message: delivered, retried or dead (given up). */
    public void delivery(String result) {
        deliveries(result).increment();
    }

    private Counter deliveries(String result) {
        return Counter.builder("lab.webhook.deliveries")
                .description("Webhook messages sent, by what came of it")
                .tag("result", result)
                .register(registry);
    }

    void ended(Judgement judgement, RunStore.Stored run, CellStore.Stored cell, AttemptResult result) {
        String backend = field(run, cell, "backend");
        attempts.computeIfAbsent(
                        new Ends(judgement.verdict(), judgement.cause(), backend, field(run, cell, "platform")),
                        this::attempts)
                .increment();
        for (PhaseTiming timing : result.getTimingsList()) {
            Timer.builder("lab.attempt.duration")
                    .description("Time an attempt spent in a phase")
                    .tag(
                            "phase",
                            Scalars.name(timing.getPhase().getValueDescriptor()).toLowerCase(Locale.ROOT))
                    .tag("engine", backend)
                    .serviceLevelObjectives(BUCKETS)
                    .register(registry)
                    .record(Duration.ofSeconds(
                            timing.getDuration().getSeconds(),
                            timing.getDuration().getNanos()));
        }
    }

    private record Ends(Verdict verdict, Cause cause, String engine, String platform) {}

    private Counter attempts(Ends ends) {
        return Counter.builder("lab.attempts")
                .description("Attempts ended, by verdict and cause")
                .tag("verdict", Scalars.name(ends.verdict().getValueDescriptor()))
                .tag("cause", Scalars.name(ends.cause().getValueDescriptor()))
                .tag("engine", ends.engine())
                .tag("platform", ends.platform())
                .register(registry);
    }

    private static String field(RunStore.Stored run, CellStore.Stored cell, String name) {
        String value = cell.cell()
                .getParametersOrDefault(name, BootFields.get(run.spec().getBoot(), name));
        return value.isEmpty() ? "virt" : value;
    }
}
