package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.AddressRange;
import java.util.List;

/**
 * A device tree (Devicetree Specification 0.4).
 *
 * @param root its root node
 * @param reservations the memory reservation block: physical ranges in bytes
 * @param bootCpu physical id of the boot CPU
 */
public record DeviceTree(DeviceTreeNode root, List<AddressRange> reservations, int bootCpu) {

    public DeviceTree {
        reservations = List.copyOf(reservations);
    }

    /** A tree without reservations, booted by CPU 0. */
    public DeviceTree(DeviceTreeNode root) {
        this(root, List.of(), 0);
    }
}
