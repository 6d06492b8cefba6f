package dev.breakmake.engine.study;

import dev.breakmake.engine.flow.Flow;
import dev.breakmake.engine.flow.FlowResult;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Mutation;
import dev.breakmake.engine.flow.Patch;
import dev.breakmake.engine.flow.Preset;
import dev.breakmake.translation.Checker;
import dev.breakmake.translation.CheckerOptions;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.rule.RuleId;
import dev.breakmake.translation.rule.Severity;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one decision changes in a boot: a patch of the series on top of those before it, any other decision on top of what was merged.
 *
 * @param patch the decision
 * @param before the flow without it
 * @param after the flow with it
 */
public record PatchEffect(Patch patch, Side before, Side after) {

    /**
     * One of the two boots.
     *
     * @param study the flow and its findings
     * @param shape when roots, MMU and identity map changed
     * @param occurrences the first time each finding was made on each PE, in order
     */
    public record Side(FlowStudy study, BootShape shape, List<Occurrence> occurrences) {
        public Side {
            occurrences = List.copyOf(occurrences);
        }
    }

    /**
     * The first time a finding was made on a PE.
     *
     * @param finding its place in the findings of the study
     * @param pe the PE whose operation showed it
     * @param step the step that was under way
     */
    public record Occurrence(int finding, int pe, long step) {}

    /**
     * A rule that one of the two boots breaks somewhere.
     *
     * @param rule the rule
     * @param routine the routine it is broken in
     * @param severity of the first finding
     * @param before PEs that break it there without the decision
     * @param after PEs that break it there with the decision
     */
    public record Row(RuleId rule, String routine, Severity severity, Set<Integer> before, Set<Integer> after) {

        /** Whether a finding, of before or after, belongs to it. */
        public boolean holds(final Finding finding) {
            return finding.rule() == rule && routine.equals(PatchEffect.routine(finding));
        }

        /** Whether the decision makes a difference to it. */
        public boolean changed() {
            return !before.equals(after);
        }
    }

    /**
     * Runs both flows.
     *
     * @param where architecture, load address, PEs and tables; its decisions are not looked at
     */
    public static PatchEffect of(final Patch patch, final FlowSpecification where) {
        final EnumSet<Patch> without = EnumSet.noneOf(Patch.class);
        without.addAll(patch.number() == 0 ? Preset.MERGED.patches() : Preset.SERIES.patches());
        without.removeIf(other -> patch.number() == 0 ? other == patch : other.number() >= patch.number());
        final EnumSet<Patch> with = EnumSet.copyOf(without);
        with.add(patch);
        return new PatchEffect(patch, side(where, without), side(where, with));
    }

    private static Side side(final FlowSpecification where, final Set<Patch> patches) {
        final FlowSpecification flow =
                new FlowSpecification(where.architecture(), patches, where.loadAddress(), where.pes(), where.tables());
        final BootShape shape = new BootShape();
        final Checker checker = new Checker(CheckerOptions.defaults().withSymbols(FlowStudy.symbols(flow)));
        final List<Occurrence> occurrences = new ArrayList<>();
        final FlowResult result = Flow.run(flow, Mutation.NONE, event -> {
            final long step = checker.step();
            shape.accept(event);
            checker.accept(event);
            note(checker.findings(), event.pe(), step, occurrences);
        });
        final List<Finding> findings = checker.finish();
        note(findings, 0, checker.step(), occurrences);
        return new Side(new FlowStudy(flow, result, findings), shape, occurrences);
    }

    /** Notes what was found since the last time. */
    private static void note(
            final List<Finding> findings, final int pe, final long step, final List<Occurrence> occurrences) {
        for (int i = 0; i < findings.size(); i++) {
            final int number = i;
            final long known = occurrences.stream()
                    .filter(earlier -> earlier.finding == number)
                    .map(Occurrence::pe)
                    .distinct()
                    .count();
            if (findings.get(i).pes().size() > known) {
                occurrences.add(new Occurrence(i, pe, step));
            }
        }
    }

    /** Every rule broken before or after, by routine, in the order of the findings; those of before first. */
    public List<Row> rows() {
        final Map<String, Row> rows = new LinkedHashMap<>();
        before.study.findings().forEach(finding -> row(rows, finding).before.addAll(finding.pes()));
        after.study.findings().forEach(finding -> row(rows, finding).after.addAll(finding.pes()));
        return new ArrayList<>(rows.values());
    }

    private static Row row(final Map<String, Row> rows, final Finding finding) {
        final String routine = routine(finding);
        return rows.computeIfAbsent(
                finding.rule().id() + " " + routine,
                key -> new Row(finding.rule(), routine, finding.severity(), new TreeSet<>(), new TreeSet<>()));
    }

    /** The routine a finding was made in; empty if its place has no name. */
    public static String routine(final Finding finding) {
        final String symbol = finding.symbol();
        if (symbol == null) {
            return "";
        }
        final int offset = symbol.indexOf('+');
        return offset < 0 ? symbol : symbol.substring(0, offset);
    }
}
