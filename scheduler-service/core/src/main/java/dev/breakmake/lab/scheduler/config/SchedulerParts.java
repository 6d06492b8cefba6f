package dev.breakmake.lab.scheduler.config;

import dev.breakmake.lab.scheduler.domain.Comparisons;
import dev.breakmake.lab.scheduler.domain.Images;
import dev.breakmake.lab.scheduler.domain.Jobs;
import dev.breakmake.lab.scheduler.domain.LabGauges;
import dev.breakmake.lab.scheduler.domain.LabLimits;
import dev.breakmake.lab.scheduler.domain.LabMetrics;
import dev.breakmake.lab.scheduler.domain.Leases;
import dev.breakmake.lab.scheduler.domain.LogTails;
import dev.breakmake.lab.scheduler.domain.RunCache;
import dev.breakmake.lab.scheduler.domain.RunControl;
import dev.breakmake.lab.scheduler.domain.RunViews;
import dev.breakmake.lab.scheduler.domain.RunWatches;
import dev.breakmake.lab.scheduler.domain.Runners;
import dev.breakmake.lab.scheduler.domain.Runs;
import dev.breakmake.lab.scheduler.domain.Schedules;
import dev.breakmake.lab.scheduler.domain.StreamPlaces;
import dev.breakmake.lab.scheduler.domain.Upkeep;
import dev.breakmake.lab.scheduler.domain.WorkSignal;
import dev.breakmake.lab.scheduler.judge.ReceiptVerifier;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.LabClock;
import dev.breakmake.lab.scheduler.webhook.AllowList;
import dev.breakmake.lab.scheduler.webhook.Announcer;
import dev.breakmake.lab.scheduler.webhook.Subscriptions;
import dev.breakmake.lab.scheduler.webhook.WebhookSender;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** All parts of the scheduler put together by hand: what the application's beans and the tests both use. */
public final class SchedulerParts {

    private final Database database;
    private final LabLimits limits;
    private final RunCache cache = new RunCache();
    private final WorkSignal signal = new WorkSignal();
    private final LabMetrics metrics;
    private final Runs runs;
    private final StreamPlaces places;
    private final RunWatches watches;
    private final ReceiptVerifier receipts;
    private final LabGauges gauges;
    private final Webhooks webhooks;

    /** Where webhooks may go, and how long a receiver may take. */
    public record Webhooks(AllowList allowed, Duration timeout) {

        /** None leaves the lab. */
        public static final Webhooks NONE = new Webhooks(new AllowList(List.of()), Duration.ofSeconds(10));
    }

    /** Puts the scheduler together on a migrated database; no webhook leaves it. */
    public SchedulerParts(
            DataSource source, LabClock clock, LabLimits limits, Optional<byte[]> receiptKey, MeterRegistry registry) {
        this(source, clock, limits, receiptKey, registry, Webhooks.NONE);
    }

    /** Puts the scheduler together on a migrated database. */
    public SchedulerParts(
            DataSource source,
            LabClock clock,
            LabLimits limits,
            Optional<byte[]> receiptKey,
            MeterRegistry registry,
            Webhooks webhooks) {
        this.database = new Database(source, clock);
        this.limits = limits;
        this.metrics = new LabMetrics(registry);
        this.gauges = new LabGauges(database, limits, registry);
        this.webhooks = webhooks;
        this.runs = new Runs(database, limits, signal);
        this.places = new StreamPlaces(limits.streams());
        Gauge.builder("lab.streams", places, StreamPlaces::taken)
                .description("Readers of watches and logs that are connected")
                .register(registry);
        this.watches = new RunWatches(database, cache, places);
        this.receipts = new ReceiptVerifier(receiptKey);
    }

    /** The limits in {@code settings}. */
    public static LabLimits limits(SchedulerSettings settings) {
        return new LabLimits(
                settings.lease(),
                settings.idleSync(),
                settings.busySync(),
                settings.longPoll(),
                settings.maxExpirations(),
                settings.imageBytes(),
                settings.logBytes(),
                settings.queuedCells(),
                settings.streams());
    }

    /** The receipt key in {@code settings}; throws IllegalArgumentException with one clear message when it is no good. */
    public static Optional<byte[]> receiptKey(SchedulerSettings settings) {
        return settings.receiptKey().map(hex -> {
            byte[] key;
            try {
                key = HexFormat.of().parseHex(hex.strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("breakmake.scheduler.receipt-key is not hexadecimal", e);
            }
            if (key.length < 16) {
                throw new IllegalArgumentException(
                        "breakmake.scheduler.receipt-key has " + key.length + " bytes; use at least 16");
            }
            return key;
        });
    }

    /** Ends every request that only waits, so that a stop need not wait for it. */
    public void endWaits() {
        signal.close();
        watches.close();
    }

    /** The database. */
    public Database database() {
        return database;
    }

    /** Projects and jobs. */
    public Jobs jobs() {
        return new Jobs(database, PlatformCatalogue.load());
    }

    /** New runs. */
    public Runs runs() {
        return runs;
    }

    /** Cancel, retry, pin. */
    public RunControl runControl() {
        return new RunControl(database, signal);
    }

    /** Reading. */
    public RunViews runViews() {
        return new RunViews(database, cache);
    }

    /** Baselines and comparisons. */
    public Comparisons comparisons() {
        return new Comparisons(database);
    }

    /** Images. */
    public Images images() {
        return new Images(database, limits);
    }

    /** What runners do. */
    public Leases leases() {
        return new Leases(database, cache, limits, receipts, signal, metrics);
    }

    /** Runners for people. */
    public Runners runners() {
        return new Runners(database, limits, signal);
    }

    /** Runs by the clock. */
    public Schedules schedules() {
        return new Schedules(database, runs, signal);
    }

    /** Streams of changes. */
    public RunWatches watches() {
        return watches;
    }

    /** Logs while they grow. */
    public LogTails logTails() {
        return new LogTails(runViews(), places);
    }

    /** What has to happen by itself. */
    public Upkeep upkeep() {
        return new Upkeep(database, cache, limits, signal, metrics, new Announcer());
    }

    /** The state of the lab as gauges. */
    public LabGauges gauges() {
        return gauges;
    }

    /** Webhooks for people. */
    public Subscriptions subscriptions() {
        return new Subscriptions(database, webhooks.allowed());
    }

    /** What sends webhook messages. */
    public WebhookSender webhookSender() {
        return new WebhookSender(database, webhooks.allowed(), webhooks.timeout(), metrics);
    }
}
