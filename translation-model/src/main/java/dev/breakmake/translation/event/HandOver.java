package dev.breakmake.translation.event;

/**
 * What the boot protocol leaves open when the first instruction runs.
 *
 * @param entryLevel level the image is entered at
 * @param tlbUnknown TLBs may hold anything until invalidated
 * @param imageLines what data caches may hold of the image range (header size, BSS included)
 * @param otherLines what data caches may hold of all other memory
 */
public record HandOver(ExceptionLevel entryLevel, boolean tlbUnknown, LineState imageLines, LineState otherLines) {

    /** What a data cache may hold of a line. */
    public enum LineState {
        /** Not cached. */
        ABSENT,
        /** Cached and equal to memory. */
        CLEAN,
        /** Cached, not dirty, perhaps with older data than memory. */
        CLEAN_STALE,
        /** Anything, dirty included. */
        UNKNOWN
    }
}
