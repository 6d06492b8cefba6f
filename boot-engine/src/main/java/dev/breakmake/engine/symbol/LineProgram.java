package dev.breakmake.engine.symbol;

import dev.breakmake.engine.symbol.LineTable.Row;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs the line number programs of a {@code .debug_line} section (DWARF 5, 6.2; DWARF 4, 6.2). */
final class LineProgram {

    private static final int FORM_BLOCK2 = 0x03;
    private static final int FORM_BLOCK4 = 0x04;
    private static final int FORM_DATA2 = 0x05;
    private static final int FORM_DATA4 = 0x06;
    private static final int FORM_DATA8 = 0x07;
    private static final int FORM_STRING = 0x08;
    private static final int FORM_BLOCK = 0x09;
    private static final int FORM_BLOCK1 = 0x0a;
    private static final int FORM_DATA1 = 0x0b;
    private static final int FORM_STRP = 0x0e;
    private static final int FORM_UDATA = 0x0f;
    private static final int FORM_DATA16 = 0x1e;
    private static final int FORM_LINE_STRP = 0x1f;
    private static final int CONTENT_PATH = 1;
    private static final int CONTENT_FOLDER = 2;

    private final ByteBuffer in;
    private final byte[] lineStrings;
    private final byte[] strings;
    private final List<Row> rows = new ArrayList<>();

    /** Files of the unit at hand, by the number the program uses. */
    private final List<String> files = new ArrayList<>();

    private boolean wideOffsets;
    private int version;

    LineProgram(byte[] section, byte[] lineStrings, byte[] strings) {
        this.in = ByteBuffer.wrap(section).order(ByteOrder.LITTLE_ENDIAN);
        this.lineStrings = lineStrings;
        this.strings = strings;
    }

    List<Row> rows() throws SymbolFileException {
        int unit = 0;
        try {
            while (in.remaining() >= 4) {
                unit = in.position();
                unit(unit);
            }
        } catch (BufferUnderflowException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | ArithmeticException e) {
            throw new SymbolFileException(
                    ".debug_line, unit at 0x%x: ends within an item or names what is not there (offset 0x%x)"
                            .formatted(unit, in.position()),
                    e);
        }
        return rows;
    }

    private void unit(int start) throws SymbolFileException {
        long length = Integer.toUnsignedLong(in.getInt());
        wideOffsets = length == 0xffff_ffffL;
        if (wideOffsets) {
            length = in.getLong();
        }
        if (length < 0 || length > in.remaining()) {
            throw new SymbolFileException(
                    ".debug_line, unit at 0x%x: %d bytes, %d are left".formatted(start, length, in.remaining()));
        }
        int end = in.position() + (int) length;
        version = in.getShort() & 0xffff;
        if (version < 2 || version > 5) {
            // A later version: its length lets the reader step over it.
            in.position(end);
            return;
        }
        if (version >= 5) {
            in.get();
            in.get();
        }
        long headerLength = offset();
        int program = in.position() + Math.toIntExact(headerLength);
        int least = in.get() & 0xff;
        if (version >= 4) {
            in.get();
        }
        in.get();
        int lineBase = in.get();
        int lineRange = in.get() & 0xff;
        int opcodeBase = in.get() & 0xff;
        if (lineRange == 0 || opcodeBase == 0 || program > end) {
            throw new SymbolFileException(".debug_line, unit at 0x%x: impossible header".formatted(start));
        }
        int[] operands = new int[opcodeBase];
        for (int i = 1; i < opcodeBase; i++) {
            operands[i] = in.get() & 0xff;
        }
        files.clear();
        if (version >= 5) {
            filesOfVersion5();
        } else {
            filesOfVersion4();
        }
        in.position(program);
        run(end, least, lineBase, lineRange, opcodeBase, operands);
        in.position(end);
    }

    private void filesOfVersion4() {
        List<String> folders = new ArrayList<>(List.of(""));
        for (String folder = text(); !folder.isEmpty(); folder = text()) {
            folders.add(folder);
        }
        // Numbers start at 1.
        files.add("");
        for (String file = text(); !file.isEmpty(); file = text()) {
            addFile(folders, number(), file);
            unsigned();
            unsigned();
        }
    }

    private void filesOfVersion5() throws SymbolFileException {
        List<String> folders = new ArrayList<>();
        for (Entry folder : entries()) {
            folders.add(folder.path);
        }
        for (Entry file : entries()) {
            // Folder 0 is the compile folder, which differs from machine to machine: paths stay relative to it.
            String path = file.folder == 0 ? file.path : join(folders.get(file.folder), file.path);
            files.add(path);
        }
    }

    private record Entry(String path, int folder) {}

