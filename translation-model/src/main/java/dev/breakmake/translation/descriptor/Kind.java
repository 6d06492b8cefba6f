package dev.breakmake.translation.descriptor;

/** What a descriptor is to a walk at its level. */
public enum Kind {
    /** Bit 0 is clear. */
    INVALID,
    /** Encoded as valid, but reserved at this level: a walk faults as for an invalid one. */
    RESERVED,
    /** Leaf above level 3. */
    BLOCK,
    /** Leaf at level 3. */
    PAGE,
    /** Points to the next level. */
    TABLE;

    /** Whether it maps memory itself. */
    public boolean leaf() {
        return this == BLOCK || this == PAGE;
    }

    /** Whether a walk goes on or ends with a translation. */
    public boolean valid() {
        return this == TABLE || leaf();
    }
}
