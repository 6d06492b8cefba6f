package dev.breakmake.cli.report.text;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.Expectation;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.boot.Milestone;
import dev.breakmake.cli.report.Words;
import dev.breakmake.cli.terminal.Style;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The report of one boot for a person at a terminal. */
public final class TextReport {

    private static final int CONSOLE_LINES = 6;
    private static final int MOST_MILESTONES = 60;
    private static final int KIND_COLUMNS = 21;

    /** Columns of a milestone in front of its text, without and with counts of instructions. */
    private static final int BEFORE_TEXT = 37;

    private static final int BEFORE_TEXT_COUNTED = BEFORE_TEXT + 13;

    private final List<String> lines = new ArrayList<>();
    private final Set<String> reasons = new HashSet<>();
    private final Wrapping wrapping;
    private final FindingText findings;
    private final int width;
    private final Style style;

    private TextReport(int width, Style style) {
        this.width = width;
        this.style = style;
        wrapping = new Wrapping(width, lines);
        findings = new FindingText(wrapping, style, reasons);
    }

    /** The report as lines no wider than the terminal where words allow it. */
    public static List<String> of(BootReport report, int width, Style style) {
        TextReport text = new TextReport(width, style);
        text.findings(report);
        text.timeline(report.timeline());
        text.end(report);
        return text.lines;
    }

    private void findings(BootReport report) {
        if (report.findings().isEmpty() && report.missing().isEmpty()) {
            lines.add("No findings.");
        }
        for (JudgedFinding judged : report.findings()) {
            findings.add(judged);
        }
        for (Expectation missing : report.missing()) {
            lines.add(style.bad("missing") + "  " + missing + " was expected and did not happen");
            if (reasons.add(missing.why())) {
                wrapping.add("         ", missing.why());
            }
            lines.add("");
        }
        notObservable(report.notObservable());
    }

    /** Rules by the reason why they cannot be judged: several share one. */
    private void notObservable(Map<String, String> rules) {
        Map<String, List<String>> byReason = new LinkedHashMap<>();
        rules.forEach((rule, why) ->
                byReason.computeIfAbsent(why, _ -> new ArrayList<>()).add(rule));
        byReason.forEach(
                (why, which) -> wrapping.add("not judged  ", "            ", String.join(", ", which) + ": " + why));
        if (!rules.isEmpty()) {
            lines.add("");
        }
    }

    private void timeline(List<Milestone> timeline) {
        if (timeline.isEmpty()) {
            return;
        }
        boolean counted = timeline.stream().anyMatch(each -> each.instructions() > 0);
        lines.add(style.strong("Timeline") + " (step, PE" + (counted ? ", instructions of that PE)" : ")"));
        int shown = Math.min(timeline.size(), MOST_MILESTONES);
        for (Milestone milestone : timeline.subList(0, shown)) {
            String line = right(milestone.step(), 8) + "  PE" + milestone.pe() + "  "
                    + (counted ? right(milestone.instructions(), 11) + "  " : "")
                    + Words.padded(milestone.kind().words(), KIND_COLUMNS) + " " + milestone.text();
            String place = milestone.symbol() == null ? Words.address(milestone.pc()) : milestone.symbol();
            if (line.length() + 2 + place.length() <= width) {
                lines.add(line + (line.endsWith(" ") ? "" : "  ") + style.dim(place));
            } else {
                lines.add(line.stripTrailing());
                lines.add(" ".repeat(counted ? BEFORE_TEXT_COUNTED : BEFORE_TEXT) + style.dim(place));
            }
        }
        if (shown < timeline.size()) {
            lines.add("          and " + (timeline.size() - shown) + " more (--json or --html has all)");
        }
        lines.add("");
    }

    private static String right(long number, int columns) {
        String digits = Long.toString(number);
        return " ".repeat(Math.max(0, columns - digits.length())) + digits;
    }

    private void end(BootReport report) {
        lines.add(style.strong("Where the boot ended"));
        String place = report.outcome().symbol();
        Long pc = report.outcome().pc();
        String at = place != null ? " at " + place : pc != null ? " at " + Words.address(pc) : "";
        wrapping.add(
                "    ",
                report.outcome().kind() + at + ", PE" + report.outcome().pe() + ": "
                        + report.outcome().message());
        if (!report.outcome().reached()) {
            report.outcome().walks().forEach(walk -> lines.add("    " + walk));
        }
        List<String> console = report.outcome().console();
        for (String line : console.subList(Math.max(0, console.size() - CONSOLE_LINES), console.size())) {
            lines.add("    | " + line);
        }
        lines.add("");
        String verdict = report.verdict().name() + (report.cause() == null ? "" : " (" + report.cause() + ")");
        String styled = switch (report.verdict()) {
            case PASSED -> style.good(verdict);
            case FAILED, ERRORED -> style.bad(verdict);
            case MISSED, SKIPPED -> style.caution(verdict);
        };
        lines.add(styled + "  " + Words.cell(report));
        String instructions = report.instructions() == 0 ? "" : Words.count(report.instructions()) + " instructions, ";
        lines.add(Words.tally(report.findings()) + "; " + instructions + Words.count(report.events()) + " events, "
                + Words.count(report.steps()) + " steps, " + report.elapsedMillis() + " ms");
    }
}
