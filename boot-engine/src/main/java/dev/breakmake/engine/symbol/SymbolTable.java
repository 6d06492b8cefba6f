package dev.breakmake.engine.symbol;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.finding.SymbolSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Symbols of one image, by address and by name.
 *
 * <p>Addresses are those the image was linked at. An alias maps another range onto them: the physical range the image was loaded to,
 * where it runs before its MMU is on, or the place a relocated copy runs at.
 */
public final class SymbolTable implements SymbolSource {

    /** A table that knows nothing. */
    public static final SymbolTable EMPTY = new SymbolTable(List.of(), LineTable.EMPTY);

    private record Alias(AddressRange range, long linked) {}

    /** In the order of the file. */
    private final List<Symbol> all;

    private final CodeIndex index;

    private final LineTable lines;
    private final List<Alias> aliases;

    /** Where they are linked. */
    private final List<Section> linkedSections;

    /** Linked ones first, then those of each alias. */
    private final List<Section> sections;

    private SymbolTable(List<Symbol> symbols, LineTable lines) {
        this.lines = lines;
        aliases = List.of();
        all = symbols;
        index = new CodeIndex(all);
        linkedSections = Sections.of(all);
        sections = linkedSections;
    }

    private SymbolTable(SymbolTable linked, List<Alias> aliases) {
        all = linked.all;
        lines = linked.lines;
        index = linked.index;
        this.aliases = aliases;
        linkedSections = linked.linkedSections;
        sections = everywhere(linkedSections, aliases);
    }

    /**
     * Reads a symbol file: an ELF file (symbol table, and line tables if it has any) or a map file.
     *
     * @throws SymbolFileException if it is neither or damaged
     */
    public static SymbolTable read(byte[] file) throws SymbolFileException {
        if (!ElfFile.isElf(file)) {
            return new SymbolTable(MapSymbols.read(new String(file, StandardCharsets.UTF_8)), LineTable.EMPTY);
        }
        ElfFile elf = ElfFile.read(file);
        return new SymbolTable(ElfSymbols.read(elf), LineTable.read(elf));
    }

    /**
     * The same table that also answers for another range.
     *
     * @param range addresses the image is found at, e.g. where it was loaded
     * @param linked linked address of the range's first byte
     */
    public SymbolTable withAlias(AddressRange range, long linked) {
        List<Alias> more = new ArrayList<>(aliases);
        more.add(new Alias(range, linked));
        return new SymbolTable(this, List.copyOf(more));
    }

    @Override
    public @Nullable CodeSymbol at(long pc) {
        CodeSymbol direct = linked(pc);
        if (direct != null) {
            return direct;
        }
        for (Alias alias : aliases) {
            if (alias.range.contains(pc)) {
                return linked(pc - alias.range.start() + alias.linked);
            }
        }
        return null;
    }

    private static List<Section> everywhere(List<Section> linked, List<Alias> aliases) {
        List<Section> found = new ArrayList<>(linked);
        for (Alias alias : aliases) {
            for (Section section : linked) {
                long start = section.range().start() - alias.linked + alias.range.start();
                long end = start + section.range().size();
                long from = Long.compareUnsigned(start, alias.range.start()) < 0 ? alias.range.start() : start;
                long to = Long.compareUnsigned(end, alias.range.end()) > 0 ? alias.range.end() : end;
                if (Long.compareUnsigned(from, to) < 0) {
                    found.add(new Section(section.name(), new AddressRange(from, to)));
                }
            }
        }
        return List.copyOf(found);
    }

    @Override
    public List<Section> sections() {
        return sections;
    }

    private @Nullable CodeSymbol linked(long pc) {
        Symbol symbol = index.at(pc);
        return symbol == null ? null : new CodeSymbol(symbol.name(), pc - symbol.address(), lines.at(pc));
    }

    /**
     * Linked address of a symbol, code or data.
     *
     * @param name its name as {@link #at} gives it; a local symbol is also found by the part after {@code #} if only one has it
     */
    public OptionalLong address(String name) {
        Long exact = exactly(name);
        if (exact != null) {
            return OptionalLong.of(exact);
        }
        List<Symbol> local = all.stream()
                .filter(symbol -> symbol.name().endsWith("#" + name))
                .toList();
        return local.size() == 1 ? OptionalLong.of(local.getFirst().address()) : OptionalLong.empty();
    }

    /** Looked for one by one: some dozen names are asked of a table, and a map of thousands takes longer to make. */
    private @Nullable Long exactly(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        Symbol first = null;
        for (Symbol symbol : all) {
            if (symbol.isNamed(name, bytes)
                    && (first == null || Long.compareUnsigned(symbol.address(), first.address()) < 0)) {
                first = symbol;
            }
        }
        return first == null ? null : first.address();
    }

    /** Number of symbols, code and data. */
    public int size() {
        return all.size();
    }

    /** Lowest linked address of code, the start of the image as a rule; empty if the table is. */
    public OptionalLong lowestCode() {
        return index.lowest();
    }
}
