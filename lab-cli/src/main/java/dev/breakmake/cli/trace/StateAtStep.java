package dev.breakmake.cli.trace;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.trace.Steps;
import java.io.IOException;

/** Replays a trace up to the end of a step. */
public final class StateAtStep implements EventSink {

    private final long step;
    private final TableState state;
    private final Steps steps = new Steps();

    private StateAtStep(long step, TableState state) {
        this.step = step;
        this.state = state;
    }

    /**
     * The tables and registers after a step.
     *
     * @param step its number; {@link Long#MAX_VALUE} for the end of the trace
     * @throws CommandFailure if the trace has fewer steps
     */
    public static TableState of(TraceSource trace, long step) throws IOException {
        StateAtStep replay = new StateAtStep(step, new TableState());
        trace.read(replay);
        if (step != Long.MAX_VALUE && step >= replay.steps.current()) {
            throw CommandFailure.usage(
                    "step " + step + " is past the end: " + trace.file() + " has steps 0 to "
                            + (replay.steps.current() - 1),
                    "breakmake trace steps lists them");
        }
        return replay.state;
    }

    @Override
    public void accept(TranslationEvent event) {
        if (steps.stepOf(event) <= step) {
            state.accept(event);
        }
    }
}
