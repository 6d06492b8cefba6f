package dev.breakmake.lab.trace.domain;

import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.trace.v1.ImageSection;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.finding.SymbolSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names a runner recorded for the code addresses of a trace, and the parts of its image: what the image's symbol table would answer, for these
 * addresses only.
 */
public final class SymbolNames implements SymbolSource {

    private static final int LIMIT = 65_536;
    private static final int SECTION_LIMIT = 1_024;
    private static final int TEXT_LIMIT = 512;

    /** What the line of a section starts with; no address does. */
    private static final String SECTION = "section";

    private final Map<Long, SymbolSource.CodeSymbol> names;
    private final List<Section> sections;

    private SymbolNames(Map<Long, SymbolSource.CodeSymbol> names, List<Section> sections) {
        this.names = names;
        this.sections = List.copyOf(sections);
    }

    /** Names and parts as they came with SealTrace. */
    public static SymbolNames of(List<dev.breakmake.trace.v1.CodeSymbol> symbols, List<ImageSection> sections) {
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
        return new SymbolNames(names, sections(sections));
    }

    private static List<Section> sections(List<ImageSection> sent) {
        if (sent.size() > SECTION_LIMIT) {
            throw new TraceException(
                    Reason.ARGUMENT_INVALID,
                    "sections: " + sent.size() + " entries exceed the limit of " + SECTION_LIMIT);
        }
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            ImageSection section = sent.get(i);
            try {
                sections.add(new Section(
                        clean(section.getName()),
                        new AddressRange(
                                section.getRange().getStart(),
                                section.getRange().getEnd())));
            } catch (IllegalArgumentException e) {
                throw new TraceException(Reason.ARGUMENT_INVALID, "sections[" + i + "].range: " + e.getMessage());
            }
        }
        return sections;
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
        List<Section> sections = new ArrayList<>();
        new String(text, StandardCharsets.UTF_8).lines().forEach(line -> {
            String[] field = line.split("\t", -1);
            if (field[0].equals(SECTION)) {
                sections.add(new Section(
                        field[1],
                        new AddressRange(Long.parseUnsignedLong(field[2], 16), Long.parseUnsignedLong(field[3], 16))));
                return;
            }
            names.put(
                    Long.parseUnsignedLong(field[0], 16),
                    new SymbolSource.CodeSymbol(
                            field[1], Long.parseUnsignedLong(field[2], 16), field[3].isEmpty() ? null : field[3]));
        });
        return new SymbolNames(names, sections);
    }

    /**
     * One line per address: address, name, offset, source, ascending; then one per section: the word {@code section}, name, start, end in order.
     * Tab-separated, numbers in hex.
     */
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
        sections.forEach(section -> out.append(SECTION)
                .append('\t')
                .append(section.name())
                .append('\t')
                .append(Long.toHexString(section.range().start()))
                .append('\t')
                .append(Long.toHexString(section.range().end()))
                .append('\n'));
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    boolean isEmpty() {
        return names.isEmpty() && sections.isEmpty();
    }

    @Override
    public SymbolSource.@Nullable CodeSymbol at(long pc) {
        return names.get(pc);
    }

    @Override
    public List<Section> sections() {
        return sections;
    }

    /** Symbol and offset at {@code pc}, or the empty text. */
    String text(long pc) {
        SymbolSource.CodeSymbol symbol = names.get(pc);
        return symbol == null ? "" : symbol.toString();
    }
}
