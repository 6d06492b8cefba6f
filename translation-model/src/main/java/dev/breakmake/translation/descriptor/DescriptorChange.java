package dev.breakmake.translation.descriptor;

import java.util.EnumSet;
import java.util.Set;

/**
 * What differs between two descriptors, decoded rather than bit by bit. The static methods give masks of
 * {@link ChangeKind#mask()} and do not allocate; 0 means nothing changed.
 *
 * @param before the old descriptor
 * @param after the new one
 * @param kinds all respects in which they differ
 */
public record DescriptorChange(Descriptor before, Descriptor after, Set<ChangeKind> kinds) {
    private static final long BLOCK_NOT_CACHED = 1L << 16;
    private static final ChangeKind[] KINDS = ChangeKind.values();

    /** Kinds that need break-before-make between two valid descriptors. */
    public static final int NEEDS_BREAK = needsBreakMask();

    /** Kinds that leave where and how memory is accessed alone: rights, flags, software bits. */
    public static final int HARMLESS = ~(NEEDS_BREAK | ChangeKind.MADE_VALID.mask() | ChangeKind.MADE_INVALID.mask());

    public DescriptorChange {
        kinds = Set.copyOf(kinds);
    }

    /** The change at one location. */
    public static DescriptorChange of(DescriptorFormat format, int level, long before, long after) {
        return new DescriptorChange(
                Descriptor.decode(format, level, before),
                Descriptor.decode(format, level, after),
                setOf(mask(format, level, before, after)));
    }

    /** Mask of what changed at one location. */
    public static int mask(DescriptorFormat format, int level, long before, long after) {
        return before == after ? 0 : mask(format, level, before, 0, format, level, after, 0);
    }

    /**
     * Mask of what differs between two descriptors that serve a common input address, wherever they stand. Leaves of different
     * sizes compare by the output address of a common input address.
     *
     * @param beforeInput input address the old descriptor's span starts at
     * @param afterInput input address the new descriptor's span starts at
     */
    public static int mask(
            DescriptorFormat beforeFormat,
            int beforeLevel,
            long before,
            long beforeInput,
            DescriptorFormat afterFormat,
            int afterLevel,
            long after,
            long afterInput) {
        Kind oldKind = beforeFormat.kind(before, beforeLevel);
        Kind newKind = afterFormat.kind(after, afterLevel);
        if (!oldKind.valid() || !newKind.valid()) {
            if (oldKind.valid()) {
                return ChangeKind.MADE_INVALID.mask();
            }
            return newKind.valid() ? ChangeKind.MADE_VALID.mask() : software(before, after);
        }
        if (oldKind == Kind.TABLE && newKind == Kind.TABLE) {
            return tableMask(beforeFormat, before, afterFormat, after);
        }
        if (oldKind == Kind.TABLE || newKind == Kind.TABLE) {
            return ChangeKind.SIZE.mask();
        }
        int mask = attributeMask(beforeFormat, before, afterFormat, after);
        if (beforeFormat.span(beforeLevel) != afterFormat.span(afterLevel)) {
            mask |= ChangeKind.SIZE.mask();
        }
        long beforeOffset = beforeFormat.outputAddress(before, beforeLevel) - beforeInput;
        long afterOffset = afterFormat.outputAddress(after, afterLevel) - afterInput;
        // Address bits below the size of a block are RES0: software that sets them means another address, and is told
        // so.
        boolean reservedBits = beforeLevel == afterLevel
                && ((beforeFormat.address(before) ^ afterFormat.address(after))
                                & (beforeLevel < 3 ? ~BLOCK_NOT_CACHED : -1L))
                        != 0;
        if (beforeOffset != afterOffset || (beforeInput == afterInput && reservedBits)) {
            mask |= ChangeKind.OUTPUT_ADDRESS.mask();
        }
        if (beforeFormat.notCachedBlock(before, beforeLevel) != afterFormat.notCachedBlock(after, afterLevel)) {
            mask |= ChangeKind.NOT_CACHED_BLOCK.mask();
        }
        return mask == 0 ? software(before, after) : mask;
    }

    private static int tableMask(DescriptorFormat beforeFormat, long before, DescriptorFormat afterFormat, long after) {
        int mask = 0;
        if (beforeFormat.address(before) != afterFormat.address(after)) {
            mask |= ChangeKind.TABLE_ADDRESS.mask();
        }
        if (beforeFormat.tableAttributes(before) != afterFormat.tableAttributes(after)) {
            mask |= ChangeKind.TABLE_ATTRIBUTES.mask();
        }
        return mask == 0 ? software(before, after) : mask;
    }

    private static int attributeMask(DescriptorFormat oldFormat, long before, DescriptorFormat newFormat, long after) {
        int mask = 0;
        if (oldFormat.memoryType(before) != newFormat.memoryType(after)) {
            mask |= ChangeKind.MEMORY_TYPE.mask();
        }
        if (oldFormat.shareability(before) != newFormat.shareability(after)) {
            mask |= ChangeKind.SHAREABILITY.mask();
        }
        int oldRights = oldFormat.permissions(before);
        int newRights = newFormat.permissions(after);
        if ((oldRights & ~newRights) != 0) {
            mask |= ChangeKind.PERMISSION_REDUCED.mask();
        }
        if ((newRights & ~oldRights) != 0) {
            mask |= ChangeKind.PERMISSION_WIDENED.mask();
        }
        if (oldFormat.contiguous(before) != newFormat.contiguous(after)) {
            mask |= ChangeKind.CONTIGUOUS.mask();
        }
        if (oldFormat.notGlobal(before) != newFormat.notGlobal(after)) {
            mask |= (oldFormat.notGlobal(before) ? ChangeKind.MADE_GLOBAL : ChangeKind.MADE_NOT_GLOBAL).mask();
        }
        if (oldFormat.accessFlag(before) != newFormat.accessFlag(after)) {
            mask |= (oldFormat.accessFlag(before) ? ChangeKind.ACCESS_FLAG_CLEARED : ChangeKind.ACCESSED).mask();
        }
        if (oldFormat.dirtyModifier(before) != newFormat.dirtyModifier(after)) {
            mask |= ChangeKind.DIRTY_MODIFIER.mask();
        }
        return mask;
    }

    private static int software(long before, long after) {
        return before == after ? 0 : ChangeKind.SOFTWARE.mask();
    }

    /** Whether a change with this mask needs break-before-make. */
    public static boolean needsBreak(int mask) {
        return (mask & NEEDS_BREAK) != 0;
    }

    /** The kinds of a mask. */
    public static Set<ChangeKind> setOf(int mask) {
        Set<ChangeKind> kinds = EnumSet.noneOf(ChangeKind.class);
        for (ChangeKind kind : KINDS) {
            if ((mask & kind.mask()) != 0) {
                kinds.add(kind);
            }
        }
        return kinds;
    }

    private static int needsBreakMask() {
        int mask = 0;
        for (ChangeKind kind : KINDS) {
            if (kind.needsBreak()) {
                mask |= kind.mask();
            }
        }
        return mask;
    }
}
