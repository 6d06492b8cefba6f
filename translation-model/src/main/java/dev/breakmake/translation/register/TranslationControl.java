package dev.breakmake.translation.register;

import org.jspecify.annotations.Nullable;

/**
 * TCR_ELx, VTCR_EL2, HTCR, VTCR or TTBCR under one set of names; {@link Layout} says where the fields stand (Arm ARM D24.2, G8.2).
 * A field a layout lacks reads as 0 or false.
 */
public record TranslationControl(long value, Layout layout) {

    /** Which register the value belongs to. */
    public enum Layout {
        /** TCR_EL2 with E2H = 0. */
        ONE_RANGE,
        /** TCR_EL1, and TCR_EL2 with E2H = 1. */
        TWO_RANGES,
        /** VTCR_EL2. */
        STAGE2,
        /** HTCR. */
        HYP,
        /** AArch32 VTCR. */
        STAGE2_A32,
        /** TTBCR with EAE = 1. */
        PL1;

        /** Whether it is an AArch32 register. */
        public boolean aarch32() {
            return this == HYP || this == STAGE2_A32 || this == PL1;
        }
    }

    /** T0SZ or T1SZ; negative values only in AArch32 VTCR, whose field is signed. */
    public int size(int range) {
        return switch (layout) {
            case ONE_RANGE, STAGE2 -> Bits.field(value, 0, 6);
            case TWO_RANGES -> Bits.field(value, range == 0 ? 0 : 16, 6);
            case HYP -> Bits.field(value, 0, 3);
            case PL1 -> Bits.field(value, range == 0 ? 0 : 16, 3);
            case STAGE2_A32 -> (Bits.field(value, 0, 4) ^ 8) - 8;
        };
    }

    /** Input address size in bits before clamping. */
    public int inputBits(int range) {
        return (layout.aarch32() ? 32 : 64) - size(range);
    }

    /** Granule of a range; null if the encoding is reserved. */
    public @Nullable Granule granule(int range) {
        if (layout.aarch32()) {
            return Granule.K4;
        }
        if (range == 1) {
            return switch (Bits.field(value, 30, 2)) {
                case 1 -> Granule.K16;
                case 2 -> Granule.K4;
                case 3 -> Granule.K64;
                default -> null;
            };
        }
        return switch (Bits.field(value, 14, 2)) {
            case 0 -> Granule.K4;
            case 1 -> Granule.K64;
            case 2 -> Granule.K16;
            default -> null;
        };
    }

    /** Whether walks of the range are disabled (EPDn). */
    public boolean walksDisabled(int range) {
        return switch (layout) {
            case TWO_RANGES, PL1 -> Bits.bit(value, range == 0 ? 7 : 23);
            case ONE_RANGE, STAGE2, HYP, STAGE2_A32 -> false;
        };
    }

    /** Cacheability and shareability of the range's walks. */
    public WalkAttributes walks(int range) {
        return WalkAttributes.at(value, range == 0 ? 8 : 24);
    }

    /** Output address bits of PS or IPS: 32 to 52; 40 on AArch32; 0 if reserved. */
    public int outputBits() {
        if (layout.aarch32()) {
            return 40;
        }
        return switch (Bits.field(value, layout == Layout.TWO_RANGES ? 32 : 16, 3)) {
            case 0 -> 32;
            case 1 -> 36;
            case 2 -> 40;
            case 3 -> 42;
            case 4 -> 44;
            case 5 -> 48;
            case 6 -> 52;
            default -> 0;
        };
    }

    /** SL0 of a stage 2 register. */
    public int startLevelField() {
        return Bits.field(value, 6, 2);
    }

    /** SL2 of VTCR_EL2 (FEAT_LPA2). */
    public boolean extraStartLevel() {
        return layout == Layout.STAGE2 && Bits.bit(value, 33);
    }

    /** Which TTBR's ASID is current (A1). */
    public int asidRange() {
        return layout == Layout.TWO_RANGES || layout == Layout.PL1 ? Bits.field(value, 22, 1) : 0;
    }

    /** Whether ASIDs (AS) or VMIDs (VS) are 16 bits wide. */
    public boolean wideIdentifiers() {
        return switch (layout) {
            case TWO_RANGES -> Bits.bit(value, 36);
            case STAGE2 -> Bits.bit(value, 19);
            case ONE_RANGE, HYP, STAGE2_A32, PL1 -> false;
        };
    }

    /** Top byte ignored (TBI, TBIn). */
    public boolean topByteIgnored(int range) {
        return switch (layout) {
            case ONE_RANGE -> Bits.bit(value, 20);
            case TWO_RANGES -> Bits.bit(value, range == 0 ? 37 : 38);
            case STAGE2, HYP, STAGE2_A32, PL1 -> false;
        };
    }

    /** Hardware access flag (HA). */
    public boolean hardwareAccessFlag() {
        return switch (layout) {
            case ONE_RANGE, STAGE2 -> Bits.bit(value, 21);
            case TWO_RANGES -> Bits.bit(value, 39);
            case HYP, STAGE2_A32, PL1 -> false;
        };
    }

    /** Hardware dirty state (HD). */
    public boolean hardwareDirtyState() {
        return switch (layout) {
            case ONE_RANGE, STAGE2 -> Bits.bit(value, 22);
            case TWO_RANGES -> Bits.bit(value, 40);
            case HYP, STAGE2_A32, PL1 -> false;
        };
    }

    /** Hierarchical permissions disabled (HPD, HPDn). */
    public boolean hierarchicalDisabled(int range) {
        return switch (layout) {
            case ONE_RANGE, HYP -> Bits.bit(value, 24);
            case TWO_RANGES -> Bits.bit(value, range == 0 ? 41 : 42);
            case STAGE2, STAGE2_A32, PL1 -> false;
        };
    }

    /** 52-bit descriptor layout (DS). */
    public boolean largeAddresses() {
        return switch (layout) {
            case ONE_RANGE, STAGE2 -> Bits.bit(value, 32);
            case TWO_RANGES -> Bits.bit(value, 59);
            case HYP, STAGE2_A32, PL1 -> false;
        };
    }

    /** Whether TTBCR selects long descriptors (EAE); true for all others. */
    public boolean longDescriptors() {
        return layout != Layout.PL1 || Bits.bit(value, 31);
    }
}
