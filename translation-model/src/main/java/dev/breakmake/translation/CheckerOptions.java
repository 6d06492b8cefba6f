package dev.breakmake.translation;

import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.rule.Profile;

/**
 * How to check.
 *
 * @param profile which rules are on
 * @param symbols names of code, for findings and their fingerprints
 */
public record CheckerOptions(Profile profile, SymbolSource symbols) {

    /** The default profile without symbols. */
    public static CheckerOptions defaults() {
        return new CheckerOptions(Profile.DEFAULT, SymbolSource.NONE);
    }

    /** The same with another profile. */
    public CheckerOptions withProfile(Profile other) {
        return new CheckerOptions(other, symbols);
    }

    /** The same with symbols. */
    public CheckerOptions withSymbols(SymbolSource other) {
        return new CheckerOptions(profile, other);
    }
}
