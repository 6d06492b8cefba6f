package dev.breakmake.engine.pe;

import dev.breakmake.engine.memory.GuestMemory;
import dev.breakmake.engine.memory.Page;
import dev.breakmake.translation.event.WalkStep;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table walk of one PE (Arm ARM D8.2 to D8.5): stage 1 and stage 2, permissions and attributes of the result. One object per PE is
 * reused, its fields are the result of the latest walk.
 */
final class Walk {

    /** Fault status codes without level (ESR_ELx.ISS.xFSC). */
    static final int ADDRESS_SIZE = 0;

    static final int TRANSLATION = 4;
    static final int ACCESS_FLAG = 8;
    static final int PERMISSION = 12;
    static final int EXTERNAL = 0x10;
    static final int EXTERNAL_ON_WALK = 0x14;
    static final int ALIGNMENT = 0x21;

    /** Two translations for one address. */
    static final int CONFLICT = 0x30;

    private static final int OK = -1;
    private static final long ADDRESS = 0xffff_ffff_f000L;

    private final ProcessingElement pe;
    private final GuestMemory memory;
    private final TableTracker tables;

    long pa;
    long ipa;

    @Nullable
    Page page;

    boolean readable;
    boolean writable;
    boolean executable;
    boolean device;
    boolean cacheable;
    int level;
    long descriptorPa;
    long descriptor;
    int attributes;
    int shareability;

    @Nullable
    TableUse use;

    @Nullable
    TableUse use2;

    long descriptorPa2;
    long descriptor2;
    int level2;
    long stamp;

    /** Whether the fault of the latest walk came from stage 2, and whether on a stage 1 table access. */
    boolean faultStage2;

    boolean faultOnWalk;

    private boolean readable2;
    private boolean writable2;
    private boolean executable2;
    private boolean device2;
    private boolean cacheable2;

    private @Nullable List<WalkStep> steps;

    /** Descriptors of the latest walk by address and value, for an adversary. */
    private final long[] seenPas = new long[32];

    private final long[] seenValues = new long[32];
    private int seen;

    Walk(final ProcessingElement pe) {
        this.pe = pe;
        this.memory = pe.cluster().bus().memory();
        this.tables = pe.cluster().tables();
    }

    /** The walk of an address, level by level, without any effect. */
    List<WalkStep> steps(final long va, final int el) {
        final List<WalkStep> seen = new ArrayList<>();
        steps = seen;
        walk(va, el, true);
        steps = null;
        return List.copyOf(seen);
    }

    /**
     * Translates an address as exception level {@code el} sees it.
     *
     * @return -1, or the fault status code with its level
     */
    int walk(final long va, final int el, final boolean stage2Too) {
        final Regime regime = pe.regime(el);
        faultStage2 = false;
        faultOnWalk = false;
        use = null;
        use2 = null;
        descriptorPa = 0;
        descriptor = 0;
        stamp = regime.stamp;
        if (regime.on && regime.shortDescriptors) {
            throw new UnimplementedException(
                    "walk of short-descriptor tables (TTBCR.EAE is 0), address 0x%x".formatted(va));
        }
        seen = 0;
        final int status = regime.on ? stage1(regime, va, el) : flat(regime, va);
        if (status != OK) {
            return status;
        }
        ipa = pa;
        if (regime.stage2 && stage2Too) {
            final int second = stage2(regime, pa);
            if (second != OK) {
                faultStage2 = true;
                return second;
            }
            use2 = tableOf2;
            readable &= readable2;
            writable &= writable2;
            executable &= executable2;
            device |= device2;
            cacheable &= cacheable2;
        }
        page = memory.page(pa);
        final TlbAdversary adversary = pe.cluster().adversary();
        if (adversary != null && steps == null) {
            adversary.used(pe, seenPas, seenValues, seen);
        }
        return OK;
    }

    private static int kind(final Regime regime) {
        return regime.twoRanges ? TlbAdversary.EL1 : TlbAdversary.EL2;
    }

    /** Stage 1 as a TLB with old entries serves it: an old root's translation where one may be held, and wins or conflicts. */
    private int adverse(
            final TlbAdversary adversary, final Regime regime, final int range, final long va, final int el) {
        for (final TlbAdversary.Root root : adversary.oldRoots(pe, kind(regime), range, va)) {
            seen = 0;
            final int old = from(regime, range, root.table, root.inputBits, root.granule, va, el);
            if (old != OK || !adversary.holdsLeaf(pe, descriptorPa, descriptor)) {
                continue;
            }
            if (adversary.conflicts()) {
                final long oldPa = pa;
                final int oldLevel = level;
                final int oldAttributes = attributes;
                final int now = current(regime, range, va, el);
                if (now == OK && (pa != oldPa || level != oldLevel || attributes != oldAttributes)) {
                    return CONFLICT;
                }
                return from(regime, range, root.table, root.inputBits, root.granule, va, el);
            }
            return OK;
        }
        final long unknown = adversary.unknownPage(pe, kind(regime), va);
        if (unknown != -1) {
            final int now = current(regime, range, va, el);
            if (now != OK || adversary.conflicts()) {
                return now == OK ? CONFLICT : now;
            }
            pa = unknown | va & Page.SIZE - 1;
            return OK;
        }
        return current(regime, range, va, el);
    }

