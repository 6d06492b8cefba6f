package dev.breakmake.benchmarks;

import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Events per second of one core through the checker; the unit of the score is events. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class CheckerBenchmark {
    private static final int EVENTS = 1_000_000;

    /** Shape of the update loop. */
    @Param({"SINGLE_PAGE", "BATCH_2048"})
    public UpdateLoop loop = UpdateLoop.SINGLE_PAGE;

    private List<TranslationEvent> events = List.of();

    /** Makes the events. */
    @Setup
    public void prepare() {
        events = loop.events(EVENTS);
    }

    /** Checks all events with a new checker. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public int check() {
        Checker checker = new Checker(CheckerOptions.defaults());
        events.forEach(checker::accept);
        int findings = checker.finish().size();
        if (findings != 0) {
            throw new IllegalStateException("the loop is compliant, but there are findings: " + checker.findings());
        }
        return findings;
    }
}
