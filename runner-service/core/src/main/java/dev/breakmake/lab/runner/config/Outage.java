package dev.breakmake.lab.runner.config;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Tells an outage that passes from one that lasts, by when it was first seen. */
final class Outage {

    private final long toleranceNanos;
    private final LongSupplier nanos;
    private boolean present;
    private long since;

    /** Outages up to {@code tolerance} pass; {@code nanos} is a clock as {@link System#nanoTime} is one. */
    Outage(Duration tolerance, LongSupplier nanos) {
        this.toleranceNanos = tolerance.toNanos();
        this.nanos = nanos;
    }

    /** Whether an outage, if {@code now} there is one, has lasted too long. */
    synchronized boolean lasts(boolean now) {
        if (now && !present) {
            since = nanos.getAsLong();
        }
        present = now;
        return now && nanos.getAsLong() - since > toleranceNanos;
    }
}
