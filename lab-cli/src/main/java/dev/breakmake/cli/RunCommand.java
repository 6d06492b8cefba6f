package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.boot.BootProgress;
import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.BootRequest;
import dev.breakmake.cli.boot.Cause;
import dev.breakmake.cli.boot.Comparison;
import dev.breakmake.cli.boot.EngineBoot;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.report.json.VerdictJson;
import dev.breakmake.cli.report.text.TextReport;
import dev.breakmake.cli.terminal.LiveLine;
import dev.breakmake.cli.terminal.Style;
import dev.breakmake.cli.terminal.Terminal;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.finding.FindingJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Boots one image and reports; needs no database and no service. */
@Command(
        name = "run",
        description = "Boots an image in this process and says where it breaks the architecture.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RunCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "IMAGE",
            description =
                    "arm64 Image, zImage or ELF, plain or in gzip; or a fetched image by name (breakmake image ls).")
    private String image = "";

    @Mixin
    private BootOptionsMixin options;

    @Mixin
    private ReportOptionsMixin reports;

    @Option(names = "--json", description = "One JSON object on standard output (docs/schema/verdict-v1.json).")
    private boolean json;

    @Option(names = "--trace", paramLabel = "FILE", description = "Writes the translation events to a trace file.")
    private @Nullable Path trace;

    @Option(
            names = "--base",
            paramLabel = "IMAGE2",
            description =
                    "Compares with another build: what it has too is expected, what it alone has is listed as fixed.")
    private @Nullable String base;

    @Option(names = "--base-symbols", paramLabel = "FILE", description = "Symbols of the base.")
    private @Nullable Path baseSymbols;

    @Override
    public Integer call() throws IOException {
        BootRequest request = options.request(image, trace);
        BootReport report = boot(request);
        List<Finding> fixed = List.of();
        if (base != null) {
            Comparison comparison =
                    Comparison.of(boot(options.baseRequest(base, baseSymbols)), report, request.failOn());
            report = comparison.series();
            fixed = comparison.fixed();
        }
        print(report, fixed);
        reports.write(
                "breakmake run " + image, List.of(report), spec.commandLine().getErr());
        return exitCode(report);
    }

    private void print(BootReport report, List<Finding> fixed) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode object = VerdictJson.of(report);
            if (base != null) {
                object.put("base", base);
                ArrayNode array = object.putArray("fixed");
                fixed.forEach(finding -> array.add(Json.parse(FindingJson.write(finding))));
            }
            out.println(Json.write(object));
            return;
        }
        if (report.cause() == Cause.CONFIGURATION) {
            throw CommandFailure.usage(report.outcome().message(), "");
        }
        TextReport.of(report, Terminal.width(), Style.ofOutput()).forEach(out::println);
        if (base != null) {
            long added =
                    report.findings().stream().filter(each -> !each.expected()).count();
            out.println("against " + base + ": " + added + " new, " + fixed.size() + " fixed");
            fixed.forEach(finding -> out.println("    fixed  " + finding.rule().id() + " at " + finding.symbol()));
        }
    }

    private static BootReport boot(BootRequest request) throws IOException {
        BootProgress progress = new BootProgress();
        try (LiveLine _ = LiveLine.showing(() -> "%s  %,d instructions  %,d events  %s"
                .formatted(request.name(), progress.instructions(), progress.events(), progress.console()))) {
            return EngineBoot.run(request, progress);
        }
    }

    /** What the process ends with after a boot. */
    static int exitCode(BootReport report) {
        return switch (report.verdict()) {
            case PASSED -> ExitCode.PASSED;
            case FAILED, MISSED -> ExitCode.FAILED;
            case ERRORED -> report.cause() == Cause.CONFIGURATION ? ExitCode.USAGE : ExitCode.FAULT;
        };
    }
}
