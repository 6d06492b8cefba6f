package dev.breakmake.translation.register;

/** Translation granule: the size of a page and of a full table (Arm ARM D8.2.1). */
public enum Granule {
    K4(12),
    K16(14),
    K64(16);

    private final int shift;

    Granule(int shift) {
        this.shift = shift;
    }

    /** log2 of the page size in bytes. */
    public int shift() {
        return shift;
    }

    /** Page and table size in bytes. */
    public long bytes() {
        return 1L << shift;
    }

    /** Input address bits that one full table resolves. */
    public int bitsPerLevel() {
        return shift - 3;
    }

    /** log2 of the bytes one entry of a table of that level spans; level -1 to 3. */
    public int levelShift(int level) {
        return shift + (3 - level) * bitsPerLevel();
    }

    /** Bytes one entry of a table of that level spans. */
    public long entrySpan(int level) {
        return 1L << levelShift(level);
    }

    /** Number of adjacent entries a contiguous group has at that level (Arm ARM D8.7.1.1, table of group sizes). */
    public int contiguousEntries(int level) {
        return switch (this) {
            case K4 -> 16;
            case K16 -> level == 3 ? 128 : 32;
            case K64 -> 32;
        };
    }

    @Override
    public String toString() {
        return (1 << (shift - 10)) + "KiB";
    }
}
