package dev.breakmake.translation.event;

/** The execution state whose translation regimes a run uses. */
public enum Architecture {
    /** VMSAv8-64: EL2, EL2&amp;0, EL1&amp;0, stage 2. */
    AARCH64,
    /** AArch32 with the Virtualization Extensions and LPAE: Hyp, PL1&amp;0, stage 2. */
    AARCH32
}
