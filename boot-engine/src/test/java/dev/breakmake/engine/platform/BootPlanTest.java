package dev.breakmake.engine.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.NamedRegion;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BootPlanTest {

    private static final long MIB = 1L << 20;

    private static BootImage image(Architecture architecture, long bytes) throws BadImageException {
        byte[] file = FakeGuest.of(architecture);
        BootImage small = ImageReader.read("xen", file, null);
        return new BootImage(
                "xen", small.format(), architecture, file, bytes, 0, -1, small.textOffset(), small.alignment());
    }

    private static Platform virt(long mib) {
        return Platform.virt(CpuModel.CORTEX_A57, 1, mib * MIB, 2);
    }

    private static AddressRange region(BootPlan plan, String name) {
        return plan.regions().stream()
                .filter(region -> region.name().equals(name))
                .map(NamedRegion::physical)
                .findFirst()
                .orElseThrow();
    }

    private static DeviceTreeNode node(DeviceTreeNode parent, String name) {
        return Optional.ofNullable(parent.find(name)).orElseThrow();
    }

    /** Addresses observed with {@code info roms} of QEMU 7.2. */
    @Test
    void placesImageAndDeviceTreeWhereQemuDoes() throws BadImageException {
        BootImage image = image(Architecture.AARCH64, MIB);
        BootPlan small = BootPlan.of(virt(128), image, BootOptions.DEFAULT);
        assertThat(small.imageAddress()).isEqualTo(0x4020_0000L);
        assertThat(small.deviceTreeAddress()).isEqualTo(0x4400_0000L);
        BootPlan large = BootPlan.of(virt(1024), image, BootOptions.DEFAULT);
        assertThat(large.deviceTreeAddress()).isEqualTo(0x4800_0000L);

        Platform arm32 = Platform.virt(CpuModel.CORTEX_A15, 1, 64 * MIB, 2);
        BootPlan zImage = BootPlan.of(arm32, image(Architecture.AARCH32, MIB), BootOptions.DEFAULT);
        assertThat(zImage.imageAddress()).isEqualTo(0x4001_0000L);
        assertThat(zImage.deviceTreeAddress()).isEqualTo(0x4200_0000L);
    }

    @Test
    void handsOverWhatTheBootProtocolsFixAndPoisonsTheRest() throws BadImageException {
        BootPlan plan = BootPlan.of(virt(128), image(Architecture.AARCH64, MIB), BootOptions.DEFAULT.withPoison(7));
        long[] x = plan.registers().general();
        assertThat(plan.registers().pc()).isEqualTo(0x4020_0000L);
        assertThat(x[0]).isEqualTo(0x4400_0000L);
        assertThat(List.of(x[1], x[2], x[3])).containsOnly(0L);
        assertThat(x[4]).isNotZero();
        Platform arm32 = Platform.virt(CpuModel.CORTEX_A15, 1, 128 * MIB, 2);
        long[] r = BootPlan.of(arm32, image(Architecture.AARCH32, MIB), BootOptions.DEFAULT)
                .registers()
                .general();
        assertThat(r[0]).isZero();
        assertThat(r[1]).isEqualTo(0xffff_ffffL);
        assertThat(r[2]).isEqualTo(0x4400_0000L);
        assertThat(r[3]).isZero();
    }

    @Test
    void aModuleIsPlacedAndDescribedInChosen() throws Exception {
        BootModule dom0 = BootModule.kernel("dom0", FakeGuest.of(Architecture.AARCH64), "console=hvc0");
        BootPlan plan = BootPlan.of(
                virt(128),
                image(Architecture.AARCH64, MIB),
                BootOptions.DEFAULT.withModules(List.of(dom0)).withBootArguments("dom0_mem=64M"));
        AddressRange place = region(plan, "dom0");
        byte[] blob = plan.loads().getLast().bytes();
        assertThat(region(plan, "device tree")).isEqualTo(new AddressRange(0x4400_0000L, 0x4400_0000L + blob.length));
        DeviceTreeNode chosen = node(DeviceTreeReader.read(blob).root(), "chosen");
        assertThat(chosen.string("xen,xen-bootargs")).isEqualTo("dom0_mem=64M");
        DeviceTreeNode module = node(chosen, "module@0x" + Long.toHexString(place.start()));
        assertThat(module.string("bootargs")).isEqualTo("console=hvc0");
        assertThat(module.cell("reg", 1, 0)).isEqualTo(place.start());
        assertThat(module.cell("reg", 3, 0)).isEqualTo(4096);
    }

    @Test
    void aGivenTreeIsKeptAndOnlyItsChosenNodeExtended() throws Exception {
        DeviceTreeNode root = new DeviceTreeNode("").strings("compatible", "my,board");
        BootPlan plan = BootPlan.of(
                virt(128),
                image(Architecture.AARCH64, MIB),
                BootOptions.DEFAULT.withDeviceTree(new DeviceTree(root)).withBootArguments("x"));
        DeviceTree handed = DeviceTreeReader.read(plan.loads().getLast().bytes());
        assertThat(handed.root().string("compatible")).isEqualTo("my,board");
        assertThat(node(handed.root(), "chosen").string("bootargs")).isEqualTo("x");
        assertThat(root.find("chosen")).as("the caller's tree is untouched").isNull();
    }

    @Test
    void theDeviceTreeMovesOutOfTheWayOfAnImage() throws BadImageException {
        BootPlan plan = BootPlan.of(
                virt(128),
                image(Architecture.AARCH64, 4 * MIB),
                BootOptions.DEFAULT.withLoadAddress(0x4380_0000L + 8 * MIB));
        AddressRange image = region(plan, "image");
        AddressRange tree = region(plan, "device tree");
        assertThat(image.intersects(tree)).isFalse();
    }

    @Test
    void everyLoadAddressInTwoMibStepsHasAPlan() throws BadImageException {
        Platform platform = virt(128).withRamBase(0);
        for (long address = 0; address + 2 * MIB <= 128 * MIB; address += 2 * MIB) {
            BootPlan plan = BootPlan.of(
                    platform, image(Architecture.AARCH64, 2 * MIB), BootOptions.DEFAULT.withLoadAddress(address));
            assertThat(plan.imageAddress()).isEqualTo(address);
            assertThat(plan.regions()).hasSize(2);
        }
    }

    @Test
    void refusesWhatDoesNotFit() throws BadImageException {
        BootImage image = image(Architecture.AARCH64, MIB);
        assertThatThrownBy(() -> BootPlan.of(virt(128), image(Architecture.AARCH64, 129 * MIB), BootOptions.DEFAULT))
                .hasMessageContaining("largest RAM bank has 134217728");
        assertThatThrownBy(() -> BootPlan.of(virt(128), image, BootOptions.DEFAULT.withLoadAddress(0x4010_0000L)))
                .hasMessage("xen: load address 0x40100000 is not a multiple of 0x200000");
        assertThatThrownBy(() -> BootPlan.of(virt(128), image, BootOptions.DEFAULT.withLoadAddress(0x2000_0000L)))
                .hasMessageContaining("does not lie in RAM");
        BootModule low = new BootModule("dom0", BootModule.Kind.KERNEL, new byte[4096], "", 0x4028_0000L);
        assertThatThrownBy(() -> BootPlan.of(virt(128), image, BootOptions.DEFAULT.withModules(List.of(low))))
                .hasMessageContaining("dom0 [0x40280000, 0x40281000) overlaps image [0x40200000, 0x40300000)");
        assertThatThrownBy(() ->
                        BootPlan.of(Platform.virt(CpuModel.CORTEX_A15, 1, MIB * 128, 2), image, BootOptions.DEFAULT))
                .hasMessageContaining("AARCH64 image on a platform of AARCH32 PEs");
        BootOptions fixedTree = new BootOptions(null, null, 0x4020_1000L, 0, List.of(), "", 0, null);
        assertThatThrownBy(() -> BootPlan.of(virt(128), image, fixedTree))
                .hasMessageContaining("device tree")
                .hasMessageContaining("overlaps image");
    }

    @Test
    void devicesMakeRoomForRam() {
        Platform low = virt(1024).withRamBase(0);
        assertThat(low.ram()).containsExactly(new AddressRange(0, 1L << 30));
        assertThat(low.uart()).isEqualTo(0x4900_0000L);
        assertThat(low.gic().distributor()).isEqualTo(0x4800_0000L);
        Platform high = virt(1024).withRamBase(3L << 40);
        assertThat(high.uart()).isEqualTo(0x0900_0000L);
    }

    @Test
    void refusesImpossiblePlatforms() {
        assertThatThrownBy(() -> Platform.virt(CpuModel.CORTEX_A57, 9, MIB, 2))
                .hasMessageContaining("1 to 8 PEs, not 9");
        assertThatThrownBy(() -> Platform.virt(CpuModel.CORTEX_A57, 1, 100, 2))
                .hasMessageContaining("multiple of 4 KiB");
        assertThatThrownBy(() -> Platform.virt(CpuModel.CORTEX_A57, 1, MIB, 4)).hasMessageContaining("GIC version");
        assertThatThrownBy(() -> virt(128).withRamBase(1L << 44)).hasMessageContaining("44 physical address bits");
        assertThatThrownBy(() -> virt(128)
                        .withRam("two", List.of(new AddressRange(0, 0x2000), new AddressRange(0x1000, 0x3000))))
                .hasMessageContaining("overlap");
    }
}
