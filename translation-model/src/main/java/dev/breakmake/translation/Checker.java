package dev.breakmake.translation;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.finding.FindingCollector;
import dev.breakmake.translation.rule.Clock;
import dev.breakmake.translation.rule.Judge;
import dev.breakmake.translation.rule.RuleId;
import dev.breakmake.translation.tlb.StateLimitException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events in, findings out: the only door to the rules. Takes the events of one run in order, header first; not safe for use by
 * several threads at once.
 */
public final class Checker implements EventSink {
    private final CheckerOptions options;
    private final Clock clock = new Clock();
    private final FindingCollector collector;
    private @Nullable Judge judge;
    private boolean finished;

    /** A checker for one run. */
    public Checker(CheckerOptions options) {
        this.options = options;
        this.collector = new FindingCollector(options.profile(), options.symbols(), clock);
    }

    /**
     * Takes the next event.
     *
     * @throws IllegalArgumentException if the event cannot be part of a run: no header first, a second header, a PE the header does
     *     not have, more memory than can be followed
     */
    @Override
    public void accept(TranslationEvent event) {
        Judge j = judge;
        if (j == null) {
            if (!(event instanceof TraceHeader header)) {
                throw new IllegalArgumentException("event %d is a %s, but a run starts with its header"
                        .formatted(event.sequence(), event.getClass().getSimpleName()));
            }
            judge = new Judge(header, clock, collector, options.profile());
            return;
        }
        try {
            j.accept(event);
        } catch (StateLimitException e) {
            throw new StateLimitException("event %d: %s".formatted(event.sequence(), e.getMessage()));
        }
    }

    /** The findings so far, in order of their first occurrence. */
    public List<Finding> findings() {
        return collector.findings();
    }

    /** Ends the run: judges what only its end shows, and returns all findings. Later calls return the same. */
    public List<Finding> finish() {
        if (!finished && judge != null) {
            finished = true;
            judge.finish();
        }
        return collector.findings();
    }

    /** The current step: how many register writes, TLB invalidates, barriers and context synchronisations have been. */
    public long step() {
        return clock.step();
    }

    /** Rules that could not be judged because the backend does not see what they need, and why: neither clean nor broken. */
    public Map<RuleId, String> notObservable() {
        return collector.notObservable();
    }
}
