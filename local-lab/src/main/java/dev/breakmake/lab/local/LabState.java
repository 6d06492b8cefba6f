package dev.breakmake.lab.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;

/** What the lab says about itself in {@code lab.json}: who reads it sees a whole state, never half of one. */
final class LabState {

    /** Name of the file in the lab's folder. */
    static final String FILE = "lab.json";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Where in its life the lab is. */
    enum Phase {
        /** Not usable yet. */
        STARTING,
        /** Serves. */
        READY,
        /** Lets go. */
        STOPPING,
        /** Gave up; the progress says why. */
        FAILED
    }

    private final Path file;
    private final ObjectNode content = MAPPER.createObjectNode();

    LabState(Path root, String url) {
        this.file = root.resolve(FILE);
        ProcessHandle self = ProcessHandle.current();
        content.put("pid", self.pid());
        content.put(
                "processStart", self.info().startInstant().orElse(Instant.EPOCH).toString());
        content.put("home", root.toString());
        content.put("url", url);
        content.put("explorer", url + "/trace/");
    }

    /** Publishes the phase and what is being done. */
    void say(Phase phase, String progress) {
        content.put("phase", phase.name());
        content.put("progress", progress);
        Path fresh = file.resolveSibling(FILE + ".new");
        try {
            Files.writeString(fresh, content.toPrettyString() + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** Nothing runs any more. */
    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // A state that names a dead process is recognised as stale.
        }
    }
}
