package dev.breakmake.cli.boot;

import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.trace.TraceDigest;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Everything that looks at a boot, whatever backend emits its events: checker, milestones, digest, progress, trace file. */
final class BootWatch implements EventSink, AutoCloseable {

    private final long start = System.nanoTime();
    private final BootRequest request;
    private final BootProgress progress;
    private final Checker checker;
    private final MilestoneCollector milestones;
    private final TraceDigest digest = new TraceDigest();
    private final @Nullable TraceOutput trace;
    private final EventSink all;

    /**
     * Watches one boot.
     *
     * @param symbols names of its code
     */
    BootWatch(BootRequest request, SymbolSource symbols, BootProgress progress) throws IOException {
        this.request = request;
        this.progress = progress;
        checker = new Checker(new CheckerOptions(request.profile(), symbols));
        milestones = new MilestoneCollector(checker::step, symbols);
        TraceOutput output = request.trace() == null ? null : TraceOutput.to(request.trace());
        trace = output;
        EventSink watching = checker.andThen(milestones).andThen(digest).andThen(progress);
        all = output == null ? watching : watching.andThen(output);
    }

    @Override
    public void accept(TranslationEvent event) {
        all.accept(event);
        // Asking the checker costs as much as there are findings: once a console line is enough for a person to follow.
        if (progress.isShown() && event instanceof Marker) {
            progress.findings(checker.findings());
        }
    }

    /**
     * The report of the boot.
     *
     * @param instructions of all PEs, 0 where the backend does not count them
     */
    BootReport report(Target target, Outcome outcome, long instructions) throws IOException {
        if (trace != null) {
            trace.finish();
        }
        List<Finding> findings = checker.finish();
        SortedMap<String, String> notObservable = new TreeMap<>();
        checker.notObservable().forEach((rule, why) -> notObservable.put(rule.id(), why));
        Expectations.Judgement judgement = request.expectations()
                .judge(outcome, findings, notObservable.keySet(), request.pes(), request.failOn());
        return new BootReport(
                target,
                outcome,
                judgement.verdict(),
                judgement.cause(),
                judgement.findings(),
                judgement.missing(),
                notObservable,
                milestones.milestones(),
                instructions,
                progress.events(),
                checker.step(),
                digest.finishHex(),
                (System.nanoTime() - start) / 1_000_000);
    }

    @Override
    public void close() throws IOException {
        if (trace != null) {
            trace.close();
        }
    }
}
