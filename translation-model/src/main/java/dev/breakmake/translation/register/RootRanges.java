package dev.breakmake.translation.register;

import dev.breakmake.translation.event.AddressRange;

/** Which input addresses a TTBR serves. */
final class RootRanges {
    private static final long FOUR_GIB = 1L << 32;

    private RootRanges() {}

    static AddressRange input(Regime regime, boolean aarch32, TranslationControl control, int range, int inputBits) {
        long size = 1L << inputBits;
        if (range == 0) {
            return new AddressRange(0, size);
        }
        if (!aarch32 || regime != Regime.PL1_0) {
            return new AddressRange(-size, 0);
        }
        // T1SZ = 0 with T0SZ > 0: TTBR1 serves all that TTBR0 does not (G5.5.4).
        long start = control.size(1) == 0 ? 1L << control.inputBits(0) : FOUR_GIB - size;
        return new AddressRange(start, FOUR_GIB);
    }
}
