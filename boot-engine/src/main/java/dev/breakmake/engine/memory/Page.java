package dev.breakmake.engine.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One 4 KiB page of guest RAM. The words are little-endian 64-bit; several machines may share them until one of them writes.
 *
 * <p>Fields are open to the processing element because every memory access of the guest goes through them.
 */
public final class Page {

    /** Bytes in a page. */
    public static final int SIZE = 4096;

    /** log2 of {@link #SIZE}. */
    public static final int SHIFT = 12;

    /** 64-bit words in a page. */
    public static final int WORDS = SIZE / 8;

    /** Holds, or once held, a linked translation table: every store is an event. */
    public static final int TABLE = 1;

    /** Decoded instructions exist: a store must drop them. */
    public static final int CODE = 2;

    /** Every store is reported as a range. */
    public static final int WATCH = 4;

    /** The words are shared with another machine or with the zero page: copy before the first store. */
    public static final int SHARED = 8;

    /** Some PE's store TLB holds the words. */
    public static final int IN_STORE_TLB = 16;

    /** Some PE's load TLB holds the words. */
    public static final int IN_LOAD_TLB = 32;

    /** Memory one PE leaves for another: every load is seen too. */
    public static final int MAILBOX = 64;

    /** Any of these keeps a page out of every store TLB. */
    public static final int SLOW_STORE = TABLE | CODE | WATCH;

    private static final long[] ZERO = new long[WORDS];

    /** Physical address of the first byte. */
    public final long pa;

    /** Contents; replaced when a shared page is written. */
    public long[] words;

    /** Flags of this page. */
    public int flags;

    /** PE and barrier epoch of the latest store that was seen: {@code pe << 48 | epoch}; -1 if none. */
    public long lastStore = -1;

    /** Instructions decoded from this page, owned by the instruction set. */
    public @Nullable Object code;

    /** How this page is used as a translation table, owned by the table tracker. */
    public @Nullable Object table;

    Page(final long pa) {
        this.pa = pa;
        this.words = ZERO;
        this.flags = SHARED;
    }

    private Page(final Page from) {
        this.pa = from.pa;
        this.words = from.words;
        this.flags = (from.flags | SHARED) & ~(IN_STORE_TLB | IN_LOAD_TLB);
        this.lastStore = from.lastStore;
        this.code = from.code;
        this.table = from.table;
    }

    /** The first word from {@code from} on that is not 0, {@code end} if none is before that. */
    public int nextFilled(final int from, final int end) {
        if (from < end && words[from] != 0) {
            return from; // dense tables, entry by entry
        }
        final int distance = Arrays.mismatch(words, from, end, ZERO, from, end);
        return distance < 0 ? end : from + distance;
    }

    /** Makes the words private to this machine. */
    public long[] own() {
        if ((flags & SHARED) != 0) {
            words = words.clone();
            flags &= ~SHARED;
        }
        return words;
    }

    /** A page of another machine with the same contents; both copy before they write from now on. */
    Page fork() {
        final int shared = (flags | SHARED) & ~(IN_STORE_TLB | IN_LOAD_TLB);
        if (flags != shared) {
            // Not written when nothing changes: several threads may fork one snapshot.
            flags = shared;
        }
        return new Page(this);
    }
}
