package dev.breakmake.cli;

import static dev.breakmake.cli.Arguments.option;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.report.html.HtmlReport;
import dev.breakmake.cli.report.json.JsonLines;
import dev.breakmake.cli.report.junit.JunitReport;
import dev.breakmake.cli.report.markdown.MarkdownReport;
import dev.breakmake.cli.report.sarif.SarifReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** The report files a command can write; shared by every command that boots. */
final class ReportOptionsMixin {

    private @Nullable Path html;
    private @Nullable Path sarif;
    private @Nullable Path junit;
    private @Nullable Path markdown;
    private @Nullable Path jsonLines;

    /** Adds them to a command. */
    void addTo(CommandSpec spec) {
        spec.addOption(option("--html", "FILE", Path.class, "Writes a self-contained page.", value -> html = value)
                .build());
        spec.addOption(
                option("--sarif", "FILE", Path.class, "Writes SARIF 2.1.0 for code scanning.", value -> sarif = value)
                        .build());
        spec.addOption(option("--junit", "FILE", Path.class, "Writes JUnit XML for pipelines.", value -> junit = value)
                .build());
        spec.addOption(option(
                        "--markdown",
                        "FILE",
                        Path.class,
                        "Writes Markdown for a mail or a merge request.",
                        value -> markdown = value)
                .build());
        spec.addOption(option(
                        "--jsonl",
                        "FILE",
                        Path.class,
                        "Writes JSON Lines, one finding a line.",
                        value -> jsonLines = value)
                .build());
    }

    /** Whether a report with pictures was asked for. */
    boolean wantsPictures() {
        return html != null;
    }

    /** Writes what was asked for and says so. */
    void write(String title, List<BootReport> reports, PrintWriter err) throws IOException {
        write(html, () -> HtmlReport.of(title, reports, Version.product()), err);
        write(sarif, () -> SarifReport.of(reports, Version.product()), err);
        write(junit, () -> JunitReport.of(reports), err);
        write(markdown, () -> MarkdownReport.of(reports), err);
        write(jsonLines, () -> JsonLines.of(reports), err);
    }

    private static void write(@Nullable Path file, Supplier<String> content, PrintWriter err) throws IOException {
        if (file != null) {
            OutputFile.write(file, content.get());
            err.println("wrote " + file);
        }
    }
}
