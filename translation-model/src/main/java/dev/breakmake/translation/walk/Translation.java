package dev.breakmake.translation.walk;

import dev.breakmake.translation.descriptor.Descriptor;
import dev.breakmake.translation.descriptor.MemoryType;
import dev.breakmake.translation.descriptor.Permissions;

/**
 * What a walk found for an address.
 *
 * @param input first input address (VA or IPA) of the leaf
 * @param output output address of {@code input}, in bytes
 * @param size bytes the leaf maps
 * @param level level of the leaf
 * @param memoryType effective type, see {@link MemoryType}
 * @param shareability effective: 0 NSH, 2 OSH, 3 ISH
 * @param permissions effective mask of {@link Permissions}: table attributes and WXN counted
 * @param notGlobal nG
 * @param contiguous contiguous hint
 * @param word the leaf descriptor
 */
public record Translation(
        long input,
        long output,
        long size,
        int level,
        int memoryType,
        int shareability,
        int permissions,
        boolean notGlobal,
        boolean contiguous,
        long word) {

    /** Output address of an input address inside the leaf. */
    public long outputOf(long address) {
        return output + (address & (size - 1));
    }

    /** Form for people. */
    public String text() {
        return "0x%x -> 0x%x %s %s %s %s%s"
                .formatted(
                        input,
                        output,
                        Descriptor.sizeName(size),
                        Permissions.name(permissions),
                        MemoryType.name(memoryType),
                        Descriptor.shareabilityName(shareability),
                        notGlobal ? " nG" : "");
    }
}
