package dev.breakmake.engine.symbol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Reads the symbol table of an ELF file. */
final class ElfSymbols {

    private static final int STT_NOTYPE = 0;
    private static final int STT_OBJECT = 1;
    private static final int STT_FUNC = 2;
    private static final int STT_FILE = 4;

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
        ByteBuffer entries = ByteBuffer.wrap(elf.content(table)).order(ByteOrder.LITTLE_ENDIAN);
        int entryBytes = elf.wide() ? 24 : 16;
        String file = "";
        for (int at = 0; at + entryBytes <= entries.capacity(); at += entryBytes) {
            String name = ElfFile.text(strings, entries.getInt(at));
            int info = entries.get(elf.wide() ? at + 4 : at + 12) & 0xff;
            int section = entries.getShort(elf.wide() ? at + 6 : at + 14) & 0xffff;
            int type = info & 0xf;
            boolean local = info >>> 4 == 0;
            if (type == STT_FILE) {
                file = name;
                continue;
            }
            boolean wanted = type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC;
            // Names that start with $ mark code and data for disassemblers (AAELF 5.5.5).
            if (!wanted || name.isEmpty() || name.startsWith("$") || section == 0) {
                continue;
            }
            long address = elf.wide() ? entries.getLong(at + 8) : Integer.toUnsignedLong(entries.getInt(at + 4));
            long size = elf.wide() ? entries.getLong(at + 16) : Integer.toUnsignedLong(entries.getInt(at + 8));
            boolean inCode = section < elf.sections().size()
                    && (elf.sections().get(section).flags() & ElfFile.SHF_EXECINSTR) != 0;
            boolean code = inCode && type != STT_OBJECT;
            if (code && type == STT_FUNC && elf.machine() == ElfFile.EM_ARM) {
                // Bit 0 says that the function is T32 code.
                address &= ~1L;
            }
            boolean qualify = local && !file.isEmpty() && name.indexOf('#') < 0;
            symbols.add(new Symbol(address, size, qualify ? file + "#" + name : name, code));
        }
    }
}
