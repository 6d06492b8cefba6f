package dev.breakmake.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.lab.LabFolder;
import dev.breakmake.cli.lab.LabState;
import dev.breakmake.cli.report.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says whether the local lab runs and how it is. */
@Command(
        name = "status",
        description = {StatusCommand.SUMMARY, "Exit code 0: it serves; 2: it does not."},
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Says whether the lab on this machine runs, where it serves, and how its parts are.";

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Spec
    private CommandSpec spec;

    @Mixin
    private LabFolderMixin lab;

    @Option(
            names = "--json",
            description = "One JSON object: {state: READY|STARTING|STOPPING|UNHEALTHY|KILLED|STOPPED, progress, url,"
                    + " explorer, pid, upSeconds, home, log, checks: [{name, status, data}]}.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        LabFolder folder = lab.folder();
        Optional<LabState> read = LabState.read(folder);
        ObjectNode root = Json.object();
        if (read.isEmpty() || !read.get().isAlive()) {
            boolean killed = read.isPresent() || Files.exists(folder.databasePid());
            root.put("state", killed ? "KILLED" : "STOPPED");
            root.put(
                    "progress",
                    killed
                            ? "the lab was killed; 'breakmake up' takes up where it was, 'breakmake down' cleans up"
                            : "start it with 'breakmake up'");
        } else {
            describe(root, read.get());
        }
        root.put("home", folder.root().toString());
        root.put("log", folder.log().toString());
        print(root);
        return root.path("state").asText().equals("READY") ? ExitCode.PASSED : ExitCode.FAULT;
    }

    private static void describe(ObjectNode root, LabState state) throws InterruptedException {
        root.put("state", state.phase());
        root.put("progress", state.progress());
        root.put("url", state.url());
        root.put("explorer", state.explorer());
        root.put("pid", state.pid());
        root.put(
                "upSeconds",
                Duration.between(state.processStart(), Instant.now()).toSeconds());
        if (!state.isReady()) {
            return;
        }
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(state.url() + "/health/ready"))
                    .timeout(PATIENCE)
                    .build();
            JsonNode health =
                    Json.parse(client.send(request, BodyHandlers.ofString()).body());
            if (!health.path("status").asText().equals("UP")) {
                root.put("state", "UNHEALTHY");
                root.put("progress", "a part is not well, see checks");
            }
            root.set("checks", health.path("checks"));
        } catch (IOException | IllegalArgumentException e) {
            root.put("state", "UNHEALTHY");
            root.put("progress", "its process lives but does not answer: " + e.getMessage());
        }
    }

    private void print(ObjectNode root) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.write(root));
            return;
        }
        out.println("the lab: " + root.path("state").asText() + " ("
                + root.path("progress").asText() + ")");
        if (root.has("url")) {
            out.println("  REST and gRPC   " + root.path("url").asText());
            out.println("  trace explorer  " + root.path("explorer").asText());
            out.println("  process         " + root.path("pid").asLong() + ", up "
                    + root.path("upSeconds").asLong() + " s");
        }
        for (JsonNode check : root.path("checks")) {
            out.println("  " + check.path("status").asText() + "  "
                    + check.path("name").asText() + data(check.path("data")));
        }
        out.println("  data, log       " + root.path("home").asText());
    }

    /** Details that say more than that all is well. */
    private static String data(JsonNode data) {
        StringBuilder text = new StringBuilder();
        data.properties().stream()
                .filter(entry -> !entry.getValue().asText().equals("true"))
                .forEach(entry -> text.append("  ")
                        .append(entry.getKey())
                        .append(": ")
                        .append(entry.getValue().asText()));
        return text.toString();
    }
}
