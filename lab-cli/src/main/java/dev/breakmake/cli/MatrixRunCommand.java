package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.matrix.Backends;
import dev.breakmake.cli.matrix.CellState;
import dev.breakmake.cli.matrix.CellText;
import dev.breakmake.cli.matrix.FindingsTable;
import dev.breakmake.cli.matrix.FinishedCell;
import dev.breakmake.cli.matrix.JobFile;
import dev.breakmake.cli.matrix.JobRun;
import dev.breakmake.cli.matrix.LocalImages;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.terminal.Terminal;
import dev.breakmake.lab.scheduler.document.MessageWriter;
import dev.breakmake.lab.v1.Cell;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a job file's cells here. */
@Command(
        name = "run",
        description = {
            "Boots every cell of a job file in this process, on all cores; no lab is needed.",
            "Cells and verdicts are those the lab would give. Exit code: the worst cell's."
        },
        sortOptions = false,
        modelTransformer = MoreOptions.Adding.class,
        footer = {"", "Example:", "  breakmake matrix run job.yaml --junit breakmake.xml --html breakmake.html"})
final class MatrixRunCommand implements Callable<Integer>, MoreOptions {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The job file, YAML or JSON.")
    private Path file;

    @Option(
            names = {"-j", "--threads"},
            paramLabel = "N",
            description = "Cells at a time (default: one per core).")
    private int threads;

    @Option(
            names = "--json",
            description =
                    "One JSON object: {verdict, counts, cells[]}; a cell has the shape the lab gives it (docs/cli.md).")
    private boolean json;

    private final ReportOptionsMixin reports = new ReportOptionsMixin();

    @Override
    public void addOptions(CommandSpec to) {
        reports.addTo(to);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (threads < 0) {
            throw CommandFailure.usage("--threads " + threads + " is negative", "");
        }
        JobFile job = JobFile.read(file);
        Path folder = file.toAbsolutePath().getParent();
        JobRun run = new JobRun(
                job,
                new LocalImages(folder == null ? Path.of(".") : folder, ImageCache.ofUser()),
                Backends.ofThisMachine());
        run.requireImages();
        PrintWriter out = spec.commandLine().getOut();
        int at = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        List<FinishedCell> cells = CellsOnTerminal.run(run, at, json ? line -> {} : out::println);
        List<Cell> all = cells.stream().map(FinishedCell::cell).toList();
        if (json) {
            out.println(Json.write(object(all)));
        } else {
            summary(all, out);
        }
        List<BootReport> boots = cells.stream().map(FinishedCell::report).toList();
        reports.write(
                "breakmake matrix run " + file.getFileName(),
                boots,
                spec.commandLine().getErr());
        return run.isCancelled() ? ExitCode.INTERRUPTED : CellVerdicts.exitCode(all);
    }

    private static void summary(List<Cell> cells, PrintWriter out) {
        out.println();
        FindingsTable.of(cells, Terminal.width()).forEach(out::println);
        out.println();
        out.println(counts(cells).entrySet().stream()
                .map(each -> each.getValue() + " " + each.getKey().name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ", cells.size() + " cells: ", "")));
    }

    private static Map<CellState, Integer> counts(List<Cell> cells) {
        Map<CellState, Integer> counts = new EnumMap<>(CellState.class);
        cells.forEach(cell ->
                counts.merge(CellState.valueOf(CellText.word(cell.getVerdict().name(), "VERDICT_")), 1, Integer::sum));
        return counts;
    }

    private static ObjectNode object(List<Cell> cells) {
        ObjectNode root = Json.object()
                .put("verdict", CellText.word(CellVerdicts.worst(cells).name(), "VERDICT_"));
        ObjectNode numbers = root.putObject("counts").put("total", cells.size());
        counts(cells).forEach((state, count) -> numbers.put(state.name().toLowerCase(Locale.ROOT), count));
        ArrayNode array = root.putArray("cells");
        cells.forEach(cell -> array.add(Json.parse(MessageWriter.json(cell))));
        return root;
    }
}
