package dev.breakmake.engine.memory;

import dev.breakmake.translation.event.AddressRange;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Guest RAM: one or more banks anywhere in the physical address space. Pages are allocated at the first store, so a large guest
 * costs what it touches.
 */
public final class GuestMemory {

    private static final int CHUNK_SHIFT = 9;
    private static final int CHUNK_PAGES = 1 << CHUNK_SHIFT;

    private record Bank(long base, long size, Page[] @Nullable [] chunks) {}

    private final List<AddressRange> ranges;
    private final Bank[] banks;

    /**
     * RAM of the given ranges.
     *
     * @throws IllegalArgumentException if a range is empty, not a multiple of 4 KiB or overlaps another
     */
    public GuestMemory(final List<AddressRange> ranges) {
        this.ranges = List.copyOf(ranges);
        this.banks = new Bank[ranges.size()];
        for (int i = 0; i < banks.length; i++) {
            final AddressRange range = ranges.get(i);
            if (range.size() == 0 || ((range.start() | range.end()) & (Page.SIZE - 1)) != 0) {
                throw new IllegalArgumentException("RAM range " + range + " is not a positive multiple of 4 KiB");
            }
            for (int j = 0; j < i; j++) {
                if (range.intersects(ranges.get(j))) {
                    throw new IllegalArgumentException("RAM ranges " + ranges.get(j) + " and " + range + " overlap");
                }
            }
            final int chunks = (int) ((range.size() + (Page.SIZE << CHUNK_SHIFT) - 1) >>> (Page.SHIFT + CHUNK_SHIFT));
            banks[i] = new Bank(range.start(), range.size(), new Page[chunks][]);
        }
    }

    private GuestMemory(final GuestMemory from, final UnaryOperator<Object> copyOfTable) {
        this.ranges = from.ranges;
        this.banks = new Bank[from.banks.length];
        for (int i = 0; i < banks.length; i++) {
            final Bank bank = from.banks[i];
            final Page[][] chunks = new Page[bank.chunks.length][];
            for (int c = 0; c < chunks.length; c++) {
                final Page[] chunk = bank.chunks[c];
                if (chunk != null) {
                    chunks[c] = new Page[CHUNK_PAGES];
                    for (int p = 0; p < CHUNK_PAGES; p++) {
                        final Page page = chunk[p] == null ? null : chunk[p].fork();
                        if (page != null && page.table != null) {
                            page.table = copyOfTable.apply(page.table);
                        }
                        chunks[c][p] = page;
                    }
                }
            }
            banks[i] = new Bank(bank.base, bank.size, chunks);
        }
    }

    /** RAM ranges, as given. */
    public List<AddressRange> ranges() {
        return ranges;
    }

    /**
     * A copy that shares pages until one side writes. The caller must drop its software TLBs.
     *
     * @param copyOfTable copies what the owner of {@link Page#table} keeps there
     */
    public GuestMemory fork(final UnaryOperator<Object> copyOfTable) {
        return new GuestMemory(this, copyOfTable);
    }

    /** The page that holds a physical address, or null if no RAM is there. */
    public @Nullable Page page(final long pa) {
        for (final Bank bank : banks) {
            final long offset = pa - bank.base;
            if (Long.compareUnsigned(offset, bank.size) < 0) {
                final int number = (int) (offset >>> Page.SHIFT);
                Page[] chunk = bank.chunks[number >>> CHUNK_SHIFT];
                if (chunk == null) {
                    chunk = new Page[CHUNK_PAGES];
                    bank.chunks[number >>> CHUNK_SHIFT] = chunk;
                }
                Page page = chunk[number & (CHUNK_PAGES - 1)];
                if (page == null) {
                    page = new Page(pa & -Page.SIZE);
                    chunk[number & (CHUNK_PAGES - 1)] = page;
                }
                return page;
            }
        }
        return null;
    }

    /**
     * The aligned 64-bit word at a physical address.
     *
     * @throws IllegalArgumentException if no RAM is there
     */
    public long word(final long pa) {
        return ram(pa).words[((int) pa & (Page.SIZE - 1)) >>> 3];
    }

    /**
     * Copies bytes into RAM, as a loader does before the machine runs.
     *
     * @throws IllegalArgumentException if the bytes do not fit in RAM there
     */
    public void write(final long pa, final byte[] bytes) {
        int done = 0;
        while (done < bytes.length) {
            final long at = pa + done;
            final Page page = ram(at);
            final int offset = (int) at & (Page.SIZE - 1);
            final int length = Math.min(Page.SIZE - offset, bytes.length - done);
            final long[] words = page.own();
            if ((offset & 7) == 0 && (length & 7) == 0) {
                java.nio.ByteBuffer.wrap(bytes, done, length)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .asLongBuffer()
                        .get(words, offset >>> 3, length >>> 3);
            } else {
                for (int i = 0; i < length; i++) {
                    final int position = offset + i;
                    final int shift = (position & 7) << 3;
                    words[position >>> 3] =
                            (words[position >>> 3] & ~(0xffL << shift)) | ((bytes[done + i] & 0xffL) << shift);
                }
            }
            done += length;
        }
    }

    /** Reads bytes of RAM; parts without RAM read as zero. */
    public byte[] read(final long pa, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            final Page page = page(pa + i);
            if (page != null) {
                final int position = (int) (pa + i) & (Page.SIZE - 1);
                bytes[i] = (byte) (page.words[position >>> 3] >>> ((position & 7) << 3));
            }
        }
        return bytes;
    }

    private Page ram(final long pa) {
        final Page page = page(pa);
        if (page == null) {
            throw new IllegalArgumentException("no RAM at 0x%x; RAM is %s".formatted(pa, ranges));
        }
        return page;
    }
}
