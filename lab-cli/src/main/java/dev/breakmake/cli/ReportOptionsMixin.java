package dev.breakmake.cli;

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
import picocli.CommandLine.Option;

/** The report files a command can write; shared by every command that boots. */
final class ReportOptionsMixin {

    @Option(names = "--html", paramLabel = "FILE", description = "Writes a self-contained page.")
    private @Nullable Path html;

    @Option(names = "--sarif", paramLabel = "FILE", description = "Writes SARIF 2.1.0 for code scanning.")
    private @Nullable Path sarif;

    @Option(names = "--junit", paramLabel = "FILE", description = "Writes JUnit XML for pipelines.")
    private @Nullable Path junit;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Writes Markdown for a mail or a merge request.")
    private @Nullable Path markdown;

    @Option(names = "--jsonl", paramLabel = "FILE", description = "Writes JSON Lines, one finding a line.")
    private @Nullable Path jsonLines;

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
