package dev.breakmake.translation.descriptor;

/** One respect in which two descriptors differ. */
public enum ChangeKind {
    /** From invalid (or reserved) to valid. */
    MADE_VALID(false),
    /** From valid to invalid (or reserved). */
    MADE_INVALID(false),
    /** Another output address for the same input address. */
    OUTPUT_ADDRESS(true),
    /** Another memory type or cacheability, decoded. */
    MEMORY_TYPE(true),
    /** Another effective shareability. */
    SHAREABILITY(true),
    /** Leaf against table, or leaves of different levels. */
    SIZE(true),
    /** A table descriptor that points to another table. */
    TABLE_ADDRESS(true),
    /** Contiguous hint set or cleared. */
    CONTIGUOUS(true),
    /** From not global to global. */
    MADE_GLOBAL(true),
    /** From global to not global. */
    MADE_NOT_GLOBAL(false),
    /** A right taken away: needs a TLB invalidation to be relied on, no break. */
    PERMISSION_REDUCED(false),
    /** A right given. */
    PERMISSION_WIDENED(false),
    /** APTable, XNTable, PXNTable or NSTable of a table descriptor. */
    TABLE_ATTRIBUTES(false),
    /** Access flag set. */
    ACCESSED(false),
    /** Access flag cleared. */
    ACCESS_FLAG_CLEARED(false),
    /** Dirty bit modifier. */
    DIRTY_MODIFIER(false),
    /** nT of a block (FEAT_BBM level 1). */
    NOT_CACHED_BLOCK(false),
    /** Bits no walk looks at: software bits 58:55, ignored bits, any bit of an invalid descriptor. */
    SOFTWARE(false);

    private final boolean needsBreak;

    ChangeKind(boolean needsBreak) {
        this.needsBreak = needsBreak;
    }

    /** Bit of this kind in the masks of {@link DescriptorChange}. */
    public int mask() {
        return 1 << ordinal();
    }

    /** Whether a change of this kind between two valid descriptors needs break-before-make (Arm ARM D8.17.1, RWHZWS; G5.9.1.1). */
    public boolean needsBreak() {
        return needsBreak;
    }
}
