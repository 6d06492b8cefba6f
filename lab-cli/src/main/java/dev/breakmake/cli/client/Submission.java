package dev.breakmake.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.matrix.JobFile;
import dev.breakmake.cli.matrix.LocalImages;
import dev.breakmake.lab.scheduler.matrix.Expansion;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Module;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/** Brings a job file to a lab: the images it names, then the job, then a run of it. */
public final class Submission {

    private final LabClient lab;
    private final String project;
    private final JobFile job;
    private final String id;

    /**
     * A submission.
     *
     * @param project {@code projects/{p}}
     * @param id of the job in the lab
     */
    public Submission(LabClient lab, String project, JobFile job, String id) {
        this.lab = lab;
        this.project = project;
        this.job = job;
        this.id = id;
    }

    /** Uploads the images that the lab lacks; each tag that was uploaded is told. */
    public void upload(LocalImages images, Consumer<String> uploaded) throws IOException, InterruptedException {
        ImageUploads uploads = new ImageUploads(lab, project);
        for (String tag : tags()) {
            boolean known = lab.find("/v1/" + project + "/images/" + LabClient.encoded(tag))
                    .filter(image -> image.path("state").asText().equals("READY"))
                    .isPresent();
            if (!known) {
                uploads.image(images.of(tag), List.of(tag));
                uploaded.accept(tag);
            }
        }
    }

    private Set<String> tags() {
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

    /** Stores the job under its id, in place of an earlier one. */
    public void store() throws IOException, InterruptedException {
        String name = project + "/jobs/" + id;
        String type = job.yaml() ? "application/yaml" : "application/json";
        if (lab.find("/v1/" + name).isPresent()) {
            lab.send("PATCH", "/v1/" + name, type, job.text());
        } else {
            lab.send("POST", "/v1/" + project + "/jobs?jobId=" + id, type, job.text());
        }
    }

    /**
     * Begins a run of the stored job.
     *
     * @param options further fields of RunJobRequest
     * @return the run
     */
    public JsonNode begin(ObjectNode options) throws IOException, InterruptedException {
        ObjectNode body = options.deepCopy().put("requestId", UUID.randomUUID().toString());
        return lab.send("POST", "/v1/" + project + "/jobs/" + id + ":run", body);
    }
}
