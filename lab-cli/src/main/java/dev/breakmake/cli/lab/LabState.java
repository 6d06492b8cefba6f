package dev.breakmake.cli.lab;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.report.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * What {@code lab.json} says. The file of a killed lab stays behind: {@link #isAlive} tells.
 *
 * @param pid its process
 * @param processStart when that process started, so that a reused number is not taken for it
 * @param phase STARTING, READY, STOPPING or FAILED
 * @param progress what it is doing, for people
 * @param url where REST and gRPC answer, without a slash at the end
 * @param explorer the trace explorer
 */
public record LabState(long pid, Instant processStart, String phase, String progress, String url, String explorer) {

    /** The operating system counts in ticks and its clock may be set: closer than this is the same start. */
    private static final Duration SAME_START = Duration.ofSeconds(3);

    /** The state in a lab's folder, if there is one that can be read. */
    public static Optional<LabState> read(LabFolder folder) throws IOException {
        try {
            JsonNode json = Json.parse(Files.readString(folder.state()));
            return Optional.of(new LabState(
                    json.path("pid").asLong(),
                    Instant.parse(json.path("processStart").asText()),
                    json.path("phase").asText(),
                    json.path("progress").asText(),
                    json.path("url").asText(),
                    json.path("explorer").asText()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException | DateTimeParseException e) {
            // Not ours or damaged: the same as none, the next start replaces it.
            return Optional.empty();
        }
    }

    /** The lab of this folder if its process lives. */
    public static Optional<LabState> running(LabFolder folder) throws IOException {
        return read(folder).filter(LabState::isAlive);
    }

    /** Whether the process that wrote this lives. */
    public boolean isAlive() {
        return process().isPresent();
    }

    /** The process, if it lives and is the one that wrote this. */
    public Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info()
                        .startInstant()
                        .map(start ->
                                Duration.between(processStart, start).abs().compareTo(SAME_START) < 0)
                        .orElse(true));
    }

    /** Whether it serves. */
    public boolean isReady() {
        return phase.equals("READY");
    }
}
