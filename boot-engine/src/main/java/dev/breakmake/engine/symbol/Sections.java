package dev.breakmake.engine.symbol;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.finding.SymbolSource.Section;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The parts of an image by the border symbols that Xen's and Linux's linker scripts define. */
final class Sections {

    /** Name, first symbol, end symbol. */
    private static final String[][] BORDERS = {
        {".text", "_stext", "_etext"},
        {".rodata", "_srodata", "_erodata"},
        {".init", "__init_begin", "__init_end"},
        {".bss", "__bss_start", "__bss_end"},
        {".bss", "__bss_start", "__bss_stop"},
    };

    private Sections() {}

    /** In linked addresses. Of several symbols with one name the lowest counts, as in {@link SymbolTable#address}. */
    static List<Section> of(List<Symbol> symbols) {
        Map<String, Long> borders = borders(symbols);
        List<Section> parts = new ArrayList<>();
        for (String[] border : BORDERS) {
            Long start = borders.get(border[1]);
            Long end = borders.get(border[2]);
            if (start != null && end != null && Long.compareUnsigned(start, end) < 0) {
                parts.add(new Section(border[0], new AddressRange(start, end)));
            }
        }
        return List.copyOf(parts);
    }

    /** One pass, and no name is made a text: a table has thousands. */
    private static Map<String, Long> borders(List<Symbol> symbols) {
        Map<String, byte[]> wanted = new HashMap<>();
        for (String[] border : BORDERS) {
            wanted.put(border[1], border[1].getBytes(StandardCharsets.UTF_8));
            wanted.put(border[2], border[2].getBytes(StandardCharsets.UTF_8));
        }
        String[] names = wanted.keySet().toArray(new String[0]);
        byte[][] bytes = wanted.values().toArray(new byte[0][]);
        Map<String, Long> found = new HashMap<>();
        for (Symbol symbol : symbols) {
            if (symbol.isUnderscored()) {
                for (int i = 0; i < names.length; i++) {
                    if (symbol.isNamed(names[i], bytes[i])) {
                        found.merge(names[i], symbol.address(), (a, b) -> Long.compareUnsigned(a, b) <= 0 ? a : b);
                    }
                }
            }
        }
        return found;
    }
}
