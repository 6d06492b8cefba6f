package dev.breakmake.engine.flow;

import static dev.breakmake.translation.event.TlbOperation.TLBIMVAH;
import static dev.breakmake.translation.event.TranslationRegister.HMAIR0;
import static dev.breakmake.translation.event.TranslationRegister.HMAIR1;
import static dev.breakmake.translation.event.TranslationRegister.HTCR;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Shareability;

/** Xen's boot on arm32: no spare address space, a temporary mapping, a root per PE, the domheap. */
final class Arm32Boot extends BootProgram {

    /** 32-bit input; how walks are made is the table options' part. */
    private static final long HTCR_VALUE = 0x8080_0000L;

    private static final long DOMHEAP_FRAMES_APART = 2L << 30;

    private static final int[] BOOT = {ImageMap.BOOT_ROOT, ImageMap.BOOT_SECOND, ImageMap.BOOT_THIRD};
    private static final int[] BOOT_ID = {-1, ImageMap.BOOT_SECOND_ID, ImageMap.BOOT_THIRD_ID};
    private static final int[] XEN_ID = {-1, ImageMap.XEN_SECOND_ID, ImageMap.XEN_THIRD_ID};

    private final IdentityMap bootIdentity;

    Arm32Boot(final FlowMachine machine) {
        super(machine, Controls.ARM32);
        bootIdentity = new IdentityMap(this, BOOT, BOOT_ID, descriptors::page);
    }

    private int root() {
        return current().id() == 0
                ? ImageMap.XEN_ROOT
                : ImageMap.PE_ROOTS + current().id();
    }

    @Override
    void bootPe() {
        initialiseCpu();
        startOnBootTables();
        setupFixmap();
        setupFinalTables();
        switchRoot(pa(root()));
        enforceWriteXorExecute();
        mapDeviceTree();
        useDomheap();
    }

    private void initialiseCpu() {
        current().enter(Routine.CPU_INIT);
        write(HMAIR0, Descriptors.MAIR & 0xffff_ffffL);
        write(HMAIR1, Descriptors.MAIR >>> 32);
        write(HTCR, HTCR_VALUE | specification.tables().control());
        startWithMmuOff();
    }

    /** From the MMU off to the runtime mapping on the boot tables. */
    private void startOnBootTables() {
        final boolean temporary = usesTemporaryMapping();
        createBootTables(temporary);
        enableMmu(pa(ImageMap.BOOT_ROOT));
        if (temporary) {
            current().branch(Routine.REMOVE_IDENTITY, layout.temporary());
            reachDataAt(layout.temporary());
            removeBootIdentity();
            current().enter(Routine.TEMPORARY);
            entry(ImageMap.BOOT_SECOND, slot(layout.xen(), 2), Descriptors.table(pa(ImageMap.BOOT_THIRD)));
            dsb(Shareability.NSH);
            current().isb();
            current().branch(Routine.REMOVE_TEMPORARY, layout.xen());
            reachDataAt(layout.xen());
            entry(ImageMap.BOOT_ROOT, slot(layout.temporary(), 1), 0);
            flushLocal();
        } else {
            current().branch(Routine.REMOVE_IDENTITY, layout.xen());
            reachDataAt(layout.xen());
            if (current().id() == 0) {
                // On the others it goes with the root.
                removeBootIdentity();
            }
        }
    }

    /** Whether the jump goes through the temporary mapping for this load address, as the layouts of arm32 say it. */
    private boolean usesTemporaryMapping() {
        if (specification.has(Patch.TEMPORARY_MAPPING)) {
            // It has an entry of the root for itself: where the identity map needs that one, the direct way is free.
            return slot(specification.loadAddress(), 1) != slot(layout.temporary(), 1);
        }
        return specification.has(Patch.LOAD_ANYWHERE) && bootIdentity.clashes();
    }

    private void createBootTables(final boolean temporary) {
        current().enter(Routine.CREATE_PAGE_TABLES);
        refuseIf(bootIdentity.clashes() && !temporary);
        final long xen = layout.xen();
        entry(ImageMap.BOOT_ROOT, slot(xen, 1), Descriptors.table(pa(ImageMap.BOOT_SECOND)));
        mapImageRwx(ImageMap.BOOT_THIRD, xen);
        if (temporary) {
            final long place = layout.temporary();
            entry(ImageMap.BOOT_ROOT, slot(place, 1), Descriptors.table(pa(ImageMap.BOOT_FIRST)));
            entry(ImageMap.BOOT_FIRST, slot(place, 2), Descriptors.table(pa(ImageMap.BOOT_THIRD)));
            if (bootIdentity.sharesLastTable()) {
                entry(
                        ImageMap.BOOT_SECOND,
                        slot(specification.loadAddress(), 2),
                        Descriptors.table(pa(ImageMap.BOOT_THIRD_ID)));
                mapIdentityPages(ImageMap.BOOT_THIRD_ID, ImageMap.PAGES, descriptors::page);
            } else {
                bootIdentity.prepare(ImageMap.PAGES);
                bootIdentity.link();
            }
        } else {
            entry(ImageMap.BOOT_SECOND, slot(xen, 2), Descriptors.table(pa(ImageMap.BOOT_THIRD)));
            bootIdentity.prepare(ImageMap.PAGES);
            bootIdentity.link();
        }
        maintainWrittenTables();
    }

