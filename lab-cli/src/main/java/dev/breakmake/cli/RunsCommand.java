package dev.breakmake.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.client.LabClient;
import dev.breakmake.cli.report.text.Table;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists runs. */
@Command(
        name = "runs",
        description = RunsCommand.SUMMARY,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example:", "  breakmake runs --filter 'verdict = FAILED'"})
final class RunsCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Lists the runs of the lab, newest first.";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--filter",
            paramLabel = "CONDITIONS",
            description = "Joined by AND: state = RUNNING, verdict = FAILED, job = projects/P/jobs/J.")
    private String filter = "";

    @Option(names = "--limit", paramLabel = "N", defaultValue = "20", description = "At most N (default: 20).")
    private int limit;

    @Option(names = "--json", description = "One JSON object: {runs[]} as the lab gives them.")
    private boolean json;

    @Mixin
    private LabMixin lab;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (LabClient client = lab.client()) {
            String query = filter.isEmpty() ? "" : "?filter=" + LabClient.encoded(filter);
            List<JsonNode> runs = client.list("/v1/" + lab.project() + "/runs" + query, "runs", Math.max(1, limit));
            Table table = new Table("RUN", "STATE", "VERDICT", "CELLS", "PASSED", "FAILED", "CREATED", "JOB");
            for (JsonNode run : runs) {
                table.row(
                        WatchCommand.id(run.path("name").asText()),
                        run.path("state").asText(),
                        run.path("verdict").asText("-"),
                        run.at("/counts/total").asText("0"),
                        run.at("/counts/passed").asText("0"),
                        run.at("/counts/failed").asText("0"),
                        run.path("createTime").asText().replaceFirst("\\.\\d+", ""),
                        WatchCommand.id(run.path("job").asText()));
            }
            table.print(spec.commandLine().getOut(), json, "runs", runs);
            return ExitCode.PASSED;
        }
    }
}
