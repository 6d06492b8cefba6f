package dev.breakmake.lab.trace.domain;

import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.lab.trace.storage.IngestStore;

/** Takes the bytes of traces in. What an append acknowledged is durable. */
public final class TraceIngest {

    private final IngestStore store;
    private final TraceLimits limits;
    private final TraceMetrics metrics;
    private final Turnstile turnstile;

    /** Ingest into {@code store} within {@code limits}. */
    public TraceIngest(IngestStore store, TraceLimits limits, TraceMetrics metrics) {
        this.store = store;
        this.limits = limits;
        this.metrics = metrics;
        this.turnstile = new Turnstile("appends", limits.concurrentAppends(), limits.patience());
    }

    /**
     * Makes {@code data} durable at {@code offset}; what is there already is left as it is.
     *
     * @return the durable end of the file in bytes
     * @throws TraceException TRACE_GAP, LEASE_LOST, TRACE_SEALED, TRACE_TOO_LARGE, OVERLOADED, STORAGE_LOW, DATABASE_DOWN
     */
    public long append(AttemptName attempt, Lease lease, Origin origin, long offset, byte[] data) {
        try {
            check(offset, data);
            IngestStore.Appended appended = metrics.timeAppend(() ->
                    turnstile.pass(() -> store.append(attempt, lease, origin, offset, data, limits.traceBytes())));
            metrics.appended(appended.freshBytes(), appended.storedBytes());
            return appended.nextOffset();
        } catch (TraceException e) {
            metrics.rejected(e.reason().name());
            throw e;
        }
    }

    private void check(long offset, byte[] data) {
        if (offset < 0) {
            throw new TraceException(Reason.ARGUMENT_INVALID, "offset: " + offset + " is negative");
        }
        if (data.length > limits.appendBytes()) {
            throw new TraceException(
                    Reason.ARGUMENT_INVALID,
                    "data: " + data.length + " bytes exceed the limit of " + limits.appendBytes() + " per piece");
        }
    }
}
