package dev.breakmake.qemu;

import java.nio.file.Path;

/**
 * A kernel for dom0, handed over as a multiboot module.
 *
 * @param file the kernel image
 * @param address guest physical address it is placed at
 * @param bootArgs its command line, empty for none
 */
public record GuestModule(Path file, long address, String bootArgs) {}
