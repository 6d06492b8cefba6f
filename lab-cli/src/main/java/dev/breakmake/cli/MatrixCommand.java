package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.matrix.CellText;
import dev.breakmake.cli.matrix.JobFile;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.lab.scheduler.matrix.Expansion;
import dev.breakmake.lab.v1.Cell;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Job files without a lab. */
@Command(
        name = "matrix",
        description = MatrixCommand.SUMMARY,
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A job file says what to boot and in which variants. To begin with one:",
            "  breakmake matrix example > job.yaml",
            "  breakmake matrix expand job.yaml      which cells that makes",
            "  breakmake matrix run job.yaml         boots them here",
            "  breakmake submit job.yaml --wait      boots them in the lab"
        },
        subcommands = {MatrixRunCommand.class, MatrixCommand.Expand.class, MatrixCommand.Example.class})
final class MatrixCommand implements Runnable {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Runs the cells of a job file in this process, on all cores, without a lab.";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine command = spec.commandLine();
        command.usage(command.getOut());
    }

    /** The cells of a job file. */
    @Command(
            name = "expand",
            description = "Lists the cells of a job file and what left out the others; boots nothing.",
            mixinStandardHelpOptions = true)
    static final class Expand implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "FILE", description = "The job file, YAML or JSON.")
        private Path file;

        @Option(
                names = "--json",
                description = "One JSON object: {total, cells: [{cellKey, parameters}], exclusions: [{rule, count}]}.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            Expansion expansion = JobFile.read(file).expansion();
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(Json.write(object(expansion)));
                return ExitCode.PASSED;
            }
            for (Expansion.Point point : expansion.points()) {
                out.println(CellText.name(
                        Cell.newBuilder().putAllParameters(point.parameters()).build()));
            }
            expansion
                    .exclusions()
                    .forEach(each -> out.println("left out: " + each.getCount() + " by " + each.getRule()));
            out.println(expansion.points().size() + " cells");
            return ExitCode.PASSED;
        }

        private static ObjectNode object(Expansion expansion) {
            ObjectNode root = Json.object().put("total", expansion.points().size());
            ArrayNode cells = root.putArray("cells");
            for (Expansion.Point point : expansion.points()) {
                ObjectNode cell = cells.addObject().put("cellKey", point.cellKey());
                ObjectNode parameters = cell.putObject("parameters");
                point.parameters().forEach(parameters::put);
            }
            ArrayNode exclusions = root.putArray("exclusions");
            expansion
                    .exclusions()
                    .forEach(each ->
                            exclusions.addObject().put("rule", each.getRule()).put("count", each.getCount()));
            return root;
        }
    }

    /** A job file to begin with. */
    @Command(
            name = "example",
            description = "Prints a job file to begin with; --nightly: the team's matrix.",
            mixinStandardHelpOptions = true)
    static final class Example implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--nightly", description = "The nightly matrix, with every field that a job file has.")
        private boolean nightly;

        @Override
        public Integer call() throws IOException {
            String resource =
                    nightly ? "/breakmake/lab/v1/nightly-arm.job.yaml" : "/dev/breakmake/cli/example.job.yaml";
            try (InputStream in = MatrixCommand.class.getResourceAsStream(resource)) {
                if (in == null) {
                    throw new IllegalStateException(resource + " is missing");
                }
                spec.commandLine().getOut().print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            spec.commandLine().getOut().flush();
            return ExitCode.PASSED;
        }
    }
}
