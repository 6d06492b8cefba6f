package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.BootRequest;
import dev.breakmake.cli.boot.Expectation;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.boot.Verdict;
import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.image.ImageFetcher;
import dev.breakmake.cli.image.XenImage;
import dev.breakmake.cli.matrix.FindingsTable;
import dev.breakmake.cli.matrix.LocalMatrix;
import dev.breakmake.cli.report.Words;
import dev.breakmake.cli.report.html.HtmlReport;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.report.json.VerdictJson;
import dev.breakmake.cli.terminal.LivePanel;
import dev.breakmake.cli.terminal.Style;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job on real images, from nothing: fetch, boot a matrix, judge it against what is known, report. */
@Command(
        name = "demo",
        description = {
            "Boots a matrix of real Xen images and says what is wrong with each.",
            "Exit code 0: every cell's findings equal its committed expectation."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    private static final List<String> IMAGES =
            List.of("4.14-arm64", "4.17-arm64", "4.20-arm64", "4.14-armhf", "4.17-armhf");
    private static final List<Integer> PES = List.of(1, 2);
    private static final List<String> MEMORIES = List.of("128MiB", "1GiB");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "FOLDER",
            description = "Where report.html and results.json go (default: .breakmake/demo in the tree).")
    private @Nullable Path output;

    private final List<String> leftOut = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        long start = System.nanoTime();
        PrintWriter out = spec.commandLine().getOut();
        Style style = Style.ofOutput();
        List<BootRequest> cells = cells(available());
        if (cells.isEmpty()) {
            throw CommandFailure.fault(
                    "nothing could be run: no Xen image is in the cache", String.join("\n", leftOut));
        }
        LocalMatrix matrix = new LocalMatrix(cells);
        int threads = Runtime.getRuntime().availableProcessors();
        out.printf(
                Locale.ROOT,
                "%d boots: %s, %s PEs, %s of memory, on the engine, %d at a time%n%n",
                cells.size(),
                "Xen "
                        + String.join(
                                ", ",
                                cells.stream().map(BootRequest::name).distinct().toList()),
                String.join("/", PES.stream().map(String::valueOf).toList()),
                String.join(" and ", MEMORIES),
                threads);
        List<BootReport> reports;
        try (LivePanel panel = LivePanel.showing(() ->
                List.of("%d of %d done, %d running".formatted(matrix.finished(), matrix.total(), matrix.running())))) {
            reports = matrix.run(threads, report -> panel.above(() -> out.println(line(report, style))));
        }
        out.println();
        
        out.println();
        boolean equal = reports.stream().allMatch(DemoCommand::equalsExpectation);
        summary(out, style, reports, equal, start);
        return equal ? ExitCode.PASSED : ExitCode.FAILED;
    }

    /** The images to boot: those in the cache after trying to fetch the rest. */
    private List<XenImage> available() throws IOException {
        ImageCache cache = ImageCache.ofUser();
        List<XenImage> images = new ArrayList<>();
        List<XenImage> missing = new ArrayList<>();
        for (String name : IMAGES) {
            XenImage image = XenImage.named(name).orElseThrow();
            (cache.holds(image) ? images : missing).add(image);
        }
        if (!missing.isEmpty()) {
            try (ImageFetcher fetcher = ImageFetcher.into(cache)) {
                for (XenImage image : missing) {
                    spec.commandLine()
                            .getErr()
                            .println("fetching Xen " + image.name() + " from Debian " + image.suite());
                    fetcher.fetch(image);
                    images.add(image);
                }
            } catch (CommandFailure e) {
                leftOut.add("Xen images that could not be fetched: " + e.getMessage());
            }
        }
        return images;
    }

    private static List<BootRequest> cells(List<XenImage> images) throws IOException {
        List<BootRequest> cells = new ArrayList<>();
        for (XenImage image : images) {
            for (int pes : PES) {
                for (String memory : MEMORIES) {
                    cells.add(BootOptionsMixin.of(
                                    "--pes",
                                    Integer.toString(pes),
                                    "--memory",
                                    memory,
                                    "--expect",
                                    "known",
                                    "--fail-on",
                                    "lint")
                            .request(image.name(), null));
                }
            }
        }
        return cells;
    }

    private static boolean equalsExpectation(BootReport report) {
        return report.verdict() == Verdict.PASSED;
    }

    private static String line(BootReport report, Style style) {
        long unexpected =
                report.findings().stream().filter(each -> !each.expected()).count();
        String word = equalsExpectation(report)
                ? style.good("as expected")
                : style.bad(report.verdict().name());
        return String.format(
                Locale.ROOT,
                "  %s  %-10s  %d PE%s  %-7s  %s; %s%s  %d ms",
                word,
                report.target().name(),
                report.target().pes(),
                report.target().pes() == 1 ? " " : "s",
                Words.size(report.target().memoryBytes()),
                report.outcome().kind(),
                Words.tally(report.findings()),
                (unexpected == 0 ? "" : ", " + unexpected + " unexpected")
                        + (report.missing().isEmpty()
                                ? ""
                                : ", " + report.missing().size() + " missing"),
                report.elapsedMillis());
    }

    private void summary(PrintWriter out, Style style, List<BootReport> reports, boolean equal, long start)
            throws IOException {
        differences(reports)
                .forEach((difference, cells) -> out.println(style.bad("not as expected: ") + difference + " (in "
                        + cells + " cell" + (cells == 1 ? ")" : "s)")));
        leftOut.forEach(line -> out.println("left out: " + line));
        Path folder = outputFolder();
        Path page = folder.resolve("report.html");
        Path results = folder.resolve("results.json");
        ReportOptionsMixin.write(page, HtmlReport.of("Real Xen boots", reports, Version.product()));
        ReportOptionsMixin.write(results, Json.write(results(reports, equal)) + "\n");
        out.printf(
                Locale.ROOT,
                "%s in %.1f s%n",
                equal ? style.good("every cell as expected") : style.bad("not every cell as expected"),
                (System.nanoTime() - start) / 1e9);
        out.println("report:   " + page);
        out.println("try next: ./breakmake run 4.17-arm64 --pes 2        one boot, explained");
        out.println("          ./breakmake run YOUR-XEN --base 4.17-arm64  what a series changes");
        out.println(results);
    }

    /** What differs from the expectations, image by image, with the number of cells that differ so. */
    private static SortedMap<String, Integer> differences(List<BootReport> reports) {
        SortedMap<String, Integer> differences = new TreeMap<>();
        for (BootReport report : reports) {
            String image = report.target().name() + ": ";
            Set<String> own = new LinkedHashSet<>();
            if (!report.outcome().reached()) {
                own.add(image + report.outcome().kind() + ", "
                        + report.outcome().message());
            }
            for (JudgedFinding judged : report.findings()) {
                if (!judged.expected()) {
                    own.add(image + "unexpected " + judged.finding().rule().id() + " at " + Words.place(judged));
                }
            }
            for (Expectation missing : report.missing()) {
                own.add(image + "missing " + missing);
            }
            own.forEach(difference -> differences.merge(difference, 1, Integer::sum));
        }
        return differences;
    }

    private Path outputFolder() throws IOException {
        Path folder = output;
        if (folder == null) {
            String home = System.getenv("BREAKMAKE_HOME");
            folder = home == null ? Path.of("breakmake-demo") : Path.of(home, ".breakmake", "demo");
        }
        Files.createDirectories(folder);
        return folder.toAbsolutePath();
    }

    private ObjectNode results(List<BootReport> reports, boolean equal) {
        ObjectNode root = Json.object();
        root.put("asExpected", equal);
        ArrayNode cells = root.putArray("cells");
        for (BootReport report : reports) {
            ObjectNode cell = cells.addObject();
            cell.put("asExpected", equalsExpectation(report));
            cell.setAll(VerdictJson.of(report));
        }
        ArrayNode missing = root.putArray("leftOut");
        leftOut.forEach(missing::add);
        return root;
    }
}
