package dev.breakmake.lab.trace.config;

import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.storage.StorageNumbers;
import dev.breakmake.lab.trace.storage.Transactions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.scheduler.Scheduled;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** What the trace database occupies, as gauges. Every replica shows the same: take the maximum, never the sum. */
@Singleton
public class StorageGauges {

    private static final Logger LOG = Logger.getLogger(StorageGauges.class);

    private final Transactions transactions;
    private final MultiGauge deadTuples;
    private volatile StorageNumbers numbers = StorageNumbers.NONE;

    StorageGauges(Transactions transactions, TraceSettings settings, MeterRegistry registry) {
        this.transactions = transactions;
        this.deadTuples = MultiGauge.builder("lab.db.dead.tuples")
                .description("Dead tuples vacuum has still to remove")
                .register(registry);
        Gauge.builder("lab.db.size", this, gauges -> gauges.numbers.databaseBytes())
                .description("What a database of the lab occupies")
                .baseUnit("bytes")
                .tag("database", "trace")
                .register(registry);
        Gauge.builder("lab.trace.open", this, gauges -> gauges.numbers.openTraces())
                .description("Traces that still receive")
                .register(registry);
        Gauge.builder("lab.trace.storage.limit", settings, limit -> limit.storageLimit())
                .description("What the trace database may occupy; 0 when nobody said")
                .baseUnit("bytes")
                .register(registry);
    }

    @Scheduled(every = "15s", delayed = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void measure() {
        try {
            numbers = StorageNumbers.read(transactions);
            deadTuples.register(
                    numbers.deadTuples().entrySet().stream()
                            .map(table -> MultiGauge.Row.of(Tags.of("table", table.getKey()), table.getValue()))
                            .toList(),
                    true);
        } catch (TraceException e) {
            LOG.warnf("the gauges keep their last value: %s", e.detail());
        }
    }
}
