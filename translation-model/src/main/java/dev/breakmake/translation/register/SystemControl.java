package dev.breakmake.translation.register;

/** SCTLR_ELx, HSCTLR or SCTLR: the bits that matter here stand at the same place in all of them. */
public record SystemControl(long value) {

    /** Stage 1 translation enabled (M). */
    public boolean mmu() {
        return Bits.bit(value, 0);
    }

    /** Data accesses and walks may be cacheable (C). */
    public boolean dataCache() {
        return Bits.bit(value, 2);
    }

    /** Instruction fetches may be cacheable (I). */
    public boolean instructionCache() {
        return Bits.bit(value, 12);
    }

    /** Writable implies execute-never (WXN). */
    public boolean writeExecuteNever() {
        return Bits.bit(value, 19);
    }

    /** Walks are big-endian (EE). */
    public boolean bigEndian() {
        return Bits.bit(value, 25);
    }

    @Override
    public String toString() {
        return "M=%d C=%d I=%d WXN=%d EE=%d"
                .formatted(
                        Bits.field(value, 0, 1),
                        Bits.field(value, 2, 1),
                        Bits.field(value, 12, 1),
                        Bits.field(value, 19, 1),
                        Bits.field(value, 25, 1));
    }
}
