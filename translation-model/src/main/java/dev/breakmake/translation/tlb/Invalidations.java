package dev.breakmake.translation.tlb;

import java.util.ArrayList;
import java.util.List;

/**
 * TLB invalidates on their way: issued, and effective when a DSB of the issuing PE completes them (Arm ARM D8.17.4 RPSMWS). What
 * names no address is remembered per tag space and looks at the versions only when it completes, so that a batch costs one pass.
 */
final class Invalidations {
    /** A whole-regime invalidate that will end the hold of a tree, or the unknown contents of TLBs. */
    private record Wide(Tree tree, long pes, boolean shared, boolean nxs) {}

    /** An invalidate of everything in a tag space; a later one of the same kind takes its place, for it reaches more. */
    private static final class Sweep {
        final TagSpace space;
        final long pes;
        final boolean shared;
        final boolean nxs;
        /** Per PE, the last DSB before it: older stores are ordered. */
        final long[] barriers;

        long additions;
        long barrierCount;

        Sweep(TagSpace space, long pes, boolean shared, boolean nxs, int peCount) {
            this.space = space;
            this.pes = pes;
            this.shared = shared;
            this.nxs = nxs;
            this.barriers = new long[peCount];
        }
    }

    /** What a tag space was last scanned for, if by a sweep. */
    private static final int SWEEP = -1;

    private static final int SPARE_SWEEPS = 8;

    private final Forest forest;
    private final VersionStore versions;
    private final PendingList[] pending;
    private final List<List<Wide>> wide = new ArrayList<>();
    private final List<List<Sweep>> sweeps = new ArrayList<>();
    private final List<Sweep> spareSweeps = new ArrayList<>();
    private final int peCount;
    /** Per PE, the last DSB that completes stores, of any domain and of at least the Inner Shareable one; 0 for never. */
    private final long[] localBarriers;

    private final long[] sharedBarriers;
    private long barrierCount;

    Invalidations(Forest forest, VersionStore versions, int peCount) {
        this.forest = forest;
        this.versions = versions;
        this.peCount = peCount;
        pending = new PendingList[peCount];
        localBarriers = new long[peCount];
        sharedBarriers = new long[peCount];
        for (int i = 0; i < peCount; i++) {
            pending[i] = new PendingList();
            wide.add(new ArrayList<>());
            sweeps.add(new ArrayList<>());
        }
    }

    /** A DSB that completes the PE's stores. */
    void order(int pe, long time, boolean shared) {
        localBarriers[pe] = time;
        if (shared) {
            sharedBarriers[pe] = time;
        }
        barrierCount++;
    }

    /** Per PE, the last DSB that ordered its stores before a local (or Inner Shareable) invalidate issued now. */
    long[] barriers(boolean shared) {
        return shared ? sharedBarriers : localBarriers;
    }

    /** Starts an invalidate; returns how many versions it will remove if it names an address, else 0. */
    int issue(Scope scope, long pes) {
        int before = pending[scope.pe].size;
        List<TagSpace> spaces = forest.spaces();
        for (int i = 0; i < spaces.size(); i++) {
            TagSpace space = spaces.get(i);
            if (space.versions > 0 && scope.reaches(space.regime(), space.vmid())) {
                issue(scope, space, pes);
            }
        }
        if (scope.everything()) {
            List<Tree> trees = forest.trees();
            for (int i = 0; i < trees.size(); i++) {
                Tree tree = trees.get(i);
                long ended = tree.holders & ~tree.walkers & pes;
                TagSpace space = tree.space();
                boolean reaches = scope.reaches(space.regime(), space.vmid())
                        && !(space.regime().stage2() && !scope.stage2);
                if (ended != 0 && reaches) {
                    Wide one = new Wide(tree, ended, scope.shared, scope.nxs);
                    if (!wide.get(scope.pe).contains(one)) {
                        wide.get(scope.pe).add(one);
                    }
                }
            }
        }
        return pending[scope.pe].size - before;
    }

