package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.Architecture;
import java.util.SplittableRandom;

/**
 * General registers at the first instruction of the boot PE.
 *
 * @param pc physical address of the first instruction
 * @param general X0 to X30, or R0 to R14; not to be changed
 */
public record HandOverRegisters(long pc, long[] general) {

    /**
     * What the boot protocols fix (arm64: X0 = device tree, X1 to X3 = 0; arm32: R0 = 0, R1 = all ones, R2 = device tree); all else
     * is zero, or poisoned when a seed is given.
     */
    static HandOverRegisters of(Architecture architecture, long pc, long deviceTree, long poisonSeed) {
        boolean wide = architecture == Architecture.AARCH64;
        long[] general = new long[wide ? 31 : 15];
        if (poisonSeed != 0) {
            SplittableRandom random = new SplittableRandom(poisonSeed);
            for (int i = 0; i < general.length; i++) {
                general[i] = wide ? random.nextLong() : random.nextInt() & 0xffff_ffffL;
            }
        }
        if (wide) {
            general[0] = deviceTree;
            general[1] = 0;
            general[2] = 0;
            general[3] = 0;
        } else {
            general[0] = 0;
            general[1] = 0xffff_ffffL;
            general[2] = deviceTree;
        }
        return new HandOverRegisters(pc, general);
    }
}
