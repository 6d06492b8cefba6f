package dev.breakmake.engine.symbol;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.finding.SymbolSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** How far the last symbol reaches when nothing says where it ends, in bytes. */
    private static final long LAST_SYMBOL_REACH = 4096;

    private record Alias(AddressRange range, long linked) {}

    private final List<Symbol> code;
    private final long[] addresses;

    /** Where the next symbol of any kind starts, for symbols without a size. */
    private final long[] ends;

    private final Map<String, Long> byName;
    private final List<Symbol> all;
    private final LineTable lines;
    private final List<Alias> aliases;
    /** Linked ones first, then those of each alias. */
    private final List<Section> sections;

    private SymbolTable(List<Symbol> symbols, LineTable lines) {
        this.all = symbols;
        this.lines = lines;
        aliases = List.of();
        List<Symbol> sorted = new ArrayList<>(symbols);
        sorted.sort(SymbolTable::order);
        code = new ArrayList<>();
        List<Long> limits = new ArrayList<>();
        byName = new HashMap<>();
        for (int i = 0; i < sorted.size(); i++) {
            Symbol symbol = sorted.get(i);
            byName.putIfAbsent(symbol.name(), symbol.address());
            boolean first = code.isEmpty() || code.getLast().address() != symbol.address();
            if (symbol.code() && first) {
                code.add(symbol);
                limits.add(end(sorted, i));
            }
        }
        addresses = code.stream().mapToLong(Symbol::address).toArray();
        sections = Sections.of(byName);
        ends = limits.stream().mapToLong(Long::longValue).toArray();
    }

    private SymbolTable(SymbolTable linked, List<Alias> aliases) {
        all = linked.all;
        lines = linked.lines;
        code = linked.code;
        addresses = linked.addresses;
        byName = linked.byName;
        ends = linked.ends;
        this.aliases = aliases;
        sections = everywhere(Sections.of(byName), aliases);
    }

    /** By address; of one address code first, then what has a size, then names for people. */
    private static int order(Symbol a, Symbol b) {
        int order = Long.compareUnsigned(a.address(), b.address());
        if (order == 0) {
            order = Boolean.compare(b.code(), a.code());
        }
        if (order == 0) {
            order = Boolean.compare(a.size() == 0, b.size() == 0);
        }
        return order != 0
                ? order
                : Boolean.compare(a.name().startsWith("_"), b.name().startsWith("_"));
    }

    private static long end(List<Symbol> sorted, int index) {
        Symbol symbol = sorted.get(index);
        if (symbol.size() != 0) {
            return symbol.address() + symbol.size();
        }
        for (int next = index + 1; next < sorted.size(); next++) {
            if (sorted.get(next).address() != symbol.address()) {
                return sorted.get(next).address();
            }
        }
        return symbol.address() + LAST_SYMBOL_REACH;
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
        int index = lastAtOrBelow(pc);
        if (index < 0 || Long.compareUnsigned(pc, ends[index]) >= 0) {
            return null;
        }
        Symbol symbol = code.get(index);
        return new CodeSymbol(symbol.name(), pc - symbol.address(), lines.at(pc));
    }

    private int lastAtOrBelow(long pc) {
        int low = 0;
        int high = addresses.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(addresses[middle], pc) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /**
     * Linked address of a symbol, code or data.
     *
     * @param name its name as {@link #at} gives it; a local symbol is also found by the part after {@code #} if only one has it
     */
    public OptionalLong address(String name) {
        Long exact = byName.get(name);
        if (exact != null) {
            return OptionalLong.of(exact);
        }
        List<Symbol> local = all.stream()
                .filter(symbol -> symbol.name().endsWith("#" + name))
                .toList();
        return local.size() == 1 ? OptionalLong.of(local.getFirst().address()) : OptionalLong.empty();
    }

    /** Number of symbols, code and data. */
    public int size() {
        return all.size();
    }

    /** Lowest linked address of code, the start of the image as a rule; empty if the table is. */
    public OptionalLong lowestCode() {
        return addresses.length == 0 ? OptionalLong.empty() : OptionalLong.of(addresses[0]);
    }
}
