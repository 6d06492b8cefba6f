package dev.breakmake.cli;

import dev.breakmake.cli.trace.DiffText;
import dev.breakmake.cli.trace.StateAtStep;
import dev.breakmake.cli.trace.StepChange;
import dev.breakmake.cli.trace.TraceSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The page-table diff of a step or of a range of steps. */
@Command(
        name = "diff",
        description = "Prints which descriptors a step, or a range of steps taken together, changed.",
        mixinStandardHelpOptions = true)
final class TraceDiffCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private TraceOptionsMixin trace;

    @Parameters(
            index = "1",
            paramLabel = "STEP|A..B",
            converter = StepRange.Converter.class,
            description = "A step, or the steps from A to B.")
    private StepRange range = StepRange.ALL;

    private final Map<Long, StepChange.Change> changes = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException {
        TraceSource source = trace.open();
        StepChange.Cutter cutter = new StepChange.Cutter(this::collect);
        source.read(cutter);
        cutter.finish();
        List<StepChange.Change> real = new ArrayList<>(changes.values());
        real.removeIf(change -> change.oldDescriptor() == change.newDescriptor());
        PrintWriter out = spec.commandLine().getOut();
        if (real.isEmpty()) {
            // The replay also says it when the step does not exist.
            StateAtStep.of(source, range.first());
            out.println("no descriptor changed");
            return ExitCode.PASSED;
        }
        DiffText.of(real, StateAtStep.of(source, Math.max(0, range.first() - 1)), StateAtStep.of(source, range.last()))
                .forEach(out::println);
        return ExitCode.PASSED;
    }

    private void collect(StepChange step) {
        if (range.contains(step.step())) {
            for (StepChange.Change change : step.writes()) {
                changes.merge(
                        change.first().descriptorPa(),
                        change,
                        (earlier, now) ->
                                new StepChange.Change(earlier.first(), earlier.oldDescriptor(), now.newDescriptor()));
            }
        }
    }
}
