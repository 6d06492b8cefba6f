package dev.breakmake.engine.flow;

import static dev.breakmake.translation.event.TlbOperation.TLBIALLH;
import static dev.breakmake.translation.event.TlbOperation.TLBIMVAH;
import static dev.breakmake.translation.event.TranslationRegister.HMAIR0;
import static dev.breakmake.translation.event.TranslationRegister.HMAIR1;
import static dev.breakmake.translation.event.TranslationRegister.HSCTLR;
import static dev.breakmake.translation.event.TranslationRegister.HTCR;
import static dev.breakmake.translation.event.TranslationRegister.HTTBR;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Shareability;

/** Xen's boot on arm32: no spare address space, a temporary mapping, a root per PE, the domheap. */
final class Arm32Boot extends BootProgram {

    private static final long HSCTLR_OFF = 0x30c5_1878L;
    private static final long HSCTLR_MMU = 1;

    /** M and C; I is set from the start. */
    private static final long HSCTLR_ON = HSCTLR_OFF | 5;

    private static final long HSCTLR_WXN = 1L << 19;

    /** 32-bit input, inner-shareable write-back walks. */
    private static final long HTCR_VALUE = 0x8080_3500L;

    private static final long DOMHEAP_FRAMES_APART = 2L << 30;

    private static final int[] BOOT = {ImageMap.BOOT_ROOT, ImageMap.BOOT_SECOND, ImageMap.BOOT_THIRD};
    private static final int[] BOOT_ID = {-1, ImageMap.BOOT_SECOND_ID, ImageMap.BOOT_THIRD_ID};
    private static final int[] XEN_ID = {-1, ImageMap.XEN_SECOND_ID, ImageMap.XEN_THIRD_ID};

    private final IdentityMap bootIdentity;

