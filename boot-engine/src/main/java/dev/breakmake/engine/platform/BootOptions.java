package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.Architecture;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user may choose about a boot.
 *
 * @param loadAddress physical address of the image's first byte, or null for the place QEMU's loader uses
 * @param deviceTree a device tree to hand over instead of the platform's own, or null; modules and arguments are added to it
 * @param deviceTreeAddress where the blob goes, or null for the place QEMU's loader uses
 * @param deviceTreeBytes size the device tree blob is padded to with unused space, in bytes, as QEMU's loader pads its own; 0 for none:
 *     how large the blob is decides where a guest's allocations go
 * @param modules multiboot modules
 * @param bootArguments command line of the hypervisor, may be empty
 * @param poisonSeed fills registers that the boot protocol leaves open with values of this seed; 0 leaves them zero
 * @param flat what a file without any header is a program for; null refuses such files
 */
public record BootOptions(
        @Nullable Long loadAddress,
        @Nullable DeviceTree deviceTree,
        @Nullable Long deviceTreeAddress,
        int deviceTreeBytes,
        List<BootModule> modules,
        String bootArguments,
        long poisonSeed,
        @Nullable Architecture flat) {

    /** Everything as QEMU's loader does it, registers zero. */
    public static final BootOptions DEFAULT = new BootOptions(null, null, null, 0, List.of(), "", 0, null);

    public BootOptions {
        modules = List.copyOf(modules);
    }

    /** The same with the image at a physical address. */
    public BootOptions withLoadAddress(long address) {
        return new BootOptions(
                address, deviceTree, deviceTreeAddress, deviceTreeBytes, modules, bootArguments, poisonSeed, flat);
    }

    /** The same with another device tree. */
    public BootOptions withDeviceTree(DeviceTree tree) {
        return new BootOptions(
                loadAddress, tree, deviceTreeAddress, deviceTreeBytes, modules, bootArguments, poisonSeed, flat);
    }

    /** The same with the device tree blob padded to a size in bytes. */
    public BootOptions withDeviceTreeBytes(int bytes) {
        return new BootOptions(
                loadAddress, deviceTree, deviceTreeAddress, bytes, modules, bootArguments, poisonSeed, flat);
    }

    /** The same with these modules. */
    public BootOptions withModules(List<BootModule> list) {
        return new BootOptions(
                loadAddress, deviceTree, deviceTreeAddress, deviceTreeBytes, list, bootArguments, poisonSeed, flat);
    }

    /** The same with a command line. */
    public BootOptions withBootArguments(String arguments) {
        return new BootOptions(
                loadAddress, deviceTree, deviceTreeAddress, deviceTreeBytes, modules, arguments, poisonSeed, flat);
    }

    /** The same with poisoned registers. */
    public BootOptions withPoison(long seed) {
        return new BootOptions(
                loadAddress, deviceTree, deviceTreeAddress, deviceTreeBytes, modules, bootArguments, seed, flat);
    }

    /** The same where a file without a header is a flat binary: its first byte is its first instruction. */
    public BootOptions withFlat(Architecture architecture) {
        return new BootOptions(
                loadAddress,
                deviceTree,
                deviceTreeAddress,
                deviceTreeBytes,
                modules,
                bootArguments,
                poisonSeed,
                architecture);
    }
}
