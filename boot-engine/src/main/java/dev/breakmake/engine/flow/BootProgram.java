package dev.breakmake.engine.flow;

import dev.breakmake.translation.event.Barrier.AccessTypes;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.Shareability;

/** What the flows of both architectures share: tables by name, the order of the boot, the bring-up of secondaries. */
abstract class BootProgram {

    private static final String[] NAMES = {
        "text",
        "text",
        "data",
        "boot_pgtable",
        "boot_first",
        "boot_second",
        "boot_third",
        "boot_first_id",
        "boot_second_id",
        "boot_third_id",
        "xen_fixmap",
        "xen_pgtable",
        "xen_first",
        "xen_second",
        "xen_xenmap",
        "xen_first_id",
        "xen_second_id",
        "xen_third_id",
        "xen_first_direct",
        "xen_second_direct"
    };

    final FlowMachine machine;
    final FlowSpecification specification;
    final VirtualLayout layout;

    private FlowPe current;

    /** Address the image's data has for the running code: physical with the MMU off, virtual with it on. */
    private long dataBase;

    BootProgram(final FlowMachine machine) {
        this.machine = machine;
        this.specification = machine.specification();
        this.layout = VirtualLayout.of(specification);
        this.current = machine.pe(0);
    }

    /** The PE that executes now. */
    FlowPe current() {
        return current;
    }

    /** Boots the first PE, then brings up the others one by one. */
    void run() {
        final long image = specification.loadAddress();
        dataBase = image;
        current.start(image, Routine.START, PeState.Change.RESET);
        bootPe();
        for (int id = 1; id < specification.pes(); id++) {
            prepareSecondary(id);
            current = machine.pe(id);
            dataBase = image;
            current.start(image, Routine.START, PeState.Change.CPU_ON);
            secondaryPe();
            current = machine.pe(0);
            dataBase = layout.xen();
            secondaryIsUp();
        }
    }

    abstract void bootPe();

    abstract void prepareSecondary(int id);

    abstract void secondaryPe();

    abstract void secondaryIsUp();

    /** Data is reached through another mapping from now on. */
    void reachDataAt(final long imageAddress) {
        dataBase = imageAddress;
    }

    static String name(final int page) {
        if (page >= ImageMap.DOMHEAP) {
            return "domheap_pgtable_pe" + (page - ImageMap.DOMHEAP);
        }
        return page >= ImageMap.PE_ROOTS ? "pgtable_pe" + (page - ImageMap.PE_ROOTS) : NAMES[page];
    }

    /** Address of a byte of the image for the running code. */
    long at(final int page, final long offset) {
        return dataBase + ImageMap.offset(page) + offset;
    }

    long pa(final int page) {
        return machine.pa(page);
    }

    /** Stores a descriptor into one of the image's tables. */
    void entry(final int table, final long index, final long descriptor) {
        current.store("%s[%d]".formatted(name(table), index), at(table, index << 3), descriptor);
    }

    /** Maps the whole image by pages, as boot tables do: readable, writable and executable. */
    void mapImageRwx(final int third, final long imageAddress) {
        for (int page = 0; page < ImageMap.PAGES; page++) {
            entry(third, slot(imageAddress + ImageMap.offset(page), 3), Descriptors.page(pa(page)));
        }
    }

    /** Maps the whole image by pages with its final permissions: code read-only, data never executed. */
    void mapImageFinal(final int third, final long imageAddress) {
        for (int page = 0; page < ImageMap.PAGES; page++) {
            final long descriptor =
                    page < ImageMap.CODE_PAGES ? Descriptors.code(pa(page)) : Descriptors.data(pa(page));
            entry(third, slot(imageAddress + ImageMap.offset(page), 3), descriptor);
        }
    }

    /** Index of an address in a table of a level, 4 KiB granule. */
    static long slot(final long va, final int level) {
        return va >>> 39 - 9 * level & 511;
    }

    /** What Xen does after it inserted a mapping: nothing, or the barriers that make it usable. */
    void inserted() {
        if (specification.has(Patch.INSERT_BARRIERS)) {
            current.dsb(Shareability.NSH, AccessTypes.ST);
            current.isb();
        }
    }

    void dsb(final Shareability domain) {
        current.dsb(domain, AccessTypes.ALL);
    }

    void dsbStores(final Shareability domain) {
        current.dsb(domain, AccessTypes.ST);
    }
}
