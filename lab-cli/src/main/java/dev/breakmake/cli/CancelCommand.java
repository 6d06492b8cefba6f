package dev.breakmake.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.client.LabClient;
import dev.breakmake.cli.report.json.Json;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Cancels a run. */
@Command(
        name = "cancel",
        description = CancelCommand.SUMMARY,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example:", "  breakmake cancel latest --reason 'wrong image'"})
final class CancelCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Cancels a run of the lab: what waits is skipped at once, what executes is stopped.";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "Id or name of the run, or latest.")
    private String run = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "Shown with the run.")
    private String reason = "";

    @Option(names = "--json", description = "One JSON object: the run.")
    private boolean json;

    @Mixin
    private LabMixin lab;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (LabClient client = lab.client()) {
            String name = lab.run(client, run);
            JsonNode now =
                    client.send("POST", "/v1/" + name + ":cancel", Json.object().put("reason", reason));
            spec.commandLine()
                    .getOut()
                    .println(
                            json
                                    ? Json.write(now)
                                    : name + ": " + now.path("state").asText());
            return ExitCode.PASSED;
        }
    }
}
