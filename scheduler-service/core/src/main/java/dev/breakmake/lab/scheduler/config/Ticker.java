package dev.breakmake.lab.scheduler.config;

import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.LabGauges;
import dev.breakmake.lab.scheduler.domain.RunWatches;
import dev.breakmake.lab.scheduler.domain.Schedules;
import dev.breakmake.lab.scheduler.domain.Upkeep;
import dev.breakmake.lab.scheduler.webhook.WebhookSender;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** The scheduler's heartbeat: upkeep at fixed intervals, one piece of work at a time. A failing piece is logged and tried again at its next turn. */
@Singleton
public final class Ticker {

    private static final Logger LOG = Logger.getLogger(Ticker.class);

    private final Upkeep upkeep;
    private final Schedules schedules;
    private final RunWatches watches;
    private final LabGauges gauges;
    private final WebhookSender webhooks;
    private final MeterRegistry registry;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lab-tick").daemon().factory());

    /** Receivers of webhooks may be slow; nothing else waits for them. */
    private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lab-webhooks").daemon().factory());

    Ticker(
            Upkeep upkeep,
            Schedules schedules,
            RunWatches watches,
            LabGauges gauges,
            WebhookSender webhooks,
            MeterRegistry registry) {
        this.upkeep = upkeep;
        this.schedules = schedules;
        this.watches = watches;
        this.gauges = gauges;
        this.webhooks = webhooks;
        this.registry = registry;
    }

    void start(@Observes StartupEvent event) {
        every(Duration.ofMillis(250), "settle", upkeep::settleRuns);
        every(Duration.ofMillis(250), "watch", watches::poll);
        every(Duration.ofSeconds(2), "reap", upkeep::reap);
        every(Duration.ofSeconds(2), "explain", upkeep::explainWaiting);
        every(Duration.ofSeconds(5), "schedules", schedules::takeTurns);
        // Soon: until the first reading a scrape lacks the gauges that have tags, and alerts on a missing metric would
        // fire at every start.
        every(executor, Duration.ofMillis(100), Duration.ofSeconds(10), "measure", gauges::measure);
        every(Duration.ofSeconds(1), "sweep", upkeep::sweep);
        every(Duration.ofMinutes(3), "vacuum", upkeep::vacuum);
        every(Duration.ofMinutes(10), "tidy", upkeep::tidy);
        every(Duration.ofMinutes(10), "forget", webhooks::forget);
        every(sender, Duration.ofSeconds(1), Duration.ofSeconds(1), "webhooks", this::sendWebhooks);
    }

    private void sendWebhooks() {
        try {
            while (webhooks.sendDue() > 0) {
                LOG.debug("webhook messages were due");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        executor.shutdown();
        sender.shutdownNow();
        if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
            LOG.warn("upkeep did not end within 10 s; the database undoes what it had not finished");
        }
    }

    private void every(Duration interval, String name, Runnable work) {
        every(executor, interval, interval, name, work);
    }

    private void every(ScheduledExecutorService on, Duration first, Duration interval, String name, Runnable work) {
        Timer timer = Timer.builder("lab.scheduler.tick")
                .description("Time one turn of upkeep takes")
                .tag("part", name)
                .register(registry);
        var _ = on.scheduleWithFixedDelay(
                () -> run(name, timer, work), first.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void run(String name, Timer timer, Runnable work) {
        try {
            timer.record(work);
        } catch (LabException e) {
            LOG.warnf("%s waits: %s", name, e.detail());
        } catch (RuntimeException e) {
            LOG.errorf(e, "%s failed and will be tried again", name);
        }
    }
}
