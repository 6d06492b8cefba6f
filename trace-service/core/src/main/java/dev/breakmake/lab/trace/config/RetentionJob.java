package dev.breakmake.lab.trace.config;

import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.storage.RetentionStore;
import dev.breakmake.lab.trace.storage.RetentionStore.Swept;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Deletes traces whose class says so, a batch at a time. Several replicas may do so at once: rows are skipped, not waited for. */
@Singleton
@Startup // its counter is there from the first scrape
public class RetentionJob {

    private static final Logger LOG = Logger.getLogger(RetentionJob.class);
    private static final Duration STANDARD = Duration.ofDays(90);

    private final RetentionStore store;
    private final TraceSettings.Retention settings;
    private final Counter deleted;

    RetentionJob(RetentionStore store, TraceSettings settings, MeterRegistry registry) {
        this.store = store;
        this.settings = settings.retention();
        this.deleted = Counter.builder("lab.trace.deleted")
                .description("Traces deleted by retention")
                .register(registry);
    }

    @Scheduled(
            every = "${breakmake.trace.retention.every:10m}",
            delayed = "1m",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void sweep() {
        Map<String, Duration> classes = settings.classes();
        try {
            classes.forEach((name, age) -> {
                if (!name.equals("default")) {
                    drain(name, () -> store.sweep(name, classes.keySet(), age, settings.batch()));
                }
            });
            Duration standard = classes.getOrDefault("default", STANDARD);
            drain("default", () -> store.sweep("default", classes.keySet(), standard, settings.batch()));
            drain("other classes", () -> store.sweep("", classes.keySet(), standard, settings.batch()));
            settings.abandoned()
                    .ifPresent(age -> drain("abandoned", () -> store.sweepAbandoned(age, settings.batch())));
        } catch (TraceException e) {
            LOG.warnf("retention pauses: %s", e.detail());
        }
    }

    private void drain(String what, Supplier<Swept> sweep) {
        Swept swept = sweep.get();
        while (swept.traces() > 0) {
            deleted.increment(swept.traces());
            LOG.infof(
                    "retention (%s): %d traces deleted, %d bytes of chunks freed",
                    what, swept.traces(), swept.chunkBytes());
            swept = sweep.get();
        }
    }
}
