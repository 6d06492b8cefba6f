package dev.breakmake.cli;

import dev.breakmake.cli.trace.TraceSource;
import dev.breakmake.translation.trace.TextTrace;
import dev.breakmake.translation.trace.TraceWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
        try (OutputFile whole = OutputFile.to(file)) {
            Writer out = new OutputStreamWriter(whole.stream(), StandardCharsets.UTF_8);
            source.read(TextTrace.writer(out));
            out.flush();
            whole.complete();
        }
    }

    /** Writes a binary trace whole or not at all. */
    static void binary(TraceSource source, Path file) throws IOException {
        try (OutputFile whole = OutputFile.to(file);
                TraceWriter writer = new TraceWriter(whole.stream())) {
            source.read(writer);
            writer.finish();
            whole.complete();
        }
    }
}
