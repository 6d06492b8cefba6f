package dev.breakmake.lab.scheduler.domain;

import java.time.Duration;

/**
 * Times and sizes the scheduler works with.
 *
 * @param lease how long a lease holds without a sync
 * @param idleSync when a runner with no work is asked to sync again
 * @param busySync when a runner with work is asked to sync again
 * @param longPoll longest wait of one sync
 * @param maxExpirations leases a cell may lose before it is quarantined
 * @param imageBytes largest image in bytes
 * @param logBytes bytes kept of one attempt's log
 * @param queuedCells cells that may wait in the whole lab
 * @param streams readers of watches and logs that one scheduler serves at a time
 */
public record LabLimits(
        Duration lease,
        Duration idleSync,
        Duration busySync,
        Duration longPoll,
        int maxExpirations,
        long imageBytes,
        long logBytes,
        long queuedCells,
        int streams) {

    /** The defaults of the product. */
    public static final LabLimits DEFAULTS = new LabLimits(
            Duration.ofSeconds(45),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            3,
            512L << 20,
            16L << 20,
            2_000_000,
            4_000);
}
