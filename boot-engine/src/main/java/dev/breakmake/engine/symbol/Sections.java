package dev.breakmake.engine.symbol;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.finding.SymbolSource.Section;
import java.util.ArrayList;
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

    /** In linked addresses. */
    static List<Section> of(Map<String, Long> byName) {
        List<Section> parts = new ArrayList<>();
        for (String[] border : BORDERS) {
            Long start = byName.get(border[1]);
            Long end = byName.get(border[2]);
            if (start != null && end != null && Long.compareUnsigned(start, end) < 0) {
                parts.add(new Section(border[0], new AddressRange(start, end)));
            }
        }
        return List.copyOf(parts);
    }
}
