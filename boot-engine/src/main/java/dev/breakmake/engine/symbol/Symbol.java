package dev.breakmake.engine.symbol;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A named address. Of thousands in a file a boot names some dozens: the name stays bytes of the string table until it is asked for.
 */
final class Symbol {

    private static final int UNDERSCORE = '_';

    /** For symbols whose source file is unknown or does not matter. */
    static final byte[] NO_FILE = {};

    private final long address;
    private final long size;
    private final boolean code;
    private final byte[] strings;
    private final int nameAt;
    private final byte[] file;
    private @Nullable String name;

    private Symbol(long address, long size, boolean code, byte[] strings, int nameAt, byte[] file) {
        this.address = address;
        this.size = size;
        this.code = code;
        this.strings = strings;
        this.nameAt = nameAt;
        this.file = file;
    }

    /**
     * A symbol whose name is known.
     *
     * @param address linked virtual address of its first byte
     * @param code whether it names instructions
     */
    static Symbol named(long address, String name, boolean code) {
        return new Symbol(address, 0, code, name.getBytes(StandardCharsets.UTF_8), 0, NO_FILE);
    }

    /**
     * A symbol of an ELF file.
     *
     * @param address linked virtual address of its first byte
     * @param size bytes it covers, or 0 if the file does not say
     * @param code whether it names instructions
     * @param strings string table, which nobody changes
     * @param nameAt where its name begins there
     * @param file name of its source file if it is a local one and the file is known, else {@link #NO_FILE}
     */
    static Symbol inElf(long address, long size, boolean code, byte[] strings, int nameAt, byte[] file) {
        return new Symbol(address, size, code, strings, nameAt, file);
    }

    long address() {
        return address;
    }

    long size() {
        return size;
    }

    boolean code() {
        return code;
    }

    /** Its name; {@code file.c#name} for local symbols whose file is known. */
    String name() {
        String known = name;
        if (known == null) {
            String own = ElfFile.text(strings, nameAt);
            known = isQualified() ? new String(file, StandardCharsets.UTF_8) + "#" + own : own;
            name = known;
        }
        return known;
    }

    private boolean isQualified() {
        return file.length > 0 && ElfFile.text(strings, nameAt).indexOf('#') < 0;
    }

    /** Whether it is a global one that begins with an underscore, as names for linker scripts do. */
    boolean isUnderscored() {
        return file.length == 0 && strings[nameAt] == UNDERSCORE;
    }

    /**
     * Whether {@link #name} gives this text.
     *
     * @param bytes of the text in UTF-8
     */
    boolean isNamed(String text, byte[] bytes) {
        if (file.length > 0) {
            return text.indexOf('#') >= 0 && text.equals(name());
        }
        int end = nameAt + bytes.length;
        if (end > strings.length || end < strings.length && strings[end] != 0) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (strings[nameAt + i] != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
