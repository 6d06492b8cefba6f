package dev.breakmake.cli;

import static dev.breakmake.cli.Arguments.flag;
import static dev.breakmake.cli.Arguments.option;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.boot.Backend;
import dev.breakmake.cli.boot.BackendChoice;
import dev.breakmake.cli.boot.BootProgress;
import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.BootRequest;
import dev.breakmake.cli.boot.Cause;
import dev.breakmake.cli.boot.Comparison;
import dev.breakmake.cli.boot.Wanted;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.report.json.VerdictJson;
import dev.breakmake.cli.report.text.BootPanel;
import dev.breakmake.cli.report.text.TextReport;
import dev.breakmake.cli.terminal.LivePanel;
import dev.breakmake.cli.terminal.Style;
import dev.breakmake.cli.terminal.Terminal;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.finding.FindingJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Boots one image and reports; needs no database and no service. */
final class RunCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Boots an image in this process and says where it breaks the architecture.";

    /** Its options by what they are for. */
    private static final OptionGroups OPTIONS = new OptionGroups()
            .group(
                    "The machine and what it boots:",
                    "--pes",
                    "--memory",
                    "--gic",
                    "--ram-base",
                    "--load-address",
                    "--flat",
                    "--dtb",
                    "--dom0",
                    "--bootargs",
                    "--symbols")
            .group("The boot:", "--backend", "--until", "--tlb", "--seed", "--limit", "--time-limit")
            .group("The judgement:", "--base", "--base-symbols", "--expect", "--profile", "--fail-on")
            .group("Reports:", "--json", "--html", "--sarif", "--junit", "--markdown", "--jsonl", "--trace");

    private final CommandSpec spec;
    private final BootOptionsMixin options = new BootOptionsMixin();
    private final ReportOptionsMixin reports = new ReportOptionsMixin();
    private String image = "";
    private BackendChoice backend = BackendChoice.ENGINE;
    private boolean json;
    private @Nullable Path trace;
    private @Nullable String base;
    private @Nullable Path baseSymbols;

    private RunCommand() {
        spec = CommandSpec.wrapWithoutInspection(this).name("run").versionProvider(new Version());
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("IMAGE")
                .index("0")
                .arity("1")
                .required(true)
                .type(String.class)
                .description(
                        "arm64 Image, zImage or ELF, plain or in gzip; or a fetched image by name (breakmake image ls).")
                .hasInitialValue(false)
                .setter(Arguments.into((String value) -> image = value))
                .build());
        options.addTo(spec);
        reports.addTo(spec);
        spec.addOption(option(
                        "--backend",
                        "NAME",
                        BackendChoice.class,
                        "What executes the image: engine, qemu (stock, watched from outside) or both"
                                + " (default: ${DEFAULT-VALUE}).",
                        value -> backend = value)
                .defaultValue("engine")
                .build());
        spec.addOption(flag(
                        "--json",
                        "One JSON object on standard output (docs/schema/verdict-v1.json); with --backend both: {verdict, boots[]}.",
                        value -> json = value)
                .build());
        spec.addOption(option(
                        "--trace",
                        "FILE",
                        Path.class,
                        "Writes the translation events to a trace file.",
                        value -> trace = value)
                .build());
        spec.addOption(option(
                        "--base",
                        "IMAGE2",
                        String.class,
                        "Compares with another build: what it has too is expected, what it alone has is listed as fixed.",
                        value -> base = value)
                .build());
        spec.addOption(
                option("--base-symbols", "FILE", Path.class, "Symbols of the base.", value -> baseSymbols = value)
                        .build());
        Arguments.addHelp(spec);
        OPTIONS.show(spec);
        spec.usageMessage()
                .description(SUMMARY)
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .footer(
                        "",
                        "Examples:",
                        "  breakmake run 4.17-arm64 --pes 2                 a fetched image (breakmake image ls)",
                        "  breakmake run build/xen --symbols build/xen-syms --html report.html",
                        "  breakmake run build/xen --base 4.20-arm64        what a series adds and fixes",
                        "  breakmake run 4.14-armhf --backend both          the engine and stock QEMU",
                        "  breakmake run build/xen --dom0 fake --until guest",
                        "",
                        "Exit codes: 0 passed, 1 failed or an unexpected finding, 2 this machine or the engine, 3 usage or input.");
    }

    /** Its model. */
    static CommandSpec specification() {
        return new RunCommand().spec;
    }

    /** A boot and what its base had that it has not. */
    private record Boot(BootReport report, List<Finding> fixed) {}

    @Override
    public Integer call() throws IOException {
        if (backend == BackendChoice.BOTH && trace != null) {
            throw CommandFailure.usage("--trace holds one boot, --backend both makes two", "choose one backend");
        }
        BootRequest request =
                options.request(image, trace, new Wanted(reports.wantsPictures(), json || reports.wantsPictures()));
        List<Boot> boots = new ArrayList<>();
        for (Backend each : backend.backends()) {
            boots.add(boot(each, request));
        }
        print(boots);
        PrintWriter err = spec.commandLine().getErr();
        if (!json
                && request.symbols() == null
                && boots.getFirst().report().outcome().symbol() == null) {
            err.println("without symbols places are bare addresses: give xen-syms or xen.map with --symbols FILE");
        }
        List<BootReport> all = boots.stream().map(Boot::report).toList();
        reports.write("breakmake run " + image, all, err);
        return all.stream().mapToInt(RunCommand::exitCode).max().orElse(ExitCode.PASSED);
    }

    private Boot boot(Backend on, BootRequest request) throws IOException {
        if (base == null) {
            return new Boot(watched(on, request), List.of());
        }
        BootRequest baseRequest = options.baseRequest(base, baseSymbols);
        if ((baseRequest.symbols() == null) != (request.symbols() == null)) {
            throw CommandFailure.usage(
                    "only one of " + image + " and " + base + " has symbols: every finding would look new",
                    "give both: --symbols FILE --base-symbols FILE (or FILE-syms beside each image)");
        }
        BootReport before = watched(on, baseRequest);
        Comparison comparison = Comparison.of(before, watched(on, request), request.failOn());
        return new Boot(comparison.series(), comparison.fixed());
    }

    private void print(List<Boot> boots) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            List<ObjectNode> objects = boots.stream().map(this::object).toList();
            out.println(Json.write(objects.size() == 1 ? objects.getFirst() : together(boots, objects)));
            return;
        }
        for (Boot boot : boots) {
            BootReport report = boot.report();
            if (report.cause() == Cause.CONFIGURATION) {
                throw CommandFailure.usage(report.outcome().message(), "");
            }
            if (boots.size() > 1) {
                out.println(Style.ofOutput().strong("== " + report.target().backend()));
            }
            TextReport.of(report, Terminal.width(), Style.ofOutput()).forEach(out::println);
            if (base != null) {
                long added = report.findings().stream()
                        .filter(each -> !each.expected())
                        .count();
                out.println("against " + base + ": " + added + " new, "
                        + boot.fixed().size() + " fixed");
                boot.fixed()
                        .forEach(finding ->
                                out.println("    fixed  " + finding.rule().id() + " at " + finding.symbol()));
            }
        }
    }

    private ObjectNode object(Boot boot) {
        ObjectNode object = VerdictJson.of(boot.report());
        if (base != null) {
            object.put("base", base);
            ArrayNode array = object.putArray("fixed");
            boot.fixed().forEach(finding -> array.add(Json.parse(FindingJson.write(finding))));
        }
        return object;
    }

    private static ObjectNode together(List<Boot> boots, List<ObjectNode> objects) {
        ObjectNode root = Json.object();
        root.put(
                "verdict",
                boots.stream()
                        .map(boot -> boot.report().verdict())
                        .min(Comparator.naturalOrder())
                        .map(Enum::name)
                        .orElse(null));
        objects.forEach(root.putArray("boots")::add);
        return root;
    }

    private static BootReport watched(Backend on, BootRequest request) throws IOException {
        BootProgress progress = BootProgress.of(Terminal.interactive());
        String what = request.name() + " on " + on.name().toLowerCase(Locale.ROOT);
        Style style = Style.ofOutput();
        try (LivePanel _ = LivePanel.showing(() -> BootPanel.lines(what, progress, style))) {
            return on.run(request, progress);
        }
    }

    /** What the process ends with after a boot. */
    static int exitCode(BootReport report) {
        return switch (report.verdict()) {
            case PASSED, SKIPPED -> ExitCode.PASSED;
            case FAILED, MISSED -> ExitCode.FAILED;
            case ERRORED -> report.cause() == Cause.CONFIGURATION ? ExitCode.USAGE : ExitCode.FAULT;
        };
    }
}
