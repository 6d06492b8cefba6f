package dev.breakmake.cli.flow;

import dev.breakmake.cli.report.Words;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.ExceptionTaken;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.WalkStep;
import java.util.List;

/** Keeps the walk of the abort that ended a flow: through the root that was live then, level by level. */
public final class AbortWalk implements EventSink {

    private long address;
    private List<WalkStep> steps = List.of();

    @Override
    public void accept(TranslationEvent event) {
        if (event instanceof ExceptionTaken taken) {
            address = taken.faultAddress();
            steps = taken.walk();
        }
    }

    /** The walk, a line a level; empty if nothing aborted. */
    public List<String> lines() {
        String name = "walk of 0x%x:".formatted(address);
        return steps.stream().map(step -> Words.walkStep(name, step)).toList();
    }

    /** Levels from the root down; empty if nothing aborted. */
    public List<WalkStep> steps() {
        return steps;
    }
}
