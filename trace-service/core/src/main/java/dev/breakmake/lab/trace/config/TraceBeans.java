package dev.breakmake.lab.trace.config;

import dev.breakmake.lab.trace.domain.Access;
import dev.breakmake.lab.trace.domain.ReceiptSigner;
import dev.breakmake.lab.trace.domain.TraceCatalogue;
import dev.breakmake.lab.trace.domain.TraceIngest;
import dev.breakmake.lab.trace.domain.TraceLimits;
import dev.breakmake.lab.trace.domain.TraceMetrics;
import dev.breakmake.lab.trace.domain.TraceQueries;
import dev.breakmake.lab.trace.domain.TraceSeal;
import dev.breakmake.lab.trace.storage.IngestStore;
import dev.breakmake.lab.trace.storage.RetentionStore;
import dev.breakmake.lab.trace.storage.SealStore;
import dev.breakmake.lab.trace.storage.Transactions;
import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.agroal.DataSource;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** Builds the domain from settings and the data source {@code trace}. */
@Singleton
public class TraceBeans {

    private static final int SHORTEST_KEY = 16;

    private final TraceSettings settings;

    TraceBeans(TraceSettings settings) {
        this.settings = settings;
    }

    @Produces
    @Singleton
    Transactions transactions(@DataSource("trace") AgroalDataSource source) {
        return new Transactions(source);
    }

    @Produces
    @Singleton
    TraceLimits limits() {
        int analyses = settings.concurrentAnalyses() > 0
                ? settings.concurrentAnalyses()
                : Runtime.getRuntime().availableProcessors();
        return new TraceLimits(
                settings.appendBytes(),
                settings.traceBytes(),
                settings.concurrentAppends(),
                analyses,
                settings.patience(),
                settings.replayedEvents());
    }

    @Produces
    @Singleton
    TraceMetrics metrics(MeterRegistry registry) {
        return new TraceMetrics(registry);
    }

    @Produces
    @Singleton
    TraceIngest ingest(Transactions transactions, TraceLimits limits, TraceMetrics metrics) {
        return new TraceIngest(new IngestStore(transactions), limits, metrics);
    }

    @Produces
    @Singleton
    TraceSeal seal(Transactions transactions, TraceLimits limits, TraceMetrics metrics) {
        ReceiptSigner signer = new ReceiptSigner(receiptKey());
        return new TraceSeal(new SealStore(transactions), signer, limits, metrics, Clock.systemUTC());
    }

    private Optional<byte[]> receiptKey() {
        return settings.receiptKey().map(hex -> {
            byte[] key;
            try {
                key = HexFormat.of().parseHex(hex.strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("breakmake.trace.receipt-key is not hexadecimal", e);
            }
            if (key.length < SHORTEST_KEY) {
                throw new IllegalArgumentException(
                        "breakmake.trace.receipt-key has " + key.length + " bytes; use at least " + SHORTEST_KEY);
            }
            return key;
        });
    }

    @Produces
    @Singleton
    Access access() {
        return new Access(settings.tokens().entrySet().stream()
                .map(entry -> new Access.Token(
                        entry.getKey(),
                        entry.getValue().secret(),
                        Set.copyOf(entry.getValue().roles())))
                .toList());
    }

    @Produces
    @Singleton
    TraceQueries queries(Transactions transactions) {
        return new TraceQueries(transactions);
    }

    @Produces
    @Singleton
    TraceCatalogue catalogue(Transactions transactions) {
        return new TraceCatalogue(transactions);
    }

    @Produces
    @Singleton
    RetentionStore retention(Transactions transactions) {
        return new RetentionStore(transactions);
    }
}
