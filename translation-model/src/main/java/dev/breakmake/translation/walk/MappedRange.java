package dev.breakmake.translation.walk;

import dev.breakmake.translation.descriptor.Descriptor;
import dev.breakmake.translation.descriptor.MemoryType;
import dev.breakmake.translation.descriptor.Permissions;
import dev.breakmake.translation.event.AddressRange;

/**
 * Input addresses mapped to consecutive output addresses with equal effective attributes, whatever the sizes of the leaves.
 *
 * @param start first input address
 * @param last last input address, inclusive: a range may end at the top of the 64-bit space
 * @param output output address of {@code start}
 * @param memoryType see {@link MemoryType}
 * @param shareability effective: 0 NSH, 2 OSH, 3 ISH
 * @param permissions effective mask of {@link Permissions}
 * @param notGlobal nG
 */
public record MappedRange(
        long start, long last, long output, int memoryType, int shareability, int permissions, boolean notGlobal) {

    /** The input addresses as a range. */
    public AddressRange input() {
        return new AddressRange(start, last + 1);
    }

    /** Bytes mapped, unsigned. */
    public long size() {
        return last - start + 1;
    }

    /** Whether the address is mapped by this range. */
    public boolean contains(long address) {
        return Long.compareUnsigned(address - start, last - start) <= 0;
    }

    /** Output address of an input address of the range. */
    public long outputOf(long address) {
        return output + (address - start);
    }

    boolean continuedBy(MappedRange next) {
        return next.start == last + 1
                && last + 1 != 0
                && next.output == outputOf(last) + 1
                && sameAttributes(next)
                && next.permissions == permissions;
    }

    boolean sameAttributes(MappedRange other) {
        return memoryType == other.memoryType && shareability == other.shareability && notGlobal == other.notGlobal;
    }

    MappedRange upTo(long newLast) {
        return new MappedRange(start, newLast, output, memoryType, shareability, permissions, notGlobal);
    }

    /** Form for people. */
    public String text() {
        return "0x%x-0x%x -> 0x%x %s %s %s%s"
                .formatted(
                        start,
                        last,
                        output,
                        Permissions.name(permissions),
                        MemoryType.name(memoryType),
                        Descriptor.shareabilityName(shareability),
                        notGlobal ? " nG" : "");
    }
}
