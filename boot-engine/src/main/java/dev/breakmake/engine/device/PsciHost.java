package dev.breakmake.engine.device;

/** What firmware needs of the machine to switch PEs. PEs are named by the affinity fields of MPIDR, as guests name them. */
public interface PsciHost {

    /** Power state of a PE. */
    enum Power {
        ON,
        OFF,
        /** Told to start, not yet running. */
        ON_PENDING,
        /** No PE has that affinity. */
        ABSENT
    }

    /** State of the PE with that affinity. */
    Power power(long mpidr);

    /**
     * Starts a PE that is {@link Power#OFF}, at the exception level of its caller.
     *
     * @param mpidr affinity fields
     * @param entry physical address of its first instruction
     * @param context goes to X0 (R0)
     */
    void cpuOn(long mpidr, long entry, long context);

    /** Stops the calling PE; it does not return from its call. */
    void cpuOff(int pe);

    /** The calling PE waits for an interrupt; its call returns success afterwards. */
    void cpuSuspend(int pe);

    /** The machine ends. */
    void systemOff();

    /** The machine starts again; a boot lab takes it as its end. */
    void systemReset();
}
