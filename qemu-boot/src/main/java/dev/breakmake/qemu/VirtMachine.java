package dev.breakmake.qemu;

/** Facts of QEMU's virt machine. */
final class VirtMachine {

    /** Physical address of the first byte of RAM. */
    static final long RAM_BASE = 0x4000_0000L;

    private VirtMachine() {}
}
