package dev.breakmake.engine.pe;

import dev.breakmake.engine.memory.GuestMemory;
import dev.breakmake.engine.memory.Page;
import dev.breakmake.translation.event.WriteOrigin;
import org.jspecify.annotations.Nullable;

/**
 * Knows which pages hold translation tables: those reachable from a root at the moment it is written to a TTBR, and those linked by
 * a table descriptor afterwards. What a page held when it was first linked is told as writes of the linking instruction.
 */
final class TableTracker {

    private final Cluster cluster;
    private final GuestMemory memory;

    TableTracker(final Cluster cluster, final GuestMemory memory) {
        this.cluster = cluster;
        this.memory = memory;
    }

    /**
     * Marks the tree under a root.
     *
     * @param root physical address of the root table
     * @param bytes size of the root table in bytes, concatenated tables included
     * @param level level of the root
     */
    void linkRoot(
            final ProcessingElement pe,
            final long root,
            final int bytes,
            final int level,
            final int granuleShift,
            final boolean stage2) {
        long at = root;
        long left = bytes;
        while (left > 0) {
            final int offset = (int) at & (Page.SIZE - 1);
            final int length = (int) Math.min(left, Page.SIZE - offset);
            link(pe, at - offset, level, granuleShift, stage2, offset >>> 3, (offset + length) >>> 3);
            at += length;
            left -= length;
        }
    }

    private void linkTable(
            final ProcessingElement pe, final long pa, final int level, final int granuleShift, final boolean stage2) {
        for (long at = pa; at < pa + (1L << granuleShift); at += Page.SIZE) {
            link(pe, at, level, granuleShift, stage2, 0, Page.WORDS);
        }
    }

    private void link(
            final ProcessingElement pe,
            final long pa,
            final int level,
            final int granuleShift,
            final boolean stage2,
            final int from,
            final int to) {
        final Page page = memory.page(pa);
        if (page == null) {
            return;
        }
        TableUse use = (TableUse) page.table;
        int firstNew = from;
        int lastNew = to;
        if (use == null) {
            use = new TableUse(granuleShift, stage2, from, to, cluster.size());
            page.table = use;
            page.flags |= Page.TABLE;
            cluster.forgetStores(page);
        } else {
            if ((use.levels & 1 << level) != 0 && from >= use.from && to <= use.to) {
                return;
            }
            firstNew = from < use.from || to > use.to ? from : to;
            lastNew = to;
            use.from = Math.min(from, use.from);
            use.to = Math.max(to, use.to);
        }
        use.levels |= 1 << level;
        final WriteOrigin origin = ordered(page) ? WriteOrigin.LINKED_ORDERED : WriteOrigin.LINKED_UNORDERED;
        for (int index = page.nextFilled(from, to); index < to; index = page.nextFilled(index + 1, to)) {
            final long descriptor = page.words[index];
            follow(pe, descriptor, level, use);
            if (index >= firstNew && index < lastNew) {
                final long at = page.pa + ((long) index << 3);
                use.stamp(index, cluster.emitter().sequence());
                cluster.emitter().descriptorWrite(pe, at, 8, 0, descriptor, pe.mmu.cachesOn(), 0, origin);
            }
        }
    }

    private boolean ordered(final Page page) {
        final long stamp = page.lastStore;
        return stamp == -1 || cluster.pe((int) (stamp >>> 48)).barrierEpoch != (stamp & 0xffff_ffff_ffffL);
    }

    private void follow(final ProcessingElement pe, final long descriptor, final int level, final TableUse use) {
        if (level < 3 && (descriptor & 3) == 3) {
            final long next = descriptor & 0xffff_ffff_f000L & -(1L << use.granuleShift);
            linkTable(pe, next, level + 1, use.granuleShift, use.stage2);
        }
    }

    /**
     * A store changed a table page. Call after memory changed.
     *
     * @return whether a valid descriptor was replaced by something else, so that derived translations must go
     */
    boolean stored(
            final ProcessingElement pe,
            final Page page,
            final int index,
            final long pa,
            final int size,
            final long before,
            final long after,
            final boolean cacheable,
            final long va,
            final WriteOrigin origin) {
        final TableUse use = (TableUse) page.table;
        if (use == null || !use.holds(index)) {
            if (use != null && (page.flags & Page.WATCH) != 0) {
                cluster.emitter().memoryWrite(pe, pa, va, size, cacheable);
            }
            return false;
        }
        for (int level = 0; level < 3; level++) {
            if ((use.levels & 1 << level) != 0) {
                follow(pe, after, level, use);
            }
        }
        use.stamp(index, cluster.emitter().sequence());
        cluster.emitter().descriptorWrite(pe, pa, size, before, after, cacheable, va, origin);
        return (before & 1) != 0 && before != after;
    }

    /** The use record of a table page reached by a walk; marks the page if no link was seen. */
    @Nullable
    TableUse walked(
            final ProcessingElement pe,
            final Page page,
            final int index,
            final int level,
            final int granuleShift,
            final boolean stage2) {
        TableUse use = (TableUse) page.table;
        if (use == null || !use.holds(index)) {
            link(pe, page.pa, level, granuleShift, stage2, index, index + 1);
            use = (TableUse) page.table;
        }
        return use;
    }
}
