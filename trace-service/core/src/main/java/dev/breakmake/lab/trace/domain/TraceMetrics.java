package dev.breakmake.lab.trace.domain;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.Supplier;

/** The service's meters. None is tagged with a run, cell or attempt. */
public final class TraceMetrics {

    private final MeterRegistry registry;
    private final Counter received;
    private final Counter stored;
    private final Counter steps;
    private final Counter events;
    private final Counter writes;
    private final Timer append;
    private final Timer analysis;
    private final DistributionSummary traceSize;

    /** Registers the meters, so that all are there (at zero) from the first scrape. */
    public TraceMetrics(MeterRegistry registry) {
        this.registry = registry;
        received = Counter.builder("lab.trace.received")
                .description("Bytes of trace files accepted from runners")
                .baseUnit("bytes")
                .register(registry);
        stored = Counter.builder("lab.trace.stored")
                .tag("encoding", "chunk")
                .description("Bytes of chunks that were new to the database")
                .baseUnit("bytes")
                .register(registry);
        steps = Counter.builder("lab.trace.steps")
                .description("Steps of sealed traces")
                .register(registry);
        events = Counter.builder("lab.trace.events")
                .description("Translation events of sealed traces")
                .register(registry);
        writes = Counter.builder("lab.trace.descriptor.writes")
                .description("Descriptor writes of sealed traces")
                .register(registry);
        append = Timer.builder("lab.trace.append")
                .description("Time from an append's arrival until its bytes are durable")
                .serviceLevelObjectives(ms(1), ms(5), ms(25), ms(100), ms(500), ms(2500))
                .register(registry);
        analysis = Timer.builder("lab.trace.analysis")
                .description("Time to decode and check a trace when it is sealed")
                .serviceLevelObjectives(ms(5), ms(25), ms(100), ms(500), ms(2500), ms(10000), ms(60000))
                .register(registry);
        traceSize = DistributionSummary.builder("lab.trace.size")
                .description("Bytes of sealed trace files")
                .baseUnit("bytes")
                .register(registry);
        for (String severity : new String[] {"error", "warning", "lint"}) {
            findings("new", severity, "none");
        }
        for (TraceException.Reason reason : TraceException.Reason.values()) {
            rejections(reason.name());
        }
    }

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    /** Times an append. */
    <T> T timeAppend(Supplier<T> work) {
        return append.record(work);
    }

    /** Times an analysis. */
    <T> T timeAnalysis(Supplier<T> work) {
        return analysis.record(work);
    }

    /** Counts accepted bytes. */
    void appended(long fresh, long newToDatabase) {
        received.increment((double) fresh);
        stored.increment((double) newToDatabase);
    }

    /** Counts a sealed trace. */
    void sealed(long sizeBytes, long eventCount, long stepCount, long writeCount, long newToDatabase) {
        traceSize.record((double) sizeBytes);
        events.increment((double) eventCount);
        steps.increment((double) stepCount);
        writes.increment((double) writeCount);
        stored.increment((double) newToDatabase);
    }

    /** Counts findings of a sealed trace; {@code state} is new (first seen in its project) or known. */
    Counter findings(String state, String severity, String rule) {
        return Counter.builder("lab.findings")
                .tag("state", state)
                .tag("severity", severity)
                .tag("rule", rule)
                .description("Findings of sealed traces, one per finding and trace")
                .register(registry);
    }

    /** Counts a refused trace. */
    void rejected(String reason) {
        rejections(reason).increment();
    }

    private Counter rejections(String reason) {
        return Counter.builder("lab.trace.rejected")
                .tag("reason", reason)
                .description("Appends and seals that were refused")
                .register(registry);
    }
}
