package dev.breakmake.translation.tlb;

import dev.breakmake.translation.descriptor.DescriptorFormat;
import dev.breakmake.translation.register.Granule;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.TranslationRoot;

/**
 * How the words of one tree are to be read: what a walk of it would make of each, without allocating. Built once per root from the
 * configuration in force when the root was enabled.
 */
public final class Geometry {
    /** Translates nothing: bit 0 clear, or a reserved encoding. */
    public static final int INVALID = 0;
    /** A block or page. */
    public static final int LEAF = 1;
    /** Points to a next-level table. */
    public static final int TABLE = 2;

    private final DescriptorFormat format;
    private final int startLevel;
    private final int inputBits;
    private final long inputStart;
    private final boolean accessFlagIgnored;
    private final boolean setsAccessFlags;
    private final boolean setsDirtyStates;
    /** Per level, index level + 1: whether the encoding 0b01 is a block there. */
    private final boolean[] blocks = new boolean[5];
    /** Address bits of a word that must be 0; -1 if the layout is none of the simple ones. */
    private final long beyondOutput;

    Geometry(RegimeConfiguration configuration, TranslationRoot root, boolean accessFlagIgnored) {
        format = DescriptorFormat.of(configuration, root);
        startLevel = root.startLevel();
        inputBits = root.inputBits();
        inputStart = root.input().start();
        setsAccessFlags = configuration.hardwareAccessFlag();
        setsDirtyStates = configuration.hardwareDirtyState();
        for (int level = -1; level < 3; level++) {
            blocks[level + 1] = format.blockAllowed(level);
        }
        boolean simple = !format.large() && format.outputBits() <= 48;
        beyondOutput = simple ? 0xffff_ffff_f000L & -format.granule().bytes() & -1L << format.outputBits() : -1;
        this.accessFlagIgnored = accessFlagIgnored || setsAccessFlags;
    }

    /** How single words are decoded. */
    public DescriptorFormat format() {
        return format;
    }

    /** INVALID, LEAF or TABLE. */
    public int kind(long descriptor, int level) {
        if ((descriptor & 1) == 0) {
            return INVALID;
        }
        if ((descriptor & 2) != 0) {
            return level < 3 ? TABLE : LEAF;
        }
        return blocks[level + 1] ? LEAF : INVALID;
    }

    /** Whether hardware may put the descriptor into a TLB: valid, no access flag fault, no address size fault (IWZCBG). */
    public boolean holdable(long descriptor, int level) {
        int kind = kind(descriptor, level);
        boolean tooLarge = beyondOutput == -1 ? format.addressTooLarge(descriptor) : (descriptor & beyondOutput) != 0;
        if (kind == INVALID || tooLarge) {
            return false;
        }
        return kind == TABLE || accessFlagIgnored || format.accessFlag(descriptor);
    }

    /** Address of the next-level table. */
    public long next(long descriptor) {
        return format.address(descriptor);
    }

    /** The regime. */
    public Regime regime() {
        return format.regime();
    }

    /** The granule. */
    public Granule granule() {
        return format.granule();
    }

    /** Level of the root. */
    public int startLevel() {
        return startLevel;
    }

    /** First input address of the tree. */
    public long inputStart() {
        return inputStart;
    }

    /** Bits of input address the tree resolves. */
    public int inputBits() {
        return inputBits;
    }

    /** log2 of the bytes one entry of that level spans. */
    public int shift(int level) {
        return format.granule().levelShift(level);
    }

    /** Whether descriptors without AF may be cached: hardware sets it, or the trace does not say. */
    public boolean accessFlagIgnored() {
        return accessFlagIgnored;
    }

    /** Whether hardware may write this leaf: it sets an access flag that is clear (HA), or makes a leaf with DBM writable (HD). */
    public boolean hardwareMayWrite(long descriptor, int level) {
        return kind(descriptor, level) == LEAF
                && (setsAccessFlags && !format.accessFlag(descriptor)
                        || setsDirtyStates && format.dirtyModifier(descriptor));
    }

    /** Members of a contiguous group. */
    public int groupEntries(int level) {
        return format.granule().contiguousEntries(level);
    }

    boolean sameReading(Geometry other) {
        return startLevel == other.startLevel
                && inputBits == other.inputBits
                && inputStart == other.inputStart
                && accessFlagIgnored == other.accessFlagIgnored
                && format.equals(other.format);
    }
}
