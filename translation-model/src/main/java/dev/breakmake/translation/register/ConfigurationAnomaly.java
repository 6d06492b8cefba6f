package dev.breakmake.translation.register;

/** A register value the architecture does not allow, or gives a meaning no hypervisor wants. */
public enum ConfigurationAnomaly {
    /** T0SZ or T1SZ outside the implemented range. */
    INPUT_SIZE_OUT_OF_RANGE(false),
    /** TG0 or TG1 reserved. */
    GRANULE_RESERVED(false),
    /** PS (IPS) reserved or larger than the implemented physical address size. */
    OUTPUT_SIZE_UNSUPPORTED(false),
    /** VTCR SL0 does not fit T0SZ: every walk faults. */
    START_LEVEL_INCONSISTENT(false),
    /** Root address not aligned to the size of the root. */
    ROOT_MISALIGNED(true),
    /** Root address beyond the output size. */
    ROOT_BEYOND_OUTPUT_SIZE(true),
    /** ASID bits set in the TTBR of a regime without ASIDs. */
    ASID_WITHOUT_ASIDS(true),
    /** RES0 bits set in a TTBR. */
    ROOT_RESERVED_BITS(true),
    /** Short-descriptor format (TTBCR.EAE = 0): not modelled, such a regime has no roots here. */
    SHORT_DESCRIPTORS(false);

    private final boolean ofRoot;

    ConfigurationAnomaly(boolean ofRoot) {
        this.ofRoot = ofRoot;
    }

    /** Whether it lies in a TTBR, VTTBR or HTTBR value; else in a control register. */
    public boolean ofRoot() {
        return ofRoot;
    }
}
