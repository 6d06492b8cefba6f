package dev.breakmake.translation.cache;

import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.tlb.LongMap;
import dev.breakmake.translation.tlb.StateLimitException;
import org.jspecify.annotations.Nullable;

/**
 * What memory and data caches may disagree about, for the memory the run's events name. Kept per 64 bytes, which is at most the line
 * size of every core this is used for; a longer line of the header is honoured by rounding ranges out to it.
 */
public final class LineStates {
    private static final int GRAIN_SHIFT = 6;
    /** Physical addresses have at most 56 bits. */
    private static final long PA_LIMIT = 1L << 56;

    /** 4 GiB: no boot writes more with its caches off, and not all of it is tables or mailboxes. */
    private static final int PAGE_LIMIT = 1 << 20;

    /** 4 KiB of memory, one bit per 64 bytes. */
    private static final class Page {
        final long number;
        /** Written past the caches; a line cached before may hide it. */
        long uncached;
        /** The line was certainly not in a cache at that write. */
        long absent;
        /** Invalidated since hand-over. */
        long invalidated;
        /** Written through the caches and not cleaned to the point of coherency since. */
        long dirty;
        /** Written past the caches with no barrier since: maintenance may take effect before the write. */
        long unordered;
        /** Cleaned while dirty; complete once the PE that did it has executed a DSB. */
        long cleaning;
        /** Stored to since instruction caches were last made coherent. */
        long code;
        /** Cleaned to the point of unification since that store. */
        long codeCleaned;
        /** Invalidated in instruction caches after that clean; complete once the PE that did it has executed a DSB. */
        long codeInvalidated;
        /** Instruction, PE and time of the last write past the caches, and of the last one through them. */
        long uncachedPc;

        long uncachedAt;
        long dirtyPc;
        long dirtyAt;
        long cleanedAt;
        long codeCleanedAt;
        long codeInvalidatedAt;
        int codeCleanedPe;
        int codeInvalidatedPe;
        int uncachedPe;
        int dirtyPe;
        int cleanedPe;

        Page(long number) {
            this.number = number;
        }
    }

    private final LongMap<Page> pages = new LongMap<>();
    private final TraceHeader header;
    private final long lineMask;
    private @Nullable Page last;
    private long lastNumber = -1;
    /** Pages with code stored to and not invalidated in instruction caches since. */
    private long codePages;

    private boolean codeStored;

    /** Nothing written yet; what lines may hold at hand-over is the header's. */
    public LineStates(TraceHeader header) {
        this.header = header;
        this.lineMask = -Math.max(1L << GRAIN_SHIFT, Long.highestOneBit(Math.max(1, header.cacheLineBytes())));
    }

    /** What data caches may have held of an address at hand-over. */
    public HandOver.LineState atHandOver(long pa) {
        for (int i = 0; i < header.regions().size(); i++) {
            NamedRegion region = header.regions().get(i);
            if (region.physical().contains(pa)) {
                return header.handOver().imageLines();
            }
        }
        return header.handOver().otherLines();
    }

    private Page page(long pa) {
        long number = pa >>> 12;
        Page page = last;
        if (page != null && number == lastNumber) {
            return page;
        }
        page = pages.get(number);
        if (page == null) {
            if (pages.size() == PAGE_LIMIT) {
                throw tooMany();
            }
            page = new Page(number);
            pages.put(number, page);
        }
        last = page;
        lastNumber = number;
        return page;
    }

    private static StateLimitException tooMany() {
        return new StateLimitException(
                "stores to more than %d pages of memory are watched: the trace is damaged or no boot"
                        .formatted(PAGE_LIMIT));
    }

    /** One past the last byte of a run of stores, which is refused before it fills memory if it is longer than any real one. */
    private static long endOfStores(long pa, long length) {
        long end = end(pa, length);
        if (end > pa && end - pa >>> 12 > PAGE_LIMIT) {
            throw tooMany();
        }
        return end;
    }

    private @Nullable Page find(long pa) {
        long number = pa >>> 12;
        return number == lastNumber ? last : pages.get(number);
    }

    /** Bits of the 64-byte grains of one page that a range (already cut to the page) touches. */
    private static long bits(long from, long to) {
        int first = (int) (from >>> GRAIN_SHIFT) & 63;
        int end = (int) (to - 1 >>> GRAIN_SHIFT) & 63;
        return (-1L << first) & (-1L >>> (63 - end));
    }

    /** One past the last byte of a range; nothing lies beyond {@link #PA_LIMIT}. */
    private static long end(long pa, long length) {
        long end = pa + length;
        return pa < 0 || length <= 0 ? pa : end < 0 || end > PA_LIMIT ? PA_LIMIT : end;
    }

