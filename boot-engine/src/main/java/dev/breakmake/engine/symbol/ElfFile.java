package dev.breakmake.engine.symbol;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Sections of a little-endian ELF file, 32 or 64 bit. */
final class ElfFile {

    static final int EM_ARM = 40;
    static final int SHT_SYMTAB = 2;
    static final int SHT_NOBITS = 8;
    static final long SHF_EXECINSTR = 4;

    private static final long SHF_COMPRESSED = 1 << 11;
    private static final int COMPRESS_ZLIB = 1;
    private static final int LARGEST_SECTION = 512 << 20;

    /** One section header. */
    record Section(String name, int type, long flags, long offset, long size, int link, long entryBytes) {}

    private final ByteBuffer elf;
    private final boolean wide;
    private final List<Section> sections;

    private ElfFile(ByteBuffer elf, boolean wide, List<Section> sections) {
        this.elf = elf;
        this.wide = wide;
        this.sections = sections;
    }

    static boolean isElf(byte[] bytes) {
        return bytes.length >= 4 && bytes[0] == 0x7f && bytes[1] == 'E' && bytes[2] == 'L' && bytes[3] == 'F';
    }

    static ElfFile read(byte[] bytes) throws SymbolFileException {
        if (!isElf(bytes)) {
            throw new SymbolFileException("offset 0: no ELF file");
        }
        if (bytes.length < 64) {
            throw new SymbolFileException("offset 0x%x: ends within the ELF header".formatted(bytes.length));
        }
        if (bytes[5] != 1) {
            throw new SymbolFileException("offset 5: big-endian ELF; only little-endian files are read");
        }
        boolean wide = bytes[4] == 2;
        ByteBuffer elf = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long table = wide ? elf.getLong(40) : Integer.toUnsignedLong(elf.getInt(32));
        int entry = elf.getShort(wide ? 58 : 46) & 0xffff;
        int count = elf.getShort(wide ? 60 : 48) & 0xffff;
        int names = elf.getShort(wide ? 62 : 50) & 0xffff;
        if (count == 0) {
            return new ElfFile(elf, wide, List.of());
        }
        if (entry < (wide ? 64 : 40) || table < 0 || table > bytes.length - (long) entry * count || names >= count) {
            throw new SymbolFileException("offset 0x%x: %d section headers of %d bytes do not fit the file of %d bytes"
                    .formatted(table, count, entry, bytes.length));
        }
        List<Section> unnamed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            unnamed.add(header(elf, wide, (int) table + entry * i));
        }
        ElfFile file = new ElfFile(elf, wide, unnamed);
        byte[] nameBytes = file.content(unnamed.get(names));
        List<Section> named = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Section section = unnamed.get(i);
            String name = text(nameBytes, elf.getInt((int) table + entry * i));
            named.add(new Section(
                    name, section.type, section.flags, section.offset, section.size, section.link, section.entryBytes));
        }
        return new ElfFile(elf, wide, List.copyOf(named));
    }

    private static Section header(ByteBuffer elf, boolean wide, int at) {
        return wide
                ? new Section(
                        "",
                        elf.getInt(at + 4),
                        elf.getLong(at + 8),
                        elf.getLong(at + 24),
                        elf.getLong(at + 32),
                        elf.getInt(at + 40),
                        elf.getLong(at + 56))
                : new Section(
                        "",
                        elf.getInt(at + 4),
                        Integer.toUnsignedLong(elf.getInt(at + 8)),
                        Integer.toUnsignedLong(elf.getInt(at + 16)),
                        Integer.toUnsignedLong(elf.getInt(at + 20)),
                        elf.getInt(at + 24),
                        Integer.toUnsignedLong(elf.getInt(at + 36)));
    }

    boolean wide() {
        return wide;
    }

    int machine() {
        return elf.getShort(18) & 0xffff;
    }

    List<Section> sections() {
        return sections;
    }

    Optional<Section> section(String name) {
        return sections.stream().filter(section -> section.name.equals(name)).findFirst();
    }

    /** The bytes of a section, unpacked if it is compressed; empty for sections without bytes. */
    byte[] content(Section section) throws SymbolFileException {
        if (section.type == SHT_NOBITS) {
            return new byte[0];
        }
        long end = section.offset + section.size;
        if (section.offset < 0 || section.size < 0 || end > elf.capacity() || end < section.offset) {
            throw new SymbolFileException("offset 0x%x: section '%s' of %d bytes lies outside the file"
                    .formatted(section.offset, section.name, section.size));
        }
        byte[] bytes = new byte[(int) section.size];
        elf.get((int) section.offset, bytes);
        return (section.flags & SHF_COMPRESSED) != 0 ? unpack(section, bytes) : bytes;
    }

    private byte[] unpack(Section section, byte[] packed) throws SymbolFileException {
        int header = wide ? 24 : 12;
        if (packed.length < header
                || ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).getInt(0) != COMPRESS_ZLIB) {
            throw new SymbolFileException("offset 0x%x: section '%s' is compressed by another method than zlib"
                    .formatted(section.offset, section.name));
        }
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(packed, header, packed.length - header);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 16];
            while (!inflater.finished()) {
                int count = inflater.inflate(buffer);
                out.write(buffer, 0, count);
                if (count == 0 || out.size() > LARGEST_SECTION) {
                    throw new SymbolFileException("offset 0x%x: compressed section '%s' ends early or is too large"
                            .formatted(section.offset, section.name));
                }
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new SymbolFileException(
                    "offset 0x%x: compressed section '%s' is damaged".formatted(section.offset, section.name), e);
        }
    }

    /** The zero-terminated text at an offset of a string section; empty outside of it. */
    static String text(byte[] strings, int offset) {
        if (offset < 0 || offset >= strings.length) {
            return "";
        }
        int end = offset;
        while (end < strings.length && strings[end] != 0) {
            end++;
        }
        return new String(strings, offset, end - offset, StandardCharsets.UTF_8);
    }
}
