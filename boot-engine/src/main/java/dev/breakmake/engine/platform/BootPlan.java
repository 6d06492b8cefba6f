package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.NamedRegion;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything the machine needs to start: what goes where in memory, and the state at the first instruction.
 *
 * @param platform the board
 * @param image the image
 * @param imageAddress physical address of its first byte
 * @param loads bytes to copy into RAM before the start
 * @param regions image (with its zero-initialised data), device tree and modules by physical address
 * @param deviceTreeAddress physical address of the device tree blob
 * @param registers state of the boot PE
 */
public record BootPlan(
        Platform platform,
        BootImage image,
        long imageAddress,
        List<Load> loads,
        List<NamedRegion> regions,
        long deviceTreeAddress,
        HandOverRegisters registers) {

    /** Bytes at a physical address; the array is not to be changed. */
    public record Load(String name, long address, byte[] bytes) {}

    public BootPlan {
        loads = List.copyOf(loads);
        regions = List.copyOf(regions);
    }

    /**
     * Places everything.
     *
     * @throws BadImageException if something does not fit, overlaps, is unaligned, or is for another architecture
     */
    public static BootPlan of(Platform platform, BootImage image, BootOptions options) throws BadImageException {
        if (image.architecture() != platform.cpu().architecture()) {
            throw new BadImageException("%s: %s image on a platform of %s PEs (%s)"
                    .formatted(
                            image.name(),
                            image.architecture(),
                            platform.cpu().architecture(),
                            platform.cpu().compatible()));
        }
        return new Builder(platform, image, options).build();
    }

    private static final class Builder {
        private static final long TWO_MIB = 2L << 20;
        private static final long PAGE = 4096;

        private final Platform platform;
        private final BootImage image;
        private final BootOptions options;
        private final Placement placement;
        private final List<Load> loads = new ArrayList<>();

        Builder(Platform platform, BootImage image, BootOptions options) {
            this.platform = platform;
            this.image = image;
            this.options = options;
            this.placement = new Placement(platform.ram());
        }

        BootPlan build() throws BadImageException {
            long imageAddress = placeImage();
            DeviceTreeNode root;
            DeviceTree given = options.deviceTree();
            if (given == null) {
                root = PlatformDeviceTree.of(platform);
            } else {
                root = copy(given.root());
            }
            List<PlatformDeviceTree.PlacedModule> modules = new ArrayList<>();
            // Modules with a fixed place first, so that the others and the device tree go around them.
            for (BootModule module : options.modules()) {
                if (module.address() != BootModule.ANYWHERE) {
                    placement.claim(module.name(), module.address(), module.bytes().length);
                }
            }
            AddressRange reserved = deviceTreeRoom();
            for (BootModule module : options.modules()) {
                long address = module.address() != BootModule.ANYWHERE
                        ? module.address()
                        : placement.find(module.name(), module.bytes().length, TWO_MIB, reserved.end());
                loads.add(new Load(module.name(), address, module.bytes()));
                modules.add(new PlatformDeviceTree.PlacedModule(module, address));
            }
            PlatformDeviceTree.describeBoot(root, options.bootArguments(), modules);
            byte[] blob = DeviceTreeWriter.write(
                    given == null ? new DeviceTree(root) : new DeviceTree(root, given.reservations(), given.bootCpu()));
            if (blob.length < options.deviceTreeBytes()) {
                blob = DeviceTreeWriter.padded(blob, options.deviceTreeBytes());
            }
            if (blob.length > reserved.size()) {
                throw new BadImageException("the device tree of %d bytes is larger than 2 MiB".formatted(blob.length));
            }
            placement.resize("device tree", reserved.start(), blob.length);
            loads.add(new Load("device tree", reserved.start(), blob));
            HandOverRegisters registers = HandOverRegisters.of(
                    image.architecture(), imageAddress + image.entryOffset(), reserved.start(), options.poisonSeed());
            return new BootPlan(platform, image, imageAddress, loads, placement.regions(), reserved.start(), registers);
        }

        private long placeImage() throws BadImageException {
            long largest =
                    platform.ram().stream().mapToLong(AddressRange::size).max().orElse(0);
            if (image.memoryBytes() > largest) {
                throw new BadImageException("%s: needs %d bytes of memory, the largest RAM bank has %d"
                        .formatted(image.name(), image.memoryBytes(), largest));
            }
            Long asked = options.loadAddress();
            long address = asked != null ? asked : defaultImageAddress();
            if ((address - image.textOffset()) % image.alignment() != 0) {
                String offset = image.textOffset() == 0 ? "" : " plus text offset 0x%x".formatted(image.textOffset());
                throw new BadImageException("%s: load address 0x%x is not a multiple of 0x%x%s"
                        .formatted(image.name(), address, image.alignment(), offset));
            }
            placement.claim("image", address, image.memoryBytes());
            loads.add(new Load("image", address, image.bytes()));
            return address;
        }

        /** Where QEMU's loader puts it: arm64 at the text offset, but 2 MiB up when that is the first page; arm32 64 KiB up. */
        private long defaultImageAddress() {
            long base = platform.ram().getFirst().start();
            return switch (image.architecture()) {
                case AARCH64 -> base + image.textOffset() + (image.textOffset() < PAGE ? TWO_MIB : 0);
                case AARCH32 -> base + 0x1_0000;
            };
        }

        /** The place of the blob: in the middle of RAM or 128 MiB up, whichever is lower, as QEMU does; elsewhere if taken. */
        private AddressRange deviceTreeRoom() throws BadImageException {
            Long asked = options.deviceTreeAddress();
            if (asked != null) {
                if (asked % 8 != 0) {
                    throw new BadImageException("device tree address 0x%x is not a multiple of 8".formatted(asked));
                }
                return placement.claimUpTo("device tree", asked, TWO_MIB);
            }
            AddressRange bank = platform.ram().getFirst();
            long usual = bank.start() + Math.min(bank.size() / 2, 128L << 20);
            long aligned = (usual + TWO_MIB - 1) & -TWO_MIB;
            long room = Math.min(TWO_MIB, bank.size() / 4) & -PAGE;
            long address = placement.find("device tree", room, Math.min(TWO_MIB, room), aligned);
            return new AddressRange(address, address + room);
        }

        private static DeviceTreeNode copy(DeviceTreeNode node) {
            DeviceTreeNode copy = new DeviceTreeNode(node.name());
            copyInto(node, copy);
            return copy;
        }

        private static void copyInto(DeviceTreeNode from, DeviceTreeNode to) {
            from.properties().forEach(to::bytes);
            for (DeviceTreeNode child : from.children()) {
                copyInto(child, to.child(child.name()));
            }
        }
    }
}
