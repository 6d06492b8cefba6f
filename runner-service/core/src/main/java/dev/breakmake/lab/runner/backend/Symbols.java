package dev.breakmake.lab.runner.backend;

import dev.breakmake.engine.symbol.SymbolFileException;
import dev.breakmake.engine.symbol.SymbolTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the best of an image's companions: the one with the most symbols. */
final class Symbols {

    private Symbols() {}

    static SymbolTable of(List<Path> companions) throws IOException {
        SymbolTable best = SymbolTable.EMPTY;
        for (Path file : companions) {
            try {
                SymbolTable table = SymbolTable.read(Files.readAllBytes(file));
                if (table.size() > best.size()) {
                    best = table;
                }
            } catch (SymbolFileException noSymbols) {
                // A companion may be anything; a boot without names is better than none.
            }
        }
        return best;
    }
}
