package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.Architecture;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Recognises image files by their content: arm64 Image, zImage, ELF, flat binaries, and gzip around any of them. */
public final class ImageReader {

    /** No hypervisor or kernel is larger; unpacking stops here. */
    private static final int LARGEST = 512 << 20;

    private static final long TWO_MIB = 2L << 20;
    private static final long PAGE = 4096;

    private static final int PE_SIGNATURE = 0x0000_4550;
    private static final int MACHINE_ARM64 = 0xaa64;
    private static final int MACHINE_ARM_THUMB = 0x01c2;

    private ImageReader() {}

    /**
     * Reads an image file.
     *
     * @param name file name, for messages
     * @param file the file's bytes
     * @param flat execution state to assume when the file has no header that tells; null refuses such files
     * @throws BadImageException with one clear sentence if it cannot be booted
     */
    public static BootImage read(String name, byte[] file, @Nullable Architecture flat) throws BadImageException {
        byte[] bytes = isGzip(file) ? unpack(name, file) : file;
        if (bytes.length < 4) {
            throw new BadImageException("%s: %d bytes are no image".formatted(name, bytes.length));
        }
        ByteBuffer content = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (content.getInt(0) == ImageFormats.ELF_MAGIC) {
            return ElfImage.read(name, bytes);
        }
        if (bytes.length >= ImageFormats.ARM64_HEADER
                && content.getInt(ImageFormats.ARM64_MAGIC_OFFSET) == ImageFormats.ARM64_MAGIC) {
            return arm64(name, bytes, content);
        }
        if (bytes.length >= ImageFormats.ZIMAGE_MAGIC_OFFSET + 12) {
            int magic = content.getInt(ImageFormats.ZIMAGE_MAGIC_OFFSET);
            if (magic == ImageFormats.ZIMAGE_MAGIC) {
                return zImage(name, bytes, content);
            }
            if (magic == Integer.reverseBytes(ImageFormats.ZIMAGE_MAGIC)) {
                throw new BadImageException(name + ": big-endian zImage; only little-endian images are booted");
            }
        }
        if ((content.getInt(0) & 0xffff) == 0x5a4d) {
            if (bytes.length < ImageFormats.ARM64_HEADER) {
                throw truncated(name, bytes.length, ImageFormats.ARM64_HEADER);
            }
            checkPortableExecutable(name, bytes, content);
            throw new BadImageException(
                    name
                            + ": EFI application without an arm64 Image header (magic ARMd at offset 56); EFI boot is not offered");
        }
        if (flat == null) {
            throw new BadImageException(name
                    + ": neither arm64 Image, zImage nor ELF (also not inside gzip); truncated, or a flat binary whose"
                    + " architecture must be given");
        }
        return new BootImage(name, BootImage.Format.FLAT, flat, bytes, bytes.length, 0, -1, 0, PAGE);
    }

    private static BootImage arm64(String name, byte[] bytes, ByteBuffer content) throws BadImageException {
        if ((content.getInt(0) & 0xffff) == 0x5a4d) {
            checkPortableExecutable(name, bytes, content);
        }
        long textOffset = content.getLong(8);
        long size = content.getLong(16);
        long flags = content.getLong(24);
        if ((flags & 1) != 0) {
            throw new BadImageException(
                    name + ": big-endian arm64 Image (flags bit 0 at offset 24); only little-endian images are booted");
        }
        long pages = flags >>> 1 & 3;
        if (pages > ImageFormats.PAGES_4K) {
            throw new BadImageException(
                    "%s: built for %s pages (flags bits 2:1 at offset 24); this machine runs images of 4 KiB pages"
                            .formatted(name, pages == 2 ? "16 KiB" : "64 KiB"));
        }
        if (textOffset < 0 || textOffset >= TWO_MIB || (textOffset & (PAGE - 1)) != 0) {
            throw new BadImageException(
                    "%s: text offset 0x%x (offset 8) is not a page within 2 MiB".formatted(name, textOffset));
        }
        if (size < 0) {
            throw new BadImageException("%s: image size 0x%x (offset 16) is absurd".formatted(name, size));
        }
        return new BootImage(
                name,
                BootImage.Format.ARM64_IMAGE,
                Architecture.AARCH64,
                bytes,
                Math.max(size, bytes.length),
                0,
                -1,
                textOffset,
                TWO_MIB);
    }

    private static BootImage zImage(String name, byte[] bytes, ByteBuffer content) throws BadImageException {
        long start = Integer.toUnsignedLong(content.getInt(ImageFormats.ZIMAGE_MAGIC_OFFSET + 4));
        long end = Integer.toUnsignedLong(content.getInt(ImageFormats.ZIMAGE_MAGIC_OFFSET + 8));
        if (end <= start) {
            throw new BadImageException(
                    "%s: zImage header says start 0x%x, end 0x%x (offset 40)".formatted(name, start, end));
        }
        long size = Math.max(end - start, bytes.length);
        return new BootImage(name, BootImage.Format.ZIMAGE, Architecture.AARCH32, bytes, size, 0, -1, 0, PAGE);
    }

    /** Checks the machine and that all section data is there; the arm64 Image header is also an MS-DOS header for EFI's sake. */
    private static void checkPortableExecutable(String name, byte[] bytes, ByteBuffer content)
            throws BadImageException {
        int header = content.getInt(60);
        if (header < 0 || header > bytes.length - 24 || content.getInt(header) != PE_SIGNATURE) {
            return;
        }
        int machine = content.getShort(header + 4) & 0xffff;
        if (machine != MACHINE_ARM64 && machine != MACHINE_ARM_THUMB) {
            throw new BadImageException(
                    "%s: EFI image for %s, not for Arm".formatted(name, ElfImage.portableMachine(machine)));
        }
        int sections = content.getShort(header + 6) & 0xffff;
        int table = header + 24 + (content.getShort(header + 20) & 0xffff);
        for (int i = 0; i < sections; i++) {
            int entry = table + 40 * i;
            if (entry > bytes.length - 40) {
                throw truncated(name, bytes.length, entry + 40L);
            }
            long dataEnd = Integer.toUnsignedLong(content.getInt(entry + 16))
                    + Integer.toUnsignedLong(content.getInt(entry + 20));
            if (dataEnd > bytes.length) {
                throw truncated(name, bytes.length, dataEnd);
            }
        }
    }

    static BadImageException truncated(String name, long present, long needed) {
        return new BadImageException(
                "%s: truncated: its headers describe %d bytes, the file has %d".formatted(name, needed, present));
    }

    private static boolean isGzip(byte[] file) {
        return file.length > 2 && (file[0] & 0xff) == 0x1f && (file[1] & 0xff) == 0x8b;
    }

    private static byte[] unpack(String name, byte[] file) throws BadImageException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(file))) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new BadImageException("%s: unpacks to more than %d MiB".formatted(name, LARGEST >> 20));
            }
            return bytes;
        } catch (EOFException e) {
            throw new BadImageException(name + ": truncated: its gzip stream ends early", e);
        } catch (ZipException e) {
            throw new BadImageException(name + ": damaged gzip stream: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new BadImageException(name + ": cannot unpack: " + e.getMessage(), e);
        }
    }
}
