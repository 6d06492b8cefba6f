package dev.breakmake.cli;

import dev.breakmake.cli.client.LabAddress;
import dev.breakmake.cli.client.LabClient;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which lab, and which project in it. */
final class LabMixin {

    @Option(
            names = "--lab",
            paramLabel = "URL",
            description = "The lab's address. Default: BREAKMAKE_LAB, else the one 'breakmake up' started here. A token"
                    + " comes from BREAKMAKE_TOKEN.")
    private @Nullable String url;

    @Option(
            names = "--project",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "Project in the lab (default: ${DEFAULT-VALUE}).")
    private String project = "default";

    LabClient client() throws IOException {
        return new LabClient(LabAddress.of(url));
    }

    /** {@code projects/{p}}. */
    String project() {
        if (!project.matches("[a-z]([a-z0-9-]{0,62})")) {
            throw CommandFailure.usage(
                    "--project: '" + project + "' is no project id", "1 to 63 of a-z, 0-9 and -, a letter first");
        }
        return "projects/" + project;
    }

    /** The resource name of something in the project: its id or the whole name. */
    String name(String collection, String id) {
        String name = id.startsWith("projects/") ? id : project() + "/" + collection + "/" + id;
        if (!name.matches("projects/[^/:?#]+/[a-z]+/[^/:?#]+")) {
            throw CommandFailure.usage("'" + id + "' is no name of one of the " + collection, "");
        }
        return name;
    }

    /** The resource name of a run: its id, the whole name, or {@code latest}. */
    String run(LabClient lab, String id) throws IOException, InterruptedException {
        if (!id.equals("latest")) {
            return name("runs", id);
        }
        String newest = lab.get("/v1/" + project() + "/runs?pageSize=1")
                .at("/runs/0/name")
                .asText("");
        if (newest.isEmpty()) {
            throw CommandFailure.usage("there is no run in " + project(), "begin one: breakmake submit FILE");
        }
        return newest;
    }
}
