package dev.breakmake.lab.trace.domain;

import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.translation.finding.SymbolSource;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names a runner recorded for the code addresses of a trace: what an image's symbol table would answer, for these addresses only. */
public final class SymbolNames implements SymbolSource {

    private static final int LIMIT = 65_536;
    private static final int TEXT_LIMIT = 512;

    private final Map<Long, SymbolSource.CodeSymbol> names;

    private SymbolNames(Map<Long, SymbolSource.CodeSymbol> names) {
        this.names = names;
    }

    /** Names as they came with SealTrace. */
    public static SymbolNames of(List<dev.breakmake.trace.v1.CodeSymbol> symbols) {
        if (symbols.size() > LIMIT) {
            throw new TraceException(
                    Reason.ARGUMENT_INVALID, "symbols: " + symbols.size() + " entries exceed the limit of " + LIMIT);
        }
        Map<Long, SymbolSource.CodeSymbol> names = new HashMap<>();
        for (dev.breakmake.trace.v1.CodeSymbol symbol : symbols) {
            names.put(
                    symbol.getPc(),
                    new SymbolSource.CodeSymbol(
                            clean(symbol.getSymbol()),
                            symbol.getSymbolOffset(),
                            symbol.getSource().isEmpty() ? null : clean(symbol.getSource())));
        }
        return new SymbolNames(names);
    }

    private static String clean(String text) {
        if (text.length() > TEXT_LIMIT) {
            throw new TraceException(
                    Reason.ARGUMENT_INVALID, "symbols: a name is longer than " + TEXT_LIMIT + " characters");
        }
        return text.replace('\t', ' ').replace('\n', ' ').replace('\0', ' ');
    }

    /** Names as {@link #encode} wrote them. */
    static SymbolNames decode(byte[] text) {
        Map<Long, SymbolSource.CodeSymbol> names = new HashMap<>();
        new String(text, StandardCharsets.UTF_8).lines().forEach(line -> {
            String[] field = line.split("\t", -1);
            names.put(
                    Long.parseUnsignedLong(field[0], 16),
                    new SymbolSource.CodeSymbol(
                            field[1], Long.parseUnsignedLong(field[2], 16), field[3].isEmpty() ? null : field[3]));
        });
        return new SymbolNames(names);
    }

    /** One line per address: address, name, offset, source; tab-separated, numbers in hex, ascending. */
    byte[] encode() {
        StringBuilder out = new StringBuilder();
        names.entrySet().stream()
                .sorted((a, b) -> Long.compareUnsigned(a.getKey(), b.getKey()))
                .forEach(entry -> out.append(Long.toHexString(entry.getKey()))
                        .append('\t')
                        .append(entry.getValue().name())
                        .append('\t')
                        .append(Long.toHexString(entry.getValue().offset()))
                        .append('\t')
                        .append(
                                entry.getValue().source() == null
                                        ? ""
                                        : entry.getValue().source())
                        .append('\n'));
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    @Override
    public SymbolSource.@Nullable CodeSymbol at(long pc) {
        return names.get(pc);
    }

    /** Symbol and offset at {@code pc}, or the empty text. */
    String text(long pc) {
        SymbolSource.CodeSymbol symbol = names.get(pc);
        return symbol == null ? "" : symbol.toString();
    }
}
