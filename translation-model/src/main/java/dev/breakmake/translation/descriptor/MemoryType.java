package dev.breakmake.translation.descriptor;

/**
 * Memory types as canonical codes: a MAIR byte without the hints that do not change how accesses behave (transient, allocation), so
 * that two codes are equal exactly if type and cacheability are (Arm ARM D24.2 MAIR_EL1, D8.6.5 for stage 2).
 *
 * <p>Codes: Device {@code 0x00, 0x04, 0x08, 0x0C}; Normal outer in bits 7:4, inner in bits 3:0, each 4 (NC), B (WT) or F (WB);
 * {@link #FROM_STAGE_1} and {@link #RESERVED} beside them.
 */
public final class MemoryType {
    /** Device-nGnRnE. */
    public static final int DEVICE_NGNRNE = 0x00;
    /** Device-nGnRE. */
    public static final int DEVICE_NGNRE = 0x04;
    /** Normal, inner and outer Non-cacheable. */
    public static final int NORMAL_NC = 0x44;
    /** Normal, inner and outer Write-Through. */
    public static final int NORMAL_WT = 0xbb;
    /** Normal, inner and outer Write-Back. */
    public static final int NORMAL_WB = 0xff;
    /** Stage 2 with FWB: what stage 1 says. */
    public static final int FROM_STAGE_1 = 0x100;
    /** A reserved or UNPREDICTABLE encoding. */
    public static final int RESERVED = 0x200;

    private MemoryType() {}

    /** Canonical code of a MAIR byte. */
    public static int ofMairByte(int attribute) {
        int outer = attribute >>> 4;
        int inner = attribute & 15;
        if (outer == 0) {
            // Bit 0 is the XS attribute of FEAT_XS; bit 1 is reserved.
            return (inner & 2) != 0 ? RESERVED : inner & 12;
        }
        if (inner == 0) {
            return switch (attribute) {
                // Non-cacheable and Write-Through with XS = 0, Tagged Write-Back.
                case 0x40 -> NORMAL_NC;
                case 0xa0 -> NORMAL_WT;
                case 0xf0 -> NORMAL_WB;
                default -> RESERVED;
            };
        }
        return cacheability(outer) << 4 | cacheability(inner);
    }

    private static int cacheability(int field) {
        if (field == 4) {
            return 4;
        }
        // 00RW (not 0) Write-Through transient, 01RW (not 4) Write-Back transient, 10RW Write-Through, 11RW Write-Back.
        return (field & 4) != 0 ? 15 : 11;
    }

    /** Canonical code of the stage 2 MemAttr field. */
    public static int ofStage2(int memAttr, boolean forceWriteBack) {
        if (forceWriteBack) {
            if ((memAttr & 4) == 0) {
                return (memAttr & 3) << 2;
            }
            return switch (memAttr & 3) {
                case 1 -> NORMAL_NC;
                case 2 -> NORMAL_WB;
                case 3 -> FROM_STAGE_1;
                default -> RESERVED;
            };
        }
        if (memAttr >>> 2 == 0) {
            return (memAttr & 3) << 2;
        }
        int inner = stage2Cacheability(memAttr & 3);
        return inner == 0 ? RESERVED : stage2Cacheability(memAttr >>> 2) << 4 | inner;
    }

    private static int stage2Cacheability(int field) {
        return switch (field) {
            case 1 -> 4;
            case 2 -> 11;
            case 3 -> 15;
            default -> 0;
        };
    }

    /** Whether it is a Device type. */
    public static boolean device(int code) {
        return code < 0x10;
    }

    /** Whether an access may be cached at all. */
    public static boolean cacheable(int code) {
        return code == FROM_STAGE_1 || (code >= 0x10 && code != NORMAL_NC && code != RESERVED);
    }

    /** Whether the shareability field has no meaning: the memory counts as Outer Shareable (Device, inner and outer NC). */
    public static boolean outerShareableByType(int code) {
        return device(code) || code == NORMAL_NC;
    }

    /**
     * Type of a stage 1 and a stage 2 type combined (D8.6.5): Device wins, the weaker cacheability wins.
     *
     * @param stage2 as {@link #ofStage2} gives it
     */
    public static int combine(int stage1, int stage2) {
        if (stage2 == FROM_STAGE_1) {
            return stage1;
        }
        if (stage1 == RESERVED || stage2 == RESERVED) {
            return RESERVED;
        }
        if (device(stage1) || device(stage2)) {
            return device(stage1) && device(stage2) ? Math.min(stage1, stage2) : device(stage1) ? stage1 : stage2;
        }
        return Math.min(stage1 & 0xf0, stage2 & 0xf0) | Math.min(stage1 & 15, stage2 & 15);
    }

    /** Name as the Arm ARM and people write it, e.g. {@code Normal-WB} or {@code Device-nGnRE}. */
    public static String name(int code) {
        return switch (code) {
            case 0x00 -> "Device-nGnRnE";
            case 0x04 -> "Device-nGnRE";
            case 0x08 -> "Device-nGRE";
            case 0x0c -> "Device-GRE";
            case NORMAL_NC -> "Normal-NC";
            case NORMAL_WT -> "Normal-WT";
            case NORMAL_WB -> "Normal-WB";
            case FROM_STAGE_1 -> "as-stage-1";
            case RESERVED -> "reserved-type";
            default -> "Normal-i%so%s".formatted(cacheabilityName(code & 15), cacheabilityName(code >>> 4));
        };
    }

    private static String cacheabilityName(int field) {
        return field == 4 ? "NC" : field == 11 ? "WT" : "WB";
    }
}
