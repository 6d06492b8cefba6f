package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.site.CodeRegion;
import dev.breakmake.qemu.site.SiteOperation;

/**
 * An instruction that matters.
 *
 * @param region the code it is in
 * @param pa its physical address
 * @param operation what it does
 */
record Site(CodeRegion region, long pa, SiteOperation.Stop operation) {

    /** Whether a conditional instruction is executed under this program status. */
    boolean conditionHolds(long programStatus) {
        return region.decoder().conditionHolds(region.word(pa), programStatus);
    }

    /** Value of an operand. */
    static long operand(long[] general, int register) {
        return register == SiteOperation.ZERO ? 0 : general[register];
    }

    /** The value a register write writes. */
    static long value(SiteOperation.WriteRegister write, long[] general) {
        long value = operand(general, write.low());
        return write.high() == SiteOperation.NONE
                ? value
                : (value & 0xffff_ffffL) | operand(general, write.high()) << 32;
    }
}
