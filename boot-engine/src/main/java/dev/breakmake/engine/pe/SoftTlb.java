package dev.breakmake.engine.pe;

import dev.breakmake.engine.memory.Page;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Software TLB of one PE and exception level: direct mapped, 4 KiB entries, split by load, store and fetch. A hit needs one compare:
 * the tag of an entry is its page address, and an access compares its address with everything but the offset bits that alignment
 * allows to be non-zero, so a misaligned access misses.
 *
 * <p>Arrays are open to interpreter and translated code. They are never replaced.
 */
public final class SoftTlb {

    /** Number of entries of each kind. */
    public static final int SIZE = 1024;

    /** Mask of an entry number. */
    public static final int MASK = SIZE - 1;

    /** A tag that no access matches: bit 11 is an offset bit and always masked. */
    private static final long INVALID = 0x800;

    /** Marks a store entry whose page was not stored to since the PE's latest barrier; the access then takes the slow path once. */
    static final long UNCONFIRMED = 0x400;

    /** Tags of load entries. */
    public final long[] loadTags = new long[SIZE];

    /** Words of the pages of load entries. */
    public final long[][] loadPages = new long[SIZE][];

    /** Tags of store entries. */
    public final long[] storeTags = new long[SIZE];

    /** Words of the pages of store entries. */
    public final long[][] storePages = new long[SIZE][];

    /** Tags of fetch entries. */
    public final long[] fetchTags = new long[SIZE];

    /** Pages of fetch entries. */
    public final @Nullable Page[] fetchPages = new Page[SIZE];

    final @Nullable Page[] loadOwners = new Page[SIZE];
    final @Nullable Page[] storeOwners = new Page[SIZE];
    final @Nullable TlbEntry[] entries = new TlbEntry[SIZE];

    private final int[] confirmed = new int[SIZE];
    private int confirmedCount;

    SoftTlb() {
        forgetAll();
    }

    void forgetAll() {
        Arrays.fill(loadTags, INVALID);
        Arrays.fill(storeTags, INVALID);
        Arrays.fill(fetchTags, INVALID);
        Arrays.fill(entries, null);
        confirmedCount = 0;
    }

    void forget(final long va) {
        final int index = index(va);
        loadTags[index] = INVALID;
        storeTags[index] = INVALID;
        fetchTags[index] = INVALID;
        entries[index] = null;
    }

    void forgetStores(final Page page) {
        for (int i = 0; i < SIZE; i++) {
            if (storeTags[i] != INVALID && storeOwners[i] == page) {
                storeTags[i] = INVALID;
            }
        }
    }

    void forgetLoads(final Page page) {
        for (int i = 0; i < SIZE; i++) {
            if (loadOwners[i] == page) {
                loadTags[i] = INVALID;
            }
        }
    }

    static int index(final long va) {
        return (int) (va >>> Page.SHIFT) & MASK;
    }

    void fillLoad(final long va, final Page page) {
        final int index = index(va);
        loadTags[index] = va & -Page.SIZE;
        loadPages[index] = page.words;
        loadOwners[index] = page;
    }

    void fillStore(final long va, final Page page) {
        final int index = index(va);
        storeTags[index] = va & -Page.SIZE;
        storePages[index] = page.words;
        storeOwners[index] = page;
        confirmed[confirmedCount++ & MASK] = index;
        page.flags |= Page.IN_STORE_TLB;
    }

    void fillFetch(final long va, final Page page) {
        final int index = index(va);
        fetchTags[index] = va & -Page.SIZE;
        fetchPages[index] = page;
    }

    /** Whether a store missed only because a barrier passed since the last one; the entry then serves again. */
    boolean confirm(final long va) {
        final int index = index(va);
        if (storeTags[index] == (va & -Page.SIZE | UNCONFIRMED)) {
            storeTags[index] &= ~UNCONFIRMED;
            confirmed[confirmedCount++ & MASK] = index;
            return true;
        }
        return false;
    }

    /** A barrier passed: the next store to each page takes the slow path, where its page learns the new epoch. */
    void unconfirm() {
        if (confirmedCount > SIZE) {
            Arrays.fill(storeTags, INVALID);
        } else {
            for (int i = 0; i < confirmedCount; i++) {
                final int index = confirmed[i];
                if (storeTags[index] != INVALID) {
                    storeTags[index] |= UNCONFIRMED;
                }
            }
        }
        confirmedCount = 0;
    }
}
