package dev.breakmake.engine.flow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a flow ended.
 *
 * @param end in which way
 * @param stoppedAt routine where it stopped, null if it reached its end
 * @param message why it stopped, or what it reached
 * @param operations the architectural operations in program order as the flow has them, those a mutation dropped included
 * @param executed what was really executed, in that order: the same but for a mutation
 */
public record FlowResult(
        FlowEnd end,
        @Nullable String stoppedAt,
        String message,
        List<FlowOperation> operations,
        List<FlowOperation> executed) {

    /** Whether every PE runs on its final tables. */
    public boolean reached() {
        return end == FlowEnd.REACHED;
    }
}
