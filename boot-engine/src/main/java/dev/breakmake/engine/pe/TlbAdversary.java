package dev.breakmake.engine.pe;

import dev.breakmake.engine.memory.GuestMemory;
import dev.breakmake.engine.memory.Page;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the TLBs and walk caches of a cluster may still hold after memory or a root changed, and serves it (Arm ARM D8.13, D8.14):
 * replaced descriptors and replaced roots, each per PE, until a TLB invalidate that covers them, issued after the change was made
 * visible by a DSB, is itself completed by a DSB. Walks ask here; software TLBs only cache what walks answered.
 *
 * <p>A seed other than 0 makes each replaced descriptor be held with probability one half, as entries come and go in a real TLB, and
 * fills the TLB of a PE that leaves reset with entries of no meaning: a quarter of all pages.
 */
public final class TlbAdversary {

    /** How much is held, and what happens when two translations meet. */
    public enum Policy {
        /** What the PE itself used stays. */
        KEEP_STALE,
        /** Whatever could have been walked stays, and the oldest wins. */
        PREFER_OLD,
        /** As {@link #PREFER_OLD}, but an old and a new translation that may not be held together abort. */
        CONFLICT_ABORT
    }

    /** Translations through the tables of EL1&0, of EL2 (Hyp) and of stage 2. */
    static final int EL1 = 0;

    static final int EL2 = 1;
    static final int STAGE2 = 2;

    /** What must not differ between two valid leaves without break-before-make: address, memory type, shareability, nG, contiguous. */
    private static final long BREAKS = 0xffff_ffff_f000L | 7 << 2 | 3 << 8 | 1 << 11 | 1L << 52;

    /** Bits 58:55 of a descriptor are for software: a change of them alone replaces nothing. */
    private static final long SOFTWARE = 0xfL << 55;

    private record Version(
            int kind, long pa, long value, long start, long size, boolean leaf, long tick, int storedBy, long dsbs) {

        boolean covers(final long va) {
            return Long.compareUnsigned((va & ADDRESS) - start, size) < 0;
        }
    }

    /** A root that was in use while its regime was on. */
    static final class Root {
        final int kind;
        final int range;
        final long table;
        final int inputBits;
        final int granule;
        final int startLevel;

        /** When another root took its place; {@link Long#MAX_VALUE} while it is current. */
        private long replaced = Long.MAX_VALUE;

        private final List<Long> invalidatedPages = new ArrayList<>();

        private Root(
                final int kind,
                final int range,
                final long table,
                final int inputBits,
                final int granule,
                final int startLevel) {
            this.kind = kind;
            this.range = range;
            this.table = table;
            this.inputBits = inputBits;
            this.granule = granule;
            this.startLevel = startLevel;
        }

        private Root(final Root from) {
            this(from.kind, from.range, from.table, from.inputBits, from.granule, from.startLevel);
            replaced = from.replaced;
            invalidatedPages.addAll(from.invalidatedPages);
        }

        private boolean equalsRoot(final Root other) {
            return kind == other.kind
                    && range == other.range
                    && table == other.table
                    && inputBits == other.inputBits
                    && granule == other.granule;
        }

        boolean current() {
            return replaced == Long.MAX_VALUE;
        }

        boolean mayServe(final long va) {
            return replaced != Long.MAX_VALUE && !invalidatedPages.contains(va & ADDRESS & -Page.SIZE);
        }
    }

    /** A TLB invalidate that no DSB has completed yet; {@code off} has a bit per PE whose regime was off, for each kind. */
    private record Pending(TlbScope scope, boolean broadcast, long tick, long[] dsbs, long[] off) {

        /** Whether a root could not be walked when this was issued, so that nothing of it came back. */
        boolean unused(final int pe, final Root root) {
            return root.replaced < tick || (off[root.kind] & 1L << pe) != 0;
        }
    }

    /** What one PE may hold. */
    private static final class Held {
        final List<Version> versions = new ArrayList<>();
        final List<Root> roots = new ArrayList<>();
        final List<Pending> pending = new ArrayList<>();
        final Map<Long, Long> used = new HashMap<>();
        boolean unknown;
    }

    private static final long ADDRESS = 0xffff_ffff_ffffL;

    private final Cluster cluster;
    private final GuestMemory memory;
    private final Policy policy;
    private final long seed;
    private final List<Held> held = new ArrayList<>();
    private long tick;

    TlbAdversary(final Cluster cluster, final Policy policy, final long seed) {
        this.cluster = cluster;
        this.memory = cluster.bus().memory();
        this.policy = policy;
        this.seed = seed;
        for (int id = 0; id < cluster.size(); id++) {
            held.add(new Held());
        }
    }

