package dev.breakmake.translation.layout;

import dev.breakmake.translation.event.AddressRange;

/**
 * How the start code gets from a load address to the runtime mapping.
 *
 * @param loadAddresses physical load addresses, end exclusive
 * @param kind the way
 */
public record LoadPath(AddressRange loadAddresses, Kind kind) {

    /** The way. */
    public enum Kind {
        /** Loaded at its runtime address: the runtime mapping is the identity mapping. */
        NONE_NEEDED,
        /** From the identity mapping straight to the runtime mapping. */
        DIRECT,
        /** Through the temporary mapping, after which the identity mapping goes and the runtime mapping comes. */
        TEMPORARY,
        /** The boot tables cannot hold both mappings. */
        IMPOSSIBLE
    }
}
