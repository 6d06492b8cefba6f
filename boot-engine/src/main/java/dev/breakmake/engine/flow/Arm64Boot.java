package dev.breakmake.engine.flow;

import static dev.breakmake.translation.event.TranslationRegister.MAIR_EL2;
import static dev.breakmake.translation.event.TranslationRegister.TCR_EL2;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Shareability;

/** Xen's boot on arm64: boot tables, jump to the runtime mapping, final tables, direct map, secondaries. */
final class Arm64Boot extends BootProgram {

    /** 48-bit input, 44-bit output, 4 KiB granule, inner-shareable write-back walks. */
    private static final long TCR = 0x8084_3510L;

    private static final int[] BOOT = {
        ImageMap.BOOT_ROOT, ImageMap.BOOT_FIRST, ImageMap.BOOT_SECOND, ImageMap.BOOT_THIRD
    };
    private static final int[] BOOT_ID = {-1, ImageMap.BOOT_FIRST_ID, ImageMap.BOOT_SECOND_ID, ImageMap.BOOT_THIRD_ID};
    private static final int[] XEN = {ImageMap.XEN_ROOT, ImageMap.XEN_FIRST, ImageMap.XEN_SECOND, ImageMap.XEN_THIRD};
    private static final int[] XEN_ID = {-1, ImageMap.XEN_FIRST_ID, ImageMap.XEN_SECOND_ID, ImageMap.XEN_THIRD_ID};

    private final IdentityMap bootIdentity;
    private final IdentityMap runtimeIdentity;

    Arm64Boot(final FlowMachine machine) {
        super(machine, Controls.ARM64);
        bootIdentity = new IdentityMap(this, BOOT, BOOT_ID, 0, Descriptors::page);
        runtimeIdentity = new IdentityMap(this, XEN, XEN_ID, 0, Descriptors::code);
    }

    @Override
    void bootPe() {
        initialiseCpu();
        createBootTables();
        enableMmu(pa(ImageMap.BOOT_ROOT));
        current().branch(Routine.REMOVE_IDENTITY, layout.xen());
        reachDataAt(layout.xen());
        removeBootIdentity();
        setupFixmap();
        setupFinalTables();
        if (specification.has(Patch.SWITCH_TTBR)) {
            switchFromIdentity(bootIdentity, runtimeIdentity, pa(ImageMap.XEN_ROOT));
        } else {
            switchInPlace(pa(ImageMap.XEN_ROOT));
        }
        enforceWriteXorExecute();
        mapDeviceTree();
        mapDirect();
    }

    private void initialiseCpu() {
        current().enter(Routine.CPU_INIT);
        write(MAIR_EL2, Descriptors.MAIR);
        write(TCR_EL2, TCR);
        startWithMmuOff();
    }

    private void createBootTables() {
        current().enter(Routine.CREATE_PAGE_TABLES);
        if (bootIdentity.clashes()) {
            throw FlowFault.gaveUp("the identity map of 0x%x clashes with the runtime mapping at 0x%x"
                    .formatted(specification.loadAddress(), layout.xen()));
        }
        final long xen = layout.xen();
        entry(ImageMap.BOOT_ROOT, slot(xen, 0), Descriptors.table(pa(ImageMap.BOOT_FIRST)));
        entry(ImageMap.BOOT_FIRST, slot(xen, 1), Descriptors.table(pa(ImageMap.BOOT_SECOND)));
        entry(ImageMap.BOOT_SECOND, slot(xen, 2), Descriptors.table(pa(ImageMap.BOOT_THIRD)));
        mapImageRwx(ImageMap.BOOT_THIRD, xen);
        bootIdentity.prepare(ImageMap.PAGES);
        bootIdentity.link();
        if (specification.has(Patch.TABLE_MAINTENANCE)) {
            dsb(Shareability.SY);
            maintainBootTables(CacheOperation.DC_IVAC);
        }
    }

    private void removeBootIdentity() {
        bootIdentity.unlink();
        flushLocal();
    }

    private void setupFixmap() {
        current().enter(Routine.SETUP_FIXMAP);
        entry(ImageMap.XEN_FIXMAP, 0, Descriptors.device(machine.uart()));
        dsbStores(Shareability.NSH);
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
        entry(ImageMap.XEN_FIRST, slot(xen, 1), Descriptors.table(pa(ImageMap.XEN_SECOND)));
        entry(ImageMap.XEN_ROOT, slot(xen, 0), Descriptors.table(pa(ImageMap.XEN_FIRST)));
        runtimeIdentity.prepare(ImageMap.CODE_PAGES);
        dsb(Shareability.ISH);
    }

    private void mapDeviceTree() {
        current().enter(Routine.EARLY_FDT_MAP);
        entry(ImageMap.XEN_SECOND, slot(layout.fdt(), 2), Descriptors.dataBlock(machine.freeRam(0)));
        inserted();
        current().load("fdt", layout.fdt());
    }

    private void mapDirect() {
        current().enter(Routine.SETUP_DIRECTMAP);
        final long frame = machine.freeRam(16);
        final long va = layout.direct() + frame;
        entry(ImageMap.DIRECT_SECOND, slot(va, 2), Descriptors.dataBlock(frame));
        entry(ImageMap.DIRECT_FIRST, slot(va, 1), Descriptors.table(pa(ImageMap.DIRECT_SECOND)));
        dsbStores(Shareability.NSH);
        entry(ImageMap.XEN_ROOT, slot(va, 0), Descriptors.table(pa(ImageMap.DIRECT_FIRST)));
        inserted();
        current().load("free page", va);
    }

    @Override
    void prepareSecondary(final int id) {
        current().enter(Routine.INIT_SECONDARY);
        if (specification.has(Patch.SECONDARY_DIRECT)) {
            runtimeIdentity.link();
            dsb(Shareability.ISH);
            current().isb();
        } else {
            clearBootTables();
        }
        leaveRoot(pa(ImageMap.XEN_ROOT));
    }

    /** Secondaries build the boot tables again: nothing of the earlier use may stay, in memory or in a cache. */
    private void clearBootTables() {
        entry(ImageMap.BOOT_ROOT, slot(layout.xen(), 0), 0);
        entry(ImageMap.BOOT_SECOND, slot(layout.fixmap(), 2), 0);
        maintainBootTables(CacheOperation.DC_CIVAC);
        dsb(Shareability.ISH);
    }

    @Override
    void secondaryPe() {
        initialiseCpu();
        if (specification.has(Patch.SECONDARY_DIRECT)) {
            enableMmu(readRoot());
            current().branch(Routine.SMP_START, layout.xen());
            reachDataAt(layout.xen());
        } else {
            createBootTables();
            enableMmu(pa(ImageMap.BOOT_ROOT));
            // The identity map goes with the root: only the boot PE takes it out of the boot tables.
            current().branch(Routine.SMP_START, layout.xen());
            reachDataAt(layout.xen());
            switchInPlace(readRoot());
        }
        enforceWriteXorExecute();
    }

    @Override
    void secondaryIsUp() {
        if (specification.has(Patch.SECONDARY_DIRECT)) {
            current().enter(Routine.UPDATE_IDENTITY);
            removeEverywhere(runtimeIdentity);
        }
    }
}
