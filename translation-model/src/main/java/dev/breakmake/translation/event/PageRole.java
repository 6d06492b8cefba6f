package dev.breakmake.translation.event;

/**
 * A hint about memory, where a source has one (peer traces, instrumented images).
 *
 * @param pa first byte the hint is about
 * @param length bytes it is about
 * @param argument meaning depends on the role: owner root, lock address, thread; 0 if none
 */
public record PageRole(
        long sequence,
        int pe,
        long instructions,
        long pc,
        ExceptionLevel el,
        Role role,
        long pa,
        long length,
        long argument)
        implements TranslationEvent {

    /** What the hint says. */
    public enum Role {
        INITIALISED,
        FREED,
        TABLE_RELEASED,
        OWNER_ROOT,
        ROOT_LOCK,
        ENTRY_OWNER,
        LOCKED,
        UNLOCKED,
        /** A device that does not snoop data caches walks the pages as tables from now on (an IOMMU). */
        DEVICE_TABLE,
        /** The device's TLB was invalidated, completely, and the device has confirmed it; address and length mean nothing. */
        DEVICE_FLUSHED
    }
}
