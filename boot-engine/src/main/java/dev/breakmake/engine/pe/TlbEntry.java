package dev.breakmake.engine.pe;

import dev.breakmake.engine.memory.Page;
import org.jspecify.annotations.Nullable;

/** A translation of one 4 KiB page as one exception level sees it, with where it came from. */
final class TlbEntry {

    /** Holds a place without translating anything. */
    static final TlbEntry GONE = new TlbEntry();

    final long va;
    final long pa;
    final @Nullable Page page;
    final boolean readable;
    final boolean writable;
    final boolean executable;
    final boolean device;
    final boolean cacheable;

    /** Level of the leaf; -1 with stage 1 off. */
    final int level;

    final long descriptorPa;
    final long descriptor;

    /** Use record of the leaf's table, or null with the MMU off. */
    final @Nullable TableUse use;

    final @Nullable TableUse use2;
    final long descriptorPa2;
    final long descriptor2;
    final int level2;
    final long ipa;

    /** Sequence number of the latest change of the leaf, an ancestor, the root or the regime. */
    final long stamp;

    boolean loadedOrStored;
    boolean fetched;

    private TlbEntry() {
        va = 1;
        pa = 0;
        page = null;
        readable = false;
        writable = false;
        executable = false;
        device = false;
        cacheable = false;
        level = -1;
        descriptorPa = 0;
        descriptor = 0;
        use = null;
        use2 = null;
        descriptorPa2 = 0;
        descriptor2 = 0;
        level2 = 0;
        ipa = 0;
        stamp = 0;
    }

    TlbEntry(final long va, final Walk walk) {
        this.va = va & -Page.SIZE;
        this.pa = walk.pa & -Page.SIZE;
        this.page = walk.page;
        this.readable = walk.readable;
        this.writable = walk.writable;
        this.executable = walk.executable;
        this.device = walk.device;
        this.cacheable = walk.cacheable;
        this.level = walk.level;
        this.descriptorPa = walk.descriptorPa;
        this.descriptor = walk.descriptor;
        this.use = walk.use;
        this.use2 = walk.use2;
        this.descriptorPa2 = walk.descriptorPa2;
        this.descriptor2 = walk.descriptor2;
        this.level2 = walk.level2;
        this.ipa = walk.ipa & -Page.SIZE;
        this.stamp = walk.stamp;
    }

    /** Whether a descriptor is the leaf of stage 1 or stage 2 of this translation. */
    boolean comesFrom(final long leafPa) {
        return level >= 0 && descriptorPa == leafPa || use2 != null && descriptorPa2 == leafPa;
    }
}
