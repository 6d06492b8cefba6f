package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.Architecture;

/**
 * An image as it stands in memory, whatever file it came from.
 *
 * @param name file name, for messages
 * @param format what the file was
 * @param architecture execution state its code is for
 * @param bytes what is copied to memory; not to be changed
 * @param memoryBytes memory it occupies from its first byte on, zero-initialised data included
 * @param entryOffset bytes from its first byte to its first instruction
 * @param linkedAt virtual address its first byte was linked at, or -1 if the file does not say
 * @param textOffset bytes above a 2 MiB boundary it wants to be loaded at (arm64 Image; else 0)
 * @param alignment what its load address minus text offset must be a multiple of, in bytes
 */
public record BootImage(
        String name,
        Format format,
        Architecture architecture,
        byte[] bytes,
        long memoryBytes,
        long entryOffset,
        long linkedAt,
        long textOffset,
        long alignment) {

    /** File formats; any of them may be wrapped in gzip. */
    public enum Format {
        /** arm64 Image (Linux boot protocol, Documentation/arch/arm64/booting). */
        ARM64_IMAGE,
        /** arm32 zImage. */
        ZIMAGE,
        ELF,
        /** Bytes without a header. */
        FLAT
    }
}