    /**
     * A store, or a run of stores.
     *
     * @param orderedAt time of the last barrier of the PE that orders its stores
     */
    public void write(long pa, long length, boolean cacheable, long time, int pe, long pc, long orderedAt) {
        long end = endOfStores(pa, length);
        for (long at = pa; at < end; at = (at & -4096L) + 4096) {
            long to = Math.min(end, (at & -4096L) + 4096);
            Page page = page(at);
            long bits = bits(at, to);
            if (cacheable) {
                page.dirty |= bits;
                page.cleaning &= ~bits;
                page.dirtyPc = pc;
                page.dirtyAt = time;
                page.dirtyPe = pe;
            } else {
                HandOver.LineState state = atHandOver(at);
                page.uncached |= bits;
                page.invalidated &= ~bits;
                if (page.uncachedAt <= orderedAt || page.uncachedPe != pe) {
                    page.unordered = 0;
                }
                page.unordered |= bits;
                if (state == HandOver.LineState.ABSENT) {
                    page.absent |= bits;
                }
                page.uncachedPc = pc;
                page.uncachedAt = time;
                page.uncachedPe = pe;
            }
        }
    }

    /** A store to a page that holds code. */
    public void writeCode(long pa, long length) {
        long end = endOfStores(pa, length);
        for (long at = pa; at < end; at = (at & -4096L) + 4096) {
            Page page = page(at);
            long bits = bits(at, Math.min(end, (at & -4096L) + 4096));
            codePages += page.code == 0 ? 1 : 0;
            codeStored = true;
            page.code |= bits;
            page.codeCleaned &= ~bits;
            page.codeInvalidated &= ~bits;
        }
    }

    /**
     * Lines of a range are invalidated (and cleaned, if {@code clean}) to the point of coherency. A line that was written past the caches
     * stays suspect if no barrier stands between: the invalidate may come first, and the old contents may be cached again before the write.
     *
     * @param orderedAt time of the last barrier of the PE that orders its stores
     */
    public void invalidate(long pa, long length, boolean clean, long time, int pe, long orderedAt) {
        forLines(pa, length, (page, touched) -> {
            boolean ordered = page.uncachedPe != pe || page.uncachedAt <= orderedAt;
            long bits = ordered ? touched : touched & ~page.unordered;
            page.invalidated |= bits & page.uncached;
            page.uncached &= ~bits;
            page.absent &= ~bits;
            if (clean) {
                cleaned(page, touched, time, pe);
            }
            page.dirty &= ~touched;
            if (clean) {
                codeCleaned(page, touched, time, pe);
            }
        });
    }

    private static void codeCleaned(Page page, long bits, long time, int pe) {
        if ((page.code & bits) != 0) {
            page.codeCleaned |= page.code & bits;
            page.codeCleanedAt = time;
            page.codeCleanedPe = pe;
        }
    }

    private static void cleaned(Page page, long bits, long time, int pe) {
        if ((page.dirty & bits) != 0) {
            page.cleaning |= page.dirty & bits;
            page.cleanedAt = time;
            page.cleanedPe = pe;
        }
    }

    /** Lines of a range are cleaned to the point of coherency. */
    public void clean(long pa, long length, long time, int pe) {
        forLines(pa, length, (page, bits) -> {
            cleaned(page, bits, time, pe);
            page.dirty &= ~bits;
            codeCleaned(page, bits, time, pe);
        });
    }

    private interface LineAction {
        void apply(Page page, long bits);
    }

    private void forLines(long pa, long length, LineAction action) {
        long from = pa & lineMask;
        long end = end(pa, length) + ~lineMask & lineMask;
        if (from >= end) {
            return;
        }
        if (manyPages(from, end)) {
            pages.forEach(page -> {
                long start = Math.max(from, page.number << 12);
                long stop = Math.min(end, (page.number << 12) + 4096);
                if (start < stop) {
                    action.apply(page, bits(start, stop));
                }
            });
            return;
        }
        for (long at = from; at < end; at = (at & -4096L) + 4096) {
            Page page = find(at);
            if (page != null) {
                action.apply(page, bits(at, Math.min(end, (at & -4096L) + 4096)));
            }
        }
    }

    /**
     * First address in a range that was written past the caches while a line of it may sit in a cache, or -1: a cacheable read may
     * return the old contents.
     */
    public long mayBeHidden(long pa, long length) {
        return firstOf(pa, length, false);
    }

    /** First address in a range written through the caches and not cleaned since, or -1: a read past the caches may miss it. */
    public long mayBeDirty(long pa, long length) {
        return firstOf(pa, length, true);
    }

    /** PE that last stored through the caches to the line of an address, or -1. */
    public int storedBy(long pa) {
        Page page = find(pa);
        return page == null || ((page.dirty | page.cleaning) & bits(pa, pa + 1)) == 0 ? -1 : page.dirtyPe;
    }

    /** PE that cleaned a dirty line of the address, or -1. */
    public int cleanedBy(long pa) {
        Page page = find(pa);
        return page == null || (page.cleaning & bits(pa, pa + 1)) == 0 ? -1 : page.cleanedPe;
    }

