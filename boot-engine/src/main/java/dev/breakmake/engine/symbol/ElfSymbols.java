package dev.breakmake.engine.symbol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the symbol table of an ELF file. */
final class ElfSymbols {

    private static final int STT_NOTYPE = 0;
    private static final int STT_OBJECT = 1;
    private static final int STT_FUNC = 2;
    private static final int STT_FILE = 4;

    /** Names that start so mark code and data for disassemblers (AAELF 5.5.5). */
    private static final byte MAPPING = '$';

    private ElfSymbols() {}

    /** All named symbols; none if the file was stripped. */
    static List<Symbol> read(ElfFile elf) throws SymbolFileException {
        List<Symbol> symbols = new ArrayList<>();
        for (ElfFile.Section table : elf.sections()) {
            if (table.type() == ElfFile.SHT_SYMTAB) {
                read(elf, table, symbols);
            }
        }
        return symbols;
    }

    private static void read(ElfFile elf, ElfFile.Section table, List<Symbol> symbols) throws SymbolFileException {
        if (table.link() < 0 || table.link() >= elf.sections().size()) {
            throw new SymbolFileException(
                    "offset 0x%x: the symbol table names no string section".formatted(table.offset()));
        }
        byte[] strings = elf.content(elf.sections().get(table.link()));
        byte[] entries = elf.content(table);
        boolean wide = elf.wide();
        boolean thumb = elf.machine() == ElfFile.EM_ARM;
        int entryBytes = wide ? 24 : 16;
        byte[] file = Symbol.NO_FILE;
        for (int at = 0; at + entryBytes <= entries.length; at += entryBytes) {
            int name = word(entries, at);
            int info = entries[wide ? at + 4 : at + 12];
            int type = info & 0xf;
            if (type == STT_FILE) {
                file = ElfFile.text(strings, name).getBytes(StandardCharsets.UTF_8);
                continue;
            }
            if (type != STT_NOTYPE && type != STT_OBJECT && type != STT_FUNC
                    || name < 0
                    || name >= strings.length
                    || strings[name] == 0
                    || strings[name] == MAPPING) {
                continue;
            }
            int section = word(entries, wide ? at + 4 : at + 12) >>> 16;
            if (section == 0) {
                continue;
            }
            long address = wide ? number(entries, at + 8) : Integer.toUnsignedLong(word(entries, at + 4));
            long size = wide ? number(entries, at + 16) : Integer.toUnsignedLong(word(entries, at + 8));
            boolean inCode = section < elf.sections().size()
                    && (elf.sections().get(section).flags() & ElfFile.SHF_EXECINSTR) != 0;
            boolean code = inCode && type != STT_OBJECT;
            if (code && type == STT_FUNC && thumb) {
                // Bit 0 says that the function is T32 code.
                address &= ~1L;
            }
            boolean local = (info & 0xf0) == 0;
            symbols.add(Symbol.inElf(address, size, code, strings, name, local ? file : Symbol.NO_FILE));
        }
    }

    private static int word(byte[] from, int at) {
        return from[at] & 0xff | (from[at + 1] & 0xff) << 8 | (from[at + 2] & 0xff) << 16 | from[at + 3] << 24;
    }

    private static long number(byte[] from, int at) {
        return Integer.toUnsignedLong(word(from, at)) | (long) word(from, at + 4) << 32;
    }
}
