package dev.breakmake.cli;

import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.trace.Steps;
import dev.breakmake.translation.trace.TextTrace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints events. */
@Command(
        name = "show",
        description = "Prints events, one a line, each behind its step.",
        mixinStandardHelpOptions = true)
final class TraceShowCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private TraceOptionsMixin trace;

    @Option(
            names = "--step",
            paramLabel = "A..B",
            converter = StepRange.Converter.class,
            description = "Only these steps.")
    private StepRange range = StepRange.ALL;

    @Option(names = "--pe", paramLabel = "N", description = "Only events of this PE.")
    private @Nullable Integer pe;

    @Option(names = "--kind", paramLabel = "KIND", description = "Only events of this kind, e.g. RegisterWrite.")
    private @Nullable String kind;

    private final Steps steps = new Steps();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        trace.open().read(event -> {
            long step = steps.stepOf(event);
            if (range.contains(step) && wanted(event)) {
                out.printf(Locale.ROOT, "%8d  %s%n", step, TextTrace.line(event));
            }
        });
        return ExitCode.PASSED;
    }

    private boolean wanted(TranslationEvent event) {
        return (pe == null || pe == event.pe())
                && (kind == null || kind.equalsIgnoreCase(event.getClass().getSimpleName()));
    }
}
