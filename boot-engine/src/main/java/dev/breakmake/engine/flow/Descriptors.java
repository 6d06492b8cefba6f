package dev.breakmake.engine.flow;

/** Descriptors as one flow writes them, long-descriptor format of both architectures (Arm ARM D8.3, G5.5). */
final class Descriptors {

    /** MAIR with Device-nGnRnE at 0, Normal non-cacheable at 1, Device-nGnRE at 4 and Normal write-back at 7. */
    static final long MAIR = 0xff00_0004_0000_4400L;

    private static final long ACCESS_FLAG = 1L << 10;
    private static final long OUTER_SHAREABLE = 2L << 8;
    private static final long READ_ONLY = 1L << 7;

    /** AP[1] is RES1 in a regime without EL0. */
    private static final long AP1 = 1L << 6;

    private static final long EXECUTE_NEVER = 1L << 54;
    private static final long NORMAL = 7L << 2;
    private static final long DEVICE = 4L << 2;
    private static final long PAGE = 3;
    private static final long BLOCK = 1;

    private final long shareable;

    Descriptors(final TableOptions options) {
        shareable = (long) options.sharing().field() << 8;
    }

    static long table(final long pa) {
        return pa | PAGE;
    }

    /** Normal memory that can be read, written and executed, as boot tables map it. */
    long page(final long pa) {
        return pa | ACCESS_FLAG | shareable | AP1 | NORMAL | PAGE;
    }

    long code(final long pa) {
        return page(pa) | READ_ONLY;
    }

    long data(final long pa) {
        return page(pa) | EXECUTE_NEVER;
    }

    long dataBlock(final long pa) {
        return pa | ACCESS_FLAG | shareable | AP1 | NORMAL | BLOCK | EXECUTE_NEVER;
    }

    static long device(final long pa) {
        return pa | ACCESS_FLAG | OUTER_SHAREABLE | AP1 | DEVICE | PAGE | EXECUTE_NEVER;
    }
}
