package dev.breakmake.cli;

import dev.breakmake.cli.trace.TraceSource;
import dev.breakmake.translation.trace.TextTrace;
import dev.breakmake.translation.trace.TraceWriter;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Converts a trace. */
@Command(
        name = "export",
        description = "Converts a trace to text (for people and tests) or to the binary form.",
        mixinStandardHelpOptions = true)
final class TraceExportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private TraceOptionsMixin trace;

    @Option(
            names = "--to",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or binary (default: text).")
    private String to = "text";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to (text: standard output by default).")
    private @Nullable Path output;

    @Override
    public Integer call() throws IOException {
        TraceSource source = trace.open();
        switch (to) {
            case "text" -> text(source);
            case "binary" -> {
                Path file = output;
                if (file == null) {
                    throw CommandFailure.usage("--to binary needs --output FILE", "");
                }
                binary(source, file);
            }
            default -> throw CommandFailure.usage("--to: no format '" + to + "'", "known: text, binary");
        }
        return ExitCode.PASSED;
    }

    private void text(TraceSource source) throws IOException {
        Path file = output;
        if (file == null) {
            PrintWriter out = spec.commandLine().getOut();
            source.read(event -> out.println(TextTrace.line(event)));
            return;
        }
        Path unfinished = unfinished(file);
        try (Writer out = new BufferedWriter(Files.newBufferedWriter(unfinished))) {
            source.read(TextTrace.writer(out));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes a binary trace whole or not at all. */
    static void binary(TraceSource source, Path file) throws IOException {
        Path unfinished = unfinished(file);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(unfinished), 1 << 16);
                TraceWriter writer = new TraceWriter(out)) {
            source.read(writer);
            writer.finish();
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path unfinished(Path file) {
        Path absolute = file.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw CommandFailure.usage("cannot write " + file + ": the folder does not exist", "create it first");
        }
        return folder.resolve(
                "." + absolute.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    }
}
