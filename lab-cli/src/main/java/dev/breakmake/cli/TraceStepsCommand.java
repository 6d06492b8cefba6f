package dev.breakmake.cli;

import dev.breakmake.cli.report.Words;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.trace.StepChange;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TranslationEvent;
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

/** Lists architectural steps. */
@Command(
        name = "steps",
        description = "Lists the steps: what ended each, and how many descriptors changed in it.",
        mixinStandardHelpOptions = true)
final class TraceStepsCommand implements Callable<Integer> {

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

    @Option(names = "--changed", description = "Only steps in which a descriptor changed.")
    private boolean changed;

    @Option(names = "--json", description = "JSON Lines: {step, pe, pc, end, changed}.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        StepChange.Cutter cutter = new StepChange.Cutter(this::print);
        trace.open().read(cutter);
        cutter.finish();
        return ExitCode.PASSED;
    }

    private void print(StepChange step) {
        if (!range.contains(step.step()) || (changed && step.writes().isEmpty())) {
            return;
        }
        PrintWriter out = spec.commandLine().getOut();
        TranslationEvent end = step.end();
        if (json) {
            out.println(Json.writeLine(Json.object()
                    .put("step", step.step())
                    .put("pe", end == null ? null : end.pe())
                    .put("pc", end == null ? null : Json.address(end.pc()))
                    .put("end", describe(end))
                    .put("changed", step.writes().size())));
        } else {
            out.printf(
                    Locale.ROOT,
                    "%8d  %s  %-44s %s%n",
                    step.step(),
                    end == null ? "   " : "PE" + end.pe() + " " + Words.address(end.pc()),
                    describe(end),
                    step.writes().isEmpty() ? "" : step.writes().size() + " changed");
        }
    }

    /** The event that ended a step in words. */
    static String describe(@Nullable TranslationEvent end) {
        return switch (end) {
            case RegisterWrite write -> write.register() + " = 0x" + Long.toHexString(write.value());
            case TlbInvalidate tlbi ->
                "TLBI " + tlbi.operation() + " " + tlbi.shareability()
                        + (tlbi.operand() == 0 ? "" : " 0x" + Long.toHexString(tlbi.operand()));
            case Barrier barrier ->
                barrier.kind() + " " + barrier.domain()
                        + (barrier.types() == Barrier.AccessTypes.ALL ? "" : " " + barrier.types());
            case ContextSynchronization synchronization ->
                synchronization.cause().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            case null -> "end of the trace";
            default -> end.getClass().getSimpleName();
        };
    }
}
