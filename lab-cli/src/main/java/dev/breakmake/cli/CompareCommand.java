package dev.breakmake.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.client.LabClient;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.report.text.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Two runs held against each other by the lab. */
@Command(
        name = "compare",
        description = {CompareCommand.SUMMARY, "Exit code 1: a cell that passed fails now, or a cell has a new finding."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Examples:", "  breakmake compare latest 7c1e", "  breakmake compare latest baselines/main"})
final class CompareCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY =
            "Compares a run of the lab with another one, cell by cell: what is new, what is fixed.";

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RUN", description = "The run to judge: id, name or latest.")
    private String run = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "BASE",
            description = "What to compare with: a run's id, or baselines/ID (default: the run's own baseline).")
    private String base = "";

    @Option(names = "--json", description = "One JSON object: {counts, cells[], baseRun} as the lab gives it.")
    private boolean json;

    @Mixin
    private LabMixin lab;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (LabClient client = lab.client()) {
            String name = lab.run(client, run);
            String against = base.isEmpty() ? "" : "&base=" + LabClient.encoded(base(client));
            JsonNode answer = client.get("/v1/" + name + ":compare?pageSize=1000" + against);
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(Json.write(answer));
            } else {
                print(answer, out);
            }
            return isWorse(answer) ? ExitCode.FAILED : ExitCode.PASSED;
        }
    }

    private String base(LabClient client) throws IOException, InterruptedException {
        return base.startsWith("baselines/") ? lab.project() + "/" + base : lab.run(client, base);
    }

    private static boolean isWorse(JsonNode answer) {
        boolean findings = false;
        for (JsonNode cell : answer.path("cells")) {
            findings |= !cell.path("newFindings").isEmpty();
        }
        return findings || answer.at("/counts/newCount").asLong() > 0;
    }

    private static void print(JsonNode answer, PrintWriter out) {
        Table table = new Table("CHANGE", "BEFORE", "NOW", "NEW", "FIXED", "CELL");
        for (JsonNode cell : answer.path("cells")) {
            Map<String, String> parameters = new TreeMap<>();
            cell.path("parameters")
                    .properties()
                    .forEach(each ->
                            parameters.put(each.getKey(), each.getValue().asText()));
            table.row(
                    cell.path("change").asText("-"),
                    cell.path("baseVerdict").asText("-"),
                    cell.path("verdict").asText("-"),
                    Integer.toString(cell.path("newFindings").size()),
                    Integer.toString(cell.path("fixedFindings").size()),
                    parameters.toString());
        }
        if (answer.path("cells").isEmpty()) {
            out.println("every cell as in " + answer.path("baseRun").asText());
        } else {
            table.lines().forEach(out::println);
        }
        out.println("against " + answer.path("baseRun").asText() + ": "
                + answer.at("/counts/newCount").asLong() + " new, "
                + answer.at("/counts/fixedCount").asLong() + " fixed, "
                + answer.at("/counts/unchangedCount").asLong() + " unchanged, "
                + answer.at("/counts/inconclusiveCount").asLong() + " inconclusive");
    }
}
