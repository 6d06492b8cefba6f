package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.WalkStep;
import dev.breakmake.translation.trace.TraceFormatException.BadField;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Lists inside one field, as text: items separated by a comma, order kept (sets and maps sorted). */
final class Lists {
    private Lists() {}

    static String names(Collection<? extends Enum<?>> constants) {
        Set<String> sorted = new TreeSet<>();
        constants.forEach(constant -> sorted.add(constant.name()));
        return String.join(",", sorted);
    }

    static Set<Feature> features(String text) throws BadField {
        Set<Feature> result = EnumSet.noneOf(Feature.class);
        for (String item : items(text)) {
            result.add(constant(item, Feature.values(), "feature"));
        }
        return result;
    }

    static Set<Capability> capabilities(String text) throws BadField {
        Set<Capability> result = EnumSet.noneOf(Capability.class);
        for (String item : items(text)) {
            result.add(constant(item, Capability.values(), "capability"));
        }
        return result;
    }

    private static <E extends Enum<E>> E constant(String name, E[] constants, String what) throws BadField {
        for (E constant : constants) {
            if (constant.name().equals(name)) {
                return constant;
            }
        }
        throw new BadField("unknown " + what + " '" + name + "'");
    }

    static String values(SortedMap<String, Long> values) {
        StringJoiner items = new StringJoiner(",");
        values.forEach((name, value) -> items.add(name + "=0x" + Long.toHexString(value)));
        return items.toString();
    }

    static SortedMap<String, Long> values(String text) throws BadField {
        SortedMap<String, Long> result = new TreeMap<>();
        for (String item : items(text)) {
            int equals = item.lastIndexOf('=');
            if (equals < 1) {
                throw new BadField("expected NAME=0xVALUE, found '" + item + "'");
            }
            result.put(item.substring(0, equals), hex(item.substring(equals + 1)));
        }
        return result;
    }

    static String ranges(List<AddressRange> ranges) {
        return ranges.stream().map(Lists::range).collect(Collectors.joining(","));
    }

    static List<AddressRange> ranges(String text) throws BadField {
        List<AddressRange> result = new ArrayList<>();
        for (String item : items(text)) {
            result.add(range(item));
        }
        return result;
    }

    static String regions(List<NamedRegion> regions) {
        return regions.stream()
                .map(region -> range(region.physical()) + ":" + escape(region.name()))
                .collect(Collectors.joining(","));
    }

    static List<NamedRegion> regions(String text) throws BadField {
        List<NamedRegion> result = new ArrayList<>();
        for (String item : items(text)) {
            int colon = item.indexOf(':');
            if (colon < 0) {
                throw new BadField("expected START-END:NAME, found '" + item + "'");
            }
            result.add(new NamedRegion(unescape(item.substring(colon + 1)), range(item.substring(0, colon))));
        }
        return result;
    }

    static String walk(List<WalkStep> walk) {
        return walk.stream()
                .map(step -> "%d:0x%x=0x%x".formatted(step.level(), step.descriptorPa(), step.descriptor()))
                .collect(Collectors.joining(","));
    }

    static List<WalkStep> walk(String text) throws BadField {
        List<WalkStep> result = new ArrayList<>();
        for (String item : items(text)) {
            int colon = item.indexOf(':');
            int equals = item.indexOf('=');
            if (colon < 1 || equals < colon) {
                throw new BadField("expected LEVEL:0xADDRESS=0xDESCRIPTOR, found '" + item + "'");
            }
            result.add(new WalkStep(
                    decimal(item.substring(0, colon)),
                    hex(item.substring(colon + 1, equals)),
                    hex(item.substring(equals + 1))));
        }
        return result;
    }

    private static String range(AddressRange range) {
        return "0x%x-0x%x".formatted(range.start(), range.end());
    }

    private static AddressRange range(String text) throws BadField {
        int dash = text.indexOf('-');
        if (dash < 0) {
            throw new BadField("expected 0xSTART-0xEND, found '" + text + "'");
        }
        return EventCodec.range(hex(text.substring(0, dash)), hex(text.substring(dash + 1)));
    }

    /** The separator inside a name, and the escape itself, as %XX. */
    private static String escape(String name) {
        return name.replace("%", "%25").replace(",", "%2C");
    }

    private static String unescape(String name) {
        return name.replace("%2C", ",").replace("%25", "%");
    }

    private static List<String> items(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    static long hex(String text) throws BadField {
        try {
            if (text.startsWith("0x")) {
                return Long.parseUnsignedLong(text, 2, text.length(), 16);
            }
        } catch (NumberFormatException e) {
            throw new BadField("'" + text + "' is no 64-bit hexadecimal number");
        }
        throw new BadField("expected a number starting with 0x, found '" + text + "'");
    }

    private static int decimal(String text) throws BadField {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new BadField("'" + text + "' is no number");
        }
    }
}