    private int current(final Regime regime, final int range, final long va, final int el) {
        seen = 0;
        return from(regime, range, regime.root[range], regime.inputBits[range], regime.granule[range], va, el);
    }

    private int flat(final Regime regime, final long va) {
        pa = va;
        level = -1;
        readable = true;
        writable = true;
        executable = true;
        device = !regime.defaultCacheable;
        cacheable = regime.defaultCacheable;
        attributes = regime.defaultCacheable ? 0xff : 0;
        shareability = regime.defaultCacheable ? 0 : 2;
        return va >>> pe.model().paBits() == 0 ? OK : ADDRESS_SIZE;
    }

    private int stage1(final Regime regime, final long va, final int el) {
        final int range = regime.twoRanges && (va & 1L << 55) != 0 ? 1 : 0;
        final TlbAdversary adversary = pe.cluster().adversary();
        return adversary == null || steps != null
                ? from(regime, range, regime.root[range], regime.inputBits[range], regime.granule[range], va, el)
                : adverse(adversary, regime, range, va, el);
    }

    /** Stage 1 from a root. */
    private int from(
            final Regime regime,
            final int range,
            final long root,
            final int bits,
            final int granule,
            final long va,
            final int el) {
        final int stride = granule - 3;
        int at = Regime.startLevel(bits, granule);
        long top = va;
        if (regime.topByteIgnored[range]) {
            top = va << 8 >> 8;
        }
        final long outside = range == 1 ? ~top >>> bits : bits == 64 ? 0 : top >>> bits;
        if (outside != 0 && !(regime.topByteIgnored[range] && range == 0 && (va << 8 >>> 8) >>> bits == 0)) {
            return TRANSLATION;
        }
        if (regime.disabled[range]) {
            return TRANSLATION;
        }
        long table = root;
        int entryBits = bits - granule - stride * (3 - at);
        boolean tableReadOnly = false;
        boolean tableNoEl0 = false;
        boolean tableXn = false;
        boolean tablePxn = false;
        while (true) {
            final int shift = granule + stride * (3 - at);
            final long index = va >>> shift & (1L << entryBits) - 1;
            long where = table + (index << 3);
            if (regime.stage2) {
                final int fault = stage2(regime, where);
                if (fault != OK) {
                    faultStage2 = true;
                    faultOnWalk = true;
                    ipa = where;
                    return fault;
                }
                where = pa;
            }
            final Page tablePage = memory.page(where);
            if (tablePage == null) {
                return EXTERNAL_ON_WALK + at;
            }
            final int word = ((int) where & Page.SIZE - 1) >>> 3;
            long value = tablePage.words[word];
            if (steps != null) {
                steps.add(new WalkStep(at, where, value));
            } else {
                final long now = value;
                value = held(kind(regime), where, now, va);
                if (conflict(value, now, at)) {
                    return CONFLICT;
                }
                use = tables.walked(pe, tablePage, word, at, granule, false);
                if (use != null) {
                    stamp = Math.max(stamp, use.stamp(word));
                }
            }
            if ((value & 1) == 0 || at == 3 && (value & 2) == 0) {
                level = at;
                return TRANSLATION + at;
            }
            if (at < 3 && (value & 2) != 0) {
                table = value & ADDRESS & -(1L << granule);
                if (table >>> regime.outputBits != 0) {
                    return ADDRESS_SIZE + at;
                }
                if (!regime.flatPermissions[range]) {
                    tableReadOnly |= (value & 1L << 62) != 0;
                    tableNoEl0 |= (value & 1L << 61) != 0;
                    tableXn |= (value & 1L << 60) != 0;
                    tablePxn |= (value & 1L << 59) != 0;
                }
                at++;
                entryBits = stride;
                continue;
            }
            if (at < 3 && !blockAllowed(at, granule)) {
                return TRANSLATION + at;
            }
            level = at;
            descriptorPa = where;
            descriptor = value;
            final long size = 1L << shift;
            pa = value & ADDRESS & -size | va & size - 1;
            if (pa >>> regime.outputBits != 0) {
                return ADDRESS_SIZE + at;
            }
            if ((value & 1L << 10) == 0) {
                return ACCESS_FLAG + at;
            }
            permissions(regime, value, el, tableReadOnly, tableNoEl0, tableXn, tablePxn);
            attributes = (int) (regime.mair >>> ((int) (value >>> 2 & 7) << 3)) & 0xff;
            device = attributes >>> 4 == 0;
            shareability = device || attributes == 0x44 ? 2 : (int) (value >>> 8) & 3;
            cacheable = !device && regime.dataCache && (attributes & 15) != 4 && attributes >>> 4 != 4;
            return OK;
        }
    }