    /** The same for a fork of the cluster. */
    TlbAdversary(final Cluster cluster, final TlbAdversary from) {
        this(cluster, from.policy, from.seed);
        tick = from.tick;
        for (int id = 0; id < held.size(); id++) {
            final Held own = held.get(id);
            final Held other = from.held.get(id);
            own.versions.addAll(other.versions);
            other.roots.forEach(root -> own.roots.add(new Root(root)));
            own.pending.addAll(other.pending);
            own.used.putAll(other.used);
            own.unknown = other.unknown;
        }
    }

    /** A PE leaves reset: what its TLB holds is unknown. */
    void reset(final ProcessingElement pe) {
        final Held own = held.get(pe.id);
        own.versions.clear();
        own.roots.clear();
        own.pending.clear();
        own.used.clear();
        own.unknown = seed != 0;
    }

    /** Whether two translations that meet abort. */
    boolean conflicts() {
        return policy == Policy.CONFLICT_ABORT;
    }

    /** A walk of a PE gave a translation by way of these descriptors. */
    void used(final ProcessingElement pe, final long[] pas, final long[] values, final int count) {
        final Map<Long, Long> used = held.get(pe.id).used;
        for (int i = 0; i < count; i++) {
            used.put(pas[i], values[i]);
        }
    }

    /** Whether a PE would still hold a translation with this leaf: under keep-stale only if it used it. */
    boolean holdsLeaf(final ProcessingElement pe, final long pa, final long value) {
        final Long seen = held.get(pe.id).used.get(pa);
        return policy != Policy.KEEP_STALE || seen != null && seen == value;
    }

    /** Old roots of a PE that may still serve an address, oldest first. */
    List<Root> oldRoots(final ProcessingElement pe, final int kind, final int range, final long va) {
        final List<Root> roots = held.get(pe.id).roots;
        if (roots.size() < 2) {
            return List.of();
        }
        return roots.stream()
                .filter(root -> root.kind == kind && root.range == range && root.mayServe(va))
                .toList();
    }

    /** The physical page an entry of unknown origin gives for an address, or -1 if there is none. */
    long unknownPage(final ProcessingElement pe, final int kind, final long va) {
        if (!held.get(pe.id).unknown || kind != EL2) {
            return -1;
        }
        final long hash = mix(seed ^ va >>> Page.SHIFT ^ (long) pe.id << 56);
        if ((hash & 3) != 0) {
            return -1;
        }
        final var bank = memory.ranges().getFirst();
        return bank.start() + Long.remainderUnsigned(hash >>> 2, bank.size() >>> Page.SHIFT) * Page.SIZE;
    }

    /** What a walk of a PE finds at a descriptor: the oldest version it may still hold, else what memory has. */
    long descriptor(final ProcessingElement pe, final int kind, final long pa, final long value, final long va) {
        for (final Version version : held.get(pe.id).versions) {
            if (version.pa == pa && version.kind == kind && version.covers(va)) {
                return version.value;
            }
        }
        return value;
    }

    /** Whether an old and a new valid descriptor of one place must not be held together. */
    static boolean conflict(final long old, final long now, final int level) {
        if ((old & 1) == 0 || (now & 1) == 0) {
            return false;
        }
        final boolean tableBefore = level < 3 && (old & 2) != 0;
        final boolean tableNow = level < 3 && (now & 2) != 0;
        return tableBefore != tableNow || !tableNow && ((old ^ now) & BREAKS) != 0;
    }

    /** A valid descriptor was replaced by a store. */
    void descriptorReplaced(final ProcessingElement storer, final long pa, final long before) {
        if (((before ^ memory.word(pa)) & ~SOFTWARE) == 0) {
            return;
        }
        tick++;
        for (int id = 0; id < held.size(); id++) {
            final ProcessingElement pe = cluster.pe(id);
            final Held own = held.get(id);
            final Long seen = own.used.get(pa);
            if (policy == Policy.KEEP_STALE && (seen == null || seen != before)) {
                continue;
            }
            if (seed != 0 && (mix(seed ^ pa ^ before ^ tick << 20 ^ id) & 1) == 0) {
                continue;
            }
            for (final Root root : List.copyOf(own.roots)) {
                if (live(pe, root)) {
                    search(pe, root, root.table, root.startLevel, 0, pa, before, storer);
                }
            }
        }
    }

    private static boolean live(final ProcessingElement pe, final Root root) {
        return root.replaced != Long.MAX_VALUE || on(pe, root.kind);
    }

    private static boolean on(final ProcessingElement pe, final int kind) {
        final Regime regime = pe.regime(kind == EL2 ? 2 : 1);
        return kind == STAGE2 ? regime.stage2 : regime.on;
    }