    private void issue(Scope scope, TagSpace space, long pes) {
        if (!scope.byAddress) {
            boolean sweeping = scope.everything() && (!space.regime().stage2() || (scope.stage2 && scope.guestStage1));
            int kind = sweeping ? SWEEP : kind(scope);
            if (space.scannedAdditions == space.additions && space.scannedFor == kind && space.scannedMask == pes) {
                return;
            }
            if (sweeping) {
                sweep(scope, space, pes);
                return;
            }
            boolean left = false;
            int next;
            for (int v = space.firstVersion; v >= 0; v = next) {
                next = versions.nextInSpace(v);
                // The same invalidate reaches these once they are ordered, or gone from stage 2.
                left |= !ordered(scope, v) || space.regime().stage2() && (versions.stage2Holders(v) & pes) != 0;
                add(scope, space, v, pes);
            }
            scanned(space, left ? -1 : space.additions, kind, pes);
            return;
        }
        if (space.regime().stage2() && !scope.stage2) {
            // A stage 1 operation by VA removes combined entries of that VA only; which IPAs those had is not known.
            return;
        }
        Geometry geometry = space.geometry();
        for (int level = -1; level <= 3; level++) {
            int count = space.atLevel[level + 1];
            if (count == 0) {
                continue;
            }
            int shift = geometry.shift(level);
            long first = scope.start & -(1L << shift);
            long probes = ((scope.last - first) >>> shift) + 1;
            if (!space.mixedGranules() && probes <= 2L * count && probes > 0) {
                for (long p = 0; p < probes; p++) {
                    int next;
                    for (int v = versions.find(space, level, first + (p << shift)); v >= 0; v = next) {
                        next = versions.findNext(v);
                        add(scope, space, v, pes);
                    }
                }
            } else {
                int next;
                for (int v = space.firstVersion; v >= 0; v = next) {
                    next = versions.nextInSpace(v);
                    if (versions.level(v) == level && covers(scope, v)) {
                        add(scope, space, v, pes);
                    }
                }
            }
        }
    }

    /** What an invalidate without addresses looks for, and by whose barrier it is completed. */
    private static int kind(Scope scope) {
        // Broadcast or local is in the mask of PEs.
        int form = (scope.nxs ? 1 : 0) | scope.pe << 1;
        return scope.operation.ordinal() | (scope.asid & 0xffff) << 8 | form << 24;
    }

    private static void scanned(TagSpace space, long additions, int kind, long pes) {
        space.scannedAdditions = additions;
        space.scannedFor = kind;
        space.scannedMask = pes;
    }

    private void sweep(Scope scope, TagSpace space, long pes) {
        List<Sweep> list = sweeps.get(scope.pe);
        Sweep sweep = null;
        for (int i = 0; i < list.size() && sweep == null; i++) {
            Sweep other = list.get(i);
            sweep = other.space == space && other.shared == scope.shared && other.nxs == scope.nxs ? other : null;
        }
        if (sweep == null) {
            sweep = spare(space, pes, scope.shared, scope.nxs);
            list.add(sweep);
        } else if (sweep.barrierCount == barrierCount && sweep.additions == space.additions) {
            return;
        }
        System.arraycopy(barriers(scope.shared), 0, sweep.barriers, 0, peCount);
        sweep.additions = space.additions;
        sweep.barrierCount = barrierCount;
    }

    private Sweep spare(TagSpace space, long pes, boolean shared, boolean nxs) {
        for (int i = 0; i < spareSweeps.size(); i++) {
            Sweep sweep = spareSweeps.get(i);
            if (sweep.space == space && sweep.pes == pes && sweep.shared == shared && sweep.nxs == nxs) {
                spareSweeps.remove(i);
                return sweep;
            }
        }
        return new Sweep(space, pes, shared, nxs, peCount);
    }

    private void complete(Sweep sweep) {
        boolean unordered = false;
        int next;
        for (int v = sweep.space.firstVersion; v >= 0; v = next) {
            next = versions.nextInSpace(v);
            if (sweep.barriers[versions.writer(v)] < versions.bornAt(v)) {
                unordered = true;
            } else {
                release(v, sweep.pes);
            }
        }
        scanned(sweep.space, unordered ? -1 : sweep.additions, SWEEP, sweep.pes);
    }

    private void release(int v, long pes) {
        TableSlice group = versions.group(v);
        if (versions.release(v, pes) && group != null) {
            forest.destroy(group);
        }
    }

    /** Whether the address range of a scope meets a version. */
    boolean covers(Scope scope, int v) {
        if (!scope.byAddress) {
            return true;
        }
        long from = versions.input(v);
        long to = from + (1L << versions.tree(v).geometry().shift(versions.level(v))) - 1;
        return Long.compareUnsigned(scope.start, to) <= 0 && Long.compareUnsigned(from, scope.last) <= 0;
    }

    /** Whether level hint, last-level form and ASID let a scope remove a version its addresses meet. */
    boolean suits(Scope scope, int v) {
        if (scope.lastLevel && versions.isTable(v)) {
            return false;
        }
        if (scope.levelHint >= 0 && !versions.isTable(v) && versions.level(v) != scope.levelHint) {
            return false;
        }
        return scope.matchesGranule(versions.tree(v).geometry().shift(3)) && scope.matchesAsid(versions.asid(v));
    }

    boolean ordered(Scope scope, int v) {
        return scope.barriers[versions.writer(v)] >= versions.bornAt(v);
    }

