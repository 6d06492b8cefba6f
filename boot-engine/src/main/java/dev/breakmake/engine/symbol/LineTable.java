package dev.breakmake.engine.symbol;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Source lines by linked address, from DWARF {@code .debug_line}, versions 2 to 5. */
final class LineTable {

    static final LineTable EMPTY = new LineTable(List.of());

    /**
     * A run of instructions that come from one line.
     *
     * @param address linked address of the first one
     * @param file path as compiled, relative to the compile folder where it was given so
     * @param line line number, from 1; 0 for code without a line
     * @param end whether this only marks the end of a sequence
     */
    record Row(long address, String file, int line, boolean end) {}

    private final List<Row> rows;
    private final long[] addresses;

    LineTable(List<Row> unsorted) {
        List<Row> sorted = new ArrayList<>(unsorted);
        // Stable: rows of one address keep their order, of which the last is in force, except that an end never hides a
        // start.
        sorted.sort((a, b) -> {
            int byAddress = Long.compareUnsigned(a.address, b.address);
            return byAddress != 0 ? byAddress : Boolean.compare(b.end, a.end);
        });
        rows = List.copyOf(sorted);
        addresses = rows.stream().mapToLong(Row::address).toArray();
    }

    /** The table of an ELF file; empty if it has no line information. */
    static LineTable read(ElfFile elf) throws SymbolFileException {
        var section = elf.section(".debug_line");
        if (section.isEmpty()) {
            return EMPTY;
        }
        byte[] lineStrings = optional(elf, ".debug_line_str");
        byte[] strings = optional(elf, ".debug_str");
        return new LineTable(new LineProgram(elf.content(section.get()), lineStrings, strings).rows());
    }

    private static byte[] optional(ElfFile elf, String name) throws SymbolFileException {
        var section = elf.section(name);
        return section.isPresent() ? elf.content(section.get()) : new byte[0];
    }

    /** {@code file:line} of an instruction, or null. */
    @Nullable
    String at(long pc) {
        int index = Addresses.lastAtOrBelow(addresses, pc);
        if (index < 0 || rows.get(index).end() || rows.get(index).line() == 0) {
            return null;
        }
        return rows.get(index).file() + ":" + rows.get(index).line();
    }
}
