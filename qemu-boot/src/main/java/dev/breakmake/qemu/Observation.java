package dev.breakmake.qemu;

/** How much of a boot is watched. */
public enum Observation {
    /** Nothing: runs until the guest ends or a limit is reached. */
    NONE,
    /** The console only, at the speed of bare QEMU. */
    CONSOLE,
    /** Every translation event QEMU can be made to show. */
    FULL
}
