package dev.breakmake.translation.walk;

/** Physical memory as walks see it. */
@FunctionalInterface
public interface MemoryView {

    /**
     * The aligned 64-bit little-endian word at a physical address; 0 where {@link #present} is false.
     *
     * @param pa physical address, a multiple of 8
     */
    long read64(long pa);

    /** Whether there is memory at the address; a walk that reads elsewhere takes an external abort. */
    default boolean present(long pa) {
        return true;
    }
}
