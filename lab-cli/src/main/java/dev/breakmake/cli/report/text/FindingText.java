package dev.breakmake.cli.report.text;

import dev.breakmake.cli.boot.Expectation;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.report.Words;
import dev.breakmake.cli.terminal.Style;
import dev.breakmake.translation.finding.DescriptorValue;
import dev.breakmake.translation.finding.Evidence;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.rule.RuleCatalogue;
import dev.breakmake.translation.rule.RuleId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Findings for a person at a terminal, a block each: what, where, which values, why it could happen, what would have been right. */
public final class FindingText {

    private static final String REST = "               ";

    private final Set<RuleId> explained = EnumSet.noneOf(RuleId.class);
    private final Set<String> reasons;
    private final Wrapping lines;
    private final Style style;

    /** Adds to a text; reasons that were given once are not repeated. */
    FindingText(Wrapping lines, Style style, Set<String> reasons) {
        this.lines = lines;
        this.style = style;
        this.reasons = reasons;
    }

    /** Findings that nobody expected, as lines no wider than the terminal where words allow it. */
    public static List<String> of(List<Finding> findings, int width, Style style) {
        Wrapping lines = new Wrapping(width, new ArrayList<>());
        FindingText text = new FindingText(lines, style, new HashSet<>());
        findings.forEach(finding -> text.add(new JudgedFinding(finding, null)));
        return lines.lines();
    }

    /** Adds one finding and an empty line. */
    void add(JudgedFinding judged) {
        Finding finding = judged.finding();
        String times = finding.count() == 1 ? "" : "  " + finding.count() + " times";
        lines.lines()
                .add(severity(judged) + "  " + style.strong(finding.rule().id()) + "  " + Words.place(judged) + times
                        + "  " + Words.pes(finding.pes()) + ", step " + finding.step()
                        + (judged.expected() ? "  (expected)" : ""));
        lines.add("    ", finding.message());
        if (!finding.vaRanges().isEmpty()) {
            lines.add(
                    "    ",
                    (finding.regime().isEmpty() ? "" : finding.regime() + "  ") + Words.ranges(finding.vaRanges()));
        }
        value("old", finding.oldValue());
        value("new", finding.newValue());
        for (Evidence evidence : finding.why()) {
            String symbol = evidence.symbol() == null ? "" : ", " + evidence.symbol();
            lines.add(
                    "    why        ",
                    REST,
                    "step " + evidence.step() + ", PE" + evidence.pe() + symbol + ": " + evidence.text());
        }
        // Rule and sequence belong to the rule more than to the place: once is enough to read.
        if (explained.add(finding.rule())) {
            if (!finding.compliant().isEmpty()) {
                lines.add("    compliant  ", REST, String.join("; ", finding.compliant()));
            }
            RuleCatalogue.Entry entry = RuleCatalogue.of(finding.rule());
            lines.add("    rule       ", REST, entry.title() + " (" + entry.section() + ")");
        }
        Expectation expectation = judged.expectation();
        if (expectation != null && reasons.add(expectation.why())) {
            lines.add("    expected   ", REST, expectation.why());
        }
        lines.lines().add("");
    }

    private String severity(JudgedFinding judged) {
        String severity = judged.finding().severity().text();
        return switch (judged.finding().severity()) {
            case ERROR -> judged.expected() ? style.dim(severity) : style.bad(severity);
            case WARNING -> style.caution(severity);
            case LINT -> style.dim(severity);
        };
    }

    private void value(String name, @Nullable DescriptorValue value) {
        if (value != null) {
            lines.add("    " + name + "        ", REST, Words.address(value.value()) + "  " + value.text());
        }
    }
}
