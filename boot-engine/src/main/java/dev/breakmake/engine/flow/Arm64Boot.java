package dev.breakmake.engine.flow;

import static dev.breakmake.translation.event.TranslationRegister.MAIR_EL2;
import static dev.breakmake.translation.event.TranslationRegister.TCR_EL2;

import dev.breakmake.translation.event.CacheOperation;
import dev.breakmake.translation.event.Shareability;
import java.util.stream.IntStream;

/** Xen's boot on arm64: boot tables, jump to the runtime mapping, final tables, direct map, secondaries. */
final class Arm64Boot extends BootProgram {

    /** 48-bit input, 44-bit output; granule and how walks are made are the table options' part. */
    private static final long TCR = 0x8084_0010L;

    private final int[] boot;
    private final int[] xen;
    private final int[] direct;
    private final IdentityMap bootIdentity;
    private final IdentityMap runtimeIdentity;

    Arm64Boot(final FlowMachine machine) {
        super(machine, Controls.ARM64);
        boot = chain(ImageMap.BOOT_ROOT, ImageMap.BOOT_FIRST, ImageMap.BOOT_SECOND, ImageMap.BOOT_THIRD);
        xen = chain(ImageMap.XEN_ROOT, ImageMap.XEN_FIRST, ImageMap.XEN_SECOND, ImageMap.XEN_THIRD);
        direct = chain(ImageMap.XEN_ROOT, ImageMap.DIRECT_FIRST, ImageMap.DIRECT_SECOND);
        bootIdentity = new IdentityMap(
                this,
                boot,
                chain(-1, ImageMap.BOOT_FIRST_ID, ImageMap.BOOT_SECOND_ID, ImageMap.BOOT_THIRD_ID),
                descriptors::page);
        runtimeIdentity = new IdentityMap(
                this,
                xen,
                chain(-1, ImageMap.XEN_FIRST_ID, ImageMap.XEN_SECOND_ID, ImageMap.XEN_THIRD_ID),
                descriptors::code);
    }

    /** Tables of one way down by level, root first; a granule whose root is at level 1 needs no table in between. */
    private int[] chain(final int root, final int first, final int... others) {
        return top == 0
                ? IntStream.concat(IntStream.of(root, first), IntStream.of(others))
                        .toArray()
                : IntStream.concat(IntStream.of(root), IntStream.of(others)).toArray();
    }

    private void link(final int[] tables, final long va, final int level) {
        entry(tables[level - top], slot(va, level), Descriptors.table(pa(tables[level + 1 - top])));
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
        write(TCR_EL2, TCR | specification.tables().control());
        startWithMmuOff();
    }

    private void createBootTables() {
        current().enter(Routine.CREATE_PAGE_TABLES);
        refuseIf(bootIdentity.clashes());
        for (int level = top; level < 3; level++) {
            link(boot, layout.xen(), level);
        }
        mapImageRwx(ImageMap.BOOT_THIRD, layout.xen());
        bootIdentity.prepare(ImageMap.PAGES);
        bootIdentity.link();
        maintainWrittenTables();
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
        mapImageFinal(ImageMap.XEN_THIRD, layout.xen());
        link(xen, layout.xen(), 2);
        entry(ImageMap.XEN_SECOND, slot(layout.fixmap(), 2), Descriptors.table(pa(ImageMap.XEN_FIXMAP)));
        for (int level = 1; level >= top; level--) {
            link(xen, layout.xen(), level);
        }
        runtimeIdentity.prepare(ImageMap.CODE_PAGES);
        dsb(Shareability.ISH);
    }

    private void mapDeviceTree() {
        current().enter(Routine.EARLY_FDT_MAP);
        entry(ImageMap.XEN_SECOND, slot(layout.fdt(), 2), descriptors.dataBlock(machine.freeBlock(0)));
        inserted();
        current().load("fdt", layout.fdt());
    }

    private void mapDirect() {
        current().enter(Routine.SETUP_DIRECTMAP);
        final long frame = machine.freeBlock(1);
        final long va = layout.direct() + frame;
        entry(ImageMap.DIRECT_SECOND, slot(va, 2), descriptors.dataBlock(frame));
        for (int level = 1; level > top; level--) {
            link(direct, va, level);
        }
        dsbStores(Shareability.NSH);
        link(direct, va, top);
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
        entry(ImageMap.BOOT_ROOT, slot(layout.xen(), top), 0);
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
