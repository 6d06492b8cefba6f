package dev.breakmake.engine.study;

import dev.breakmake.engine.flow.Effect;
import dev.breakmake.engine.flow.FlowOperation;
import dev.breakmake.engine.flow.FlowResult;
import dev.breakmake.engine.flow.FlowRun;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Mutation;
import dev.breakmake.engine.flow.Replacement;
import dev.breakmake.engine.flow.Surroundings;
import dev.breakmake.engine.machine.TlbPolicy;
import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.finding.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Runs a flow once for each operation left out, for each pair of neighbours exchanged and for each mistake that can be made with an
 * operation. A mutation is detected if a rule newly fires, the boot stops or leaves something else behind. It is harmless if the end is the
 * same for every hand-over, no obligation of {@link OrderingOracle} is left unmet, and a clause of the architecture says
 * why. Everything else is undetected.
 */
public final class MutationStudy {

    private static final long[] SEEDS = {0, 11};

    private static final TlbPolicy[] POLICIES = TlbPolicy.values();

    /** A run with all that is compared. */
    private record Run(FlowResult result, List<Finding> findings, FlowOutcome outcome) {}

    private final FlowSpecification specification;
    private final Run reference;
    private final List<OrderingOracle.Unmet> referenceUnmet;
    private final Map<Surroundings, FlowOutcome> references = new LinkedHashMap<>();
    private final List<MutationReport.Detected> detected = new ArrayList<>();
    private final List<MutationReport.Harmless> harmless = new ArrayList<>();
    private final List<MutationReport.Undetected> undetected = new ArrayList<>();
    private int total;

    private MutationStudy(final FlowSpecification specification) {
        this.specification = specification;
        this.reference = run(Mutation.NONE);
        if (!reference.result.reached()) {
            throw new IllegalArgumentException("the flow itself stops: " + reference.result.message());
        }
        this.referenceUnmet = OrderingOracle.unmet(specification, reference.result.executed());
        for (final TlbPolicy policy : POLICIES) {
            for (final long seed : SEEDS) {
                final Surroundings surroundings = new Surroundings(policy, seed);
                references.put(surroundings, FlowOutcome.of(specification, Mutation.NONE, surroundings));
            }
        }
    }

    /**
     * Runs all mutations of a flow.
     *
     * @throws IllegalArgumentException if the flow itself does not reach its end
     */
    public static MutationReport of(final FlowSpecification specification) {
        final MutationStudy study = new MutationStudy(specification);
        for (final Mutation mutation : study.mutations()) {
            study.judge(mutation);
        }
        return new MutationReport(study.total, study.detected, study.harmless, study.undetected);
    }

    /** Every mutation of the flow: all drops, then all swaps, then all replacements. */
    private List<Mutation> mutations() {
        final List<FlowOperation> operations = reference.result.operations();
        final long page = specification.tables().granule().bytes();
        final List<Mutation> all = new ArrayList<>();
        operations.forEach(operation -> all.add(new Mutation.Drop(operation.index())));
        operations.forEach(operation -> all.add(new Mutation.Swap(operation.index())));
        for (final FlowOperation operation : operations) {
            for (final Replacement by : Replacement.values()) {
                if (by.of(operation.effect(), page) != null) {
                    all.add(new Mutation.Replace(operation.index(), by));
                }
            }
        }
        return all;
    }

    private Run run(final Mutation mutation) {
        final Checker checker = new Checker(CheckerOptions.defaults().withSymbols(FlowStudy.symbols(specification)));
        final FlowOutcome.Collector collector = new FlowOutcome.Collector();
        final FlowRun run = new FlowRun(specification, mutation, Surroundings.PLAIN, collector.andThen(checker));
        final FlowResult result = run.run();
        return new Run(result, checker.finish(), collector.outcome(specification, run, result));
    }

    private void judge(final Mutation mutation) {
        total++;
        final FlowOperation operation = reference.result.operations().get(mutation.index());
        final Run mutant = run(mutation);
        final Set<String> rules = newRules(mutant.findings);
        final boolean reached = mutant.result.reached();
        final String outcome = reached && rules.isEmpty() ? reference.outcome.differenceTo(mutant.outcome) : "";
        if (!reached || !rules.isEmpty() || !outcome.isEmpty()) {
            final String fault = reached ? "" : mutant.result.message();
            detected.add(new MutationReport.Detected(mutation.change(), operation, rules, fault, outcome));
            return;
        }
        final List<OrderingOracle.Unmet> unmet = newlyUnmet(mutant);
        final Set<String> told = alreadyTold(unmet, mutant.findings);
        if (!told.isEmpty()) {
            final String why =
                    "reported with the entry already; " + unmet.getFirst().text();
            detected.add(new MutationReport.Detected(mutation.change(), operation, told, "", why));
            return;
        }
        final String missing =
                unmet.isEmpty() ? otherwise(mutation) : unmet.getFirst().text();
        if (!missing.isEmpty()) {
            undetected.add(new MutationReport.Undetected(mutation.change(), operation, missing));
            return;
        }
        final @Nullable String clause = Clause.allowing(mutation, reference.result.operations());
        if (clause == null) {
            undetected.add(
                    new MutationReport.Undetected(mutation.change(), operation, "no clause is known to allow it"));
        } else {
            harmless.add(new MutationReport.Harmless(mutation.change(), operation, clause));
        }
    }

    private List<OrderingOracle.Unmet> newlyUnmet(final Run mutant) {
        final List<OrderingOracle.Unmet> unmet =
                new ArrayList<>(OrderingOracle.unmet(specification, mutant.result.executed()));
        referenceUnmet.forEach(unmet::remove);
        return unmet;
    }

    /**
     * Rules of the BBM family that the flow as written breaks at the very address an unmet obligation is about: the checker reports one
     * cause once, and the invalidate after a replaced entry belongs to the sequence it asks for.
     */
    private static Set<String> alreadyTold(final List<OrderingOracle.Unmet> unmet, final List<Finding> findings) {
        final Set<String> rules = new TreeSet<>();
        for (final OrderingOracle.Unmet each : unmet) {
            final FlowOperation at = each.at();
            if (at == null) {
                continue;
            }
            if (!(at.effect() instanceof Effect.Load load)) {
                return Set.of();
            }
            final Set<String> told = new TreeSet<>();
            for (final Finding finding : findings) {
                final String rule = finding.rule().id();
                if (rule.startsWith("BBM-")
                        && finding.vaRanges().stream().anyMatch(range -> range.contains(load.va()))) {
                    told.add(rule);
                }
            }
            if (told.isEmpty()) {
                return Set.of();
            }
            rules.addAll(told);
        }
        return rules;
    }

    /** Surroundings in which a mutation ends otherwise than the flow as written; empty if in none. */
    private String otherwise(final Mutation mutation) {
        for (final Map.Entry<Surroundings, FlowOutcome> each : references.entrySet()) {
            final String difference =
                    each.getValue().differenceTo(FlowOutcome.of(specification, mutation, each.getKey()));
            if (!difference.isEmpty()) {
                return "%s with TLB policy %s and hand-over seed %d"
                        .formatted(
                                difference,
                                each.getKey().policy(),
                                each.getKey().seed());
            }
        }
        return "";
    }

    /** Rules that fire at a place, or more often, where they do not in the flow as written. */
    private Set<String> newRules(final List<Finding> findings) {
        final Map<String, Long> known = new HashMap<>();
        for (final Finding finding : reference.findings) {
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
