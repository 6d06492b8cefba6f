package dev.breakmake.qemu;

/**
 * How a boot ended.
 *
 * @param kind what ended it
 * @param detail the console line that matched, or what limit was reached
 */
public record QemuOutcome(Kind kind, String detail) {

    /** What ended a boot. */
    public enum Kind {
        /** The expected console text appeared. */
        REACHED,
        /** The hypervisor panicked elsewhere. */
        PANICKED,
        /** The guest reset or switched itself off before the expected text. */
        GUEST_ENDED,
        /** A limit of the specification was reached. */
        LIMIT
    }
}
