package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.v1.Architecture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What the first bytes of a file say about the architecture it is for. Sources: Linux arm64 Image header, Arm zImage header, ELF specification. */
final class ImageHeader {

    /** Bytes that suffice. */
    static final int LENGTH = 64;

    private static final int ARM64_MAGIC = 0x644d5241; // "ARM" 0x64, at offset 56 of a raw arm64 image
    private static final int ZIMAGE_MAGIC = 0x016f2818; // at offset 0x24 of an arm32 zImage
    private static final int ELF_MAGIC = 0x464c457f;
    private static final int ELF_ARM = 40;
    private static final int ELF_AARCH64 = 183;

    private ImageHeader() {}

    static Architecture architecture(byte[] head) {
        if (head.length < LENGTH) {
            return Architecture.ARCHITECTURE_UNSPECIFIED;
        }
        ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(0) == ELF_MAGIC) {
            return switch (bytes.getShort(18)) {
                case ELF_ARM -> Architecture.ARCHITECTURE_ARM32;
                case ELF_AARCH64 -> Architecture.ARCHITECTURE_ARM64;
                default -> Architecture.ARCHITECTURE_UNSPECIFIED;
            };
        }
        if (bytes.getInt(56) == ARM64_MAGIC) {
            return Architecture.ARCHITECTURE_ARM64;
        }
        return bytes.getInt(0x24) == ZIMAGE_MAGIC
                ? Architecture.ARCHITECTURE_ARM32
                : Architecture.ARCHITECTURE_UNSPECIFIED;
    }
}
