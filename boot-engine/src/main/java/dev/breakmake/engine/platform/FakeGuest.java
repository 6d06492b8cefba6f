package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.Architecture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The smallest guest kernel a hypervisor accepts as its first domain: a valid header and a branch to itself. It takes a boot past
 * the point where no guest is found, so that stage 2 is built and init memory freed.
 */
public final class FakeGuest {

    private static final int SIZE = 4096;

    private FakeGuest() {}

    /** The guest for an architecture, 4 KiB. */
    public static byte[] of(Architecture architecture) {
        return switch (architecture) {
            case AARCH64 -> image64();
            case AARCH32 -> zImage32();
        };
    }

    /** An arm64 Image: code0 is {@code b .}, text offset 0, 4 KiB pages. */
    private static byte[] image64() {
        return ByteBuffer.allocate(SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, 0x1400_0000)
                .putLong(8, 0)
                .putLong(16, SIZE)
                .putLong(24, ImageFormats.PAGES_4K << 1)
                .putInt(ImageFormats.ARM64_MAGIC_OFFSET, ImageFormats.ARM64_MAGIC)
                .array();
    }

    /** An arm32 zImage: the first instruction is {@code b .}, start 0, end 4096. */
    private static byte[] zImage32() {
        return ByteBuffer.allocate(SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, 0xeaff_fffe)
                .putInt(ImageFormats.ZIMAGE_MAGIC_OFFSET, ImageFormats.ZIMAGE_MAGIC)
                .putInt(ImageFormats.ZIMAGE_MAGIC_OFFSET + 4, 0)
                .putInt(ImageFormats.ZIMAGE_MAGIC_OFFSET + 8, SIZE)
                .array();
    }
}
