package dev.breakmake.translation.register;

import dev.breakmake.translation.event.AddressRange;
import org.jspecify.annotations.Nullable;

/**
 * One tree of tables a regime may walk: the root, the input addresses it serves and how.
 *
 * @param index 0 for TTBR0 (and every one-range regime), 1 for TTBR1
 * @param base physical address of the root (IPA for stage 1 under stage 2), in bytes
 * @param input input addresses it serves
 * @param granule translation granule
 * @param startLevel level of the root, -1 to 3
 * @param inputBits size of the input address the tables resolve, in bits
 * @param commonNotPrivate the CnP bit
 * @param topByteIgnored whether input bits 63:56 are ignored
 * @param hierarchicalDisabled whether permission fields of table descriptors are ignored (HPD)
 * @param walks cacheability and shareability of the walks
 */
public record TranslationRoot(
        int index,
        long base,
        AddressRange input,
        Granule granule,
        int startLevel,
        int inputBits,
        boolean commonNotPrivate,
        boolean topByteIgnored,
        boolean hierarchicalDisabled,
        WalkAttributes walks) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TranslationRoot that
                && index == that.index
                && base == that.base
                && input.equals(that.input)
                && granule == that.granule
                && startLevel == that.startLevel
                && inputBits == that.inputBits
                && commonNotPrivate == that.commonNotPrivate
                && topByteIgnored == that.topByteIgnored
                && hierarchicalDisabled == that.hierarchicalDisabled
                && walks.equals(that.walks);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(base) + input.hashCode()) + inputBits;
    }

    /** Entries of the root, concatenated tables of stage 2 included. */
    public int entries() {
        return 1 << (inputBits - granule.levelShift(startLevel));
    }

    /** Size of the root in bytes, concatenated tables included. */
    public long bytes() {
        return 8L * entries();
    }

    /** Number of table-sized pages the root takes: more than 1 with concatenated stage 2 roots, 1 otherwise. */
    public int tables() {
        return (int) Math.max(1, bytes() >>> granule.shift());
    }

    /** The input address the tables see: an ignored top byte becomes the sign extension of bit 55. */
    public long canonical(long address) {
        return topByteIgnored ? (address << 8) >> 8 : address;
    }

    /** Whether this root serves the input address. */
    public boolean serves(long address) {
        return input.contains(canonical(address));
    }

    /** Index of the entry that serves the address in a table of that level (of the whole concatenation at the root). */
    public int entryIndex(long address, int level) {
        int bits = level == startLevel ? inputBits - granule.levelShift(level) : granule.bitsPerLevel();
        return Bits.field(address, granule.levelShift(level), bits);
    }
}
