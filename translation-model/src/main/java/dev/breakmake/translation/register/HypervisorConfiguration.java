package dev.breakmake.translation.register;

/** HCR_EL2, or HCR with HCR2 in the upper half. */
public record HypervisorConfiguration(long value) {

    /** Stage 2 translation enabled (VM), also implied by DC. */
    public boolean stage2() {
        return Bits.bit(value, 0) || defaultCacheable();
    }

    /** Default cacheability (DC): EL1&amp;0 stage 1 counts as off. */
    public boolean defaultCacheable() {
        return Bits.bit(value, 12);
    }

    /** Exceptions to EL1 go to EL2 (TGE): EL1&amp;0 stage 1 counts as off. */
    public boolean trapGeneral() {
        return Bits.bit(value, 27);
    }

    /** Stage 2 data accesses and walks are Non-cacheable (CD). */
    public boolean stage2DataCacheDisabled() {
        return Bits.bit(value, 32);
    }

    /** The EL2&amp;0 regime is in use instead of EL2 (E2H). */
    public boolean hostExtensions() {
        return Bits.bit(value, 34);
    }

    /** Stage 2 forced write-back encoding (FWB). */
    public boolean forceWriteBack() {
        return Bits.bit(value, 46);
    }

    /** Local TLB maintenance of EL1 is broadcast (FB). */
    public boolean forceBroadcast() {
        return Bits.bit(value, 9);
    }

    @Override
    public String toString() {
        return "VM=%d DC=%d TGE=%d E2H=%d FWB=%d FB=%d"
                .formatted(
                        Bits.field(value, 0, 1),
                        Bits.field(value, 12, 1),
                        Bits.field(value, 27, 1),
                        Bits.field(value, 34, 1),
                        Bits.field(value, 46, 1),
                        Bits.field(value, 9, 1));
    }
}
