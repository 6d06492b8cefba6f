package dev.breakmake.cli.boot;

import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.rule.Profile;
import dev.breakmake.translation.trace.TraceDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Everything that looks at a boot, whatever backend emits its events: checker, milestones, digest, progress, trace file. */
public final class BootWatch implements EventSink, AutoCloseable {

    private final long start = System.nanoTime();
    private final BootProgress progress;
    private final Checker checker;
    private final MilestoneCollector milestones;
    private final @Nullable TraceDigest digest;
    private final @Nullable TraceOutput trace;
    private final @Nullable TableLog tables;
    private final EventSink all;

    /**
     * What was seen of a whole boot.
     *
     * @param findings every finding, in the order of their first occurrence
     * @param notObservable rules the backend cannot judge, and why
     * @param timeline milestones
     * @param events number of events
     * @param steps number of architectural steps
     * @param traceDigest digest of the events, or null where none was wanted
     * @param elapsedMillis wall-clock time since the watch began
     * @param pictures of the tables, or null where none were asked for
     */
    public record Seen(
            List<Finding> findings,
            SortedMap<String, String> notObservable,
            List<Milestone> timeline,
            long events,
            long steps,
            @Nullable String traceDigest,
            long elapsedMillis,
            @Nullable TablePictures pictures) {}

    /**
     * Watches one boot.
     *
     * @param profile which rules are on
     * @param trace where the events go as a file, or null
     * @param wanted what reports need beyond the findings
     * @param symbols of its code; asked for the parts of the image at the first finding, for names no earlier than {@link #finish} unless
     *     somebody looks at the progress
     */
    public BootWatch(Profile profile, @Nullable Path trace, Wanted wanted, SymbolSource symbols, BootProgress progress)
            throws IOException {
        this.progress = progress;
        checker = new Checker(new CheckerOptions(profile, symbols));
        milestones = new MilestoneCollector(checker::step, symbols);
        TraceOutput output = trace == null ? null : TraceOutput.to(trace);
        this.trace = output;
        digest = wanted.traceDigest() ? new TraceDigest(Ahead.THREAD) : null;
        tables = wanted.pictures() ? new TableLog() : null;
        all = both(both(both(checker.andThen(milestones).andThen(progress), digest), tables), output);
    }

    private static EventSink both(EventSink first, @Nullable EventSink second) {
        return second == null ? first : first.andThen(second);
    }

    @Override
    public void accept(TranslationEvent event) {
        all.accept(event);
        // Asking the checker costs as much as there are findings: once a console line is enough for a person to follow.
        if (progress.isShown() && event instanceof Marker) {
            progress.findings(checker.findings());
        }
    }

    /** Ends the watch: completes the trace file and gives what was seen. */
    public Seen finish() throws IOException {
        if (trace != null) {
            trace.finish();
        }
        List<Finding> findings = checker.finish();
        SortedMap<String, String> notObservable = new TreeMap<>();
        checker.notObservable().forEach((rule, why) -> notObservable.put(rule.id(), why));
        return new Seen(
                findings,
                notObservable,
                milestones.milestones(),
                progress.events(),
                checker.step(),
                digest == null ? null : digest.finishHex(),
                (System.nanoTime() - start) / 1_000_000,
                tables == null ? null : tables.pictures(findings));
    }

    @Override
    public void close() throws IOException {
        if (trace != null) {
            trace.close();
        }
    }
}
