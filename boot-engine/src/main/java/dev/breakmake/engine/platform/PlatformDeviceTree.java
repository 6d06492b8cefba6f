package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import java.util.List;

/**
 * The device tree that describes a {@link Platform}: firmware calls, PEs, memory, interrupt controller, timer, serial port and
 * nothing else, about 2 KiB. Bindings are those of the Devicetree Specification and the Linux binding documents.
 */
final class PlatformDeviceTree {

    private static final int GIC_PHANDLE = 1;
    private static final int CLOCK_PHANDLE = 2;

    private static final int SHARED = 0;
    private static final int PRIVATE = 1;
    private static final int LEVEL_HIGH = 4;

    private PlatformDeviceTree() {}

    /** A fresh tree of the platform, its {@code /chosen} holding only the console. */
    static DeviceTreeNode of(Platform platform) {
        boolean wide = platform.cpu().architecture() == Architecture.AARCH64;
        DeviceTreeNode root = new DeviceTreeNode("")
                .strings("compatible", "linux,dummy-virt")
                .strings("model", "linux,dummy-virt")
                .cells("#address-cells", 2)
                .cells("#size-cells", 2)
                .cells("interrupt-parent", GIC_PHANDLE);
        psci(root.child("psci"), wide);
        for (AddressRange bank : platform.ram()) {
            root.child(unit("memory", bank.start()))
                    .strings("device_type", "memory")
                    .wide("reg", bank.start(), bank.size());
        }
        cpus(root.child("cpus").cells("#address-cells", 1).cells("#size-cells", 0), platform);
        timer(root.child("timer"), platform, wide);
        gic(root, platform.gic());
        root.child("apb-pclk")
                .strings("compatible", "fixed-clock")
                .cells("#clock-cells", 0)
                .cells("clock-frequency", 24_000_000)
                .strings("clock-output-names", "clk24mhz")
                .cells("phandle", CLOCK_PHANDLE);
        root.child(unit("pl011", platform.uart()))
                .strings("compatible", "arm,pl011", "arm,primecell")
                .wide("reg", platform.uart(), 0x1000)
                .cells("interrupts", SHARED, platform.uartIntid() - 32, LEVEL_HIGH)
                .cells("clocks", CLOCK_PHANDLE, CLOCK_PHANDLE)
                .strings("clock-names", "uartclk", "apb_pclk");
        root.child("chosen").strings("stdout-path", "/" + unit("pl011", platform.uart()));
        return root;
    }

    private static void psci(DeviceTreeNode psci, boolean wide) {
        int convention = wide ? 0xc400_0000 : 0x8400_0000;
        psci.strings("compatible", "arm,psci-1.0", "arm,psci-0.2", "arm,psci")
                .strings("method", "smc")
                .cells("cpu_suspend", convention | 1)
                .cells("cpu_off", 0x8400_0002)
                .cells("cpu_on", convention | 3)
                .cells("migrate", convention | 5);
    }

    private static void cpus(DeviceTreeNode cpus, Platform platform) {
        for (int pe = 0; pe < platform.pes(); pe++) {
            DeviceTreeNode cpu = cpus.child(unit("cpu", platform.affinity(pe)))
                    .strings("device_type", "cpu")
                    .strings("compatible", platform.cpu().compatible())
                    .cells("reg", (int) platform.affinity(pe));
            if (platform.pes() > 1) {
                cpu.strings("enable-method", "psci");
            }
        }
    }

    private static void timer(DeviceTreeNode timer, Platform platform, boolean wide) {
        // A GICv2 wants the PEs a private interrupt goes to in bits 15:8 of the flags.
        int flags = platform.gic().version() == 2 ? ((1 << platform.pes()) - 1) << 8 | LEVEL_HIGH : LEVEL_HIGH;
        if (wide) {
            timer.strings("compatible", "arm,armv8-timer", "arm,armv7-timer");
        } else {
            timer.strings("compatible", "arm,armv7-timer");
        }
        timer.flag("always-on")
                .cells("interrupts", PRIVATE, 13, flags, PRIVATE, 14, flags, PRIVATE, 11, flags, PRIVATE, 10, flags);
    }

    private static void gic(DeviceTreeNode root, GicMap map) {
        DeviceTreeNode gic = root.child(unit("intc", map.distributor()))
                .cells("#interrupt-cells", 3)
                .flag("interrupt-controller")
                .cells("#address-cells", 2)
                .cells("#size-cells", 2)
                .flag("ranges")
                .cells("interrupts", PRIVATE, 9, LEVEL_HIGH)
                .cells("phandle", GIC_PHANDLE);
        if (map instanceof GicMap.V2 v2) {
            gic.strings("compatible", "arm,cortex-a15-gic")
                    .wide(
                            "reg",
                            v2.distributor(),
                            0x1_0000,
                            v2.cpuInterface(),
                            0x1_0000,
                            v2.hypervisorInterface(),
                            0x1_0000,
                            v2.virtualCpuInterface(),
                            0x1_0000);
            gic.child(unit("v2m", v2.messageFrame()))
                    .strings("compatible", "arm,gic-v2m-frame")
                    .flag("msi-controller")
                    .wide("reg", v2.messageFrame(), 0x1000);
        } else if (map instanceof GicMap.V3 v3) {
            gic.strings("compatible", "arm,gic-v3")
                    .cells("#redistributor-regions", 1)
                    .wide("reg", v3.distributor(), 0x1_0000, v3.redistributors(), v3.redistributorsSize());
        }
    }

    /**
     * Writes what the boot loader knows into {@code /chosen}.
     *
     * @param bootArguments goes to the hypervisor; under both names it may look for
     * @param modules multiboot modules in order
     */
    static void describeBoot(DeviceTreeNode root, String bootArguments, List<PlacedModule> modules) {
        DeviceTreeNode chosen = root.child("chosen");
        if (!bootArguments.isEmpty()) {
            chosen.strings("bootargs", bootArguments).strings("xen,xen-bootargs", bootArguments);
        }
        for (PlacedModule module : modules) {
            chosen.child("module@0x" + Long.toHexString(module.address()))
                    .strings(
                            "compatible",
                            "multiboot,module",
                            module.module().kind().compatible())
                    .wide("reg", module.address(), module.module().bytes().length)
                    .strings("bootargs", module.module().arguments());
        }
    }

    /** A module and the physical address it was given. */
    record PlacedModule(BootModule module, long address) {}

    private static String unit(String name, long address) {
        return name + "@" + Long.toHexString(address);
    }
}
