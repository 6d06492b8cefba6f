package dev.breakmake.translation.tlb;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.TranslationRoot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the TLBs and walk caches of all PEs may hold that memory no longer says: the state every TLB rule is stated on. Costs grow
 * with what changed, not with memory.
 */
public final class MayHold {
    private static final int ROOTS_PER_REGIME = 2;
    /** All PEs, one bit each: bits of PEs the machine does not have never meet a holder. */
    private static final long ALL_PES = -1;

    private static final int REGIMES = Regime.values().length;

    private final TableMemory memory = new TableMemory();
    private final VersionStore versions = new VersionStore();
    private final TlbiLog log;
    private final Scope scope = new Scope();
    private final Scope replay = new Scope();
    private final Forest forest;
    private final Invalidations invalidations;
    private final PeTimeline[] timelines;
    private final @Nullable Tree[][] walked;
    private final List<List<Tree>> leaving = new ArrayList<>();
    private final boolean accessFlagIgnored;
    private int matched;
    private final Architecture architecture;

    /**
     * Makes the state of a machine with nothing held.
     *
     * @param peCount number of PEs, 1 to 64
     * @param architecture execution state
     * @param accessFlagIgnored whether descriptors without AF count as cacheable (the trace does not say how AF is managed)
     */
    public MayHold(int peCount, Architecture architecture, boolean accessFlagIgnored) {
        this.architecture = architecture;
        this.accessFlagIgnored = accessFlagIgnored;
        forest = new Forest(memory);
        log = new TlbiLog(peCount);
        invalidations = new Invalidations(forest, versions, peCount);
        timelines = new PeTimeline[peCount];
        walked = new @Nullable Tree[peCount][REGIMES * ROOTS_PER_REGIME];
        for (int pe = 0; pe < peCount; pe++) {
            timelines[pe] = new PeTimeline();
            leaving.add(new ArrayList<>());
        }
    }

    /** Table memory as the stores of the run built it. */
    public TableMemory memory() {
        return memory;
    }

    /** Stale versions. */
    public VersionStore versions() {
        return versions;
    }

    /** Trees and tag spaces. */
    public Forest forest() {
        return forest;
    }

    /** The last invalidates. */
    public TlbiLog log() {
        return log;
    }

    /** Barriers and synchronisations of a PE. */
    public PeTimeline timeline(int pe) {
        return timelines[pe];
    }

    /** The tree a PE walks for a regime, or null. */
    public @Nullable Tree walked(int pe, Regime regime, int root) {
        return walked[pe][regime.ordinal() * ROOTS_PER_REGIME + root];
    }

    /** The tree of a configured root, built if it is new; nobody walks it yet. */
    public Tree tree(RegimeConfiguration configuration, TranslationRoot root) {
        return tree(configuration, root, null);
    }

    /** The same for a guest's stage 1, whose tables lie at intermediate addresses of {@code stage2}. */
    public Tree tree(RegimeConfiguration configuration, TranslationRoot root, @Nullable Tree stage2) {
        Geometry geometry = new Geometry(configuration, root, accessFlagIgnored);
        TagSpace space = forest.space(configuration.regime(), configuration.vmid());
        space.geometry(geometry);
        return forest.tree(
                space, configuration.asid(), root.base(), geometry, configuration.walksCacheable(root), stage2);
    }

    /**
     * A PE walks another tree for a regime from now on. The tree it left may be walked until its next context synchronisation.
     *
     * @param tree the tree, or null if the regime is off or the root disabled
     * @return whether anything changed
     */
    public boolean walk(int pe, Regime regime, int root, @Nullable Tree tree, long time, long pc) {
        int slot = regime.ordinal() * ROOTS_PER_REGIME + root;
        Tree before = walked[pe][slot];
        if (before == tree) {
            return false;
        }
        walked[pe][slot] = tree;
        if (before != null) {
            before.leftAt = tree == null ? 0 : time;
            before.leftBy = pc;
            leaving.get(pe).add(before);
        }
        if (tree != null) {
            tree.walkers |= 1L << pe;
            tree.everWalked = true;
            tree.holders |= 1L << pe;
        }
        return true;
    }

    /** A PE walked a tree without being in its context (AT): it may hold what it found. */
    public void mayHold(int pe, Tree tree, long time) {
        tree.holders |= 1L << pe;
        tree.idleSince = time;
    }

    /** The PE was reset: it walks nothing. What its TLBs hold is unknown, which is another rule's business. */
    public void reset(int pe, long time) {
        for (int slot = 0; slot < walked[pe].length; slot++) {
            Tree tree = walked[pe][slot];
            if (tree != null) {
                walked[pe][slot] = null;
                stops(pe, tree, time);
            }
        }
        leaving.get(pe).clear();
        timelines[pe].reset(time);
    }

    /** A DSB of a PE; {@code nxs} if it is the nXS form, which completes nXS invalidates only. */
    public void barrier(int pe, long time, boolean shared, boolean storesOnly, boolean nxs) {
        timelines[pe].barrier(time, shared, storesOnly);
        invalidations.order(pe, time, shared);
        if (!storesOnly) {
            invalidations.complete(pe, shared, nxs);
        }
    }

    /** A DMB of a PE that orders stores. */
    public void order(int pe, long time) {
        timelines[pe].order(time);
    }

    /** A context synchronisation of a PE. */
    public void synchronize(int pe, long time) {
        timelines[pe].synchronize(time);
        left(pe, time);
    }

    /** What the PE walked before its last change of registers or exception level can be walked no more. */
    public void left(int pe, long time) {
        List<Tree> left = leaving.get(pe);
        if (!left.isEmpty()) {
            for (int i = 0; i < left.size(); i++) {
                Tree tree = left.get(i);
                if (!walks(pe, tree)) {
                    stops(pe, tree, time);
                }
            }
            left.clear();
        }
    }

