package dev.breakmake.translation.layout;

import dev.breakmake.translation.event.AddressRange;

/**
 * A named region of virtual address space.
 *
 * @param name its name in the sources of the hypervisor, e.g. {@code FIXMAP}
 * @param range virtual addresses, in bytes
 * @param kind what stands there
 * @param purpose for people; may be empty
 */
public record Region(String name, AddressRange range, Kind kind, String purpose) {

    /** What a region means to the identity mapping. */
    public enum Kind {
        /** The hypervisor's own image at its runtime address: identical to the identity mapping if loaded exactly there. */
        IMAGE,
        /** Mapped to other memory while the MMU goes on or off. */
        RUNTIME,
        /** Kept free for the identity mapping. */
        IDENTITY,
        /** Carries the temporary alias of the image on the way from the identity to the runtime mapping. */
        TEMPORARY,
        /** In use later only: free while the MMU goes on or off. */
        LATE
    }
}
