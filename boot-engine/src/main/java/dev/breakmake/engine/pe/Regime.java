package dev.breakmake.engine.pe;

/**
 * A translation regime as its registers configure it, decoded once per register write: stage 1 with one or two ranges, and stage 2
 * where it applies (Arm ARM D8.2). An instruction set fills it from its own registers.
 */
public final class Regime {

    /** SCTLR.M: stage 1 is on. */
    public boolean on;

    /** SCTLR.C: data accesses may be cached. */
    public boolean dataCache;

    /** SCTLR.WXN. */
    public boolean wxn;

    /** SCTLR.A: alignment checks. */
    public boolean alignmentCheck;

    /** Whether the upper half of the address space has its own root (EL1&0). */
    public boolean twoRanges;

    /** Whether EL0 uses it too, so descriptors carry separate privileged permissions. */
    public boolean privileged;

    /** AArch32 with TTBCR.EAE = 0: tables are in the short-descriptor format, which the engine does not walk. */
    public boolean shortDescriptors;

    /** Roots of the lower and upper range: physical addresses (IPA under stage 2). */
    public final long[] root = new long[2];

    /** log2 of the input size of each range. */
    public final int[] inputBits = {64, 64};

    /** log2 of the granule of each range. */
    public final int[] granule = {12, 12};

    /** TCR.EPD: walks of the range are disabled. */
    public final boolean[] disabled = new boolean[2];

    /** TCR.TBI: the top byte is ignored. */
    public final boolean[] topByteIgnored = new boolean[2];

    /** TCR.HPD: hierarchical permissions are disabled. */
    public final boolean[] flatPermissions = new boolean[2];

    /** Output size in bits. */
    public int outputBits = 48;

    /** MAIR. */
    public long mair;

    /** HCR.VM or HCR.DC: stage 2 is on. */
    public boolean stage2;

    /** HCR.DC: stage 1 off means Normal Write-Back. */
    public boolean defaultCacheable;

    /** Root of stage 2. */
    public long root2;

    /** log2 of the IPA size. */
    public int inputBits2 = 40;

    /** log2 of the stage 2 granule. */
    public int granule2 = 12;

    /** Level of the stage 2 root. */
    public int startLevel2 = 1;

    /** Output size of stage 2 in bits. */
    public int outputBits2 = 48;

    /** Sequence number of the latest event that changed this regime. */
    public long stamp;

    /** Whether data accesses go through the cache: MMU and data cache on. */
    public boolean cachesOn() {
        return on && dataCache;
    }

    /** Level of the root of a range. */
    public int startLevel(final int range) {
        return startLevel(inputBits[range], granule[range]);
    }

    static int startLevel(final int inputBits, final int granule) {
        final int stride = granule - 3;
        return 4 - (inputBits - granule + stride - 1) / stride;
    }

    /** Bytes of the root table of a range. */
    public int rootBytes(final int range) {
        return bytes(inputBits[range], granule[range], startLevel(range));
    }

    /** Bytes of the stage 2 root, concatenated tables included. */
    public int rootBytes2() {
        return bytes(inputBits2, granule2, startLevel2);
    }

    private static int bytes(final int inputBits, final int granule, final int level) {
        return 8 << Math.max(0, inputBits - granule - (granule - 3) * (3 - level));
    }
}
