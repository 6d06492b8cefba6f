package dev.breakmake.translation.descriptor;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.register.Granule;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.TranslationRoot;
import dev.breakmake.translation.register.WalkAttributes;
import org.jspecify.annotations.Nullable;

/**
 * How to read the 64-bit words of one tree of tables: VMSAv8-64 and AArch32 long descriptors, stage 1 and 2 (Arm ARM D8.3, G5.5). No
 * method allocates. Words are given in the endianness of the host, i.e. as numbers.
 *
 * @param regime regime of the tree
 * @param granule its granule
 * @param outputBits effective output address size, in bits
 * @param memoryAttributes MAIR bytes; ignored at stage 2
 * @param large 52-bit layout of FEAT_LPA2: OA[51:50] in bits 9:8, SH comes from the walk
 * @param forceWriteBack stage 2 MemAttr encoding of FEAT_S2FWB
 * @param executeByLevel stage 2 XN field is two bits wide (FEAT_XNX)
 * @param walkShareability SH of the walk, which is that of the leaf with {@code large}
 * @param aarch32 AArch32 long descriptors
 */
public record DescriptorFormat(
        Regime regime,
        Granule granule,
        int outputBits,
        long memoryAttributes,
        boolean large,
        boolean forceWriteBack,
        boolean executeByLevel,
        int walkShareability,
        boolean aarch32) {

    private static final long CONTIGUOUS = 1L << 52;
    private static final long DIRTY_MODIFIER = 1L << 51;
    private static final long GUARDED = 1L << 50;
    private static final long BLOCK_NOT_CACHED = 1L << 16;
    private static final int NOT_GLOBAL = 1 << 11;
    private static final int ACCESS_FLAG = 1 << 10;

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DescriptorFormat that
                && regime == that.regime
                && granule == that.granule
                && outputBits == that.outputBits
                && memoryAttributes == that.memoryAttributes
                && large == that.large
                && forceWriteBack == that.forceWriteBack
                && executeByLevel == that.executeByLevel
                && walkShareability == that.walkShareability
                && aarch32 == that.aarch32;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(memoryAttributes) + outputBits) + regime.hashCode();
    }

    /** The format of a tree under a configuration. */
    public static DescriptorFormat of(RegimeConfiguration configuration, TranslationRoot root) {
        WalkAttributes walks = root.walks();
        return new DescriptorFormat(
                configuration.regime(),
                root.granule(),
                configuration.outputBits(),
                configuration.memoryAttributes(),
                configuration.largeAddresses(),
                configuration.forceWriteBack(),
                configuration.regime().stage2() && configuration.architecture() == Architecture.AARCH64,
                walks.shareability(),
                configuration.architecture() == Architecture.AARCH32);
    }

    /** What the word is at that level. */
    public Kind kind(long word, int level) {
        if ((word & 1) == 0) {
            return Kind.INVALID;
        }
        if (level == 3) {
            return (word & 2) != 0 ? Kind.PAGE : Kind.RESERVED;
        }
        if ((word & 2) != 0) {
            return Kind.TABLE;
        }
        return blockAllowed(level) ? Kind.BLOCK : Kind.RESERVED;
    }

    /** Whether the granule has blocks at that level. */
    public boolean blockAllowed(int level) {
        return switch (granule) {
            case K4 -> level == 1 || level == 2 || (level == 0 && large);
            case K16 -> level == 2 || (level == 1 && large);
            case K64 -> level == 2 || (level == 1 && outputBits > 48);
        };
    }

    /** Whether a walk goes on or ends with a translation here (faults of AF and address size aside). */
    public boolean valid(long word, int level) {
        return kind(word, level).valid();
    }

    /** Whether the word is a block or page. */
    public boolean leaf(long word, int level) {
        return kind(word, level).leaf();
    }

    /** Whether the word points to a next-level table. */
    public boolean table(long word, int level) {
        return level < 3 && (word & 3) == 3;
    }

    /** Bytes a leaf of that level maps. */
    public long span(int level) {
        return granule.entrySpan(level);
    }

    /** Address in the word, as wide as the layout allows, aligned to a page or table. */
    public long address(long word) {
        if (large) {
            return (word & 0x3_ffff_ffff_f000L & -granule.bytes()) | ((word >>> 8) & 3) << 50;
        }
        if (granule == Granule.K64 && outputBits > 48) {
            return (word & 0xffff_ffff_0000L) | ((word >>> 12) & 15) << 48;
        }
        // A trace whose sizes are not given may use addresses beyond 48 bits; bits 50 and 51 stay GP and DBM.
        long mask = outputBits > 48 ? 0x3_ffff_ffff_f000L : 0xffff_ffff_f000L;
        return word & mask & -granule.bytes();
    }

    /** Output address of a leaf: {@link #address} aligned to its span. */
    public long outputAddress(long word, int level) {
        return address(word) & -span(level);
    }

    /** Whether the address lies beyond the output size: a walk takes an Address size fault. */
    public boolean addressTooLarge(long word) {
        return address(word) >>> outputBits != 0;
    }

    /** Whether address bits that must be 0 are set: below the span of a block, or above the layout's address. */
    public boolean addressReservedBits(long word, int level) {
        long low = leaf(word, level) ? address(word) & (span(level) - 1) & ~lowAttributeBits(level) : 0;
        boolean high = !large && outputBits <= 48 && (word & 0xf_0000_0000_0000L & ~DIRTY_MODIFIER & ~GUARDED) != 0;
        boolean belowPage =
                !large && (granule != Granule.K64 || outputBits <= 48) && (word & (granule.bytes() - 1) & ~0xfffL) != 0;
        return low != 0 || high || belowPage;
    }

    /** Bit 16 of a block is nT, not address. */
    private static long lowAttributeBits(int level) {
        return level < 3 ? BLOCK_NOT_CACHED : 0;
    }

    /** Canonical memory type of a leaf, see {@link MemoryType}. */
    public int memoryType(long word) {
        if (regime.stage2()) {
            return MemoryType.ofStage2((int) (word >>> 2) & 15, forceWriteBack);
        }
        int index = (int) (word >>> 2) & 7;
        return MemoryType.ofMairByte((int) (memoryAttributes >>> (8 * index)) & 0xff);
    }

    /** Effective shareability of a leaf: 0 Non-, 2 Outer, 3 Inner Shareable; Device and Non-cacheable are Outer Shareable. */
    public int shareability(long word) {
        if (MemoryType.outerShareableByType(memoryType(word))) {
            return 2;
        }
        return large ? walkShareability : (int) (word >>> 8) & 3;
    }

    /** Permissions of a leaf by itself (tables above it and WXN not counted), see {@link Permissions}. */
    public int permissions(long word) {
        if (regime.stage2()) {
            return stage2Permissions(word);
        }
        boolean readOnly = (word & 0x80) != 0;
        int data = readOnly ? Permissions.READ : Permissions.READ | Permissions.WRITE;
        boolean executeNever = (word & (1L << 54)) != 0;
        if (regime.singlePrivilege()) {
            return data | (executeNever ? 0 : Permissions.EXECUTE);
        }
        int mask = data;
        if ((word & 0x40) != 0) {
            mask |= data << 3;
        }
        boolean userWritable = (mask & Permissions.USER_WRITE) != 0;
        boolean privilegedNever = (word & (1L << 53)) != 0 || (aarch32 ? executeNever : userWritable);
        if (!privilegedNever) {
            mask |= Permissions.EXECUTE;
        }
        // AArch32 execution also needs read permission at the level (G5.7.3).
        boolean userNever = executeNever || (aarch32 && (mask & Permissions.USER_READ) == 0);
        return userNever ? mask : mask | Permissions.USER_EXECUTE;
    }

    private int stage2Permissions(long word) {
        int mask = ((word & 0x40) != 0 ? Permissions.READ : 0) | ((word & 0x80) != 0 ? Permissions.WRITE : 0);
        int never = (int) (word >>> 53) & 3;
        if (!executeByLevel) {
            return mask | (never >= 2 ? 0 : Permissions.EXECUTE | Permissions.USER_EXECUTE);
        }
        return mask
                | switch (never) {
                    case 0 -> Permissions.EXECUTE | Permissions.USER_EXECUTE;
                    case 1 -> Permissions.USER_EXECUTE;
                    case 3 -> Permissions.EXECUTE;
                    default -> 0;
                };
    }

    /** Whether a leaf is writable by any level, or would be made so by hardware (DBM with HD). */
    public boolean writable(long word) {
        return Permissions.writable(permissions(word));
    }

    /** Access flag of a leaf. */
    public boolean accessFlag(long word) {
        return (word & ACCESS_FLAG) != 0;
    }

    /** Not global: only in regimes with ASIDs. */
    public boolean notGlobal(long word) {
        return regime.hasAsids() && (word & NOT_GLOBAL) != 0;
    }

    /** Contiguous hint of a leaf. */
    public boolean contiguous(long word) {
        return (word & CONTIGUOUS) != 0;
    }

    /** Dirty bit modifier of a leaf; AArch32 has none. */
    public boolean dirtyModifier(long word) {
        return !aarch32 && (word & DIRTY_MODIFIER) != 0;
    }

    /** nT of a block (FEAT_BBM level 1): not to be cached in a way that conflicts. */
    public boolean notCachedBlock(long word, int level) {
        return kind(word, level) == Kind.BLOCK && (word & BLOCK_NOT_CACHED) != 0;
    }

    /** Upper attributes of a table descriptor (NSTable, APTable, XNTable, PXNTable) in bits 63:59; 0 at stage 2. */
    public long tableAttributes(long word) {
        return regime.stage2() ? 0 : word & 0xf800_0000_0000_0000L;
    }

    /** Permissions after the APTable, XNTable and PXNTable fields collected on the way down (D8.4.5). */
    public int restrict(int permissions, long tableAttributes) {
        int mask = permissions;
        int accessTable = (int) (tableAttributes >>> 61) & 3;
        if ((accessTable & 2) != 0) {
            mask &= ~(Permissions.WRITE | Permissions.USER_WRITE);
        }
        if ((accessTable & 1) != 0 && !regime.singlePrivilege()) {
            mask &= ~(Permissions.USER_READ | Permissions.USER_WRITE);
        }
        if ((tableAttributes & (1L << 60)) != 0) {
            mask &= regime.singlePrivilege() || aarch32
                    ? ~(Permissions.EXECUTE | Permissions.USER_EXECUTE)
                    : ~Permissions.USER_EXECUTE;
        }
        if ((tableAttributes & (1L << 59)) != 0 && !regime.singlePrivilege()) {
            mask &= ~Permissions.EXECUTE;
        }
        return mask;
    }
}
