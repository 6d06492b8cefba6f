package dev.breakmake.engine.pe;

import dev.breakmake.engine.memory.Page;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Software TLB of one PE and exception level: direct mapped, 4 KiB entries, split by load, store and fetch. A hit needs one compare:
 * the tag of an entry is its page address, and an access compares its address with everything but the offset bits that alignment
 * allows to be non-zero, so a misaligned access misses.
 *
 * <p>Arrays are open to interpreter and translated code. They are never replaced. Dropping everything costs what is held, not the size.
 *
 * <p>A small one has no fast entries at all: a PE that performs some hundred operations in its life would spend more time on making
 * them than on its accesses. Every access takes the slow path then, which does and tells the same.
 */
public final class SoftTlb {

    /** Number of entries of each kind. */
    public static final int SIZE = 1024;

    /** Mask of an entry number. */
    public static final int MASK = SIZE - 1;

    /** A tag that no access matches: bit 11 is an offset bit and always masked. Zero is another one, but for entry 0. */
    private static final long INVALID = 0x800;

    private static final int SMALL_SIZE = 64;

    /** What all small ones have in place of fast entries: nothing is ever written to them. */
    private static final long[] NO_TAGS = noTags();

    private static final long[][] NO_WORDS = new long[SIZE][];
    private static final @Nullable Page[] NO_PAGES = new Page[SIZE];

    /** Tags of load entries. */
    public final long[] loadTags;

    /** Words of the pages of load entries. */
    public final long[][] loadPages;

    /** Tags of store entries. */
    public final long[] storeTags;

    /** Words of the pages of store entries. */
    public final long[][] storePages;

    /** Barrier epoch of the PE at the latest store through each store entry; the page learns it when the entry goes. */
    public final long[] storeEpochs;

    /** Tags of fetch entries. */
    public final long[] fetchTags;

    /** Pages of fetch entries. */
    public final @Nullable Page[] fetchPages;

    private final boolean fast;
    private final @Nullable TlbEntry[] entries;
    private final ProcessingElement pe;

    /** Numbers of the entries in use, in the order of their first use; dropped ones may be among them. */
    private final short[] used;

    private int usedCount;

    /** Entries by stage 1 leaf; null in a small one, which is looked through instead. */
    private final @Nullable LeafChains leaves;

    /** Whether an entry has a stage 2 leaf as well: those are in no chain. */
    private boolean stage2;

    /**
     * An empty one.
     *
     * @param fast whether it has fast entries; a small one has none
     */
    SoftTlb(final ProcessingElement pe, final boolean fast) {
        this.pe = pe;
        this.fast = fast;
        entries = new TlbEntry[fast ? SIZE : SMALL_SIZE];
        used = new short[entries.length];
        leaves = fast ? new LeafChains(SIZE) : null;
        loadTags = fast ? new long[SIZE] : NO_TAGS;
        loadPages = fast ? new long[SIZE][] : NO_WORDS;
        storeTags = fast ? new long[SIZE] : NO_TAGS;
        storePages = fast ? new long[SIZE][] : NO_WORDS;
        storeEpochs = fast ? new long[SIZE] : NO_TAGS;
        fetchTags = fast ? new long[SIZE] : NO_TAGS;
        fetchPages = fast ? new Page[SIZE] : NO_PAGES;
        if (fast) {
            loadTags[0] = INVALID;
            storeTags[0] = INVALID;
            fetchTags[0] = INVALID;
        }
    }

    private static long[] noTags() {
        final long[] tags = new long[SIZE];
        Arrays.fill(tags, INVALID);
        return tags;
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
        final TlbEntry entry = entries[index(va) & entries.length - 1];
        return entry == null || entry.va != (va & -Page.SIZE) ? null : entry;
    }

    /** Takes an entry in the place of another one. */
    void enter(final TlbEntry entry) {
        final int index = index(entry.va) & entries.length - 1;
        if (entries[index] == null) {
            used[usedCount++] = (short) index;
        } else {
            drop(index);
        }
        entries[index] = entry;
        if (leaves != null) {
            leaves.remove(index);
            if (entry.level >= 0) {
                leaves.add(index, entry.descriptorPa);
            }
            stage2 |= entry.use2 != null;
        }
    }

    void forgetAll() {
        for (int i = 0; i < usedCount; i++) {
            drop(used[i]);
            entries[used[i]] = null;
            if (leaves != null) {
                leaves.remove(used[i]);
            }
        }
        usedCount = 0;
        stage2 = false;
    }

    /** Drops the translations that a leaf descriptor gave. */
    void forgetLeaf(final long descriptorPa) {
        if (leaves != null && !stage2) {
            for (int at = leaves.first(descriptorPa); at >= 0; ) {
                final int next = leaves.next(at);
                forgetIfFrom(at, descriptorPa);
                at = next;
            }
            return;
        }
        for (int i = 0; i < usedCount; i++) {
            forgetIfFrom(used[i], descriptorPa);
        }
    }

    private void forgetIfFrom(final int index, final long descriptorPa) {
        final TlbEntry entry = entries[index];
        if (entry != null && entry.comesFrom(descriptorPa)) {
            drop(index);
            entries[index] = TlbEntry.GONE;
            if (leaves != null) {
                leaves.remove(index);
            }
        }
    }

    private void drop(final int index) {
        if (!fast) {
            return;
        }
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
        if (!fast) {
            return;
        }
        for (int i = 0; i < usedCount; i++) {
            final TlbEntry entry = entries[used[i]];
            if (entry != null && entry.page == page) {
                dropStore(used[i]);
            }
        }
    }

    void forgetLoads(final Page page) {
        if (!fast) {
            return;
        }
        for (int i = 0; i < usedCount; i++) {
            final TlbEntry entry = entries[used[i]];
            if (entry != null && entry.page == page) {
                loadTags[used[i]] = INVALID;
            }
        }
    }

    void fillLoad(final long va, final Page page) {
        if (fast) {
            final int index = index(va);
            loadTags[index] = va & -Page.SIZE;
            loadPages[index] = page.words;
            page.flags |= Page.IN_LOAD_TLB;
        }
    }

    void fillStore(final long va, final Page page, final long epoch) {
        if (fast) {
            final int index = index(va);
            storeTags[index] = va & -Page.SIZE;
            storePages[index] = page.words;
            storeEpochs[index] = epoch;
            page.flags |= Page.IN_STORE_TLB;
        }
    }

    void fillFetch(final long va, final Page page) {
        if (fast) {
            final int index = index(va);
            fetchTags[index] = va & -Page.SIZE;
            fetchPages[index] = page;
        }
    }
}
