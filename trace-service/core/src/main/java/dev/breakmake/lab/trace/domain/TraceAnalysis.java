package dev.breakmake.lab.trace.domain;

import dev.breakmake.lab.trace.storage.StoredFile;
import dev.breakmake.trace.v1.ListMilestonesResponse;
import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.rule.Profile;
import java.util.List;
import java.util.Optional;

/**
 * What one reading of a trace shows: the checker's findings, the numbers of the summary and what long traces are asked through.
 *
 * @param digest SHA-256 of the events, lower-case hex
 * @param summaries of a trace that is too long to be replayed for every question
 */
public record TraceAnalysis(
        TraceHeader header,
        long events,
        long steps,
        long writes,
        String digest,
        List<Finding> findings,
        Optional<Summaries> summaries) {

    /** Profile the authoritative check runs with. */
    public static final Profile PROFILE = Profile.DEFAULT;

    /** Reads the file once, from its first byte to its last. */
    static TraceAnalysis of(StoredFile file, SymbolNames symbols, long replayedEvents) {
        Judge judge = new Judge(symbols);
        TraceReplay.Read read = TraceReplay.of(file).run(judge);
        return new TraceAnalysis(
                read.moment().header(),
                read.events(),
                read.steps(),
                judge.writes,
                read.digest(),
                judge.checker.finish(),
                read.events() <= replayedEvents
                        ? Optional.empty()
                        : Optional.of(new Summaries(judge.milestones.result(), judge.track.encode())));
    }

    /**
     * What questions about a long trace are answered from.
     *
     * @param milestones the milestones
     * @param track the packed {@link TableTrack}
     */
    public record Summaries(ListMilestonesResponse milestones, byte[] track) {}

    private static final class Judge implements TraceVisitor {

        final Checker checker;
        final Milestones milestones;
        final TableTrack.Recorder track = new TableTrack.Recorder();
        long writes;

        Judge(SymbolNames symbols) {
            checker = new Checker(new CheckerOptions(PROFILE, symbols));
            milestones = new Milestones(symbols);
        }

        @Override
        public boolean visit(long step, TranslationEvent event, boolean endsStep, Moment moment) {
            checker.accept(event);
            milestones.visit(step, event, endsStep, moment);
            track.visit(step, event, endsStep, moment);
            if (event instanceof DescriptorWrite) {
                writes++;
            }
            return true;
        }

        @Override
        public void end(long step, TranslationEvent last, Moment moment) {
            track.end(step, last, moment);
        }
    }
}
