package dev.breakmake.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.client.LabClient;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.report.text.Table;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs by the clock. */
@Command(
        name = "schedule",
        description = ScheduleCommand.SUMMARY,
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  breakmake schedule create nightly --job nightly-arm --cron '0 2 * * *' --zone Europe/London"
        },
        subcommands = {
            ScheduleCommand.ListCommand.class,
            ScheduleCommand.Create.class,
            ScheduleCommand.Trigger.class,
            ScheduleCommand.Delete.class
        })
final class ScheduleCommand implements Runnable {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Runs of the lab by the clock.";

    private static final int MOST = 10_000;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine command = spec.commandLine();
        command.usage(command.getOut());
    }

    /** Lists schedules. */
    @Command(name = "ls", description = "Lists the schedules.", mixinStandardHelpOptions = true)
    static final class ListCommand implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--json", description = "One JSON object: {schedules[]} as the lab gives them.")
        private boolean json;

        @Mixin
        private LabMixin lab;

        @Override
        public Integer call() throws IOException, InterruptedException {
            try (LabClient client = lab.client()) {
                List<JsonNode> all = client.list("/v1/" + lab.project() + "/schedules", "schedules", MOST);
                Table table = new Table("SCHEDULE", "JOB", "CRON", "ZONE", "NEXT", "LAST RUN", "STATE");
                for (JsonNode each : all) {
                    table.row(
                            WatchCommand.id(each.path("name").asText()),
                            WatchCommand.id(each.path("job").asText()),
                            each.path("cron").asText(),
                            each.path("timeZone").asText("UTC"),
                            each.path("nextRunTime").asText("-"),
                            WatchCommand.id(each.path("lastRun").asText("-")),
                            each.path("paused").asBoolean() ? "paused" : "active");
                }
                table.print(spec.commandLine().getOut(), json, "schedules", all);
                return ExitCode.PASSED;
            }
        }
    }

    /** Creates a schedule. */
    @Command(
            name = "create",
            description = "Runs a job of the lab again and again.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Create implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "ID", description = "Id of the schedule.")
        private String id = "";

        @Option(names = "--job", paramLabel = "ID", required = true, description = "The job (see breakmake submit).")
        private String job = "";

        @Option(
                names = "--cron",
                paramLabel = "FIELDS",
                required = true,
                description = "Minute, hour, day of month, month, day of week: '0 2 * * *'.")
        private String cron = "";

        @Option(names = "--zone", paramLabel = "ZONE", description = "IANA time zone (default: UTC).")
        private String zone = "";

        @Option(names = "--skip-if-unchanged", description = "Leave a turn out when job and images are as last time.")
        private boolean skipIfUnchanged;

        @Option(names = "--baseline", paramLabel = "ID", description = "Baseline its runs are compared with.")
        private String baseline = "";

        @Option(names = "--json", description = "One JSON object: the schedule.")
        private boolean json;

        @Mixin
        private LabMixin lab;

        @Override
        public Integer call() throws IOException, InterruptedException {
            ObjectNode body = Json.object()
                    .put("job", lab.name("jobs", job))
                    .put("cron", cron)
                    .put("skipIfUnchanged", skipIfUnchanged);
            if (!zone.isEmpty()) {
                body.put("timeZone", zone);
            }
            if (!baseline.isEmpty()) {
                body.put("baseline", lab.name("baselines", baseline));
            }
            try (LabClient client = lab.client()) {
                JsonNode made = client.send(
                        "POST",
                        "/v1/" + lab.project() + "/schedules?scheduleId=" + LabClient.encoded(id) + "&requestId="
                                + UUID.randomUUID(),
                        body);
                spec.commandLine()
                        .getOut()
                        .println(
                                json
                                        ? Json.write(made)
                                        : made.path("name").asText() + ": next turn "
                                                + made.path("nextRunTime").asText());
                return ExitCode.PASSED;
            }
        }
    }

    /** Takes a turn now. */
    @Command(name = "trigger", description = "Takes a turn now, changed or not.", mixinStandardHelpOptions = true)
    static final class Trigger implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "ID", description = "Id of the schedule.")
        private String id = "";

        @Option(names = "--json", description = "One JSON object: the run.")
        private boolean json;

        @Mixin
        private LabMixin lab;

        @Override
        public Integer call() throws IOException, InterruptedException {
            try (LabClient client = lab.client()) {
                JsonNode run = client.send("POST", "/v1/" + lab.name("schedules", id) + ":trigger", Json.object());
                spec.commandLine()
                        .getOut()
                        .println(json ? Json.write(run) : run.path("name").asText());
                return ExitCode.PASSED;
            }
        }
    }

    /** Deletes a schedule. */
    @Command(name = "delete", description = "Deletes a schedule; its runs stay.", mixinStandardHelpOptions = true)
    static final class Delete implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "ID", description = "Id of the schedule.")
        private String id = "";

        @Mixin
        private LabMixin lab;

        @Override
        public Integer call() throws IOException, InterruptedException {
            try (LabClient client = lab.client()) {
                String name = lab.name("schedules", id);
                client.delete("/v1/" + name);
                spec.commandLine().getOut().println("deleted " + name);
                return ExitCode.PASSED;
            }
        }
    }
}
