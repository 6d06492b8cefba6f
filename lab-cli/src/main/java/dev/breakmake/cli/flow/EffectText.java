package dev.breakmake.cli.flow;

import dev.breakmake.engine.flow.Effect;
import dev.breakmake.engine.flow.FlowName;
import dev.breakmake.engine.flow.FlowOperation;
import dev.breakmake.engine.flow.FlowResult;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Patch;
import dev.breakmake.engine.study.BootShape;
import dev.breakmake.engine.study.PatchEffect;
import dev.breakmake.translation.finding.Finding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What one decision changes, as lines for a person: every rule broken before or after it. */
public final class EffectText {

    private static final String COLUMNS = "%-48s%-18s%s";
    private static final String BESIDE = "%-44s%s";

    private EffectText() {}

    /** The decision, what it stands on, the table of rules, and what changed in a sentence each. */
    public static List<String> of(PatchEffect effect) {
        FlowSpecification flow = effect.after().study().specification();
        List<String> lines = new ArrayList<>();
        lines.add(heading(effect.patch()));
        lines.add("%s, %d %s, loaded at 0x%x, on top of %s"
                .formatted(
                        FlowName.of(flow.architecture()),
                        flow.pes(),
                        flow.pes() == 1 ? "PE" : "PEs",
                        flow.loadAddress(),
                        foundation(effect.patch())));
        lines.add("");
        FlowResult before = effect.before().study().result();
        FlowResult after = effect.after().study().result();
        lines.add(COLUMNS.formatted("", "before", "after"));
        lines.add(COLUMNS.formatted("the boot", end(before), end(after)));
        lines.add(COLUMNS.formatted(
                "operations", before.operations().size(), after.operations().size()));
        for (PatchEffect.Row row : effect.rows()) {
            String what = "%-7s  %-9s  %s"
                    .formatted(
                            row.severity().name().toLowerCase(Locale.ROOT),
                            row.rule().id(),
                            row.routine());
            lines.add(COLUMNS.formatted(what, state(row.before(), before), state(row.after(), after)));
        }
        lines.add("");
        for (int pe = 0; pe < flow.pes(); pe++) {
            lines.addAll(life(effect, pe));
            lines.add("");
        }
        lines.addAll(routines(before, after));
        lines.addAll(changes(effect));
        return lines;
    }

    /** Roots, MMU, identity map and branches of a PE, before and after beside each other. */
    private static List<String> life(PatchEffect effect, int pe) {
        List<String> before = life(effect.before(), pe);
        List<String> after = life(effect.after(), pe);
        List<String> lines = new ArrayList<>();
        lines.add(BESIDE.formatted("PE%d before".formatted(pe), "PE%d after".formatted(pe)));
        for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
            lines.add(BESIDE.formatted(line(before, i), line(after, i)));
        }
        return lines;
    }

    private static List<String> life(PatchEffect.Side side, int pe) {
        List<String> lines = new ArrayList<>();
        for (BootShape.Turn turn : side.shape().timeline(pe)) {
            lines.add("  step %-4d %s".formatted(turn.step(), turn.text()));
        }
        for (FlowOperation operation : side.study().result().executed()) {
            if (operation.pe() == pe && operation.effect() instanceof Effect.Branch) {
                lines.add("  %s: %s".formatted(operation.routine(), operation.name()));
            }
        }
        return lines.isEmpty() ? List.of("  nothing") : lines;
    }

    private static String line(List<String> lines, int index) {
        return index < lines.size() ? lines.get(index) : "";
    }

    /** Routines that only one of the boots runs; nothing to say of a boot that stops. */
    private static List<String> routines(FlowResult before, FlowResult after) {
        List<String> lines = new ArrayList<>();
        if (before.reached() && after.reached()) {
            Set<String> gone = routines(before);
            gone.removeAll(routines(after));
            Set<String> come = routines(after);
            come.removeAll(routines(before));
            if (!gone.isEmpty()) {
                lines.add("Routines that run no longer: " + String.join(", ", gone) + ".");
            }
            if (!come.isEmpty()) {
                lines.add("Routines that run now: " + String.join(", ", come) + ".");
            }
        }
        return lines;
    }

    private static Set<String> routines(FlowResult result) {
        return result.executed().stream()
                .map(FlowOperation::routine)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String heading(Patch patch) {
        String name = patch.number() == 0 ? patch.id() : "%d. %s".formatted(patch.number(), patch.id());
        return name + ": " + patch.summary();
    }

    private static String foundation(Patch patch) {
        return switch (patch.number()) {
            case 0 -> "what was merged";
            case 1 -> "what was there";
            case 2 -> "patch 1";
            default -> "patches 1 to " + (patch.number() - 1);
        };
    }

    private static String end(FlowResult result) {
        return result.reached() ? "reaches its end" : "stops";
    }

    private static String state(Set<Integer> pes, FlowResult result) {
        if (pes.isEmpty()) {
            return result.reached() ? "satisfied" : "-";
        }
        return "violated " + pes.stream().map(pe -> "PE" + pe).collect(Collectors.joining(" "));
    }

    /** What changed, a sentence each; one that says so if nothing did. */
    private static List<String> changes(PatchEffect effect) {
        List<String> lines = new ArrayList<>();
        FlowResult before = effect.before().study().result();
        FlowResult after = effect.after().study().result();
        if (!before.reached() || !after.reached()) {
            FlowResult stopped = before.reached() ? after : before;
            String when = before.reached() ? "After" : after.reached() ? "Before" : "Before and after";
            lines.add("%s, it stops in %s: %s.".formatted(when, stopped.stoppedAt(), stopped.message()));
            return lines;
        }
        for (PatchEffect.Row row : effect.rows()) {
            if (row.changed()) {
                boolean better = row.before().containsAll(row.after());
                lines.add("%s at %s is %s%s."
                        .formatted(
                                row.rule().id(),
                                row.routine(),
                                better ? "satisfied" : "violated",
                                better && !row.after().isEmpty() ? " on " + gone(row) : ""));
                lines.add("    %s: %s"
                        .formatted(
                                better ? "before" : "after", message(better ? effect.before() : effect.after(), row)));
            }
        }
        if (lines.isEmpty()) {
            lines.add("No rule says anything else than before.");
        }
        return lines;
    }

    /** What the checker said of the first PE that makes the difference. */
    private static String message(PatchEffect.Side side, PatchEffect.Row row) {
        Set<Integer> more = new TreeSet<>(row.before());
        more.addAll(row.after());
        more.removeIf(pe -> row.before().contains(pe) && row.after().contains(pe));
        for (Finding finding : side.study().findings()) {
            if (row.holds(finding) && finding.pes().stream().anyMatch(more::contains)) {
                return finding.message();
            }
        }
        return "";
    }

    private static String gone(PatchEffect.Row row) {
        return row.before().stream()
                .filter(pe -> !row.after().contains(pe))
                .map(pe -> "PE" + pe)
                .collect(Collectors.joining(" and "));
    }
}
