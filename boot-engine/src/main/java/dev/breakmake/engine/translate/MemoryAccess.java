package dev.breakmake.engine.translate;

import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SoftTlb;
import dev.breakmake.translation.event.WriteOrigin;

/**
 * Memory accesses of translated code: what is behind a hit of the software TLB, small enough that HotSpot copies it into the region, and
 * what a miss does. The last four arguments of those say where the access is: address the region's places count from, instruction
 * count at which the region's budget is used up, what is left of the budget, and the place (see {@link RegionFrame#where}).
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

    /** Loads up to 8 bytes, zero extended, when the software TLB does not serve it. */
    public static long slowLoad(
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

    /** Stores the low bytes of a value when the software TLB does not serve it. */
    public static void slowStore(
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

    /** The doubleword at an address of a page. */
    public static long load8(final long[] words, final long va) {
        return words[((int) va & OFFSET) >>> 3];
    }

    /** The word at an address of a page, zero extended. */
    public static long load4(final long[] words, final long va) {
        return words[((int) va & OFFSET) >>> 3] >>> (((int) va & 4) << 3) & 0xffff_ffffL;
    }

    /** The halfword at an address of a page, zero extended. */
    public static long load2(final long[] words, final long va) {
        return words[((int) va & OFFSET) >>> 3] >>> (((int) va & 6) << 3) & 0xffffL;
    }

    /** The byte at an address of a page, zero extended. */
    public static long load1(final long[] words, final long va) {
        return words[((int) va & OFFSET) >>> 3] >>> (((int) va & 7) << 3) & 0xffL;
    }

    /** Writes a doubleword to a page. */
    public static void store8(final long[] words, final long va, final long value) {
        words[((int) va & OFFSET) >>> 3] = value;
    }

    /** Writes the low 4 bytes to a page. */
    public static void store4(final long[] words, final long va, final long value) {
        merge(words, va, 0xffff_ffffL, ((int) va & 4) << 3, value);
    }

    /** Writes the low 2 bytes to a page. */
    public static void store2(final long[] words, final long va, final long value) {
        merge(words, va, 0xffffL, ((int) va & 6) << 3, value);
    }

    /** Writes the low byte to a page. */
    public static void store1(final long[] words, final long va, final long value) {
        merge(words, va, 0xffL, ((int) va & 7) << 3, value);
    }

    private static void merge(final long[] words, final long va, final long mask, final int shift, final long value) {
        final int word = ((int) va & OFFSET) >>> 3;
        words[word] = words[word] & ~(mask << shift) | (value & mask) << shift;
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
