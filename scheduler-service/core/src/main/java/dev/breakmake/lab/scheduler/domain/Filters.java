package dev.breakmake.lab.scheduler.domain;

import com.google.protobuf.Descriptors.EnumDescriptor;
import dev.breakmake.lab.scheduler.document.Scalars;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** List filters: {@code field = value} joined by AND, a small part of AIP-160. */
final class Filters {

    private static final Pattern TERM = Pattern.compile("\\s*([a-z_]+)\\s*=\\s*(\"[^\"]*\"|[A-Za-z0-9_./-]+)\\s*");

    private Filters() {}

    /** Value by field; throws FILTER_INVALID for anything but the fields known. */
    static Map<String, String> parse(String filter, List<String> known) {
        Map<String, String> terms = new TreeMap<>();
        if (filter.isBlank()) {
            return terms;
        }
        for (String part : split(filter)) {
            Matcher matcher = TERM.matcher(part);
            if (!matcher.matches() || !known.contains(matcher.group(1))) {
                throw invalid("'" + Names.abbreviate(part.strip())
                        + "' is no condition; write field = VALUE with one of " + String.join(", ", known));
            }
            String value = matcher.group(2);
            String bare = value.startsWith("\"") ? value.substring(1, value.length() - 1) : value;
            if (terms.put(matcher.group(1), bare) != null) {
                throw invalid(matcher.group(1) + " is given twice");
            }
        }
        return terms;
    }

    private static List<String> split(String filter) {
        List<String> parts = new ArrayList<>();
        Matcher and = Pattern.compile("\\s+AND\\s+").matcher(filter);
        int from = 0;
        while (and.find()) {
            parts.add(filter.substring(from, and.start()));
            from = and.end();
        }
        parts.add(filter.substring(from));
        return parts;
    }

    /** Number of the enum value a condition names; null without that condition. */
    static @Nullable Integer number(Map<String, String> terms, String field, EnumDescriptor type) {
        String value = terms.get(field);
        if (value == null) {
            return null;
        }
        try {
            return Scalars.enumValue(type, value).getNumber();
        } catch (IllegalArgumentException e) {
            throw invalid(field + ": " + e.getMessage());
        }
    }

    private static LabException invalid(String detail) {
        return new LabException(Reason.FILTER_INVALID, "filter: " + detail);
    }
}
