package dev.breakmake.translation.layout;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.register.Granule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the statements of one layout file and remembers where each stood, so that what is found wrong later has a place too. */
final class LayoutParser {

    private static final Set<String> STATEMENTS =
            Set.of("layout", "architecture", "granule", "address-bits", "clash-level", "region");
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};
    private static final long LARGEST = 1L << 56;

    private record Word(String text, int column) {}

    private record Placed(Region region, int line, Word name, Word start, Word size) {}

    private static final class Mistake extends Exception {
        private static final long serialVersionUID = 1L;

        private final int column;

        Mistake(Word at, String message) {
            super(message);
            this.column = at.column;
        }
    }

    private final String file;
    private final List<String> errors = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private final List<Placed> placed = new ArrayList<>();
    private String name = "";
    private Architecture architecture = Architecture.AARCH64;
    private Granule granule = Granule.K4;
    private int addressBits = 48;
    private int clashLevel = 2;

    LayoutParser(String file) {
        this.file = file;
    }

    /** Takes one line, from 1. */
    void line(int number, String line) {
        int comment = line.indexOf('#');
        List<Word> words = words(comment < 0 ? line : line.substring(0, comment));
        if (words.isEmpty()) {
            return;
        }
        try {
            statement(number, words);
        } catch (Mistake mistake) {
            error(number, mistake.column, String.valueOf(mistake.getMessage()));
        }
    }

    /**
     * The layout after the last line.
     *
     * @throws LayoutFile.LayoutException with everything wrong, each with line and column
     */
    Layout finish(int lastLine) throws LayoutFile.LayoutException {
        if (errors.isEmpty() && (name.isEmpty() || placed.isEmpty())) {
            error(Math.max(1, lastLine), 1, "a layout needs a 'layout NAME' line and at least one region");
        }
        placed.forEach(this::checkPlace);
        for (int i = 1; i < placed.size(); i++) {
            for (int j = 0; j < i; j++) {
                checkApart(placed.get(i), placed.get(j));
            }
        }
        if (!errors.isEmpty()) {
            throw new LayoutFile.LayoutException(errors);
        }
        return new Layout(
                name,
                architecture,
                granule,
                addressBits,
                clashLevel,
                placed.stream().map(Placed::region).toList());
    }

    private void error(int line, int column, String message) {
        errors.add("%s:%d:%d: %s".formatted(file, line, column, message));
    }

    /** Words with their columns; the sixth one runs to the end of the line, as the purpose of a region does. */
    private static List<Word> words(String line) {
        List<Word> words = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
                at++;
            }
            if (at == line.length()) {
                return words;
            }
            int end = at;
            while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
                end++;
            }
            if (words.size() == 5) {
                words.add(new Word(line.substring(at).strip(), at + 1));
                return words;
            }
            words.add(new Word(line.substring(at, end), at + 1));
            at = end;
        }
    }

    private void statement(int line, List<Word> words) throws Mistake {
        Word keyword = words.getFirst();
        if (!STATEMENTS.contains(keyword.text)) {
            throw new Mistake(
                    keyword,
                    "unknown statement '%s'; there are %s"
                            .formatted(
                                    keyword.text, STATEMENTS.stream().sorted().collect(Collectors.joining(", "))));
        }
        if (keyword.text.equals("region")) {
            region(line, words);
            return;
        }
        if (words.size() < 2) {
            throw new Mistake(keyword, "'" + keyword.text + "' needs a value");
        }
        if (words.size() > 2) {
            throw new Mistake(words.get(2), "nothing may follow the value of '" + keyword.text + "'");
        }
        if (!seen.add(keyword.text)) {
            throw new Mistake(keyword, "'" + keyword.text + "' is there already");
        }
        Word value = words.get(1);
        switch (keyword.text) {
            case "layout" -> name = value.text;
            case "architecture" ->
                architecture = switch (value.text) {
                    case "aarch64" -> Architecture.AARCH64;
                    case "aarch32" -> Architecture.AARCH32;
                    default -> throw new Mistake(value, "architecture must be aarch64 or aarch32, not " + value.text);
                };
            case "granule" ->
                granule = switch (value.text) {
                    case "4KiB" -> Granule.K4;
                    case "16KiB" -> Granule.K16;
                    case "64KiB" -> Granule.K64;
                    default -> throw new Mistake(value, "granule must be 4KiB, 16KiB or 64KiB, not " + value.text);
                };
            case "address-bits" -> addressBits = (int) number(value, 32, 52);
            default -> clashLevel = (int) number(value, 0, 3);
        }
    }

    private void region(int line, List<Word> words) throws Mistake {
        if (words.size() < 5) {
            throw new Mistake(words.getFirst(), "a region is: region NAME KIND START SIZE [PURPOSE]");
        }
        Word kindWord = words.get(2);
        Region.@Nullable Kind kind = kinds().get(kindWord.text);
        if (kind == null) {
            throw new Mistake(
                    kindWord,
                    "unknown kind of region '%s'; there are %s"
                            .formatted(
                                    kindWord.text,
                                    kinds().keySet().stream().sorted().collect(Collectors.joining(", "))));
        }
        Word name = words.get(1);
        if (placed.stream().anyMatch(other -> other.name.text.equals(name.text))) {
            throw new Mistake(name, "there is a region " + name.text + " already");
        }
        long start = size(words.get(3));
        long size = size(words.get(4));
        if (size < 1) {
            throw new Mistake(words.get(4), "region " + name.text + " is empty");
        }
        String purpose = words.size() > 5 ? words.get(5).text : "";
        placed.add(new Placed(
                new Region(name.text, new AddressRange(start, start + size), kind, purpose),
                line,
                name,
                words.get(3),
                words.get(4)));
    }

    private static Map<String, Region.Kind> kinds() {
        Map<String, Region.Kind> kinds = new HashMap<>();
        Stream.of(Region.Kind.values()).forEach(kind -> kinds.put(kind.name().toLowerCase(Locale.ROOT), kind));
        return kinds;
    }

    private void checkPlace(Placed each) {
        AddressRange range = each.region.range();
        long limit = 1L << addressBits;
        if (range.start() >= limit) {
            error(
                    each.line,
                    each.start.column,
                    "%s starts at 0x%x, outside the %d-bit address space"
                            .formatted(each.name.text, range.start(), addressBits));
        } else if (range.end() > limit) {
            error(
                    each.line,
                    each.size.column,
                    "%s would end at 0x%x and wraps around the end of the %d-bit address space"
                            .formatted(each.name.text, range.end(), addressBits));
        }
        long page = granule.bytes();
        if ((range.start() & page - 1) != 0) {
            error(
                    each.line,
                    each.start.column,
                    "%s starts at 0x%x, which is no multiple of the granule, 0x%x"
                            .formatted(each.name.text, range.start(), page));
        }
        if ((range.size() & page - 1) != 0) {
            error(
                    each.line,
                    each.size.column,
                    "%s has 0x%x bytes, which is no multiple of the granule, 0x%x"
                            .formatted(each.name.text, range.size(), page));
        }
    }

    private void checkApart(Placed later, Placed earlier) {
        boolean onPurpose =
                later.region.kind() == Region.Kind.TEMPORARY || earlier.region.kind() == Region.Kind.TEMPORARY;
        if (!onPurpose && later.region.range().intersects(earlier.region.range())) {
            error(
                    later.line,
                    later.name.column,
                    "%s %s overlaps %s %s of line %d"
                            .formatted(
                                    later.name.text,
                                    later.region.range(),
                                    earlier.name.text,
                                    earlier.region.range(),
                                    earlier.line));
        }
    }

    /** A hexadecimal number with 0x, or a decimal one with a unit: {@code 8MiB}, {@code 2TiB}. */
    private static long size(Word word) throws Mistake {
        String text = word.text;
        if (text.startsWith("0x")) {
            try {
                long value = Long.parseLong(text, 2, text.length(), 16);
                if (value >= 0 && value <= LARGEST) {
                    return value;
                }
            } catch (NumberFormatException e) {
                throw new Mistake(word, "'" + text + "' is no hexadecimal number of at most 56 bits");
            }
            throw new Mistake(word, "'" + text + "' is larger than 2^56");
        }
        for (int i = 0; i < UNITS.length; i++) {
            if (text.endsWith(UNITS[i])) {
                return number(new Word(text.substring(0, text.length() - 3), word.column), 0, 1L << 16)
                        << (10 * (i + 1));
            }
        }
        return number(word, 0, LARGEST);
    }

    private static long number(Word word, long least, long most) throws Mistake {
        try {
            long value = Long.parseLong(word.text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new Mistake(word, "'" + word.text + "' is no number; sizes are 0x..., or end in KiB, MiB, GiB, TiB");
        }
        throw new Mistake(word, "'%s' must be %d to %d".formatted(word.text, least, most));
    }
}