    Arm32Boot(final FlowMachine machine) {
        super(machine);
        bootIdentity = new IdentityMap(this, BOOT, BOOT_ID, 1, Descriptors::page);
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
        current().write(HMAIR0, Descriptors.MAIR & 0xffff_ffffL);
        current().write(HMAIR1, Descriptors.MAIR >>> 32);
        current().write(HTCR, HTCR_VALUE);
        current().write(HSCTLR, HSCTLR_OFF);
        current().isb();
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
            removeBootIdentity();
        }
    }

    /** Whether the jump goes through the temporary mapping for this load address. */
    private boolean usesTemporaryMapping() {
        if (bootIdentity.isRuntime()) {
            return false;
        }
        final boolean overlaps = specification.loadAddress() >>> 21 == layout.temporary() >>> 21;
        if (specification.has(Patch.TEMPORARY_MAPPING)) {
            return !overlaps;
        }
        return specification.has(Patch.LOAD_ANYWHERE) && bootIdentity.clashes();
    }

    private void createBootTables(final boolean temporary) {
        current().enter(Routine.CREATE_PAGE_TABLES);
        if (bootIdentity.clashes() && !temporary) {
            throw FlowFault.gaveUp("the identity map of 0x%x clashes with the runtime mapping at 0x%x"
                    .formatted(specification.loadAddress(), layout.xen()));
        }
        final long xen = layout.xen();
        entry(ImageMap.BOOT_ROOT, slot(xen, 1), Descriptors.table(pa(ImageMap.BOOT_SECOND)));
        mapImageRwx(ImageMap.BOOT_THIRD, xen);
        if (temporary) {
            final long place = layout.temporary();
            entry(ImageMap.BOOT_ROOT, slot(place, 1), Descriptors.table(pa(ImageMap.BOOT_FIRST)));
            entry(ImageMap.BOOT_FIRST, slot(place, 2), Descriptors.table(pa(ImageMap.BOOT_THIRD)));
            if (bootIdentity.clashes()) {
                entry(
                        ImageMap.BOOT_SECOND,
                        slot(specification.loadAddress(), 2),
                        Descriptors.table(pa(ImageMap.BOOT_THIRD_ID)));
                mapIdentityPages();
            } else {
                bootIdentity.prepare(ImageMap.PAGES);
                bootIdentity.link();
            }
        } else {
            entry(ImageMap.BOOT_SECOND, slot(xen, 2), Descriptors.table(pa(ImageMap.BOOT_THIRD)));
            bootIdentity.prepare(ImageMap.PAGES);
            bootIdentity.link();
        }
        if (specification.has(Patch.TABLE_MAINTENANCE)) {
            final long bytes = ImageMap.offset(ImageMap.XEN_FIXMAP - ImageMap.BOOT_ROOT);
            dsb(Shareability.SY);
            current().maintain(CacheOperation.DC_IVAC, "boot tables", at(ImageMap.BOOT_ROOT, 0), bytes);
        }
    }

    private void mapIdentityPages() {
        for (int page = 0; page < ImageMap.PAGES; page++) {
            final long address = pa(page);
            entry(ImageMap.BOOT_THIRD_ID, slot(address, 3), Descriptors.page(address));
        }
    }

    private void enableMmu(final long root) {
        current().enter(Routine.ENABLE_MMU);
        flushLocal();
        current().write(HTTBR, root);
        current().isb();
        dsb(Shareability.SY);
        current().write(HSCTLR, HSCTLR_ON);
        current().isb();
    }

    private void flushLocal() {
        dsbStores(Shareability.NSH);
        current().tlbi(TLBIALLH, 0, Shareability.NSH);
        dsb(Shareability.NSH);
        current().isb();
    }

    private void removeBootIdentity() {
        if (bootIdentity.clashes()) {
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
            switchFromIdentity(root);
        } else {
            switchInPlace(root);
        }
    }

    private void switchInPlace(final long root) {
        current().enter(Routine.SWITCH_TTBR);
        dsb(Shareability.SY);
        current().write(HTTBR, root);
        current().isb();
        current().tlbi(TLBIALLH, 0, Shareability.NSH);
        dsb(Shareability.SY);
        current().isb();
    }

    /** As on arm64: identity map in both trees, MMU off, root, MMU on, identity map out. */
    private void switchFromIdentity(final long root) {
        current().enter(Routine.UPDATE_IDENTITY);
        final int[] runtime = {root(), ImageMap.XEN_SECOND, ImageMap.XEN_THIRD};
        final IdentityMap identity = new IdentityMap(this, runtime, XEN_ID, 1, Descriptors::code);
        if (identity.clashes()) {
            throw FlowFault.gaveUp("no identity map of 0x%x beside the runtime mapping at 0x%x"
                    .formatted(specification.loadAddress(), layout.xen()));
        }
        identity.prepare(ImageMap.CODE_PAGES);
        dsb(Shareability.ISH);
        identity.link();
        bootIdentity.link();
        dsb(Shareability.ISH);
        current().isb();
        current().branch(Routine.SWITCH_TTBR_ID, specification.loadAddress());
        dsb(Shareability.ISH);
        current().isb();
        current().write(HSCTLR, HSCTLR_ON & ~HSCTLR_MMU);
        current().isb();
        current().tlbi(TLBIALLH, 0, Shareability.NSH);
        dsb(Shareability.NSH);
        current().write(HTTBR, root);
        current().isb();
        current().write(HSCTLR, HSCTLR_ON);
        current().isb();
        current().branch(Routine.UPDATE_IDENTITY, layout.xen());
        identity.unlink();
        dsbStores(Shareability.ISH);
        current().tlbi(TLBIALLH, 0, Shareability.ISH);
        dsb(Shareability.ISH);
        current().isb();
    }

    private void enforceWriteXorExecute() {
        current().enter(Routine.ENFORCE_WNX);
        current().write(HSCTLR, HSCTLR_ON | HSCTLR_WXN);
        current().isb();
        current().tlbi(TLBIALLH, 0, Shareability.NSH);
        dsb(Shareability.NSH);
        current().isb();
    }

    private void mapDeviceTree() {
        current().enter(Routine.EARLY_FDT_MAP);
        dsb(Shareability.SY);
        entry(ImageMap.XEN_SECOND, slot(layout.fdt(), 2), Descriptors.dataBlock(machine.freeRam(0)));
        dsb(Shareability.SY);
        inserted();
        current().load("fdt", layout.fdt());
    }

    /** Two frames 2 GiB apart share a slot of the domheap: the second use replaces the first. */
    private void useDomheap() {
        current().enter(Routine.MAP_DOMAIN_PAGE);
        final long first = machine.freeRam(16);
        mapDomainPage(first, false);
        mapDomainPage(first + DOMHEAP_FRAMES_APART, true);
    }

    private void mapDomainPage(final long frame, final boolean replaces) {
        final int table = ImageMap.DOMHEAP + current().id();
        final long va = layout.direct() + (frame & (1L << 30) - 1);
        if (replaces && specification.has(Patch.DOMHEAP_BREAK)) {
            entry(table, slot(va, 2), 0);
            dsb(Shareability.NSH);
            current().tlbi(TLBIMVAH, va, Shareability.NSH);
        }
        dsb(Shareability.SY);
        entry(table, slot(va, 2), Descriptors.dataBlock(frame));
        dsb(Shareability.SY);
        current().tlbi(TLBIMVAH, va, Shareability.NSH);
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
        final long tables = ImageMap.offset(ImageMap.XEN_FIXMAP - ImageMap.BOOT_ROOT);
        current().maintain(CacheOperation.DC_CIVAC, "boot tables", at(ImageMap.BOOT_ROOT, 0), tables);
        current().store("init_ttbr", at(0, ImageMap.MAILBOX), pa(ImageMap.PE_ROOTS + id));
        current().maintain(CacheOperation.DC_CVAC, "init_ttbr", at(0, ImageMap.MAILBOX), 8);
        dsb(Shareability.ISH);
    }

    @Override
    void secondaryPe() {
        initialiseCpu();
        startOnBootTables();
        current().enter(Routine.SMP_START);
        switchRoot(current().load("init_ttbr", at(0, ImageMap.MAILBOX)));
        enforceWriteXorExecute();
        useDomheap();
    }

    @Override
    void secondaryIsUp() {}
}
