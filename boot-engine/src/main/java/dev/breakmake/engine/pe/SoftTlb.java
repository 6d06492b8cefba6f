package dev.breakmake.engine.pe;

import dev.breakmake.engine.memory.Page;
import org.jspecify.annotations.Nullable;

/**
 * Software TLB of one PE and exception level: direct mapped, 4 KiB entries, split by load, store and fetch. A hit needs one compare:
 * the tag of an entry is its page address, and an access compares its address with everything but the offset bits that alignment
 * allows to be non-zero, so a misaligned access misses.
 *
 * <p>Arrays are open to interpreter and translated code. They are never replaced. Dropping everything costs what is held, not the size.
 */
public final class SoftTlb {

    /** Number of entries of each kind. */
    public static final int SIZE = 1024;

    /** Mask of an entry number. */
    public static final int MASK = SIZE - 1;

    /** A tag that no access matches: bit 11 is an offset bit and always masked. Zero is another one, but for entry 0. */
    private static final long INVALID = 0x800;

    /** Tags of load entries. */
    public final long[] loadTags = new long[SIZE];

    /** Words of the pages of load entries. */
    public final long[][] loadPages = new long[SIZE][];

    /** Tags of store entries. */
    public final long[] storeTags = new long[SIZE];

    /** Words of the pages of store entries. */
    public final long[][] storePages = new long[SIZE][];

    /** Barrier epoch of the PE at the latest store through each store entry; the page learns it when the entry goes. */
    public final long[] storeEpochs = new long[SIZE];

    /** Tags of fetch entries. */
    public final long[] fetchTags = new long[SIZE];

    /** Pages of fetch entries. */
    public final @Nullable Page[] fetchPages = new Page[SIZE];

    private final @Nullable TlbEntry[] entries = new TlbEntry[SIZE];
    private final ProcessingElement pe;

    /** Numbers of the entries in use, in the order of their first use; dropped ones may be among them. */
    private final short[] used = new short[SIZE];

    private int usedCount;

    SoftTlb(final ProcessingElement pe) {
        this.pe = pe;
        loadTags[0] = INVALID;
        storeTags[0] = INVALID;
        fetchTags[0] = INVALID;
    }

    /** Number of the entry that serves an address. */
    public static int index(final long va) {
        return (int) (va >>> Page.SHIFT) & MASK;
    }

    /** The page that instructions of an aligned page address are fetched from without a walk, or null. */
    public @Nullable Page fetched(final long va) {
        final int index = index(va);
        return fetchTags[index] == va ? fetchPages[index] : null;
    }

    /** The entry of an address, or null. */
    @Nullable
    TlbEntry entry(final long va) {
        final TlbEntry entry = entries[index(va)];
        return entry == null || entry.va != (va & -Page.SIZE) ? null : entry;
    }

    /** Takes an entry in the place of another one. */
    void enter(final TlbEntry entry) {
        final int index = index(entry.va);
        if (entries[index] == null) {
            used[usedCount++] = (short) index;
        } else {
            drop(index);
        }
        entries[index] = entry;
    }

    void forgetAll() {
        for (int i = 0; i < usedCount; i++) {
            drop(used[i]);
            entries[used[i]] = null;
        }
        usedCount = 0;
    }

    /** Drops the translations that a leaf descriptor gave. */
    void forgetLeaf(final long descriptorPa) {
        for (int i = 0; i < usedCount; i++) {
            final TlbEntry entry = entries[used[i]];
            if (entry != null && entry.comesFrom(descriptorPa)) {
                drop(used[i]);
                entries[used[i]] = TlbEntry.GONE;
            }
        }
    }

    private void drop(final int index) {
        loadTags[index] = INVALID;
        dropStore(index);
        fetchTags[index] = INVALID;
    }

    private void dropStore(final int index) {
        final TlbEntry entry = entries[index];
        if (entry != null && entry.page != null && storeTags[index] == entry.va) {
            pe.lastStored(entry.page, storeEpochs[index]);
        }
        storeTags[index] = INVALID;
    }

    void forgetStores(final Page page) {
        for (int i = 0; i < usedCount; i++) {
            final TlbEntry entry = entries[used[i]];
            if (entry != null && entry.page == page) {
                dropStore(used[i]);
            }
        }
    }

    void forgetLoads(final Page page) {
        for (int i = 0; i < usedCount; i++) {
            final TlbEntry entry = entries[used[i]];
            if (entry != null && entry.page == page) {
                loadTags[used[i]] = INVALID;
            }
        }
    }

    void fillLoad(final long va, final Page page) {
        final int index = index(va);
        loadTags[index] = va & -Page.SIZE;
        loadPages[index] = page.words;
    }

    void fillStore(final long va, final Page page, final long epoch) {
        final int index = index(va);
        storeTags[index] = va & -Page.SIZE;
        storePages[index] = page.words;
        storeEpochs[index] = epoch;
        page.flags |= Page.IN_STORE_TLB;
    }

    void fillFetch(final long va, final Page page) {
        final int index = index(va);
        fetchTags[index] = va & -Page.SIZE;
        fetchPages[index] = page;
    }
}
