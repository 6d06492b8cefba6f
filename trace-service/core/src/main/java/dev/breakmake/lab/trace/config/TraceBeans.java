package dev.breakmake.lab.trace.config;

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
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Builds the domain from settings and the data source {@code trace}. */
@Singleton
public class TraceBeans {

    private final TraceSettings settings;

    TraceBeans(TraceSettings settings) {
        this.settings = settings;
    }

    @Produces
    @Singleton
    @Named("trace")
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
                settings.patience());
    }

    @Produces
    @Singleton
    TraceMetrics metrics(MeterRegistry registry) {
        return new TraceMetrics(registry);
    }

    @Produces
    @Singleton
    TraceIngest ingest(@Named("trace") Transactions transactions, TraceLimits limits, TraceMetrics metrics) {
        return new TraceIngest(new IngestStore(transactions), limits, metrics);
    }

    @Produces
    @Singleton
    TraceSeal seal(
            @Named("trace") Transactions transactions,
            TraceLimits limits,
            TraceMetrics metrics,
            @ConfigProperty(name = "breakmake.receipt.key") Optional<String> key) {
        ReceiptSigner signer = new ReceiptSigner(key.map(text -> text.getBytes(StandardCharsets.UTF_8)));
        return new TraceSeal(new SealStore(transactions), signer, limits, metrics, Clock.systemUTC());
    }

    @Produces
    @Singleton
    TraceQueries queries(@Named("trace") Transactions transactions) {
        return new TraceQueries(transactions);
    }

    @Produces
    @Singleton
    TraceCatalogue catalogue(@Named("trace") Transactions transactions) {
        return new TraceCatalogue(transactions);
    }

    @Produces
    @Singleton
    RetentionStore retention(@Named("trace") Transactions transactions) {
        return new RetentionStore(transactions);
    }
}
