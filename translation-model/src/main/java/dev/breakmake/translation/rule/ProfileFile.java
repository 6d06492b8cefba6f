package dev.breakmake.translation.rule;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads profile files: lines of {@code extends = default|strict|lenient}, {@code single-pe = warning|error} and
 * {@code RULE-ID = error|warning|lint|off : reason}; {@code #} starts a comment line.
 */
public final class ProfileFile {
    private ProfileFile() {}

    /**
     * Parses a profile.
     *
     * @param name name of the file, for messages
     * @param lines its lines
     * @throws IllegalArgumentException with name, line and column of the first thing that is wrong
     */
    public static Profile parse(String name, List<String> lines) {
        Map<RuleId, Profile.Change> overrides = new EnumMap<>(RuleId.class);
        boolean lints = false;
        boolean singlePe = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 0) {
                throw error(name, i, 0, "expected 'NAME = VALUE', found '" + line.strip() + "'");
            }
            String key = line.substring(0, equals).strip();
            String value = line.substring(equals + 1).strip();
            switch (key) {
                case "extends" -> {
                    Profile base = base(value);
                    if (base == null) {
                        throw error(name, i, equals + 1, "no profile '" + value + "': use default, strict or lenient");
                    }
                    lints = base.showsLints();
                    singlePe = base.singlePeIsWarning();
                    overrides.putAll(base.overrides());
                }
                case "lint" -> lints = choice(name, i, equals, value, "on", "off");
                case "single-pe" -> singlePe = choice(name, i, equals, value, "warning", "error");
                default -> override(name, i, equals, key, value, overrides);
            }
        }
        return new Profile(name, lints, singlePe, overrides);
    }

    private static boolean choice(String name, int line, int column, String value, String yes, String no) {
        if (!value.equals(yes) && !value.equals(no)) {
            throw error(name, line, column + 1, "expected " + yes + " or " + no + ", found '" + value + "'");
        }
        return value.equals(yes);
    }

    private static void override(
            String name, int line, int column, String key, String value, Map<RuleId, Profile.Change> overrides) {
        RuleId rule = RuleId.of(key.toUpperCase(Locale.ROOT));
        if (rule == null) {
            throw error(name, line, 0, "no rule '" + key + "': docs/rules.md lists them all");
        }
        int colon = value.indexOf(':');
        if (colon < 0 || value.substring(colon + 1).isBlank()) {
            throw error(name, line, column + 1, "an override needs its reason: '" + rule.id() + " = off : why'");
        }
        String word = value.substring(0, colon).strip();
        Severity severity = switch (word) {
            case "error" -> Severity.ERROR;
            case "warning" -> Severity.WARNING;
            case "lint" -> Severity.LINT;
            case "off" -> null;
            default ->
                throw error(name, line, column + 1, "expected error, warning, lint or off, found '" + word + "'");
        };
        overrides.put(
                rule, new Profile.Change(severity, value.substring(colon + 1).strip()));
    }

    private static @Nullable Profile base(String name) {
        return switch (name) {
            case "default" -> Profile.DEFAULT;
            case "strict" -> Profile.STRICT;
            case "lenient" -> Profile.LENIENT;
            default -> null;
        };
    }

    private static IllegalArgumentException error(String name, int line, int column, String what) {
        return new IllegalArgumentException("%s:%d:%d: %s".formatted(name, line + 1, column + 1, what));
    }
}
