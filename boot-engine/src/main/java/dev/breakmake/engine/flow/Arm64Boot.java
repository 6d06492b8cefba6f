package dev.breakmake.engine.flow;

import static dev.breakmake.translation.event.TlbOperation.ALLE2;
import static dev.breakmake.translation.event.TranslationRegister.MAIR_EL2;
import static dev.breakmake.translation.event.TranslationRegister.SCTLR_EL2;
import static dev.breakmake.translation.event.TranslationRegister.TCR_EL2;
import static dev.breakmake.translation.event.TranslationRegister.TTBR0_EL2;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Shareability;

/** Xen's boot on arm64: boot tables, jump to the runtime mapping, final tables, direct map, secondaries. */
final class Arm64Boot extends BootProgram {

    /** RES1 bits of SCTLR_EL2, MMU and caches off. */
    private static final long SCTLR_OFF = 0x30c5_0830L;

    /** M, C and I. */
    private static final long SCTLR_ON = SCTLR_OFF | 0x1005L;

    private static final long SCTLR_MMU = 1;
    private static final long SCTLR_WXN = 1L << 19;

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
        super(machine);
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
            switchFromIdentity();
        } else {
            switchInPlace(pa(ImageMap.XEN_ROOT));
        }
        enforceWriteXorExecute();
        mapDeviceTree();
        mapDirect();
    }

    private void initialiseCpu() {
        current().enter(Routine.CPU_INIT);
        current().write(MAIR_EL2, Descriptors.MAIR);
        current().write(TCR_EL2, TCR);
        current().write(SCTLR_EL2, SCTLR_OFF);
        current().isb();
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
            final long bytes = ImageMap.offset(ImageMap.XEN_FIXMAP - ImageMap.BOOT_ROOT);
            dsb(Shareability.SY);
            current().maintain(CacheOperation.DC_IVAC, "boot tables", at(ImageMap.BOOT_ROOT, 0), bytes);
        }
    }

    private void enableMmu(final long root) {
        current().enter(Routine.ENABLE_MMU);
        flushLocal();
        current().write(TTBR0_EL2, root);
        current().isb();
        dsb(Shareability.SY);
        current().write(SCTLR_EL2, SCTLR_ON);
        current().isb();
    }

    private void flushLocal() {
        dsbStores(Shareability.NSH);
        current().tlbi(ALLE2, 0, Shareability.NSH);
        dsb(Shareability.NSH);
        current().isb();
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

    /** Before the series: the root changes under the running code. */
    private void switchInPlace(final long root) {
        current().enter(Routine.SWITCH_TTBR);
        dsb(Shareability.SY);
        current().write(TTBR0_EL2, root);
        current().isb();
        current().tlbi(ALLE2, 0, Shareability.NSH);
        dsb(Shareability.SY);
        current().isb();
    }

    /** The series: identity map in both trees, MMU off, root, MMU on, identity map out. */
    private void switchFromIdentity() {
        current().enter(Routine.UPDATE_IDENTITY);
        if (runtimeIdentity.clashes()) {
            throw FlowFault.gaveUp("no identity map of 0x%x beside the runtime mapping at 0x%x"
                    .formatted(specification.loadAddress(), layout.xen()));
        }
        bootIdentity.link();
        dsb(Shareability.ISH);
        current().isb();
        runtimeIdentity.link();
        dsb(Shareability.ISH);
        current().branch(Routine.SWITCH_TTBR_ID, specification.loadAddress());
        dsb(Shareability.ISH);
        current().isb();
        current().write(SCTLR_EL2, SCTLR_ON & ~SCTLR_MMU);
        current().isb();
        current().tlbi(ALLE2, 0, Shareability.NSH);
        dsb(Shareability.NSH);
        current().write(TTBR0_EL2, pa(ImageMap.XEN_ROOT));
        current().isb();
        current().write(SCTLR_EL2, SCTLR_ON);
        current().isb();
        current().branch(Routine.UPDATE_IDENTITY, layout.xen());
        removeRuntimeIdentity();
    }

    private void removeRuntimeIdentity() {
        runtimeIdentity.unlink();
        dsbStores(Shareability.ISH);
        current().tlbi(ALLE2, 0, Shareability.ISH);
        dsb(Shareability.ISH);
        current().isb();
    }

    private void enforceWriteXorExecute() {
        current().enter(Routine.ENFORCE_WNX);
        current().write(SCTLR_EL2, SCTLR_ON | SCTLR_WXN);
        current().isb();
        current().tlbi(ALLE2, 0, Shareability.NSH);
        dsb(Shareability.NSH);
        current().isb();
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
        current().store("init_ttbr", at(0, ImageMap.MAILBOX), pa(ImageMap.XEN_ROOT));
        current().maintain(CacheOperation.DC_CVAC, "init_ttbr", at(0, ImageMap.MAILBOX), 8);
        dsb(Shareability.ISH);
    }

    /** Secondaries build the boot tables again: nothing of the earlier use may stay, in memory or in a cache. */
    private void clearBootTables() {
        entry(ImageMap.BOOT_ROOT, slot(layout.xen(), 0), 0);
        entry(ImageMap.BOOT_SECOND, slot(layout.fixmap(), 2), 0);
        final long bytes = ImageMap.offset(ImageMap.XEN_FIXMAP - ImageMap.BOOT_ROOT);
        current().maintain(CacheOperation.DC_CIVAC, "boot tables", at(ImageMap.BOOT_ROOT, 0), bytes);
        dsb(Shareability.ISH);
    }

    @Override
    void secondaryPe() {
        initialiseCpu();
        if (specification.has(Patch.SECONDARY_DIRECT)) {
            final long root = current().load("init_ttbr", at(0, ImageMap.MAILBOX));
            enableMmu(root);
            current().branch(Routine.SMP_START, layout.xen());
            reachDataAt(layout.xen());
        } else {
            createBootTables();
            enableMmu(pa(ImageMap.BOOT_ROOT));
            current().branch(Routine.REMOVE_IDENTITY, layout.xen());
            reachDataAt(layout.xen());
            removeBootIdentity();
            current().enter(Routine.SMP_START);
            switchInPlace(current().load("init_ttbr", at(0, ImageMap.MAILBOX)));
        }
        enforceWriteXorExecute();
    }

    @Override
    void secondaryIsUp() {
        if (specification.has(Patch.SECONDARY_DIRECT)) {
            current().enter(Routine.UPDATE_IDENTITY);
            removeRuntimeIdentity();
        }
    }
}
