package dev.breakmake.translation.tlb;

/** How an invalidate failed to end a stale version, most telling first. */
public enum Miss {
    /** No DSB of the storing PE between the store and the invalidate. */
    UNORDERED,
    /** It is right, but no DSB has completed it, or only a narrower one. */
    INCOMPLETE,
    /** It was local and another PE holds the version. */
    LOCAL,
    /** Stage 2 by IPA alone: combined entries stay. */
    STAGE2_ONLY,
    /** A last-level operation and a table descriptor. */
    LAST_LEVEL,
    /** The level hint names another level. */
    LEVEL_HINT,
    /** Right regime, another VMID or ASID. */
    IDENTIFIER,
    /** Right regime, the table descriptor went but not all that lay below. */
    SUBTREE,
    /** Right regime, other addresses. */
    ADDRESS,
    /** Another regime or stage. */
    REGIME;

    static Miss of(Scope scope, TagSpace space, VersionStore versions, int v, Invalidations invalidations) {
        int vmid = scope.vmid;
        scope.vmid = Scope.ANY;
        boolean regime = scope.reaches(space.regime(), space.vmid());
        scope.vmid = vmid;
        if (!regime) {
            return REGIME;
        }
        boolean combinedOnly = space.regime().stage2() && !scope.stage2;
        if (!invalidations.covers(scope, v) && !combinedOnly) {
            return versions.belowTable(v) ? SUBTREE : ADDRESS;
        }
        if (!scope.reaches(space.regime(), space.vmid()) || !scope.matchesAsid(versions.asid(v))) {
            return IDENTIFIER;
        }
        if (combinedOnly && versions.stage2Holders(v) != 0) {
            // Combined entries come back from the stage 2 entry that was never invalidated.
            return REGIME;
        }
        if (scope.lastLevel && versions.isTable(v)) {
            return LAST_LEVEL;
        }
        if (!invalidations.suits(scope, v)) {
            return LEVEL_HINT;
        }
        if (!invalidations.ordered(scope, v)) {
            return UNORDERED;
        }
        if (invalidations.pendingOn(scope.pe, v)) {
            return INCOMPLETE;
        }
        if (!scope.shared && (versions.holders(v) & 1L << scope.pe) == 0) {
            return LOCAL;
        }
        // All that is left: any other invalidate that reached it as far as this has ended it.
        return STAGE2_ONLY;
    }
}
