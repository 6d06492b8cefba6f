package dev.breakmake.cli.boot;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.engine.symbol.SymbolFileException;
import dev.breakmake.engine.symbol.SymbolTable;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.finding.SymbolSource;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads symbol files with errors that name the file. */
public final class SymbolFiles {

    private SymbolFiles() {}

    /** A symbol table from an ELF or map file. */
    public static SymbolTable read(Path file) throws IOException {
        try {
            return SymbolTable.read(WholeFile.read(file));
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage("no symbols file " + file, "");
        } catch (SymbolFileException e) {
            throw CommandFailure.usage(
                    file + ": " + e.getMessage(), "give an ELF file with symbols (xen-syms) or a map file (xen.map)");
        }
    }

    /**
     * The symbols of a boot: at their linked addresses, and at the physical ones where the image runs before its MMU is on. An image
     * that is an ELF file with symbols names itself; without any, there are none.
     */
    static SymbolTable of(BootRequest request, Platform platform, BootOptions options) throws IOException {
        SymbolTable symbols = linked(request);
        var start = symbols.address("_start");
        if (start.isEmpty()) {
            return symbols;
        }
        try {
            long loaded = BootPlan.of(platform, request.image(), options).imageAddress();
            AddressRange range =
                    new AddressRange(loaded, loaded + request.image().memoryBytes());
            return symbols.withAlias(range, start.getAsLong());
        } catch (BadImageException e) {
            return symbols; // the boot itself will say it
        }
    }

    /** The names of a table that is still being read; whoever asks for one waits for it. */
    static SymbolSource when(Ahead<SymbolTable> table) {
        return new SymbolSource() {
            @Override
            public @Nullable CodeSymbol at(long pc) {
                return table.get().at(pc);
            }

            @Override
            public List<Section> sections() {
                return table.get().sections();
            }
        };
    }

    /** The symbols of a boot at the addresses they are linked at. */
    static SymbolTable linked(BootRequest request) throws IOException {
        return request.symbols() == null ? own(request.file()) : read(request.symbols());
    }

    private static SymbolTable own(byte[] file) {
        boolean elf = file.length > 4 && file[0] == 0x7f && file[1] == 'E' && file[2] == 'L' && file[3] == 'F';
        try {
            return elf ? SymbolTable.read(file) : SymbolTable.EMPTY;
        } catch (SymbolFileException stripped) {
            return SymbolTable.EMPTY;
        }
    }
}
