package dev.breakmake.engine.device;

/** Virtual time of the machine: counts ticks of the system counter (CNTPCT), advances with instructions, never with the host. */
public interface VirtualClock {

    /** Frequency of the system counter in Hz (CNTFRQ_EL0). */
    long frequency();

    /** System counter now, in ticks. */
    long now();

    /**
     * Asks for a call as soon as the counter reaches a value. A deadline per owner: a new call replaces the owner's earlier one.
     *
     * @param owner identity of the requester
     * @param deadline counter value in ticks; {@link Long#MAX_VALUE} cancels
     * @param action run on the machine's thread at the first instruction boundary at or after the deadline
     */
    void at(Object owner, long deadline, Runnable action);
}
