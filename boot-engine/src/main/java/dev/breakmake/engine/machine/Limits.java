package dev.breakmake.engine.machine;

/**
 * Where a boot is given up.
 *
 * @param instructions instructions of all PEs together
 * @param virtualNanoseconds virtual time
 */
public record Limits(long instructions, long virtualNanoseconds) {

    /** Enough for any boot seen so far. */
    public static final Limits DEFAULT = new Limits(20_000_000_000L, 600_000_000_000L);

    public Limits {
        if (instructions <= 0 || virtualNanoseconds <= 0) {
            throw new IllegalArgumentException("limits must be positive: instructions %d, virtual nanoseconds %d"
                    .formatted(instructions, virtualNanoseconds));
        }
    }
}
