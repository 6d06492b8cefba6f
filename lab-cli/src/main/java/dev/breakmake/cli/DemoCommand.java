package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.client.LabClient;
import dev.breakmake.cli.client.Submission;
import dev.breakmake.cli.demo.DemoJobs;
import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.image.ImageFetcher;
import dev.breakmake.cli.image.XenImage;
import dev.breakmake.cli.lab.DemoLab;
import dev.breakmake.cli.matrix.Backends;
import dev.breakmake.cli.matrix.CellText;
import dev.breakmake.cli.matrix.FindingsTable;
import dev.breakmake.cli.matrix.FinishedCell;
import dev.breakmake.cli.matrix.JobFile;
import dev.breakmake.cli.matrix.LabCells;
import dev.breakmake.cli.matrix.LocalImages;
import dev.breakmake.cli.report.html.HtmlReport;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.report.json.VerdictJson;
import dev.breakmake.cli.terminal.LivePanel;
import dev.breakmake.cli.terminal.Style;
import dev.breakmake.cli.terminal.Terminal;
import dev.breakmake.lab.runner.backend.CellBackend;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job on real images, from nothing: fetch, boot a matrix, judge it against what is known, report. */
@Command(
        name = "demo",
        description = {
            DemoCommand.SUMMARY,
            "Starts the lab (scheduler, trace service, runner, PostgreSQL) for itself and stops it at the end.",
            "Fetches the images from Debian packages where the machine can; without them it runs the flows.",
            "Exit code 0: every cell's findings equal its committed expectation."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY =
            "Boots a matrix of real Xen images and the series' flows in a lab, and says what is wrong with" + " each.";

    private static final List<String> IMAGES =
            List.of("4.14-arm64", "4.17-arm64", "4.20-arm64", "4.14-armhf", "4.17-armhf");

    private static final String PROJECT = "projects/default";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "FOLDER",
            description = "Where report.html and results.json go (default: .breakmake/demo in the tree).")
    private @Nullable Path output;

    @Option(names = "--keep", description = "Leave the lab running, to look at the traces in its explorer.")
    private boolean keep;

    private final List<String> leftOut = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        long start = System.nanoTime();
        PrintWriter out = spec.commandLine().getOut();
        Path folder = outputFolder();
        Map<Backend, CellBackend> backends = Backends.ofThisMachine();
        boolean qemu = backends.containsKey(Backend.BACKEND_QEMU);
        if (!qemu) {
            leftOut.add("QEMU cells: no QEMU on this machine (Debian: apt install qemu-system-arm)");
        }
        List<XenImage> images = available();
        List<JobFile> jobs = new ArrayList<>();
        jobs.add(job(folder.resolve("flows.job.yaml"), DemoJobs.flows()));
        if (!images.isEmpty()) {
            jobs.add(job(folder.resolve("xen.job.yaml"), DemoJobs.images(images, qemu)));
        }
        int number =
                jobs.stream().mapToInt(each -> each.expansion().points().size()).sum();
        out.printf(
                Locale.ROOT,
                "%d cells: %s%s, on the engine%s%n%n",
                number,
                "boot flows of the series",
                images.isEmpty()
                        ? ""
                        : " and Xen " + images.stream().map(XenImage::name).collect(Collectors.joining(", ")),
                qemu && !images.isEmpty() ? " and on QEMU" : "");
        DemoLab lab = start(folder);
        List<FinishedCell> cells = new ArrayList<>();
        try (LabClient client = lab.client()) {
            LocalImages files = new LocalImages(folder, ImageCache.ofUser());
            for (JobFile each : jobs) {
                List<FinishedCell> finished = run(client, each, files, backends);
                out.println();
                FindingsTable.of(finished.stream().map(FinishedCell::cell).toList(), Terminal.width())
                        .forEach(out::println);
                out.println();
                cells.addAll(finished);
            }
            boolean equal = cells.stream().map(FinishedCell::cell).allMatch(DemoCommand::equalsExpectation);
            if (keep) {
                lab.keep();
                left(lab);
            } else {
                lab.close();
            }
            summary(folder, cells, equal, start);
            if (!keep && lab.makesCache()) {
                spec.commandLine().getErr().println("breakmake: preparing a faster start of the lab (once per build)");
                lab.awaitEnd();
            }
            return equal ? ExitCode.PASSED : ExitCode.FAILED;
        } catch (IOException | InterruptedException | RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    private DemoLab start(Path folder) throws IOException, InterruptedException {
        AtomicReference<String> doing = new AtomicReference<>("starting");
        PrintWriter err = spec.commandLine().getErr();
        long start = System.nanoTime();
        try (LivePanel panel = LivePanel.showing(() -> List.of("lab: " + doing.get()))) {
            DemoLab lab = DemoLab.start(
                    folder.resolve("lab"), panel.isShown() ? doing::set : what -> err.println("  lab: " + what));
            panel.above(() -> spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "the lab serves at %s after %.1f s%n",
                            lab.url(),
                            (System.nanoTime() - start) / 1e9));
            return lab;
        }
    }

    private void left(DemoLab lab) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("the lab goes on: " + lab.explorer());
        out.println("  stop it with  ./breakmake down --home " + lab.folder());
    }

    /** Submits a job, follows it to its end and looks at what every cell left behind. */
    private List<FinishedCell> run(LabClient client, JobFile job, LocalImages files, Map<Backend, CellBackend> backends)
            throws IOException, InterruptedException {
        String id = String.valueOf(job.file().getFileName()).replaceFirst("\\..*", "");
        Submission submission = new Submission(client, PROJECT, job, id);
        submission.upload(files, tag -> {});
        submission.store();
        String name = submission.begin(Json.object()).path("name").asText();
        return new LabCells(client, files, backends)
                .finished(
                        job.job().getSpec(),
                        RunOnTerminal.cells(client, name, spec.commandLine().getOut())
                                .cells());
    }

    private static JobFile job(Path file, String text) throws IOException {
        OutputFile.write(file, text);
        return JobFile.read(file);
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

    private static boolean equalsExpectation(Cell cell) {
        return cell.getVerdict() == Verdict.VERDICT_PASSED && cell.getMissingExpectationsCount() == 0;
    }

    private void summary(Path folder, List<FinishedCell> cells, boolean equal, long start) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Style style = Style.ofOutput();
        differences(cells)
                .forEach((difference, count) -> out.println(style.bad("not as expected: ") + difference + " (in "
                        + count + " cell" + (count == 1 ? ")" : "s)")));
        leftOut.forEach(line -> out.println("left out: " + line));
        Path page = folder.resolve("report.html");
        Path results = folder.resolve("results.json");
        OutputFile.write(
                page,
                HtmlReport.of(
                        "Real Xen boots",
                        cells.stream().map(FinishedCell::report).toList(),
                        Version.product()));
        OutputFile.write(results, Json.write(results(cells, equal)) + "\n");
        out.printf(
                Locale.ROOT,
                "%s in %.1f s%n",
                equal ? style.good("every cell as expected") : style.bad("not every cell as expected"),
                (System.nanoTime() - start) / 1e9);
        out.println("report:   " + page);
        out.println("jobs:     " + folder.resolve("*.job.yaml") + "  (./breakmake submit FILE)");
        out.println("try next: ./breakmake run 4.17-arm64 --pes 2           one boot, explained");
        out.println("          ./breakmake run YOUR-XEN --base 4.17-arm64   what a series changes");
        out.println("          ./breakmake flow run arm64 --preset series   the series without an image");
        out.println(results);
    }

    /** What differs from the expectations, image by image, with the number of cells that differ so. */
    private static SortedMap<String, Integer> differences(List<FinishedCell> cells) {
        SortedMap<String, Integer> differences = new TreeMap<>();
        for (FinishedCell finished : cells) {
            Cell cell = finished.cell();
            String image = finished.report().target().name() + ": ";
            Set<String> own = new LinkedHashSet<>();
            cell.getFindingsList().stream()
                    .filter(judged -> !judged.getExpected())
                    .forEach(judged -> own.add(image + "unexpected "
                            + judged.getFinding().getRule() + " at "
                            + judged.getFinding().getSymbol()));
            cell.getMissingExpectationsList()
                    .forEach(missing -> own.add(image + "missing " + missing.getRule() + " at " + missing.getSymbol()));
            if (own.isEmpty() && !equalsExpectation(cell)) {
                own.add(image + CellText.word(cell.getVerdict().name(), "VERDICT_") + ", " + cell.getDetail());
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

    private ObjectNode results(List<FinishedCell> cells, boolean equal) {
        ObjectNode root = Json.object();
        root.put("asExpected", equal);
        ArrayNode array = root.putArray("cells");
        for (FinishedCell finished : cells) {
            ObjectNode cell = array.addObject();
            cell.put("asExpected", equalsExpectation(finished.cell()));
            ObjectNode parameters = cell.putObject("parameters");
            new TreeMap<>(finished.cell().getParametersMap()).forEach(parameters::put);
            cell.setAll(VerdictJson.of(finished.report()));
        }
        ArrayNode missing = root.putArray("leftOut");
        leftOut.forEach(missing::add);
        return root;
    }
}
