package dev.breakmake.lab.trace.domain;

import java.time.Duration;

/**
 * Bounds that keep one caller from hurting the others.
 *
 * @param appendBytes largest piece of one AppendTrace
 * @param traceBytes largest trace file
 * @param concurrentAppends appends served at the same time
 * @param concurrentAnalyses traces decoded and checked at the same time
 * @param patience how long a call waits for its turn before it is told to come back
 * @param replayedEvents traces of at most so many events get no summaries for questions: replaying them whole is quick enough
 */
public record TraceLimits(
        int appendBytes,
        long traceBytes,
        int concurrentAppends,
        int concurrentAnalyses,
        Duration patience,
        long replayedEvents) {

    /** Limits for tests and small machines. */
    public static final TraceLimits DEFAULT = new TraceLimits(1 << 20, 4L << 30, 16, 2, Duration.ofSeconds(10), 32_768);
}
