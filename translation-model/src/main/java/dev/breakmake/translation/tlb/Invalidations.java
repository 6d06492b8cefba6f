package dev.breakmake.translation.tlb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** TLB invalidates on their way: issued, and effective when a DSB of the issuing PE completes them (Arm ARM D8.17.4 RPSMWS). */
final class Invalidations {
    /** A whole-regime invalidate that will end the hold of a tree, or the unknown contents of TLBs. */
    private record Wide(Tree tree, long pes, boolean shared) {}

    private final Forest forest;
    private final VersionStore versions;
    private final PendingList[] pending;
    private final List<List<Wide>> wide = new ArrayList<>();
    private final int[][] unordered;
    private final int[][] unorderedGeneration;
    private final int[] unorderedSize;

    Invalidations(Forest forest, VersionStore versions, int peCount) {
        this.forest = forest;
        this.versions = versions;
        pending = new PendingList[peCount];
        unordered = new int[peCount][16];
        unorderedGeneration = new int[peCount][16];
        unorderedSize = new int[peCount];
        for (int i = 0; i < peCount; i++) {
            pending[i] = new PendingList();
            wide.add(new ArrayList<>());
        }
    }

    /** Notes that the store which replaced a version still lacks a DSB of its PE. */
    void needsBarrier(int v, int pe) {
        int n = unorderedSize[pe]++;
        if (n == unordered[pe].length) {
            unordered[pe] = Arrays.copyOf(unordered[pe], 2 * n);
            unorderedGeneration[pe] = Arrays.copyOf(unorderedGeneration[pe], 2 * n);
        }
        unordered[pe][n] = v;
        unorderedGeneration[pe][n] = versions.generation(v);
    }

    /** A DSB that completes the PE's stores. */
    void order(int pe, long time, boolean shared) {
        int kept = 0;
        int[] list = unordered[pe];
        int[] generations = unorderedGeneration[pe];
        for (int i = 0; i < unorderedSize[pe]; i++) {
            int v = list[i];
            if (versions.exists(v, generations[i]) && !versions.order(v, time, shared)) {
                list[kept] = v;
                generations[kept++] = generations[i];
            }
        }
        unorderedSize[pe] = kept;
    }

    /** Starts an invalidate; returns how many versions it will remove. */
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
                    Wide one = new Wide(tree, ended, scope.shared);
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
            int kind = scope.pe | scope.operation.ordinal() << 8 | (scope.shared ? 1 << 16 : 0) | scope.asid << 17;
            if (space.scannedChanges == space.changes && space.scannedBy == kind && space.scannedMask == pes) {
                return;
            }
            int next;
            for (int v = space.firstVersion; v >= 0; v = next) {
                next = versions.nextInSpace(v);
                add(scope, space, v, pes);
            }
            space.scannedChanges = space.changes;
            space.scannedBy = kind;
            space.scannedMask = pes;
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
        return scope.matchesAsid(versions.asid(v));
    }

    boolean ordered(Scope scope, int v) {
        long at = versions.orderedAt(v, scope.shared);
        return at != 0 && at < scope.time;
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
        if (mask != 0 && !list.endsWith(v, versions.generation(v), mask)) {
            list.add(v, versions.generation(v), mask, kind, scope.shared, scope.start, scope.last);
        }
    }

    /** A DSB of loads and stores: what the PE invalidated before is gone. */
    void complete(int pe, boolean shared) {
        PendingList list = pending[pe];
        int kept = 0;
        int size = list.size;
        list.size = 0;
        for (int i = 0; i < size; i++) {
            if (list.shared[i] && !shared) {
                list.move(i, kept++);
            } else {
                apply(list, i);
            }
        }
        list.size = kept;
        List<Wide> trees = wide.get(pe);
        if (!trees.isEmpty()) {
            trees.removeIf(w -> {
                if (w.shared() && !shared) {
                    return false;
                }
                w.tree().holders &= ~(w.pes() & ~w.tree().walkers);
                return true;
            });
        }
    }

    private void apply(PendingList list, int i) {
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
        if (group != null) {
            boolean byAddress = list.last[i] != -1 || list.start[i] != 0;
            if (byAddress) {
                keepOthers(group, v, mask, list.start[i], list.last[i]);
            }
        }
        if (versions.release(v, mask) && group != null) {
            forest.destroy(group);
        }
    }

    /** A by-address invalidate took the table descriptor, but not the leaves below it that translate other addresses. */
    private void keepOthers(TableSlice group, int v, long mask, long start, long last) {
        for (TableSlice s = group; s != null; s = s.nextInGroup) {
            Geometry geometry = s.tree().geometry();
            int shift = geometry.shift(s.level());
            for (int w = s.firstWord(); w < s.endWord(); w++) {
                long descriptor = s.frame().words[w];
                int kind = geometry.kind(descriptor, s.level());
                if (kind == Geometry.INVALID || !geometry.holdable(descriptor, s.level())) {
                    continue;
                }
                long from = s.input(w);
                if (kind == Geometry.TABLE) {
                    TableSlice child = forest.child(s, w, descriptor);
                    if (child != null) {
                        keepOthers(child, v, mask, start, last);
                    }
                    continue;
                }
                long to = from + (1L << shift) - 1;
                boolean gone = Long.compareUnsigned(start, to) <= 0 && Long.compareUnsigned(from, last) <= 0;
                if (!gone) {
                    int leaf = versions.add(
                            s.tree(),
                            s.level(),
                            from,
                            descriptor,
                            s.frame().address() + 8L * w,
                            false,
                            mask,
                            versions.bornAt(v),
                            versions.writer(v),
                            versions.bornPc(v));
                    versions.inherit(leaf, v);
                }
            }
        }
    }

    /** Whether a PE other than none has invalidated the version and not completed it: the PE, or -1. */
    int pendingOn(int v) {
        for (int pe = 0; pe < pending.length; pe++) {
            PendingList list = pending[pe];
            for (int i = 0; i < list.size; i++) {
                if (list.version[i] == v && versions.exists(v, list.generation[i])) {
                    return pe;
                }
            }
        }
        return -1;
    }
}
