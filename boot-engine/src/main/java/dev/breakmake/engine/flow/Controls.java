package dev.breakmake.engine.flow;

import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;

/**
 * By what the two architectures differ when the MMU goes on or off.
 *
 * @param root register of the root table
 * @param control register with M, C, I and WXN
 * @param off value of {@code control} with MMU and data cache off
 * @param on value with MMU and caches on
 * @param flush TLB invalidate of the whole regime
 */
record Controls(TranslationRegister root, TranslationRegister control, long off, long on, TlbOperation flush) {

    /** Bit of {@code control} that turns the MMU on. */
    static final long MMU = 1;

    /** Bit of {@code control} that forbids execution of writable memory. */
    static final long WXN = 1L << 19;

    /** SCTLR_EL2 with its RES1 bits; M, C and I go on together. */
    static final Controls ARM64 = new Controls(
            TranslationRegister.TTBR0_EL2,
            TranslationRegister.SCTLR_EL2,
            0x30c5_0830L,
            0x30c5_1835L,
            TlbOperation.ALLE2);

    /** HSCTLR with its RES1 bits; I is set from the start, M and C go on together. */
    static final Controls ARM32 = new Controls(
            TranslationRegister.HTTBR, TranslationRegister.HSCTLR, 0x30c5_1878L, 0x30c5_187dL, TlbOperation.TLBIALLH);
}
