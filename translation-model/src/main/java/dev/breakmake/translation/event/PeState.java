package dev.breakmake.translation.event;

/**
 * A PE changed what it is doing as a whole.
 *
 * @param change what changed
 * @param argument entry address for RESET and CPU_ON, 0 otherwise
 */
public record PeState(
        long sequence, int pe, long instructions, long pc, ExceptionLevel el, Change change, long argument)
        implements TranslationEvent {

    /** What changed. {@link #pe()} is the PE that changes, also for CPU_ON. */
    public enum Change {
        RESET,
        CPU_ON,
        CPU_OFF,
        MMU_ON,
        MMU_OFF,
        CACHES_ON,
        CACHES_OFF,
        /** {@link PeState#el()} is the new level. */
        EL_CHANGE
    }
}
