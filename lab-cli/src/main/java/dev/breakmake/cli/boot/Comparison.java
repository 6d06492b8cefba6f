package dev.breakmake.cli.boot;

import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.rule.Severity;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Two builds held against each other by fingerprint, as a reviewer of a series sees them.
 *
 * @param series the boot of the series; what its base has too counts as expected
 * @param fixed findings of the base that the series no longer has
 */
public record Comparison(BootReport series, List<Finding> fixed) {

    public Comparison {
        fixed = List.copyOf(fixed);
    }

    /**
     * Compares.
     *
     * @param failOn the mildest severity at which a new finding fails the series
     */
    public static Comparison of(BootReport base, BootReport series, Severity failOn) {
        Set<String> before = fingerprints(base);
        Set<String> after = fingerprints(series);
        List<JudgedFinding> judged = series.findings().stream()
                .map(each -> each.expected() || !before.contains(each.finding().fingerprint())
                        ? each
                        : new JudgedFinding(
                                each.finding(),
                                new Expectation(
                                        each.finding().rule().id(),
                                        each.finding().symbol(),
                                        1,
                                        true,
                                        "the base " + base.target().name() + " has it too")))
                .toList();
        boolean added = judged.stream()
                .anyMatch(each -> !each.expected() && each.finding().severity().atLeast(failOn));
        boolean onlyFindings =
                series.verdict() == Verdict.FAILED && series.outcome().reached();
        boolean clean = onlyFindings && !added;
        BootReport marked = new BootReport(
                series.target(),
                series.outcome(),
                clean ? Verdict.PASSED : series.verdict(),
                clean ? null : series.cause(),
                judged,
                series.missing(),
                series.notObservable(),
                series.timeline(),
                series.instructions(),
                series.events(),
                series.steps(),
                series.traceDigest(),
                series.elapsedMillis(),
                series.pictures());
        return new Comparison(
                marked,
                base.findings().stream()
                        .map(JudgedFinding::finding)
                        .filter(finding -> !after.contains(finding.fingerprint()))
                        .toList());
    }

    private static Set<String> fingerprints(BootReport report) {
        return report.findings().stream()
                .map(each -> each.finding().fingerprint())
                .collect(Collectors.toSet());
    }
}
