package dev.breakmake.translation.rule;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which rules are on, and how severe. {@link #DEFAULT} is the catalogue; a profile file changes single rules and must say why
 * (format: docs/rules.md, "Profiles").
 */
public final class Profile {
    /**
     * A change of one rule.
     *
     * @param severity its severity, or null for off
     * @param reason why
     */
    public record Change(@Nullable Severity severity, String reason) {}

    /** The catalogue's severities; lint rules off. */
    public static final Profile DEFAULT = ProfileFile.builtIn("default");

    /** Everything on, lint rules included. */
    public static final Profile STRICT = ProfileFile.builtIn("strict");

    /** What can only matter with speculation or several users of the same tables is a warning. */
    public static final Profile LENIENT = ProfileFile.builtIn("lenient");

    private final String name;
    private final boolean lints;
    private final boolean singlePeIsWarning;
    private final Map<RuleId, Change> overrides;

    Profile(String name, boolean lints, boolean singlePeIsWarning, Map<RuleId, Change> overrides) {
        this.name = name;
        this.lints = lints;
        this.singlePeIsWarning = singlePeIsWarning;
        this.overrides = new EnumMap<>(RuleId.class);
        this.overrides.putAll(overrides);
    }

    /** Name of the profile or its file. */
    public String name() {
        return name;
    }

    /** Severity of a rule, or null if it is off. */
    public @Nullable Severity severity(RuleId rule) {
        Change change = overrides.get(rule);
        if (change != null) {
            return change.severity();
        }
        return rule.severity() == Severity.LINT && !lints ? null : rule.severity();
    }

    /** Whether lint is shown unless overridden. */
    public boolean showsLints() {
        return lints;
    }

    /** Whether break-before-make violations that only one PE can see are warnings. */
    public boolean singlePeIsWarning() {
        return singlePeIsWarning;
    }

    /** The changes against the catalogue. */
    public Map<RuleId, Change> overrides() {
        return Map.copyOf(overrides);
    }
}
