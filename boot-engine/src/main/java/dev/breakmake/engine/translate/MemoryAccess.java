package dev.breakmake.engine.translate;

import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SoftTlb;
import dev.breakmake.translation.event.WriteOrigin;

/**
 * Memory accesses of translated code. Each is small enough that HotSpot copies it into hot code, and keeps the region's own bytecode
 * small where it is cold. The last four arguments say where the access is, and are looked at on the slow path only: address the
 * region's places count from, instruction count at which the region's budget is used up, what is left of the budget, and the place
 * (see {@link RegionFrame#where}).
 */
public final class MemoryAccess {

    private static final int OFFSET = Page.SIZE - 1;

    private MemoryAccess() {}

    /** Tells the PE where it is. */
    public static void at(
            final ProcessingElement pe, final long base, final long end, final int left, final int where) {
        pe.pc = base + ((long) (where >> RegionFrame.PLACE_SHIFT) << 2);
        pe.instructions = end - left - (where & RegionFrame.AHEAD);
    }

    private static long slowLoad(
            final ProcessingElement pe,
            final long va,
            final int size,
            final long base,
            final long end,
            final int left,
            final int where) {
        at(pe, base, end, left, where);
        return pe.mmu.load(va, size);
    }

    private static void slowStore(
            final ProcessingElement pe,
            final long va,
            final long value,
            final int size,
            final long base,
            final long end,
            final int left,
            final int where) {
        at(pe, base, end, left, where);
        pe.mmu.store(va, size, value, WriteOrigin.STORE);
    }

    /** Loads 8 bytes. */
    public static long load8(
            final ProcessingElement pe,
            final SoftTlb t,
            final long va,
            final long base,
            final long end,
            final int left,
            final int where) {
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | 7)) == t.loadTags[index]) {
            return t.loadPages[index][((int) va & OFFSET) >>> 3];
        }
        return slowLoad(pe, va, 8, base, end, left, where);
    }

    /** Loads 4 bytes, zero extended. */
    public static long load4(
            final ProcessingElement pe,
            final SoftTlb t,
            final long va,
            final long base,
            final long end,
            final int left,
            final int where) {
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | 3)) == t.loadTags[index]) {
            return t.loadPages[index][((int) va & OFFSET) >>> 3] >>> (((int) va & 4) << 3) & 0xffff_ffffL;
        }
        return slowLoad(pe, va, 4, base, end, left, where);
    }

    /** Loads 2 bytes, zero extended. */
    public static long load2(
            final ProcessingElement pe,
            final SoftTlb t,
            final long va,
            final long base,
            final long end,
            final int left,
            final int where) {
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | 1)) == t.loadTags[index]) {
            return t.loadPages[index][((int) va & OFFSET) >>> 3] >>> (((int) va & 6) << 3) & 0xffffL;
        }
        return slowLoad(pe, va, 2, base, end, left, where);
    }

    /** Loads a byte, zero extended. */
    public static long load1(
            final ProcessingElement pe,
            final SoftTlb t,
            final long va,
            final long base,
            final long end,
            final int left,
            final int where) {
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & -Page.SIZE) == t.loadTags[index]) {
            return t.loadPages[index][((int) va & OFFSET) >>> 3] >>> (((int) va & 7) << 3) & 0xffL;
        }
        return slowLoad(pe, va, 1, base, end, left, where);
    }

    /** Stores 8 bytes. */
    public static void store8(
            final ProcessingElement pe,
            final SoftTlb t,
            final long va,
            final long value,
            final long base,
            final long end,
            final int left,
            final int where) {
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | 7)) == t.storeTags[index]) {
            t.storePages[index][((int) va & OFFSET) >>> 3] = value;
            t.storeEpochs[index] = pe.barrierEpoch;
        } else {
            slowStore(pe, va, value, 8, base, end, left, where);
        }
    }

    /** Stores the low 4 bytes. */
    public static void store4(
            final ProcessingElement pe,
            final SoftTlb t,
            final long va,
            final long value,
            final long base,
            final long end,
            final int left,
            final int where) {
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | 3)) == t.storeTags[index]) {
            final long[] words = t.storePages[index];
            final int word = ((int) va & OFFSET) >>> 3;
            final int shift = ((int) va & 4) << 3;
            words[word] = words[word] & ~(0xffff_ffffL << shift) | (value & 0xffff_ffffL) << shift;
            t.storeEpochs[index] = pe.barrierEpoch;
        } else {
            slowStore(pe, va, value, 4, base, end, left, where);
        }
    }

    /** Stores the low 2 bytes. */
    public static void store2(
            final ProcessingElement pe,
            final SoftTlb t,
            final long va,
            final long value,
            final long base,
            final long end,
            final int left,
            final int where) {
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & (-Page.SIZE | 1)) == t.storeTags[index]) {
            final long[] words = t.storePages[index];
            final int word = ((int) va & OFFSET) >>> 3;
            final int shift = ((int) va & 6) << 3;
            words[word] = words[word] & ~(0xffffL << shift) | (value & 0xffffL) << shift;
            t.storeEpochs[index] = pe.barrierEpoch;
        } else {
            slowStore(pe, va, value, 2, base, end, left, where);
        }
    }

    /** Stores the low byte. */
    public static void store1(
            final ProcessingElement pe,
            final SoftTlb t,
            final long va,
            final long value,
            final long base,
            final long end,
            final int left,
            final int where) {
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        if ((va & -Page.SIZE) == t.storeTags[index]) {
            final long[] words = t.storePages[index];
            final int word = ((int) va & OFFSET) >>> 3;
            final int shift = ((int) va & 7) << 3;
            words[word] = words[word] & ~(0xffL << shift) | (value & 0xffL) << shift;
            t.storeEpochs[index] = pe.barrierEpoch;
        } else {
            slowStore(pe, va, value, 1, base, end, left, where);
        }
    }

    /**
     * Whether the page of code at an address is fetched without a walk and holds what was translated: control may then go there
     * within a region. Code is compared by identity: equal contents are one object, and this is asked at every call and return.
     */
    @SuppressWarnings("ReferenceEquality")
    public static boolean holds(final ProcessingElement pe, final SoftTlb t, final long va, final Object code) {
        final int index = (int) (va >>> Page.SHIFT) & SoftTlb.MASK;
        final Page page = t.fetchPages[index];
        return t.fetchTags[index] == va && page != null && page.code == code && va != pe.breakpointPage;
    }
}
