package dev.breakmake.engine.study;

import dev.breakmake.engine.flow.FlowOperation;
import java.util.List;
import java.util.Set;

/**
 * What every single-operation mutation of a flow leads to.
 *
 * @param total mutations run
 * @param detected mutations with a new finding, that stop the boot, or that leave something else behind
 * @param harmless mutations with nothing of that in any surroundings, each with the clause of the architecture that allows it
 * @param undetected all others: the checker misses something
 */
public record MutationReport(int total, List<Detected> detected, List<Harmless> harmless, List<Undetected> undetected) {

    public MutationReport {
        detected = List.copyOf(detected);
        harmless = List.copyOf(harmless);
        undetected = List.copyOf(undetected);
    }

    /**
     * A mutation that shows.
     *
     * @param change {@code drop}, {@code swap} or {@code replace by ...}
     * @param operation the operation changed
     * @param rules ids of the rules that newly fire, sorted
     * @param fault why the boot stopped, empty if it did not
     * @param outcome in what the end differs, empty if in nothing or if a rule or fault says more
     */
    public record Detected(String change, FlowOperation operation, Set<String> rules, String fault, String outcome) {}

    /** A mutation that breaks nothing, and the clause that allows it. */
    public record Harmless(String change, FlowOperation operation, String clause) {}

    /** A mutation nothing shows although something should; {@code expected} says what is missing. */
    public record Undetected(String change, FlowOperation operation, String expected) {}
}
