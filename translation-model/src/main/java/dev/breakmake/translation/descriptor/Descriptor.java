package dev.breakmake.translation.descriptor;

import java.util.Locale;

/**
 * A decoded descriptor, for reports.
 *
 * @param word its 64 bits
 * @param level level of the table it stands in, -1 to 3
 * @param kind what it is
 * @param address output address of a leaf, next-level table of a table descriptor, 0 if invalid; in bytes
 * @param size bytes of input address it covers
 * @param memoryType canonical code of {@link MemoryType}; meaningful for leaves only, as all below
 * @param shareability effective: 0 NSH, 2 OSH, 3 ISH
 * @param permissions mask of {@link Permissions}, tables above not counted
 * @param accessFlag AF
 * @param notGlobal nG
 * @param contiguous contiguous hint
 * @param dirtyModifier DBM
 */
public record Descriptor(
        long word,
        int level,
        Kind kind,
        long address,
        long size,
        int memoryType,
        int shareability,
        int permissions,
        boolean accessFlag,
        boolean notGlobal,
        boolean contiguous,
        boolean dirtyModifier) {

    /** Decodes a word at a level. */
    public static Descriptor decode(DescriptorFormat format, int level, long word) {
        Kind kind = format.kind(word, level);
        if (!kind.leaf()) {
            long address = kind == Kind.TABLE ? format.address(word) : 0;
            return new Descriptor(word, level, kind, address, format.span(level), 0, 0, 0, false, false, false, false);
        }
        return new Descriptor(
                word,
                level,
                kind,
                format.outputAddress(word, level),
                format.span(level),
                format.memoryType(word),
                format.shareability(word),
                format.permissions(word),
                format.accessFlag(word),
                format.notGlobal(word),
                format.contiguous(word),
                format.dirtyModifier(word));
    }

    /** Form for people, e.g. {@code L2 block PA 0x40200000 2MiB RW XN Normal-WB ISH AF}. */
    public String text() {
        return "L" + level
                + switch (kind) {
                    case INVALID -> word == 0 ? " invalid" : " invalid (0x" + Long.toHexString(word) + ")";
                    case RESERVED -> " reserved encoding (0x" + Long.toHexString(word) + ")";
                    case TABLE -> " table 0x" + Long.toHexString(address) + tableFlags();
                    case BLOCK, PAGE -> leafText();
                };
    }

    private String leafText() {
        return " " + kind.name().toLowerCase(Locale.ROOT) + " PA 0x" + Long.toHexString(address) + " " + sizeName(size)
                + " " + Permissions.name(permissions) + " " + MemoryType.name(memoryType) + " "
                + shareabilityName(shareability)
                + (accessFlag ? " AF" : " no-AF")
                + (notGlobal ? " nG" : "")
                + (contiguous ? " Cont" : "")
                + (dirtyModifier ? " DBM" : "");
    }

    private String tableFlags() {
        int access = (int) (word >>> 61) & 3;
        return (access == 0 ? "" : " APTable=" + access)
                + ((word & (1L << 60)) != 0 ? " XNTable" : "")
                + ((word & (1L << 59)) != 0 ? " PXNTable" : "");
    }

    /** A power-of-two size as {@code 4KiB}, {@code 2MiB}, {@code 1GiB}. */
    public static String sizeName(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        long value = bytes;
        while (unit < units.length - 1 && value >= 1024 && (value & 1023) == 0) {
            value >>>= 10;
            unit++;
        }
        return value + units[unit];
    }

    /** Name of an effective shareability field. */
    public static String shareabilityName(int field) {
        return switch (field) {
            case 0 -> "NSH";
            case 2 -> "OSH";
            case 3 -> "ISH";
            default -> "SH-reserved";
        };
    }

    @Override
    public String toString() {
        return text();
    }
}