    private static void stops(int pe, Tree tree, long time) {
        tree.walkers &= ~(1L << pe);
        if (tree.walkers == 0) {
            tree.idleSince = time;
        }
    }

    /**
     * Whether a PE that may hold entries of a tree may go on from them: it walks this tree, or another one under the same identifiers (a
     * cached table descriptor of the old tree then still leads into it). While a regime is off or out of context nothing is added.
     */
    public boolean mayBeWalked(Tree tree) {
        if (tree.walkers != 0) {
            return true;
        }
        List<Tree> trees = forest.trees();
        for (int i = 0; i < trees.size(); i++) {
            Tree other = trees.get(i);
            if (other.space() == tree.space() && other.asid() == tree.asid() && (other.walkers & tree.holders) != 0) {
                return true;
            }
        }
        return false;
    }

    private boolean walks(int pe, Tree tree) {
        for (Tree t : walked[pe]) {
            if (t == tree) {
                return true;
            }
        }
        return false;
    }

    /**
     * A TLB invalidate; effective with a later DSB.
     *
     * @param vmid VMID in effect on the PE, or a value no VMID has while that is uncertain
     * @param hostExtensions whether the E2 operations name an ASID, for EL2&amp;0
     * @param hostRegime whether the E1 operations reach EL2&amp;0
     */
    public Scope invalidate(TlbInvalidate event, long time, int vmid, boolean hostExtensions, boolean hostRegime) {
        scope.decode(event, time, architecture, vmid, hostExtensions, hostRegime);
        scope.barriers = invalidations.barriers(scope.shared);
        log.add(scope);
        matched = 0;
        if (!scope.nothing) {
            matched = invalidations.issue(scope, scope.shared ? ALL_PES : 1L << event.pe());
        }
        return scope;
    }

    /** Number of stale versions the last invalidate will remove, once completed; counted for those that name an address. */
    public int matched() {
        return matched;
    }

    /** PEs that may hold what lies in a slice. */
    public long holders(TableSlice slice) {
        return Forest.holders(slice, versions);
    }

    /**
     * A word of a slice that some PE may hold was replaced: the old value is stale from now on.
     *
     * @param stored time of the store of the old value, 0 if long ago
     * @return number of the stale version, or -1 if no PE can hold the old value
     */
    public int replaced(TableSlice slice, int word, long old, long stored, long fresh, long time, int pe, long pc) {
        Geometry geometry = slice.tree().geometry();
        int level = slice.level();
        int version = -1;
        TableSlice child = null;
        boolean table = geometry.kind(old, level) == Geometry.TABLE;
        if (geometry.holdable(old, level)) {
            boolean sameTable = table
                    && geometry.kind(fresh, level) == Geometry.TABLE
                    && geometry.next(old) == geometry.next(fresh);
            if (sameTable) {
                // Walks go on through the same table: the slices below stay live.
                return -1;
            }
            child = table ? forest.child(slice, word, old) : null;
            long holders = holders(slice);
            Tree tree = slice.tree();
            boolean neverSeen = tree.walkers == 0 && stored > tree.idleSince && !mayBeWalked(tree);
            if (holders != 0 && !neverSeen) {
                version = versions.add(
                        slice.tree(),
                        level,
                        slice.input(word),
                        old,
                        slice.frame().address() + 8L * word,
                        table,
                        holders,
                        time,
                        pe,
                        pc);
                if (child != null) {
                    versions.group(version, child);
                    forest.linkChanges++;
                    for (TableSlice s = child; s != null; s = s.nextInGroup) {
                        s.version = version;
                    }
                }
            } else if (child != null) {
                forest.destroy(child);
            }
        }
        return version;
    }

    /** Follows a table descriptor written into a slice; null if walks go through it already or it is no table descriptor. */
    public @Nullable TableSlice linked(TableSlice slice, int word, long fresh) {
        Geometry geometry = slice.tree().geometry();
        if (geometry.kind(fresh, slice.level()) != Geometry.TABLE || !geometry.holdable(fresh, slice.level())) {
            return null;
        }
        return forest.child(slice, word, fresh) == null ? forest.link(slice, word, fresh) : null;
    }

    /** Whether no TLB can hold anything of a tree: its root has no valid entry (as Linux's reserved one) and nothing of it is stale. */
    public boolean holdsNothing(Tree tree) {
        for (TableSlice s = tree.root; s != null; s = s.nextInGroup) {
            int end = s.endWord();
            for (int w = s.frame().nextFilled(s.firstWord(), end);
                    w < end;
                    w = s.frame().nextFilled(w + 1, end)) {
                if (tree.geometry().holdable(s.frame().word(w), s.level())) {
                    return false;
                }
            }
        }
        for (int v = tree.space().firstVersion(); v >= 0; v = versions.nextInSpace(v)) {
            if (versions.tree(v) == tree) {
                return false;
            }
        }
        return true;
    }

    /** A word of a stage 2 table changed: the guests' trees that were read again because tables of theirs lie behind it. */
    public List<Tree> translated(TableSlice slice, int word) {
        return forest.translated(slice, word);
    }

    /** Whether a version may be hit by a lookup of the tree. */
    public boolean concerns(int v, Tree tree) {
        int asid = versions.asid(v);
        return (asid == -1 || asid == tree.asid()) && (versions.holders(v) & tree.holders()) != 0;
    }

    /** Reads a logged invalidate back and says how it misses (or meets) a version. */
    public Miss missOf(int age, int v) {
        log.restore(age, replay);
        TagSpace space = versions.tree(v).space();
        return Miss.of(replay, space, versions, v, invalidations);
    }
}
