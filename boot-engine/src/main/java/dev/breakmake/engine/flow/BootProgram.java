package dev.breakmake.engine.flow;

import dev.breakmake.translation.event.Barrier.AccessTypes;
import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.Granule;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/**
 * What the flows of both architectures share: tables by name, the order of the boot, turning the MMU on and off, changing the root, the
 * bring-up of secondaries.
 */
abstract class BootProgram {

    /** Names of the pages by their number. */
    private static final String[] NAMES = names();

    private static String[] names() {
        final String[] fixed = {
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
        final String[] names = Arrays.copyOf(fixed, ImageMap.PAGES);
        for (int page = ImageMap.PE_ROOTS; page < ImageMap.PAGES; page++) {
            names[page] = page >= ImageMap.DOMHEAP
                    ? "domheap_pgtable_pe" + (page - ImageMap.DOMHEAP)
                    : "pgtable_pe" + (page - ImageMap.PE_ROOTS);
        }
        return names;
    }

    final FlowMachine machine;
    final FlowSpecification specification;
    final VirtualLayout layout;
    final Descriptors descriptors;
    /** Level of the root. */
    final int top;

    private final Granule granule;

    private FlowPe current;

    /** Address the image's data has for the running code: physical with the MMU off, virtual with it on. */
    private long dataBase;

    private final Controls controls;

    BootProgram(final FlowMachine machine, final Controls controls) {
        this.machine = machine;
        this.controls = controls;
        this.specification = machine.specification();
        this.layout = VirtualLayout.of(specification);
        this.descriptors = new Descriptors(specification.tables());
        this.top = specification.topLevel();
        this.granule = specification.tables().granule();
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
        for (int id = 0; id < specification.pes(); id++) {
            machine.pe(id).enter(Routine.IDLE);
            machine.pe(id).idle();
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

    /** Address of a byte of the image for the running code. */
    long at(final int page, final long offset) {
        return dataBase + ImageMap.offset(page, granule) + offset;
    }

    long pa(final int page) {
        return machine.pa(page);
    }

    /** Stores a descriptor into one of the image's tables. */
    void entry(final int table, final long index, final long descriptor) {
        final long offset = index << 3;
        current.store(NAMES[table], index, at(table, offset), pa(table) + offset, descriptor);
    }

    /** Maps all pages of the image, or the first ones, to themselves: the last table of an identity map. */
    void mapIdentityPages(final int third, final int pages, final LongUnaryOperator leaf) {
        for (int page = 0; page < pages; page++) {
            entry(third, slot(pa(page), 3), leaf.applyAsLong(pa(page)));
        }
    }

    /** Leaves the root for a secondary where it can read it with its caches off. */
    void leaveRoot(final long root) {
        current.store("init_ttbr", -1, at(ImageMap.DATA, 0), pa(ImageMap.DATA), root);
        maintain(CacheOperation.DC_CVAC, "init_ttbr", ImageMap.DATA, 0, 8);
        dsb(Shareability.ISH);
    }

    /** The root the boot PE left. */
    long readRoot() {
        return current.load("init_ttbr", at(ImageMap.DATA, 0));
    }

    private void maintain(
            final CacheOperation operation, final String object, final int page, final long offset, final long bytes) {
        current.operation(new Effect.Maintain(operation, object, at(page, offset), pa(page) + offset, bytes));
    }

    /** Gives up where Xen does: the boot tables cannot hold both mappings. */
    void refuseIf(final boolean clash) {
        if (clash) {
            throw FlowFault.gaveUp("the identity map of 0x%x clashes with the runtime mapping at 0x%x"
                    .formatted(specification.loadAddress(), layout.xen()));
        }
    }

    /** What was written with the caches off must not be hidden by older lines when walks go through them. */
    void maintainWrittenTables() {
        if (specification.has(Patch.TABLE_MAINTENANCE)) {
            dsb(Shareability.SY);
            maintainBootTables(CacheOperation.DC_IVAC);
        }
    }

    /** Cache maintenance of the lines of all boot tables. */
    void maintainBootTables(final CacheOperation operation) {
        final long bytes = ImageMap.offset(ImageMap.XEN_FIXMAP - ImageMap.BOOT_ROOT, granule);
        maintain(operation, "boot tables", ImageMap.BOOT_ROOT, 0, bytes);
    }

    void write(final TranslationRegister register, final long value) {
        current.operation(new Effect.Register(register, value));
    }

    void tlbi(final TlbOperation operation, final long operand, final Shareability shareability) {
        current.operation(new Effect.Tlbi(operation, operand, shareability));
    }

    /** Control register with MMU and caches off, before anything else depends on it. */
    void startWithMmuOff() {
        write(controls.control(), controls.off());
        current.isb();
    }

    /** One sequence that empties this PE's TLB. */
    void flushLocal() {
        dsbStores(Shareability.NSH);
        tlbi(controls.flush(), 0, Shareability.NSH);
        dsb(Shareability.NSH);
        current.isb();
    }

    void enableMmu(final long root) {
        current.enter(Routine.ENABLE_MMU);
        flushLocal();
        write(controls.root(), root);
        current.isb();
        dsb(Shareability.SY);
        write(controls.control(), controls.on());
        current.isb();
    }

    /** Before the series: the root changes under the running code. */
    void switchInPlace(final long root) {
        current.enter(Routine.SWITCH_TTBR);
        dsb(Shareability.SY);
        write(controls.root(), root);
        current.isb();
        tlbi(controls.flush(), 0, Shareability.NSH);
        dsb(Shareability.SY);
        current.isb();
    }

    /** The series: identity map in both trees, MMU off, root, MMU on, identity map out. */
    void switchFromIdentity(final IdentityMap boot, final IdentityMap runtime, final long root) {
        current.enter(Routine.UPDATE_IDENTITY);
        if (runtime.clashes()) {
            throw FlowFault.gaveUp("no identity map of 0x%x beside the runtime mapping at 0x%x"
                    .formatted(specification.loadAddress(), layout.xen()));
        }
        boot.link();
        dsb(Shareability.ISH);
        current.isb();
        runtime.link();
        dsb(Shareability.ISH);
        current.branch(Routine.SWITCH_TTBR_ID, specification.loadAddress());
        dsb(Shareability.ISH);
        current.isb();
        write(controls.control(), controls.on() & ~Controls.MMU);
        current.isb();
        tlbi(controls.flush(), 0, Shareability.NSH);
        dsb(Shareability.NSH);
        write(controls.root(), root);
        current.isb();
        write(controls.control(), controls.on());
        current.isb();
        current.branch(Routine.UPDATE_IDENTITY, layout.xen());
        removeEverywhere(runtime);
    }

    /** Takes an identity map out of tables that all PEs use. */
    void removeEverywhere(final IdentityMap runtime) {
        runtime.unlink();
        dsbStores(Shareability.ISH);
        tlbi(controls.flush(), 0, Shareability.ISH);
        dsb(Shareability.ISH);
        current.isb();
    }

    void enforceWriteXorExecute() {
        current.enter(Routine.ENFORCE_WNX);
        write(controls.control(), controls.on() | Controls.WXN);
        current.isb();
        tlbi(controls.flush(), 0, Shareability.NSH);
        dsb(Shareability.NSH);
        current.isb();
    }

    /** Maps the whole image by pages, as boot tables do: readable, writable and executable. */
    void mapImageRwx(final int third, final long imageAddress) {
        for (int page = 0; page < ImageMap.PAGES; page++) {
            entry(third, slot(imageAddress + ImageMap.offset(page, granule), 3), descriptors.page(pa(page)));
        }
    }

    /** Maps the whole image by pages with its final permissions: code read-only, data never executed. */
    void mapImageFinal(final int third, final long imageAddress) {
        for (int page = 0; page < ImageMap.PAGES; page++) {
            final long descriptor =
                    page < ImageMap.CODE_PAGES ? descriptors.code(pa(page)) : descriptors.data(pa(page));
            entry(third, slot(imageAddress + ImageMap.offset(page, granule), 3), descriptor);
        }
    }

    /** Index of an address in a table of a level. */
    long slot(final long va, final int level) {
        return va >>> granule.levelShift(level) & (1L << granule.bitsPerLevel()) - 1;
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
