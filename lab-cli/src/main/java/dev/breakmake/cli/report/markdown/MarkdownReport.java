package dev.breakmake.cli.report.markdown;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.Expectation;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.report.Words;
import dev.breakmake.translation.finding.Evidence;
import dev.breakmake.translation.finding.Finding;
import java.util.List;

/** A report that reads well as plain text in a mail and rendered in a merge request. */
public final class MarkdownReport {

    private MarkdownReport() {}

    /** The boots: a table, then every finding with its evidence. */
    public static String of(List<BootReport> reports) {
        StringBuilder text =
                new StringBuilder("## Breakmake\n\n| boot | verdict | outcome | findings |\n|---|---|---|---|\n");
        for (BootReport report : reports) {
            text.append("| %s | **%s** | %s | %s |%n"
                    .formatted(
                            cell(Words.cell(report)),
                            report.verdict(),
                            cell(report.outcome().kind()),
                            Words.tally(report.findings())));
        }
        for (BootReport report : reports) {
            if (report.findings().isEmpty() && report.missing().isEmpty()) {
                continue;
            }
            text.append("%n### %s%n".formatted(plain(Words.cell(report))));
            report.findings().forEach(judged -> finding(text, judged));
            for (Expectation missing : report.missing()) {
                text.append("%n**Expected and missing:** %s. %s%n"
                        .formatted(plain(missing.toString()), plain(missing.why())));
            }
        }
        return text.toString();
    }

    private static void finding(StringBuilder text, JudgedFinding judged) {
        Finding finding = judged.finding();
        text.append("%n**%s %s** at `%s`, %s, step %d%s%s%n%n%s%n"
                .formatted(
                        finding.severity().text(),
                        finding.rule().id(),
                        Words.place(judged).replace('`', '\''),
                        Words.pes(finding.pes()),
                        finding.step(),
                        finding.count() == 1 ? "" : ", " + finding.count() + " times",
                        judged.expected() ? " (expected)" : "",
                        plain(finding.message())));
        if (!finding.vaRanges().isEmpty()) {
            text.append("%n* %s `%s`%n".formatted(plain(finding.regime()), Words.ranges(finding.vaRanges())));
        }
        for (Evidence evidence : finding.why()) {
            text.append("* because: step %d, PE%d%s: %s%n"
                    .formatted(
                            evidence.step(),
                            evidence.pe(),
                            evidence.symbol() == null
                                    ? ""
                                    : ", `" + evidence.symbol().replace('`', '\'') + "`",
                            plain(evidence.text())));
        }
        if (!finding.compliant().isEmpty()) {
            text.append("\nCompliant:\n");
            for (int i = 0; i < finding.compliant().size(); i++) {
                text.append(
                        "%d. %s%n".formatted(i + 1, plain(finding.compliant().get(i))));
            }
        }
    }

    private static String cell(String text) {
        return plain(text).replace("|", "\\|").replace('\n', ' ');
    }

    private static String plain(String text) {
        return text.replace("\\", "\\\\")
                .replace("<", "&lt;")
                .replace("*", "\\*")
                .replace("_", "\\_");
    }
}
