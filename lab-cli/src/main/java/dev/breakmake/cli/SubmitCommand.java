package dev.breakmake.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.client.ImageUploads;
import dev.breakmake.cli.client.LabClient;
import dev.breakmake.cli.image.ImageCache;
import dev.breakmake.cli.matrix.JobFile;
import dev.breakmake.cli.matrix.LocalImages;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.lab.scheduler.matrix.Expansion;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Module;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
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
            "Runs a job file in the lab.",
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
            if (!noUpload) {
                upload(client, job);
            }
            store(client, job);
            JsonNode run = begin(client);
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

    private void upload(LabClient client, JobFile job) throws IOException, InterruptedException {
        Path folder = file.toAbsolutePath().getParent();
        LocalImages images = new LocalImages(folder == null ? Path.of(".") : folder, ImageCache.ofUser());
        ImageUploads uploads = new ImageUploads(client, lab.project());
        for (String tag : tags(job)) {
            boolean known = client.find("/v1/" + lab.project() + "/images/" + LabClient.encoded(tag))
                    .filter(image -> image.path("state").asText().equals("READY"))
                    .isPresent();
            if (!known) {
                uploads.image(images.of(tag), List.of(tag));
                spec.commandLine().getErr().println("uploaded " + tag);
            }
        }
    }

    private static Set<String> tags(JobFile job) {
        Set<String> tags = new TreeSet<>();
        for (Expansion.Point point : job.expansion().points()) {
            BootSpec boot = point.boot(job.job().getSpec().getBoot());
            if (!boot.getImage().isEmpty()) {
                tags.add(boot.getImage());
            }
            for (Module module : boot.getModulesList()) {
                tags.add(module.getImage());
            }
        }
        return tags;
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

    private void store(LabClient client, JobFile job) throws IOException, InterruptedException {
        String name = lab.name("jobs", id());
        String type = job.yaml() ? "application/yaml" : "application/json";
        if (client.find("/v1/" + name).isPresent()) {
            client.send("PATCH", "/v1/" + name, type, job.text());
        } else {
            client.send("POST", "/v1/" + lab.project() + "/jobs?jobId=" + id(), type, job.text());
        }
    }

    private JsonNode begin(LabClient client) throws IOException, InterruptedException {
        ObjectNode body = Json.object().put("requestId", UUID.randomUUID().toString());
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
        return client.send("POST", "/v1/" + lab.name("jobs", id()) + ":run", body);
    }
}
