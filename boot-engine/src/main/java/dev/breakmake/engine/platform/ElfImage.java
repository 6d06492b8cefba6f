package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.Architecture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Reads the loadable segments of an ELF executable into one piece of memory. */
final class ElfImage {

    private static final int EM_ARM = 40;
    private static final int EM_AARCH64 = 183;
    private static final int PT_LOAD = 1;
    private static final long PAGE = 4096;

    /** Segments further apart than this do not belong to one image. */
    private static final long LARGEST_SPAN = 1L << 30;

    private record Segment(long offset, long virtual, long physical, long fileBytes, long memoryBytes) {}

    private ElfImage() {}

    static BootImage read(String name, byte[] bytes) throws BadImageException {
        if (bytes.length < 52) {
            throw ImageReader.truncated(name, bytes.length, 52);
        }
        boolean wide = bytes[4] == 2;
        if (bytes[5] == 2) {
            throw new BadImageException(name + ": big-endian ELF (offset 5); only little-endian images are booted");
        }
        ByteBuffer elf = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int machine = elf.getShort(18) & 0xffff;
        Architecture architecture = switch (machine) {
            case EM_AARCH64 -> Architecture.AARCH64;
            case EM_ARM -> Architecture.AARCH32;
            default ->
                throw new BadImageException(
                        "%s: ELF for %s (offset 18), not for Arm".formatted(name, machineName(machine)));
        };
        if (wide != (architecture == Architecture.AARCH64)) {
            throw new BadImageException(name + ": ELF class (offset 4) does not fit its machine (offset 18)");
        }
        List<Segment> segments = segments(name, bytes.length, elf, wide);
        long entry = wide ? elf.getLong(24) : Integer.toUnsignedLong(elf.getInt(24));
        return image(name, bytes, architecture, segments, entry);
    }

    private static List<Segment> segments(String name, int length, ByteBuffer elf, boolean wide)
            throws BadImageException {
        if (wide && length < 64) {
            throw ImageReader.truncated(name, length, 64);
        }
        long table = wide ? elf.getLong(32) : Integer.toUnsignedLong(elf.getInt(28));
        int entryBytes = elf.getShort(wide ? 54 : 42) & 0xffff;
        int count = elf.getShort(wide ? 56 : 44) & 0xffff;
        int least = wide ? 56 : 32;
        if (count == 0) {
            throw new BadImageException(name + ": ELF without program headers: an object file, not an executable");
        }
        if (entryBytes < least || table < 0 || table > Integer.MAX_VALUE) {
            throw new BadImageException(
                    "%s: ELF program headers of %d bytes at 0x%x make no sense".formatted(name, entryBytes, table));
        }
        if (table + (long) entryBytes * count > length) {
            throw ImageReader.truncated(name, length, table + (long) entryBytes * count);
        }
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = (int) table + entryBytes * i;
            if (elf.getInt(at) != PT_LOAD) {
                continue;
            }
            Segment segment = wide
                    ? new Segment(
                            elf.getLong(at + 8),
                            elf.getLong(at + 16),
                            elf.getLong(at + 24),
                            elf.getLong(at + 32),
                            elf.getLong(at + 40))
                    : new Segment(
                            Integer.toUnsignedLong(elf.getInt(at + 4)),
                            Integer.toUnsignedLong(elf.getInt(at + 8)),
                            Integer.toUnsignedLong(elf.getInt(at + 12)),
                            Integer.toUnsignedLong(elf.getInt(at + 16)),
                            Integer.toUnsignedLong(elf.getInt(at + 20)));
            if (segment.memoryBytes == 0) {
                continue;
            }
            boolean absurd = segment.offset < 0 || segment.fileBytes < 0 || segment.fileBytes > segment.memoryBytes;
            if (absurd || segment.memoryBytes > LARGEST_SPAN) {
                throw new BadImageException(
                        "%s: ELF program header %d (offset 0x%x) makes no sense".formatted(name, i, at));
            }
            if (segment.offset > length - segment.fileBytes) {
                throw ImageReader.truncated(name, length, segment.offset + segment.fileBytes);
            }
            segments.add(segment);
        }
        if (segments.isEmpty()) {
            throw new BadImageException(name + ": ELF without a loadable segment");
        }
        return segments;
    }

    private static BootImage image(
            String name, byte[] bytes, Architecture architecture, List<Segment> segments, long entry)
            throws BadImageException {
        Segment first = segments.getFirst();
        for (Segment segment : segments) {
            if (Long.compareUnsigned(segment.physical, first.physical) < 0) {
                first = segment;
            }
        }
        long span = 0;
        long fileSpan = 0;
        for (Segment segment : segments) {
            long distance = segment.physical - first.physical;
            if (distance > LARGEST_SPAN) {
                throw new BadImageException(name + ": ELF segments lie more than 1 GiB apart");
            }
            span = Math.max(span, distance + segment.memoryBytes);
            fileSpan = Math.max(fileSpan, distance + segment.fileBytes);
        }
        byte[] content = new byte[Math.toIntExact(fileSpan)];
        long entryOffset = -1;
        for (Segment segment : segments) {
            int distance = (int) (segment.physical - first.physical);
            System.arraycopy(bytes, (int) segment.offset, content, distance, (int) segment.fileBytes);
            long inVirtual = entry - segment.virtual;
            long inPhysical = entry - segment.physical;
            if (inVirtual >= 0 && inVirtual < segment.memoryBytes) {
                entryOffset = distance + inVirtual;
            } else if (inPhysical >= 0 && inPhysical < segment.memoryBytes) {
                entryOffset = distance + inPhysical;
            }
        }
        if (entryOffset < 0) {
            throw new BadImageException(
                    "%s: ELF entry point 0x%x (offset 24) lies in no loadable segment".formatted(name, entry));
        }
        return new BootImage(
                name, BootImage.Format.ELF, architecture, content, span, entryOffset, first.virtual, 0, PAGE);
    }

    private static String machineName(int machine) {
        return switch (machine) {
            case 3 -> "x86 (32 bit)";
            case 62 -> "x86-64";
            case 20, 21 -> "PowerPC";
            case 22 -> "S/390";
            case 243 -> "RISC-V";
            default -> "machine " + machine;
        };
    }

    static String portableMachine(int machine) {
        return switch (machine) {
            case 0x8664 -> "x86-64";
            case 0x014c -> "x86 (32 bit)";
            case 0x5064, 0x5032 -> "RISC-V";
            default -> "machine 0x" + Integer.toHexString(machine);
        };
    }
}
