package dev.breakmake.cli.boot;

import dev.breakmake.translation.finding.Finding;
import org.jspecify.annotations.Nullable;

/**
 * A finding that is known and explained.
 *
 * @param rule rule id, e.g. {@code REG-TTBR}
 * @param symbol symbol of the instruction without offset, or null for any
 * @param minPes number of PEs from which on it is expected
 * @param optional whether its absence is no miss (it depends on memory size or timing)
 * @param why the reasoning, for the reader of a report
 */
public record Expectation(String rule, @Nullable String symbol, int minPes, boolean optional, String why) {

    /** Whether the finding is the announced one. */
    public boolean matches(Finding finding) {
        return finding.rule().id().equals(rule) && (symbol == null || symbol.equals(withoutOffset(finding.symbol())));
    }

    private static @Nullable String withoutOffset(@Nullable String name) {
        return name == null ? null : name.replaceFirst("\\+0x[0-9a-f]+$", "");
    }

    @Override
    public String toString() {
        return symbol == null ? rule : rule + " at " + symbol;
    }
}
