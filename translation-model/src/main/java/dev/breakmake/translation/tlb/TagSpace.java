package dev.breakmake.translation.tlb;

import dev.breakmake.translation.register.Regime;
import org.jspecify.annotations.Nullable;

/** The TLB entries of one regime under one VMID: what a lookup of that regime can hit (ASIDs are looked at per version). */
public final class TagSpace {
    private final Regime regime;
    private final int vmid;
    /** Head of the list of stale versions, -1 if none. */
    int firstVersion = -1;

    int versions;
    /** Stale versions per level, index level + 1. */
    final int[] atLevel = new int[5];
    /** Stale versions with the contiguous bit. */
    int contiguousVersions;
    /** Versions that ever came; saves repeated scans by TLBIs that cannot find more. */
    long additions;

    /** Value of {@link #additions} at the last scan that passed over nothing for want of a barrier, and what that scan looked for. */
    long scannedAdditions = -1;

    int scannedFor;
    long scannedMask;

    private @Nullable Geometry geometry;
    private boolean mixed;

    TagSpace(Regime regime, int vmid) {
        this.regime = regime;
        this.vmid = vmid;
    }

    /** Geometry of its newest tree. */
    Geometry geometry() {
        Geometry g = geometry;
        if (g == null) {
            throw new IllegalStateException("a tag space with versions but no tree");
        }
        return g;
    }

    void geometry(Geometry newest) {
        mixed |= geometry != null && geometry.granule() != newest.granule();
        geometry = newest;
    }

    /** Whether trees of several granules share the space: versions cannot be found by aligned address then. */
    public boolean mixedGranules() {
        return mixed;
    }

    /** The regime. */
    public Regime regime() {
        return regime;
    }

    /** The VMID; 0 for regimes without. */
    public int vmid() {
        return vmid;
    }

    /** Number of stale versions. */
    public int staleVersions() {
        return versions;
    }

    /** Number of stale versions at a level, -1 to 3. */
    public int staleVersions(int level) {
        return atLevel[level + 1];
    }

    /** Number of stale versions with the contiguous bit. */
    public int staleContiguous() {
        return contiguousVersions;
    }

    /** Newest stale version, or -1. */
    public int firstVersion() {
        return firstVersion;
    }
}
