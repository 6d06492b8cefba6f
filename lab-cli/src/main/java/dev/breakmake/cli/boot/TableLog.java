package dev.breakmake.cli.boot;

import dev.breakmake.cli.trace.DiffTree;
import dev.breakmake.cli.trace.StepChange;
import dev.breakmake.cli.trace.TableState;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.Evidence;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.trace.Steps;
import dev.breakmake.translation.walk.AddressSpaceMap;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Remembers what changes tables and registers, since which steps a report shows is known only at the end. Bounded: what comes after the
 * bound has no picture.
 */
final class TableLog implements EventSink {

    private static final int MOST_EVENTS = 1_500_000;
    private static final int MOST_STEPS = 40;

    private final List<TranslationEvent> events = new ArrayList<>();

    @Override
    public void accept(TranslationEvent event) {
        boolean kept = event instanceof TraceHeader
                || event instanceof DescriptorWrite
                || event instanceof RegisterWrite
                || event instanceof PeState
                || Steps.ends(event);
        if (kept && events.size() < MOST_EVENTS) {
            events.add(event);
        }
    }

    /** The pictures these findings ask for. */
    TablePictures pictures(List<Finding> findings) {
        NavigableSet<Long> wanted = wanted(findings);
        SortedMap<Long, List<DiffTree>> diffs = new TreeMap<>();
        TableState state = new TableState();
        List<StepChange> ended = new ArrayList<>();
        StepChange.Cutter cutter = new StepChange.Cutter(ended::add);
        for (TranslationEvent event : events) {
            state.accept(event);
            cutter.accept(event);
            if (!ended.isEmpty()) {
                StepChange step = ended.removeFirst();
                if (wanted.contains(step.step()) && !step.writes().isEmpty()) {
                    diffs.put(step.step(), DiffTree.of(step.writes(), state, state));
                }
            }
        }
        Regime regime = state.hypervisorRegime();
        return new TablePictures(
                diffs,
                regime.toString(),
                state.pes() == 0
                        ? List.of()
                        : AddressSpaceMap.of(state.configuration(0, regime), state)
                                .ranges());
    }

    private static NavigableSet<Long> wanted(List<Finding> findings) {
        NavigableSet<Long> wanted = new TreeSet<>();
        for (Finding finding : findings) {
            wanted.add(finding.step());
            finding.why().stream().map(Evidence::step).forEach(wanted::add);
            if (wanted.size() >= MOST_STEPS) {
                break;
            }
        }
        return wanted;
    }
}