    private List<Entry> entries() throws SymbolFileException {
        int formats = in.get() & 0xff;
        int[] contents = new int[formats];
        int[] forms = new int[formats];
        for (int i = 0; i < formats; i++) {
            contents[i] = number();
            forms[i] = number();
        }
        int count = number();
        if (count > in.remaining()) {
            throw new IllegalArgumentException("more entries than bytes");
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String path = "";
            int folder = 0;
            for (int j = 0; j < formats; j++) {
                if (contents[j] == CONTENT_PATH) {
                    path = string(forms[j]);
                } else if (contents[j] == CONTENT_FOLDER) {
                    folder = (int) constant(forms[j]);
                } else {
                    skip(forms[j]);
                }
            }
            entries.add(new Entry(path, folder));
        }
        return entries;
    }

    private void addFile(List<String> folders, int folder, String file) {
        files.add(folder == 0 ? file : join(folders.get(folder), file));
    }

    private static String join(String folder, String file) {
        return file.startsWith("/") || folder.isEmpty() ? file : folder + "/" + file;
    }

    private void run(int end, int least, int lineBase, int lineRange, int opcodeBase, int[] operands) {
        long address = 0;
        int file = 1;
        int line = 1;
        while (in.position() < end) {
            int opcode = in.get() & 0xff;
            if (opcode >= opcodeBase) {
                int adjusted = opcode - opcodeBase;
                address += (long) (adjusted / lineRange) * least;
                line += lineBase + adjusted % lineRange;
                row(address, file, line, false);
                continue;
            }
            switch (opcode) {
                case 0 -> {
                    int next = number();
                    int after = in.position() + next;
                    int extended = next == 0 ? 0 : in.get() & 0xff;
                    if (extended == 1) {
                        row(address, file, line, true);
                        address = 0;
                        file = 1;
                        line = 1;
                    } else if (extended == 2) {
                        address = next == 9 ? in.getLong() : Integer.toUnsignedLong(in.getInt());
                    }
                    in.position(after);
                }
                case 1 -> row(address, file, line, false);
                case 2 -> address += unsigned() * least;
                case 3 -> line += (int) signed();
                case 4 -> file = number();
                case 8 -> address += (long) ((255 - opcodeBase) / lineRange) * least;
                case 9 -> address += in.getShort() & 0xffff;
                default -> {
                    for (int i = 0; i < operands[opcode]; i++) {
                        unsigned();
                    }
                }
            }
        }
    }

    private void row(long address, int file, int line, boolean end) {
        // A sequence at 0 was discarded by the linker.
        if (address != 0) {
            rows.add(new Row(address, files.get(file), line, end));
        }
    }

    private String string(int form) throws SymbolFileException {
        return switch (form) {
            case FORM_STRING -> text();
            case FORM_LINE_STRP -> ElfFile.text(lineStrings, Math.toIntExact(offset()));
            case FORM_STRP -> ElfFile.text(strings, Math.toIntExact(offset()));
            default ->
                throw new SymbolFileException(
                        ".debug_line, offset 0x%x: a path in form 0x%x".formatted(in.position(), form));
        };
    }

    private long constant(int form) throws SymbolFileException {
        return switch (form) {
            case FORM_DATA1 -> in.get() & 0xff;
            case FORM_DATA2 -> in.getShort() & 0xffff;
            case FORM_DATA4 -> Integer.toUnsignedLong(in.getInt());
            case FORM_DATA8 -> in.getLong();
            case FORM_UDATA -> unsigned();
            default ->
                throw new SymbolFileException(
                        ".debug_line, offset 0x%x: a number in form 0x%x".formatted(in.position(), form));
        };
    }

    private void skip(int form) throws SymbolFileException {
        switch (form) {
            case FORM_DATA16 -> in.position(in.position() + 16);
            case FORM_BLOCK1 -> in.position(in.position() + (in.get(in.position()) & 0xff) + 1);
            case FORM_BLOCK2 -> in.position(in.position() + (in.getShort(in.position()) & 0xffff) + 2);
            case FORM_BLOCK4 -> in.position(in.position() + in.getInt(in.position()) + 4);
            case FORM_BLOCK -> {
                int length = number();
                in.position(in.position() + length);
            }
            case FORM_STRING, FORM_LINE_STRP, FORM_STRP -> string(form);
            default -> constant(form);
        }
    }

    private long offset() {
        return wideOffsets ? in.getLong() : Integer.toUnsignedLong(in.getInt());
    }

    private int number() {
        return Math.toIntExact(unsigned());
    }

    private long unsigned() {
        long value = 0;
        int shift = 0;
        int next;
        do {
            next = in.get();
            value |= (long) (next & 0x7f) << shift;
            shift += 7;
        } while ((next & 0x80) != 0 && shift < 64);
        return value;
    }

    private long signed() {
        long value = 0;
        int shift = 0;
        int next;
        do {
            next = in.get();
            value |= (long) (next & 0x7f) << shift;
            shift += 7;
        } while ((next & 0x80) != 0 && shift < 64);
        return shift < 64 && (next & 0x40) != 0 ? value | -1L << shift : value;
    }

    private String text() {
        int start = in.position();
        while (in.get() != 0) {
            // Look for the end.
        }
        byte[] bytes = new byte[in.position() - start - 1];
        in.get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