    private void removeBootIdentity() {
        if (usesTemporaryMapping() && bootIdentity.sharesLastTable()) {
            entry(ImageMap.BOOT_SECOND, slot(specification.loadAddress(), 2), 0);
        } else {
            bootIdentity.unlink();
        }
        flushLocal();
    }

    private void setupFixmap() {
        current().enter(Routine.SETUP_FIXMAP);
        entry(ImageMap.XEN_FIXMAP, 0, Descriptors.device(machine.uart()));
        dsb(Shareability.NSH);
        entry(ImageMap.BOOT_SECOND, slot(layout.fixmap(), 2), Descriptors.table(pa(ImageMap.XEN_FIXMAP)));
        inserted();
        current().load("uart", layout.fixmap());
    }

    private void setupFinalTables() {
        current().enter(Routine.SETUP_PAGETABLES);
        final long xen = layout.xen();
        mapImageFinal(ImageMap.XEN_THIRD, xen);
        entry(ImageMap.XEN_SECOND, slot(xen, 2), Descriptors.table(pa(ImageMap.XEN_THIRD)));
        entry(ImageMap.XEN_SECOND, slot(layout.fixmap(), 2), Descriptors.table(pa(ImageMap.XEN_FIXMAP)));
        fillRoot(root(), 0);
        dsb(Shareability.ISH);
    }

    /** A PE's root: the shared half and its own domheap. */
    private void fillRoot(final int root, final int id) {
        entry(root, slot(layout.xen(), 1), Descriptors.table(pa(ImageMap.XEN_SECOND)));
        entry(root, slot(layout.direct(), 1), Descriptors.table(pa(ImageMap.DOMHEAP + id)));
    }

    private void switchRoot(final long root) {
        if (specification.has(Patch.SWITCH_HTTBR)) {
            final int[] runtime = {root(), ImageMap.XEN_SECOND, ImageMap.XEN_THIRD};
            final IdentityMap identity = new IdentityMap(this, runtime, XEN_ID, descriptors::code);
            identity.prepare(ImageMap.CODE_PAGES);
            dsb(Shareability.ISH);
            switchFromIdentity(bootIdentity, identity, root);
            if (slot(specification.loadAddress(), 1) == slot(layout.direct(), 1)) {
                // The identity map had the domheap's slot, which nobody used yet.
                entry(
                        root(),
                        slot(layout.direct(), 1),
                        Descriptors.table(pa(ImageMap.DOMHEAP + current().id())));
                dsb(Shareability.NSH);
                current().isb();
            }
        } else {
            switchInPlace(root);
        }
    }

    private void mapDeviceTree() {
        current().enter(Routine.EARLY_FDT_MAP);
        dsb(Shareability.SY);
        entry(ImageMap.XEN_SECOND, slot(layout.fdt(), 2), descriptors.dataBlock(machine.freeBlock(0)));
        dsb(Shareability.SY);
        inserted();
        current().load("fdt", layout.fdt());
    }

    /** Two frames 2 GiB apart share a slot of the domheap: the second use replaces the first. */
    private void useDomheap() {
        current().enter(Routine.MAP_DOMAIN_PAGE);
        final long first = machine.freeBlock(1);
        mapDomainPage(first, false);
        mapDomainPage(first + DOMHEAP_FRAMES_APART, true);
    }

    private void mapDomainPage(final long frame, final boolean replaces) {
        final int table = ImageMap.DOMHEAP + current().id();
        final long va = layout.direct() + (frame & (1L << 30) - 1);
        if (replaces && specification.has(Patch.DOMHEAP_BREAK)) {
            entry(table, slot(va, 2), 0);
            dsb(Shareability.NSH);
            tlbi(TLBIMVAH, va, Shareability.NSH);
        }
        dsb(Shareability.SY);
        entry(table, slot(va, 2), descriptors.dataBlock(frame));
        dsb(Shareability.SY);
        tlbi(TLBIMVAH, va, Shareability.NSH);
        dsb(Shareability.NSH);
        current().isb();
        current().load("domain page", va);
    }

    @Override
    void prepareSecondary(final int id) {
        current().enter(Routine.INIT_SECONDARY);
        fillRoot(ImageMap.PE_ROOTS + id, id);
        entry(ImageMap.BOOT_ROOT, slot(layout.xen(), 1), 0);
        entry(ImageMap.BOOT_SECOND, slot(layout.fixmap(), 2), 0);
        maintainBootTables(CacheOperation.DC_CIVAC);
        leaveRoot(pa(ImageMap.PE_ROOTS + id));
    }

    @Override
    void secondaryPe() {
        initialiseCpu();
        startOnBootTables();
        current().enter(Routine.SMP_START);
        switchRoot(readRoot());
        enforceWriteXorExecute();
        useDomheap();
    }

    @Override
    void secondaryIsUp() {}
}
