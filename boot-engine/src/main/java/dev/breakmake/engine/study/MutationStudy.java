package dev.breakmake.engine.study;

import dev.breakmake.engine.flow.FlowOperation;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Mutation;
import dev.breakmake.translation.finding.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Runs a flow once for each operation left out and once for each pair of neighbours exchanged. */
public final class MutationStudy {

    private final FlowSpecification specification;
    private final FlowStudy reference;
    private final List<MutationReport.Detected> detected = new ArrayList<>();
    private final List<MutationReport.Harmless> harmless = new ArrayList<>();
    private final List<MutationReport.Undetected> undetected = new ArrayList<>();

    private MutationStudy(final FlowSpecification specification) {
        this.specification = specification;
        this.reference = FlowStudy.of(specification, Mutation.NONE);
    }

    /**
     * Runs all mutations of a flow.
     *
     * @throws IllegalArgumentException if the flow itself does not reach its end
     */
    public static MutationReport of(final FlowSpecification specification) {
        final MutationStudy study = new MutationStudy(specification);
        if (!study.reference.result().reached()) {
            throw new IllegalArgumentException(
                    "the flow itself stops: " + study.reference.result().message());
        }
        final List<FlowOperation> operations = study.reference.result().operations();
        for (final FlowOperation operation : operations) {
            study.judge("drop", new Mutation.Drop(operation.index()), operations);
        }
        for (final FlowOperation operation : operations) {
            study.judge("swap", new Mutation.Swap(operation.index()), operations);
        }
        return new MutationReport(2 * operations.size(), study.detected, study.harmless, study.undetected);
    }

    private void judge(final String change, final Mutation mutation, final List<FlowOperation> operations) {
        final FlowOperation operation = operations.get(mutation.index());
        final FlowStudy mutant = FlowStudy.of(specification, mutation);
        final Set<String> rules = newRules(mutant.findings());
        if (!mutant.result().reached() || !rules.isEmpty()) {
            final String fault =
                    mutant.result().reached() ? "" : mutant.result().message();
            detected.add(new MutationReport.Detected(change, operation, rules, fault));
            return;
        }
        final @Nullable String clause = Clause.allowing(change, operation.index(), operations);
        if (clause == null) {
            undetected.add(new MutationReport.Undetected(change, operation));
        } else {
            harmless.add(new MutationReport.Harmless(change, operation, clause));
        }
    }

    /** Rules that fire at a place, or more often, where they do not in the flow as written. */
    private Set<String> newRules(final List<Finding> findings) {
        final Map<String, Long> known = new HashMap<>();
        for (final Finding finding : reference.findings()) {
            known.merge(finding.fingerprint(), finding.count(), Long::sum);
        }
        final Set<String> rules = new TreeSet<>();
        for (final Finding finding : findings) {
            final long left = known.merge(finding.fingerprint(), -finding.count(), Long::sum);
            if (left < 0) {
                rules.add(finding.rule().id());
            }
        }
        return rules;
    }
}
