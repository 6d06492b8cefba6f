package dev.breakmake.translation.event;

/** Cache and branch predictor maintenance; AArch32 operations use the A64 name of the same effect. */
public enum CacheOperation {
    /** Data, invalidate to PoC (DC IVAC, DCIMVAC). */
    DC_IVAC,
    /** Data, clean to PoC (DC CVAC, DCCMVAC). */
    DC_CVAC,
    /** Data, clean and invalidate to PoC (DC CIVAC, DCCIMVAC). */
    DC_CIVAC,
    /** Data, clean to PoU (DC CVAU, DCCMVAU). */
    DC_CVAU,
    /** Data, clean to the point of persistence (DC CVAP, CVADP). */
    DC_CVAP,
    /** Data, invalidate by set/way. */
    DC_ISW,
    /** Data, clean by set/way. */
    DC_CSW,
    /** Data, clean and invalidate by set/way. */
    DC_CISW,
    /** Instruction, all, this PE. */
    IC_IALLU,
    /** Instruction, all, Inner Shareable. */
    IC_IALLUIS,
    /** Instruction, by address. */
    IC_IVAU,
    /** Branch predictor, all (AArch32). */
    BPIALL,
    /** Branch predictor, all, Inner Shareable (AArch32). */
    BPIALLIS,
    /** Branch predictor, by address (AArch32). */
    BPIMVA
}
