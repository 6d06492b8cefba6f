package dev.breakmake.translation.event;

import org.jspecify.annotations.Nullable;

/**
 * A range of addresses, end exclusive, in bytes. Both ends are unsigned; an {@code end} of 0 with a non-zero start means the range
 * runs to the top of the 64-bit space.
 */
public record AddressRange(long start, long end) {

    public AddressRange {
        if (end != 0 && Long.compareUnsigned(start, end) > 0) {
            throw new IllegalArgumentException("range start 0x%x lies above its end 0x%x".formatted(start, end));
        }
    }

    // Written out here and in other records that every boot compares: a record's own ones are put together at run time,
    // which
    // takes a short process milliseconds (docs/decisions/0600).
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AddressRange that && start == that.start && end == that.end;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(start) + Long.hashCode(end);
    }

    /** Number of bytes, unsigned. */
    public long size() {
        return end - start;
    }

    /** Whether the address lies in the range. */
    public boolean contains(long address) {
        return Long.compareUnsigned(address - start, end - start) < 0;
    }

    /** Whether the two ranges share an address. */
    public boolean intersects(AddressRange other) {
        return size() != 0 && other.size() != 0 && (contains(other.start) || other.contains(start));
    }

    @Override
    public String toString() {
        return "[0x" + Long.toHexString(start) + ", 0x" + Long.toHexString(end) + ")";
    }
}
