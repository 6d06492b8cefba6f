package dev.breakmake.translation.register;

/** TTBRn_ELx, VTTBR_EL2, HTTBR, VTTBR or a 64-bit TTBRn: root address, identifier above it, CnP below it. */
public record TableBase(long value) {

    /** Everything between CnP and the identifier, without alignment. */
    public long address() {
        return Bits.inPlace(value, 47, 1);
    }

    /** Address when bits 5:2 carry bits 51:48 of it (52-bit output, FEAT_LPA and FEAT_LPA2). */
    public long largeAddress() {
        return Bits.inPlace(value, 47, 6) | ((long) Bits.field(value, 2, 4) << 48);
    }

    /** ASID or VMID field as far as it is {@code bits} wide: 8 or 16. */
    public int identifier(int bits) {
        return Bits.field(value, 48, bits);
    }

    /** Common not private. */
    public boolean commonNotPrivate() {
        return Bits.bit(value, 0);
    }

    @Override
    public String toString() {
        return "BADDR=0x%x ID=%d CnP=%d".formatted(address(), identifier(16), Bits.field(value, 0, 1));
    }
}
