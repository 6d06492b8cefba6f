package dev.breakmake.qemu.observe;

import dev.breakmake.qemu.process.QemuException;
import dev.breakmake.translation.event.AddressRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/** Where QEMU's loader put the image: the places its boot code uses are tried and the one that holds the image is taken. */
final class ImagePlacement {

    private static final int HEADER_BYTES = 64;
    private static final int ARM64_MAGIC = 0x644d5241;
    private static final int ZIMAGE_MAGIC = 0x016f2818;

    private ImagePlacement() {}

    /** The physical range of the image, BSS included as far as its header says. */
    static AddressRange find(Path image, GuestMemory memory) throws IOException {
        byte[] head;
        try (InputStream stream = Files.newInputStream(image)) {
            head = stream.readNBytes(HEADER_BYTES);
        }
        if (head.length < HEADER_BYTES) {
            throw new QemuException(
                    QemuException.Kind.BAD_INPUT,
                    "image %s has only %d bytes: not an arm64 Image or zImage".formatted(image, head.length));
        }
        ByteBuffer header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        long size = Files.size(image);
        Set<Long> offsets = new LinkedHashSet<>();
        if (header.getInt(56) == ARM64_MAGIC) {
            long textOffset = header.getLong(8);
            size = Math.max(size, header.getLong(16));
            offsets.add(textOffset);
            offsets.add(textOffset + (2 << 20));
            offsets.add(0x8_0000L);
        } else if (header.getInt(36) == ZIMAGE_MAGIC) {
            long end = header.getInt(44) & 0xffff_ffffL;
            size = Math.max(size, end - (header.getInt(40) & 0xffff_ffffL));
            offsets.add(0x1_0000L);
            offsets.add(0x8000L);
        } else {
            offsets.add(0x8_0000L);
            offsets.add(0x1_0000L);
        }
        for (long offset : offsets) {
            long pa = memory.base() + offset;
            if (memory.contains(pa, size) && matches(head, memory, pa)) {
                return new AddressRange(pa, pa + size);
            }
        }
        throw new QemuException(
                QemuException.Kind.BAD_INPUT,
                "image %s is not where QEMU loads an arm64 Image or zImage: only these two can be observed"
                        .formatted(image));
    }

    private static boolean matches(byte[] head, GuestMemory memory, long pa) {
        return java.lang.foreign.MemorySegment.ofArray(head).mismatch(memory.slice(pa, head.length)) < 0;
    }
}
