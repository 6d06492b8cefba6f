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

    private static final Change LOCKS_OFF =
            new Change(null, "lock discipline belongs to the software under test, not to the architecture");

    /** The catalogue's severities; lint rules off, lock discipline not judged. */
    public static final Profile DEFAULT = new Profile("default", false, false, Map.of(RuleId.LIFE_LOCK, LOCKS_OFF));

    /** Everything on, lint rules included. */
    public static final Profile STRICT = new Profile(
            "strict",
            true,
            false,
            Map.of(RuleId.TLB_PERM, new Change(Severity.ERROR, "a revoked permission counts as relied on at once")));

    /** What can only matter with speculation or several users of the same tables is a warning. */
    public static final Profile LENIENT = new Profile(
            "lenient",
            false,
            true,
            Map.of(
                    RuleId.LIFE_LOCK,
                    LOCKS_OFF,
                    RuleId.CMO_PRE,
                    new Change(null, "most boot loaders leave caches clean in practice"),
                    RuleId.ENC_WX,
                    new Change(null, "boot maps are writable and executable on purpose")));

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
