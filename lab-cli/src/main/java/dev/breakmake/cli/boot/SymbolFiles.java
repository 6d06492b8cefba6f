package dev.breakmake.cli.boot;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.engine.symbol.SymbolFileException;
import dev.breakmake.engine.symbol.SymbolTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads symbol files with errors that name the file. */
public final class SymbolFiles {

    private SymbolFiles() {}

    /** A symbol table from an ELF or map file. */
    public static SymbolTable read(Path file) throws IOException {
        try {
            return SymbolTable.read(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage("no symbols file " + file, "");
        } catch (SymbolFileException e) {
            throw CommandFailure.usage(
                    file + ": " + e.getMessage(), "give an ELF file with symbols (xen-syms) or a map file (xen.map)");
        }
    }
}