    /** Finds the addresses that reach a descriptor from a table. */
    private void search(
            final ProcessingElement pe,
            final Root root,
            final long table,
            final int level,
            final long va,
            final long target,
            final long before,
            final ProcessingElement storer) {
        final int stride = root.granule - 3;
        final int shift = root.granule + stride * (3 - level);
        final int bits = level == root.startLevel ? root.inputBits - shift : stride;
        final int entries = 1 << bits;
        if (target >= table && target < table + ((long) entries << 3)) {
            final long start = va + (target - table >>> 3 << shift);
            final boolean leaf = level == 3 || (before & 2) == 0;
            held.get(pe.id)
                    .versions
                    .add(new Version(
                            root.kind, target, before, start, 1L << shift, leaf, tick, storer.id, storer.dsbs));
        }
        if (level == 3) {
            return;
        }
        Page page = null;
        for (int i = 0; i < entries; i++) {
            final long where = table + ((long) i << 3);
            if (page == null || (where & Page.SIZE - 1) == 0) {
                page = memory.page(where);
            }
            if (page == null) {
                return;
            }
            final long from = va + ((long) i << shift);
            final long value = descriptor(pe, root.kind, where, page.words[((int) where & Page.SIZE - 1) >>> 3], from);
            if ((value & 3) == 3) {
                final long next = value & 0xffff_ffff_f000L & -(1L << root.granule);
                search(pe, root, next, level + 1, from, target, before, storer);
            }
        }
    }

    /** The regimes of a PE were configured anew. */
    void regimeChanged(final ProcessingElement pe) {
        tick++;
        final Regime own = pe.regime(2);
        current(pe, EL2, 0, own.on, own.root[0], own.inputBits[0], own.granule[0], own.startLevel(0));
        final Regime guest = pe.regime(1);
        for (int range = 0; range < 2; range++) {
            final boolean on = guest.on && !guest.stage2 && !guest.disabled[range] && !guest.shortDescriptors;
            current(
                    pe,
                    EL1,
                    range,
                    on,
                    guest.root[range],
                    guest.inputBits[range],
                    guest.granule[range],
                    guest.startLevel(range));
        }
        current(
                pe,
                STAGE2,
                0,
                guest.stage2 && guest.root2 != 0,
                guest.root2,
                guest.inputBits2,
                guest.granule2,
                guest.startLevel2);
    }

    private void current(
            final ProcessingElement pe,
            final int kind,
            final int range,
            final boolean on,
            final long table,
            final int inputBits,
            final int granule,
            final int startLevel) {
        final Root now = new Root(kind, range, table, inputBits, granule, startLevel);
        boolean known = false;
        for (final Root root : held.get(pe.id).roots) {
            if (root.kind == kind && root.range == range) {
                if (root.equalsRoot(now)) {
                    known = true;
                    root.replaced = Long.MAX_VALUE;
                } else if (root.replaced == Long.MAX_VALUE) {
                    root.replaced = tick;
                }
            }
        }
        if (on && !known) {
            held.get(pe.id).roots.add(now);
        }
    }

    /** A TLB invalidate was issued. */
    void invalidate(
            final ProcessingElement pe,
            final TlbOperation operation,
            final long operand,
            final Shareability shareability) {
        tick++;
        final long[] dsbs = new long[cluster.size()];
        final long[] off = new long[STAGE2 + 1];
        for (int id = 0; id < dsbs.length; id++) {
            dsbs[id] = cluster.pe(id).dsbs;
            for (int kind = 0; kind < off.length; kind++) {
                off[kind] |= on(cluster.pe(id), kind) ? 0 : 1L << id;
            }
        }
        held.get(pe.id)
                .pending
                .add(new Pending(TlbScope.of(operation, operand), shareability != Shareability.NSH, tick, dsbs, off));
    }

    /** A DSB of a PE completes the TLB invalidates it issued before. */
    void complete(final ProcessingElement pe, final boolean shared) {
        final List<Pending> pending = held.get(pe.id).pending;
        if (pending.isEmpty()) {
            return;
        }
        for (final Pending each : pending) {
            for (int id = 0; id < held.size(); id++) {
                if (id == pe.id || each.broadcast && shared) {
                    apply(each, id);
                }
            }
        }
        if (shared) {
            pending.clear();
        } else {
            pending.removeIf(each -> !each.broadcast);
        }
        cluster.forgetTranslations();
    }

    private void apply(final Pending pending, final int pe) {
        final Held target = held.get(pe);
        final TlbScope scope = pending.scope;
        target.versions.removeIf(version -> version.tick < pending.tick
                && pending.dsbs[version.storedBy] > version.dsbs
                && scope.covers(version.kind, version.start, version.size, version.leaf));
        if (scope.all()) {
            target.roots.removeIf(root -> scope.concerns(root.kind)
                    && pending.unused(pe, root)
                    && !(root.current() && on(cluster.pe(pe), root.kind)));
            if (scope.concerns(EL2)) {
                target.unknown = false;
            }
        } else {
            for (final Root root : target.roots) {
                if (root.replaced < pending.tick && scope.concerns(root.kind)) {
                    root.invalidatedPages.add(scope.va() & ADDRESS & -Page.SIZE);
                }
            }
        }
    }

    private static long mix(final long value) {
        long z = value * 0x9e37_79b9_7f4a_7c15L;
        z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }
}
