package dev.breakmake.cli.matrix;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.lab.scheduler.document.DocumentNode;
import dev.breakmake.lab.scheduler.document.DocumentPlaces;
import dev.breakmake.lab.scheduler.document.JsonDocument;
import dev.breakmake.lab.scheduler.document.MessageReader;
import dev.breakmake.lab.scheduler.document.YamlDocument;
import dev.breakmake.lab.scheduler.domain.FieldError;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.matrix.Expansion;
import dev.breakmake.lab.scheduler.matrix.JobSpecCheck;
import dev.breakmake.lab.v1.Job;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A job file, read, checked and expanded by the code the lab uses: what one accepts the other does too.
 *
 * @param file where it is
 * @param yaml whether it is YAML (else JSON)
 * @param text its content
 * @param job the job
 * @param expansion its cells
 */
public record JobFile(Path file, boolean yaml, String text, Job job, Expansion expansion) {

    private static final long LARGEST_BYTES = 16L << 20;

    /**
     * Reads a file.
     *
     * @throws CommandFailure with line and column of every mistake
     */
    public static JobFile read(Path file) throws IOException {
        return of(file, content(file));
    }

    /** The job file with that text; {@code file} names it in messages. */
    static JobFile of(Path file, String text) {
        boolean yaml = !text.stripLeading().startsWith("{");
        @Nullable DocumentNode root = null;
        try {
            root = yaml ? YamlDocument.parse(text) : JsonDocument.parse(text);
            Job.Builder job = Job.newBuilder();
            MessageReader.read(root, job);
            return new JobFile(file, yaml, text, job.build(), JobSpecCheck.check(job.getSpec()));
        } catch (LabException e) {
            throw failure(file, root == null ? e : DocumentPlaces.locate(root, "", e));
        }
    }

    private static String content(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw CommandFailure.usage(file + " is a folder", "give the job file itself");
        }
        try {
            if (Files.size(file) > LARGEST_BYTES) {
                throw CommandFailure.usage(file + " has " + Files.size(file) + " bytes: no job file is that large", "");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage("no job file " + file, "an example: breakmake matrix example");
        } catch (CharacterCodingException e) {
            throw CommandFailure.usage(file + " is no text: a job file is YAML or JSON in UTF-8", "");
        }
    }

    private static CommandFailure failure(Path file, LabException error) {
        List<FieldError> errors = error.errors();
        if (errors.isEmpty()) {
            return CommandFailure.usage(file + ": " + error.detail(), "");
        }
        String others = errors.stream().skip(1).map(each -> line(file, each)).collect(Collectors.joining("\n"));
        return CommandFailure.usage(line(file, errors.getFirst()), others);
    }

    private static String line(Path file, FieldError error) {
        String place = error.line() > 0 ? file + ":" + error.line() + ":" + error.column() : file.toString();
        return place + ": " + (error.field().isEmpty() ? "" : error.field() + ": ") + error.detail();
    }
}
