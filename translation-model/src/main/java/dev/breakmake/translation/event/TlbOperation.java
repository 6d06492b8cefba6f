package dev.breakmake.translation.event;

/**
 * TLB invalidate operations without their shareability suffix; names are those of the Arm ARM (A64 first, AArch32 after). By-range
 * forms start with R.
 */
public enum TlbOperation {
    ALLE1,
    ALLE2,
    ALLE3,
    VMALLE1,
    VMALLS12E1,
    ASIDE1,
    VAE1,
    VAAE1,
    VALE1,
    VAALE1,
    VAE2,
    VALE2,
    IPAS2E1,
    IPAS2LE1,
    RVAE1,
    RVAAE1,
    RVALE1,
    RVAALE1,
    RVAE2,
    RVALE2,
    RIPAS2E1,
    RIPAS2LE1,
    TLBIALL,
    TLBIMVA,
    TLBIASID,
    TLBIMVAA,
    TLBIMVAL,
    TLBIMVAAL,
    TLBIALLH,
    TLBIMVAH,
    TLBIMVALH,
    TLBIALLNSNH,
    TLBIIPAS2,
    TLBIIPAS2L,
    ITLBIALL,
    ITLBIMVA,
    ITLBIASID,
    DTLBIALL,
    DTLBIMVA,
    DTLBIASID
}
