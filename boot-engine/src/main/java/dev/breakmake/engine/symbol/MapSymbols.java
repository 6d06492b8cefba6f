package dev.breakmake.engine.symbol;

import java.util.ArrayList;
import java.util.List;

/** Reads the output of {@code nm}: System.map and xen.map, one {@code address type name} a line. */
final class MapSymbols {

    private MapSymbols() {}

    static List<Symbol> read(String text) throws SymbolFileException {
        List<Symbol> symbols = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String trimmed = line.strip();
            if (trimmed.isEmpty()) {
                continue;
            }
            String[] parts = trimmed.split("\\s+", 3);
            boolean shaped = parts.length == 3 && parts[1].length() == 1;
            if (!shaped) {
                // Undefined and absolute entries have no address; anything else is not a map.
                if (parts.length == 2 && (parts[0].equals("U") || parts[0].equals("w"))) {
                    continue;
                }
                throw new SymbolFileException(
                        "line %d: '%s' is not 'address type name'".formatted(number, shorten(trimmed)));
            }
            long address;
            try {
                String digits = parts[0].startsWith("0x") ? parts[0].substring(2) : parts[0];
                address = Long.parseUnsignedLong(digits, 16);
            } catch (NumberFormatException e) {
                throw new SymbolFileException(
                        "line %d: '%s' is no hexadecimal address".formatted(number, shorten(parts[0])), e);
            }
            char type = parts[1].charAt(0);
            // Section names stand among the symbols; they name nothing a reader looks for.
            if (!parts[2].startsWith(".") && !parts[2].startsWith("$")) {
                symbols.add(Symbol.named(address, parts[2], type == 't' || type == 'T' || type == 'W'));
            }
        }
        return symbols;
    }

    private static String shorten(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
