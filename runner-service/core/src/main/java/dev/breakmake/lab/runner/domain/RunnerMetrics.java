package dev.breakmake.lab.runner.domain;

import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** The runner's meters. None is tagged with a run, cell or attempt. */
public final class RunnerMetrics {

    private final MeterRegistry registry;
    private final Counter syncFailures;

    /** Registers in {@code registry}. */
    public RunnerMetrics(MeterRegistry registry) {
        this.registry = registry;
        syncFailures = Counter.builder("lab.runner.sync.failures")
                .description("Syncs with the scheduler that failed")
                .register(registry);
    }

    /** Shows how many slots are busy and free. */
    void slots(Supplier<Number> busy, Supplier<Number> free) {
        Gauge.builder("lab.runner.slots", busy)
                .tag("state", "busy")
                .description("Slots of this runner")
                .register(registry);
        Gauge.builder("lab.runner.slots", free)
                .tag("state", "free")
                .description("Slots of this runner")
                .register(registry);
    }

    void syncFailed() {
        syncFailures.increment();
    }

    void booted(Backend backend, Duration time) {
        Timer.builder("lab.runner.boot")
                .tag("engine", name(backend.name(), "BACKEND_"))
                .description("Time from the first instruction of a boot to its outcome, on this runner")
                .serviceLevelObjectives(
                        Duration.ofMillis(50),
                        Duration.ofMillis(250),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(300),
                        Duration.ofSeconds(1800))
                .register(registry)
                .record(time);
    }

    void completed(Verdict verdict, Cause cause) {
        Counter.builder("lab.runner.attempts")
                .tag("verdict", name(verdict.name(), "VERDICT_"))
                .tag("cause", name(cause.name(), "CAUSE_"))
                .description("Attempts this runner completed, with the verdict the scheduler gave them")
                .register(registry)
                .increment();
    }

    private static String name(String constant, String prefix) {
        return constant.substring(constant.startsWith(prefix) ? prefix.length() : 0)
                .toLowerCase(Locale.ROOT);
    }
}