    private void add(Scope scope, TagSpace space, int v, long pes) {
        if (!suits(scope, v) || !ordered(scope, v)) {
            return;
        }
        PendingList list = pending[scope.pe];
        byte kind = PendingList.FULL;
        long mask = versions.holders(v) & pes;
        if (space.regime().stage2()) {
            boolean whole = scope.stage2 && scope.guestStage1;
            if (!whole && scope.stage2) {
                kind = PendingList.STAGE2_PART;
                mask = versions.stage2Holders(v) & pes;
            } else if (!whole) {
                // Combined entries can be made anew from stage 2 entries that are still there (RVZZVZ, ICKZGP).
                mask &= ~versions.stage2Holders(v);
            }
        }
        if (mask != 0
                && !list.endsWith(v, versions.generation(v), mask, scope.shared, scope.nxs, scope.start, scope.last)) {
            list.add(v, versions.generation(v), mask, kind, scope.shared, scope.nxs, scope.start, scope.last);
        }
    }

    /**
     * A DSB of loads and stores: what the PE invalidated before is gone.
     *
     * @param shared whether it reaches the Inner Shareable domain
     * @param nxs whether it is the nXS form, which completes nXS invalidates only (FEAT_XS)
     */
    void complete(int pe, boolean shared, boolean nxs) {
        PendingList list = pending[pe];
        int kept = 0;
        int size = list.size;
        list.size = 0;
        for (int i = 0; i < size; i++) {
            if (list.completedBy(i, shared, nxs)) {
                apply(list, i, size, shared, nxs);
            } else {
                list.move(i, kept++);
            }
        }
        list.size = kept;
        List<Sweep> spaces = sweeps.get(pe);
        for (int i = spaces.size() - 1; i >= 0; i--) {
            Sweep sweep = spaces.get(i);
            if ((shared || !sweep.shared) && (sweep.nxs || !nxs)) {
                complete(sweep);
                spaces.remove(i);
                if (spareSweeps.size() < SPARE_SWEEPS) {
                    spareSweeps.add(sweep);
                }
            }
        }
        List<Wide> trees = wide.get(pe);
        if (!trees.isEmpty()) {
            trees.removeIf(w -> {
                if (w.shared() && !shared || nxs && !w.nxs()) {
                    return false;
                }
                w.tree().holders &= ~(w.pes() & ~w.tree().walkers);
                return true;
            });
        }
    }

    private void apply(PendingList list, int i, int size, boolean shared, boolean nxs) {
        int v = list.version[i];
        if (!versions.exists(v, list.generation[i])) {
            return;
        }
        long mask = list.mask[i];
        if (list.kind[i] == PendingList.STAGE2_PART) {
            versions.releaseStage2Part(v, mask);
            return;
        }
        TableSlice group = versions.group(v);
        if (group != null && list.byAddress(i)) {
            // Several invalidates by address may be completed together: only what none of them names stays.
            List<Integer> together = new ArrayList<>();
            for (int j = i; j < size; j++) {
                boolean same = list.version[j] == v && list.generation[j] == list.generation[i];
                if (same && list.kind[j] == PendingList.FULL && list.completedBy(j, shared, nxs)) {
                    together.add(j);
                    mask |= list.mask[j];
                }
            }
            keepOthers(group, v, mask, list, together);
        }
        release(v, mask);
    }

    /** By-address invalidates took the table descriptor, but not the leaves below it that translate other addresses. */
    private void keepOthers(TableSlice group, int v, long mask, PendingList list, List<Integer> together) {
        for (TableSlice s = group; s != null; s = s.nextInGroup) {
            Geometry geometry = s.tree().geometry();
            int shift = geometry.shift(s.level());
            Frame frame = s.frame();
            int end = s.endWord();
            for (int w = frame.nextFilled(s.firstWord(), end); w < end; w = frame.nextFilled(w + 1, end)) {
                long descriptor = frame.word(w);
                int kind = geometry.kind(descriptor, s.level());
                if (kind == Geometry.INVALID || !geometry.holdable(descriptor, s.level())) {
                    continue;
                }
                long from = s.input(w);
                if (kind == Geometry.TABLE) {
                    TableSlice child = forest.child(s, w, descriptor);
                    if (child != null) {
                        keepOthers(child, v, mask, list, together);
                    }
                    continue;
                }
                long left = mask & ~list.named(together, from, from + (1L << shift) - 1);
                if (left != 0) {
                    int leaf = versions.add(
                            s.tree(),
                            s.level(),
                            from,
                            descriptor,
                            s.frame().address() + 8L * w,
                            false,
                            left,
                            versions.bornAt(v),
                            versions.writer(v),
                            versions.bornPc(v));
                    versions.markBelowTable(leaf);
                }
            }
        }
    }

    /** Whether a PE has invalidated the version and not completed that. */
    boolean pendingOn(int pe, int v) {
        PendingList list = pending[pe];
        for (int i = 0; i < list.size; i++) {
            if (list.version[i] == v && versions.exists(v, list.generation[i])) {
                return true;
            }
        }
        for (Sweep sweep : sweeps.get(pe)) {
            if (sweep.space == versions.tree(v).space()
                    && sweep.barriers[versions.writer(v)] >= versions.bornAt(v)
                    && (versions.holders(v) & sweep.pes) != 0) {
                return true;
            }
        }
        return false;
    }
}
