package dev.breakmake.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.client.LabClient;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.report.text.Table;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists runners, or takes them out of and back into work. */
@Command(
        name = "runners",
        description = RunnersCommand.SUMMARY,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example:", "  breakmake runners --drain desk-1"})
final class RunnersCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Lists the lab's runners: what they can do and whether they take work.";

    private static final int MOST = 10_000;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--drain",
            paramLabel = "NAME",
            description = "Lets a runner finish what it has, gives it nothing new.")
    private String drain = "";

    @Option(names = "--undrain", paramLabel = "NAME", description = "Gives a drained runner work again.")
    private String undrain = "";

    @Option(names = "--json", description = "One JSON object: {runners[]} as the lab gives them.")
    private boolean json;

    @Mixin
    private LabMixin lab;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (LabClient client = lab.client()) {
            if (!drain.isEmpty()) {
                client.send("POST", "/v1/" + name(drain) + ":drain", Json.object());
            }
            if (!undrain.isEmpty()) {
                client.send("POST", "/v1/" + name(undrain) + ":undrain", Json.object());
            }
            List<JsonNode> runners = client.list("/v1/runners", "runners", MOST);
            Table table = new Table("RUNNER", "STATE", "HEALTH", "BUSY", "BACKENDS", "QEMU", "VERSION");
            for (JsonNode runner : runners) {
                table.row(
                        WatchCommand.id(runner.path("name").asText()),
                        runner.path("state").asText("-"),
                        runner.path("health").asText("-"),
                        runner.path("busySlots").asText("0") + "/"
                                + runner.at("/capabilities/slots").asText("1"),
                        StreamSupport.stream(runner.at("/capabilities/backends").spliterator(), false)
                                .map(JsonNode::asText)
                                .collect(Collectors.joining(",")),
                        runner.at("/capabilities/qemuVersion").asText("-"),
                        runner.path("softwareVersion").asText("-"));
            }
            table.print(spec.commandLine().getOut(), json, "runners", runners);
            return ExitCode.PASSED;
        }
    }

    private static String name(String runner) {
        String name = runner.startsWith("runners/") ? runner : "runners/" + runner;
        if (!name.matches("runners/[^/:?#]+")) {
            throw CommandFailure.usage("'" + runner + "' is no name of a runner", "breakmake runners lists them");
        }
        return name;
    }
}
