package dev.breakmake.translation.event;

/** What a backend may be unable to see. A rule that needs one of these reports "not observable" instead of "clean". */
public enum Capability {
    /** The order of stores between two stops. */
    STORE_ORDER,
    /** The address and width of the single store that changed a descriptor. */
    STORE_WIDTH,
    /** Cacheability of stores and state of cache lines. */
    CACHE_STATE,
    /** First uses of translations. */
    TRANSLATION_USE,
    /** Every barrier, not only those beside TLB invalidates and register writes. */
    ALL_BARRIERS,
    /** Context synchronisation by exception entry and return. */
    EXCEPTIONS,
    /**
     * How registers, tables, TLBs and caches came to be before the first enable of each regime on each PE: the trace starts mid-life.
     * Sizes in control registers (PS, SL0) are then not those of a machine. Nothing of the set-up is judged.
     */
    SETUP
}
