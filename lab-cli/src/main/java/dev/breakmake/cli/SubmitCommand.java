package dev.breakmake.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.client.LabClient;
import dev.breakmake.cli.client.Submission;
import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.matrix.JobFile;
import dev.breakmake.cli.matrix.LocalImages;
import dev.breakmake.cli.report.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings a job file and its images to a lab and runs it. */
@Command(
        name = "submit",
        description = {
            SubmitCommand.SUMMARY,
            "Checks it here, uploads the images it names and the lab lacks, stores the job under its id, begins a run.",
            "With --wait it follows the run; Ctrl-C then cancels it."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  breakmake submit job.yaml --wait",
            "  breakmake submit nightly.yaml --filter 'pes == 1' --label branch=main --json"
        })
final class SubmitCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Runs a job file in the lab.";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The job file, YAML or JSON (breakmake matrix example).")
    private Path file;

    @Option(names = "--job", paramLabel = "ID", description = "Id of the job in the lab (default: the file's name).")
    private @Nullable String job;

    @Option(names = "--wait", description = "Follow the run to its end; the exit code is then the worst cell's.")
    private boolean wait;

    @Option(names = "--filter", paramLabel = "EXPRESSION", description = "Only cells that meet it, e.g. 'pes <= 2'.")
    private String filter = "";

    @Option(names = "--priority", paramLabel = "N", description = "1 (last) to 100 (first); default: the job's.")
    private int priority;

    @Option(
            names = "--baseline",
            paramLabel = "NAME",
            description = "Baseline or run to compare with: baselines/ID or runs/ID.")
    private String baseline = "";

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "A label of the run; may be repeated.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--no-upload", description = "Upload no images.")
    private boolean noUpload;

    @Option(names = "--json", description = "One JSON object: the run; with --wait {run, cells[]} at the end.")
    private boolean json;

    @Mixin
    private LabMixin lab;

    @Override
    public Integer call() throws IOException, InterruptedException {
        JobFile job = JobFile.read(file);
        try (LabClient client = lab.client()) {
            Submission submission = new Submission(client, lab.project(), job, id());
            if (!noUpload) {
                Path folder = file.toAbsolutePath().getParent();
                submission.upload(
                        new LocalImages(folder == null ? Path.of(".") : folder, ImageCache.ofUser()),
                        tag -> spec.commandLine().getErr().println("uploaded " + tag));
            }
            submission.store();
            JsonNode run = submission.begin(options());
            String name = run.path("name").asText();
            PrintWriter out = spec.commandLine().getOut();
            if (!wait) {
                if (json) {
                    out.println(Json.write(run));
                } else {
                    out.println(name + ": " + run.at("/counts/total").asInt() + " cells");
                    out.println("follow it with: breakmake watch " + WatchCommand.id(name));
                }
                return ExitCode.PASSED;
            }
            if (!json) {
                out.println(name + ": " + run.at("/counts/total").asInt() + " cells");
            }
            return followed(client, name, out);
        }
    }

    private int followed(LabClient client, String name, PrintWriter out) throws IOException, InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        Thread cancel = new Thread(() -> cancel(client, name, err), "submit-cancel");
        Runtime.getRuntime().addShutdownHook(cancel);
        int code = RunOnTerminal.follow(client, name, out, json);
        Runtime.getRuntime().removeShutdownHook(cancel);
        return code;
    }

    private static void cancel(LabClient client, String name, PrintWriter err) {
        try {
            client.send("POST", "/v1/" + name + ":cancel", Json.object().put("reason", "Ctrl-C in breakmake submit"));
            err.println("\ncancelled " + name);
        } catch (IOException | CommandFailure e) {
            err.println("\n" + name + " could not be cancelled and goes on: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String id() {
        if (job != null) {
            return job;
        }
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        String id = name.replaceFirst("\\.(ya?ml|json)$", "")
                .replaceFirst("\\.job$", "")
                .replaceAll("[^a-z0-9-]+", "-")
                .replaceAll("^[^a-z]+|-+$", "");
        if (id.isEmpty()) {
            throw CommandFailure.usage("'" + file.getFileName() + "' makes no job id", "give one with --job");
        }
        return id.substring(0, Math.min(63, id.length()));
    }

    private ObjectNode options() {
        ObjectNode body = Json.object();
        if (!filter.isEmpty()) {
            body.put("cellFilter", filter);
        }
        if (priority != 0) {
            body.put("priority", priority);
        }
        if (!baseline.isEmpty()) {
            body.put("baseline", baseline.startsWith("projects/") ? baseline : lab.project() + "/" + baseline);
        }
        if (!labels.isEmpty()) {
            ObjectNode object = body.putObject("labels");
            labels.forEach(object::put);
        }
        return body;
    }
}
