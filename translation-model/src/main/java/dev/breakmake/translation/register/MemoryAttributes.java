package dev.breakmake.translation.register;

/** MAIR_ELx, or HMAIR1:HMAIR0 (MAIR1:MAIR0) as one value: eight attribute bytes. */
public record MemoryAttributes(long value) {

    /** Joins the two 32-bit AArch32 registers. */
    public static MemoryAttributes of(long low, long high) {
        return new MemoryAttributes((low & 0xffff_ffffL) | (high << 32));
    }

    /** Attribute byte of AttrIndx 0 to 7. */
    public int attribute(int index) {
        return Bits.field(value, 8 * index, 8);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            text.append(i == 0 ? "" : " ").append("Attr%d=0x%02x".formatted(i, attribute(i)));
        }
        return text.toString();
    }
}
