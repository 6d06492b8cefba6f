package dev.breakmake.engine.flow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a flow ended.
 *
 * @param reached whether every PE runs on its final tables
 * @param stoppedAt routine where it stopped, null if it reached its end
 * @param message why it stopped, or what it reached
 * @param operations the architectural operations in program order, those a mutation dropped included
 */
public record FlowResult(boolean reached, @Nullable String stoppedAt, String message, List<FlowOperation> operations) {}
