package dev.breakmake.cli.boot;

import dev.breakmake.translation.finding.Finding;
import org.jspecify.annotations.Nullable;

/**
 * A finding and the committed expectation it matches.
 *
 * @param finding the finding
 * @param expectation what announced it, or null if nothing did
 */
public record JudgedFinding(Finding finding, @Nullable Expectation expectation) {

    /** Whether an expectation announced it. */
    public boolean expected() {
        return expectation != null;
    }
}
