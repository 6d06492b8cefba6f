package dev.breakmake.translation.event;

/** How a descriptor got its new value. */
public enum WriteOrigin {
    /** A plain or release store, seen when it happened. */
    STORE,
    /** A store-exclusive or an atomic read-modify-write, seen when it happened. */
    ATOMIC,
    /** Part of a zeroing operation (DC ZVA). */
    ZERO,
    /** Written by the table walk hardware (access flag, dirty state). */
    HARDWARE,
    /**
     * Found in the page when it was first linked as a table; every store to the page was followed by a DMB or DSB of its PE. PC and
     * instruction count are those of the linking instruction.
     */
    LINKED_ORDERED,
    /** Found in the page when it was first linked as a table; at least one store to the page was not ordered by a barrier yet. */
    LINKED_UNORDERED,
    /** Seen as a difference of memory between two stops of a backend: time, order and width of the store are not known. */
    OBSERVED
}
