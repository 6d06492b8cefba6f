package dev.breakmake.translation.layout;

import dev.breakmake.translation.event.AddressRange;
import org.jspecify.annotations.Nullable;

/**
 * An interval of load addresses at which the identity mapping gets into the way of something.
 *
 * @param loadAddresses physical load addresses, end exclusive; start is a multiple of the analysis' step
 * @param kind in which way
 * @param region the region concerned, or null
 * @param level for {@link Kind#SHARED_TABLE}, the lowest level (highest number) whose entry both need; -1 otherwise
 */
public record IdentityClash(
        AddressRange loadAddresses, Kind kind, @Nullable Region region, int level) {

    /** In which way. */
    public enum Kind {
        /** The identity mapping and a runtime region want the same virtual address, for different physical ones. */
        SAME_ADDRESS,
        /** Both need the same table entry: one of them must hang its tables into the other's. */
        SHARED_TABLE,
        /** The identity mapping lies, at least partly, outside the area reserved for it. */
        OUTSIDE_RESERVED,
        /** There is no virtual address equal to the physical one. */
        BEYOND_ADDRESS_SPACE
    }

    /** Form for people. */
    public String text() {
        String where = "loaded in " + loadAddresses + ": ";
        return where
                + switch (kind) {
                    case SAME_ADDRESS -> "the identity mapping covers addresses of " + name();
                    case SHARED_TABLE -> "the identity mapping shares its level " + level + " entry with " + name();
                    case OUTSIDE_RESERVED -> "the identity mapping leaves the reserved area";
                    case BEYOND_ADDRESS_SPACE -> "no virtual address equals the physical one";
                };
    }

    private String name() {
        return region == null ? "" : region.name();
    }
}
