package dev.breakmake.engine.study;

import dev.breakmake.engine.flow.FlowOperation;
import java.util.List;
import java.util.Set;

/**
 * What every single-operation mutation of a flow leads to.
 *
 * @param total mutations run
 * @param detected mutations with a new finding, or that stop the boot
 * @param harmless mutations without one, each with the reason why the architecture allows it
 * @param undetected mutations with neither: to be looked at
 */
public record MutationReport(int total, List<Detected> detected, List<Harmless> harmless, List<Undetected> undetected) {

    /**
     * A mutation that shows.
     *
     * @param change {@code drop} or {@code swap}
     * @param operation the operation changed
     * @param rules ids of the rules that newly fire, sorted
     * @param fault why the boot stopped, empty if it did not
     */
    public record Detected(String change, FlowOperation operation, Set<String> rules, String fault) {}

    /** A mutation that breaks nothing, and the clause that allows it. */
    public record Harmless(String change, FlowOperation operation, String clause) {}

    /** A mutation nothing shows and no clause explains. */
    public record Undetected(String change, FlowOperation operation) {}
}
