package dev.breakmake.engine.study;

import dev.breakmake.engine.flow.Effect;
import dev.breakmake.translation.event.Barrier.AccessTypes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one PE has begun and not completed, for {@link OrderingOracle}. */
final class PeObligations {

    /** What a register write changes until the next context synchronisation. */
    enum Change {
        ON,
        OFF,
        ROOT,
        CONTROLS
    }

    /** How far ISB, TLB invalidate, DSB, ISB have come after a register changed with the MMU on. */
    enum Progress {
        NONE,
        CHANGED,
        SYNCHRONISED,
        INVALIDATED,
        COMPLETED
    }

    /** An entry that was valid and may be held. */
    static final class Stale {

        private final Effect.Store store;
        private final long before;
        private int invalidator = -1;
        private boolean everywhere;

        Stale(final Effect.Store store, final long before) {
            this.store = store;
            this.before = before;
        }

        /** The store that replaced it. */
        Effect.Store store() {
            return store;
        }

        /** What it was. */
        long before() {
            return before;
        }

        void invalidatedBy(final int pe, final boolean onAllPes) {
            invalidator = pe;
            everywhere = onAllPes;
        }

        /** Whether a DSB of a PE completes its invalidation. */
        boolean completedBy(final int pe, final boolean forOthers) {
            return invalidator == pe && (forOthers || !everywhere);
        }
    }

    final List<Effect.Store> open = new ArrayList<>();
    final List<Effect.Store> unfenced = new ArrayList<>();
    final List<Effect.Store> openForOthers = new ArrayList<>();
    final List<Effect.Store> unsynchronisedStores = new ArrayList<>();
    /** Addresses of stores of other PEs that no DSB had completed when this PE began. */
    final Set<Long> onTheWay = new HashSet<>();

    final Set<Long> unorderedLines = new HashSet<>();
    final Set<Long> maintaining = new HashSet<>();
    final Set<Change> unsynchronised = EnumSet.noneOf(Change.class);
    final Map<Long, Stale> stale = new HashMap<>();
    Progress progress = Progress.NONE;
    /** Whether only a DSB that reaches others completes the invalidate that {@link #progress} speaks of. */
    private boolean progressBroadcast;

    boolean on;
    boolean flushed;
    boolean invalidateOpen;
    boolean invalidateOpenForOthers;
    boolean maintainOpen;
    long root = -1;

    /** Stores of another PE that nothing has completed for this one, which begins. */
    void mayNotReach(final List<Effect.Store> stores) {
        stores.forEach(store -> onTheWay.add(store.pa()));
    }

    /** A register of the regime was written. */
    void changed(final Change what) {
        if (on) {
            progress = Progress.CHANGED;
        } else {
            unsynchronised.add(what);
        }
    }

    /** A TLB invalidate, of the whole regime or of an address, broadcast or of this PE alone: what a register left on a PE is gone by either. */
    void invalidated(final boolean all, final boolean broadcast) {
        if (all && (progress == Progress.SYNCHRONISED || progress == Progress.INVALIDATED && !broadcast)) {
            progress = Progress.INVALIDATED;
            progressBroadcast = broadcast;
        }
        if (all && !on && !unsynchronised.contains(Change.OFF)) {
            flushed = true;
        }
    }

    void fence(final Effect.Fence fence) {
        if (fence.types() != AccessTypes.LD) {
            unfenced.clear();
            unorderedLines.clear();
        }
        if (fence.complete() && fence.types() != AccessTypes.LD) {
            unsynchronisedStores.addAll(open);
            open.clear();
            if (OrderingOracle.reachesOthers(fence)) {
                openForOthers.clear();
            }
        }
        if (OrderingOracle.completesMaintenance(fence)) {
            maintainOpen = false;
            if (!invalidateOpenForOthers || OrderingOracle.reachesOthers(fence)) {
                invalidateOpen = false;
            }
            if (progress == Progress.INVALIDATED && (!progressBroadcast || OrderingOracle.reachesOthers(fence))) {
                progress = Progress.COMPLETED;
            }
            if (OrderingOracle.reachesOthers(fence)) {
                maintaining.clear();
                invalidateOpenForOthers = false;
            }
        }
    }

    void synchronise() {
        unsynchronised.clear();
        unsynchronisedStores.clear();
        if (progress == Progress.CHANGED) {
            progress = Progress.SYNCHRONISED;
        } else if (progress == Progress.COMPLETED) {
            progress = Progress.NONE;
        }
    }
}
