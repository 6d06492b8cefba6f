package dev.breakmake.cli.boot;

import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything the reports say about one boot.
 *
 * @param target what was booted on what
 * @param outcome how it ended
 * @param verdict what is said about it
 * @param cause who is responsible; null for a passed boot
 * @param findings the findings, worst first, each with its expectation
 * @param missing expectations no finding matched
 * @param notObservable rules this backend could not judge, and why
 * @param timeline milestones in the order of the run
 * @param instructions instructions of all PEs
 * @param events translation events
 * @param steps architectural steps
 * @param traceDigest digest of the events, or null where none was made
 * @param elapsedMillis wall-clock time of the boot
 * @param pictures of the tables, or null where none were asked for
 */
public record BootReport(
        Target target,
        Outcome outcome,
        Verdict verdict,
        @Nullable Cause cause,
        List<JudgedFinding> findings,
        List<Expectation> missing,
        SortedMap<String, String> notObservable,
        List<Milestone> timeline,
        long instructions,
        long events,
        long steps,
        @Nullable String traceDigest,
        long elapsedMillis,
        @Nullable TablePictures pictures) {

    public BootReport {
        findings = List.copyOf(findings);
        missing = List.copyOf(missing);
        timeline = List.copyOf(timeline);
    }

    /**
     * The report of a boot judged against the expectations of its request.
     *
     * @param instructions of all PEs, 0 where the backend does not count them
     */
    static BootReport of(BootRequest request, Target target, Outcome outcome, BootWatch.Seen seen, long instructions) {
        Expectations.Judgement judgement = request.expectations()
                .judge(outcome, seen.findings(), seen.notObservable().keySet(), request.pes(), request.failOn());
        return new BootReport(
                target,
                outcome,
                judgement.verdict(),
                judgement.cause(),
                judgement.findings(),
                judgement.missing(),
                seen.notObservable(),
                seen.timeline(),
                instructions,
                seen.events(),
                seen.steps(),
                seen.traceDigest(),
                seen.elapsedMillis(),
                seen.pictures());
    }
}