    /** Time of the last clean of a dirty line of the address' page. */
    public long cleanedAt(long pa) {
        return page(pa).cleanedAt;
    }

    /** Whether a range is larger than all that is known: then what is known is searched, not the range. */
    private boolean manyPages(long from, long end) {
        return end - from >>> 12 > pages.size();
    }

    private long firstOf(long pa, long length, boolean dirty) {
        return first(pa, length, page -> dirty ? page.dirty : page.uncached & ~page.absent);
    }

    private interface LineSet {
        long of(Page page);
    }

    private long first(long pa, long length, LineSet lines) {
        long end = end(pa, length);
        if (pa >= end) {
            return -1;
        }
        if (manyPages(pa, end)) {
            long[] found = {-1};
            pages.forEach(page -> {
                long start = Math.max(pa, page.number << 12);
                long stop = Math.min(end, (page.number << 12) + 4096);
                long set = start < stop ? lines.of(page) & bits(start, stop) : 0;
                if (set != 0 && (found[0] == -1 || start < found[0])) {
                    found[0] = first(start, set);
                }
            });
            return found[0];
        }
        for (long at = pa; at < end; at = (at & -4096L) + 4096) {
            Page page = find(at);
            if (page != null) {
                long set = lines.of(page) & bits(at, Math.min(end, (at & -4096L) + 4096));
                if (set != 0) {
                    return first(at, set);
                }
            }
        }
        return -1;
    }

    private static long first(long at, long set) {
        return Math.max(at, (at & -4096L) + ((long) Long.numberOfTrailingZeros(set) << GRAIN_SHIFT));
    }

    /** Whether other lines of the page of an address were invalidated after they were written past the caches. */
    public boolean partlyInvalidated(long pa) {
        Page page = find(pa);
        return page != null && page.invalidated != 0;
    }

    /** Instruction of the last write past the caches to the page of an address. */
    public long uncachedWriter(long pa) {
        return page(pa).uncachedPc;
    }

    /** Its time. */
    public long uncachedAt(long pa) {
        return page(pa).uncachedAt;
    }

    /** Its PE. */
    public int uncachedBy(long pa) {
        return page(pa).uncachedPe;
    }

    /** Instruction of the last write through the caches to the page of an address. */
    public long dirtyWriter(long pa) {
        return page(pa).dirtyPc;
    }

    /** Its time. */
    public long dirtyAt(long pa) {
        return page(pa).dirtyAt;
    }

    /** Its PE. */
    public int dirtyBy(long pa) {
        return page(pa).dirtyPe;
    }

    /** Whether any line with code was ever stored to: saves looking at each fetch. */
    public boolean codePending() {
        return codeStored;
    }

    /** First address of a range with code stored to and not invalidated in instruction caches since, or -1. */
    public long pendingCode(long pa, long length) {
        return first(pa, length, page -> page.code);
    }

    /** First address of a range with code stored to and invalidated in instruction caches since, or -1. */
    public long invalidatedCode(long pa, long length) {
        return first(pa, length, page -> page.codeInvalidated);
    }

    /** Time of the last such invalidate of the address' page. */
    public long codeInvalidatedAt(long pa) {
        return page(pa).codeInvalidatedAt;
    }

    /** Its PE. */
    public int codeInvalidatedBy(long pa) {
        return page(pa).codeInvalidatedPe;
    }

    /** Whether that address was cleaned to the point of unification since the store. */
    public boolean codeCleaned(long pa) {
        Page page = find(pa);
        return page != null && (page.codeCleaned & bits(pa, pa + 1)) != 0;
    }

    /** Lines of a range were cleaned to the point of unification. */
    public void cleanToUnification(long pa, long length, long time, int pe) {
        forLines(pa, length, (page, bits) -> codeCleaned(page, bits, time, pe));
    }

    /** Says when a PE last completed its maintenance for a PE. */
    public interface Completion {
        /** Time of the last DSB of {@code pe} that completes maintenance for {@code other}, 0 for never. */
        long at(int pe, int other);
    }

    /**
     * Instruction caches were invalidated: what was stored, cleaned and completed before is coherent once this is completed too.
     *
     * @param cleanNotNeeded stores are seen at the point of unification without a clean (CTR_EL0.IDC)
     */
    public void instructionCachesInvalidated(boolean cleanNotNeeded, long time, int pe, Completion completion) {
        if (codePages == 0) {
            return;
        }
        pages.forEach(page -> {
            long coherent = cleanNotNeeded
                    ? page.code
                    : completion.at(page.codeCleanedPe, pe) > page.codeCleanedAt ? page.codeCleaned : 0;
            if (coherent != 0) {
                page.code &= ~coherent;
                page.codeCleaned &= ~coherent;
                codePages -= page.code == 0 ? 1 : 0;
                page.codeInvalidated |= coherent;
                page.codeInvalidatedAt = time;
                page.codeInvalidatedPe = pe;
            }
        });
    }

    /** Number of pages with a state. */
    public int pages() {
        return pages.size();
    }
}