    /** The version of a descriptor that this walk finds. */
    private long held(final int kind, final long where, final long now, final long va) {
        final TlbAdversary adversary = pe.cluster().adversary();
        if (adversary == null) {
            return now;
        }
        final long value = adversary.descriptor(pe, kind, where, now, va);
        if (seen < seenPas.length) {
            seenPas[seen] = where;
            seenValues[seen++] = value;
        }
        return value;
    }

    private boolean conflict(final long old, final long now, final int at) {
        final TlbAdversary adversary = pe.cluster().adversary();
        return adversary != null && adversary.conflicts() && old != now && TlbAdversary.conflict(old, now, at);
    }

    private static boolean blockAllowed(final int level, final int granule) {
        return level == 2 || level == 1 && granule == 12;
    }

    private void permissions(
            final Regime regime,
            final long value,
            final int el,
            final boolean tableReadOnly,
            final boolean tableNoEl0,
            final boolean tableXn,
            final boolean tablePxn) {
        final boolean readOnly = (value & 1L << 7) != 0 || tableReadOnly;
        final boolean el0 = (value & 1L << 6) != 0 && !tableNoEl0;
        final boolean xn = (value & 1L << 54) != 0 || tableXn;
        if (!regime.privileged) {
            readable = true;
            writable = !readOnly;
            executable = !xn && !(regime.wxn && writable);
        } else if (el == 0) {
            readable = el0;
            writable = el0 && !readOnly;
            executable = !xn && !(regime.wxn && writable);
        } else {
            final boolean pxn = (value & 1L << 53) != 0 || tablePxn;
            readable = true;
            writable = !readOnly;
            executable = !pxn && !(el0 && !readOnly) && !(regime.wxn && writable);
        }
    }

    private @Nullable TableUse tableOf2;

    private int stage2(final Regime regime, final long address) {
        final int granule = regime.granule2;
        final int stride = granule - 3;
        int at = regime.startLevel2;
        level2 = at;
        if (address >>> regime.inputBits2 != 0) {
            return TRANSLATION + at;
        }
        long table = regime.root2;
        int entryBits = regime.inputBits2 - granule - stride * (3 - at);
        while (true) {
            final int shift = granule + stride * (3 - at);
            final long index = address >>> shift & (1L << entryBits) - 1;
            final long where = table + (index << 3);
            final Page tablePage = memory.page(where);
            level2 = at;
            if (tablePage == null) {
                return EXTERNAL_ON_WALK + at;
            }
            final int word = ((int) where & Page.SIZE - 1) >>> 3;
            long value = tablePage.words[word];
            if (steps != null) {
                steps.add(new WalkStep(at, where, value));
            } else {
                final long now = value;
                value = held(TlbAdversary.STAGE2, where, now, address);
                if (conflict(value, now, at)) {
                    return CONFLICT;
                }
                tableOf2 = tables.walked(pe, tablePage, word, at, granule, true);
                if (tableOf2 != null) {
                    stamp = Math.max(stamp, tableOf2.stamp(word));
                }
            }
            if ((value & 1) == 0 || at == 3 && (value & 2) == 0) {
                return TRANSLATION + at;
            }
            if (at < 3 && (value & 2) != 0) {
                table = value & ADDRESS & -(1L << granule);
                at++;
                entryBits = stride;
                continue;
            }
            if (at < 3 && !blockAllowed(at, granule)) {
                return TRANSLATION + at;
            }
            descriptorPa2 = where;
            descriptor2 = value;
            final long size = 1L << shift;
            pa = value & ADDRESS & -size | address & size - 1;
            if (pa >>> regime.outputBits2 != 0) {
                return ADDRESS_SIZE + at;
            }
            if ((value & 1L << 10) == 0) {
                return ACCESS_FLAG + at;
            }
            readable2 = (value & 1L << 6) != 0;
            writable2 = (value & 1L << 7) != 0;
            executable2 = (value & 1L << 54) == 0;
            final int memory2 = (int) (value >>> 2) & 15;
            device2 = memory2 >>> 2 == 0;
            cacheable2 = memory2 == 15 || memory2 == 10;
            return OK;
        }
    }
}
