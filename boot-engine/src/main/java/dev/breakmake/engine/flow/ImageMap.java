package dev.breakmake.engine.flow;

import dev.breakmake.translation.register.Granule;

/** The flow's image: code, data and page tables as pages of the granule, by their number from the start of the image. */
final class ImageMap {

    /** Pages of code; each routine has a place in them. */
    static final int CODE_PAGES = 2;

    /** The page of variables that PEs share. */
    static final int DATA = 2;

    static final int BOOT_ROOT = 3;
    static final int BOOT_FIRST = 4;
    static final int BOOT_SECOND = 5;
    static final int BOOT_THIRD = 6;
    static final int BOOT_FIRST_ID = 7;
    static final int BOOT_SECOND_ID = 8;
    static final int BOOT_THIRD_ID = 9;
    static final int XEN_FIXMAP = 10;
    static final int XEN_ROOT = 11;
    static final int XEN_FIRST = 12;
    static final int XEN_SECOND = 13;
    static final int XEN_THIRD = 14;
    static final int XEN_FIRST_ID = 15;
    static final int XEN_SECOND_ID = 16;
    static final int XEN_THIRD_ID = 17;
    static final int DIRECT_FIRST = 18;

    static final int DIRECT_SECOND = 19;

    /** First of the root tables of secondaries (arm32), one page for each PE. */
    static final int PE_ROOTS = 20;

    /** First of the domheap tables (arm32), one page for each PE. */
    static final int DOMHEAP = 28;

    /** Pages of the image. */
    static final int PAGES = 36;

    private ImageMap() {}

    /** Offset of a page from the start of the image, in bytes. */
    static long offset(final int page, final Granule granule) {
        return (long) page << granule.shift();
    }

    /** Bytes of the image. */
    static long bytes(final Granule granule) {
        return offset(PAGES, granule);
    }

    /** Offset of the mailbox that carries the root for secondaries. */
    static long mailbox(final Granule granule) {
        return offset(DATA, granule);
    }
}
