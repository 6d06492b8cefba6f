package dev.breakmake.engine.study;

import dev.breakmake.engine.flow.FlowOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A mutation report as lines that can be kept and compared: one for each kind of change of a place, entries of a table taken together. */
public final class MutationText {

    private MutationText() {}

    /** Totals, then what was detected, what is harmless, and what is neither; each sorted. */
    public static List<String> lines(final MutationReport report) {
        final List<String> lines = new ArrayList<>();
        lines.add("%d mutations: %d detected, %d harmless, %d undetected"
                .formatted(
                        report.total(),
                        report.detected().size(),
                        report.harmless().size(),
                        report.undetected().size()));
        final Map<String, Integer> detected = new TreeMap<>();
        for (final MutationReport.Detected each : report.detected()) {
            final String how = !each.rules().isEmpty()
                    ? String.join(" ", each.rules())
                    : each.fault().isEmpty() ? "the end differs" : "the boot stops";
            count(detected, each.change(), each.operation(), how);
        }
        append(lines, "detected", detected);
        final Map<String, Integer> harmless = new TreeMap<>();
        report.harmless().forEach(each -> count(harmless, each.change(), each.operation(), each.clause()));
        append(lines, "harmless", harmless);
        final Map<String, Integer> undetected = new TreeMap<>();
        report.undetected().forEach(each -> count(undetected, each.change(), each.operation(), each.expected()));
        append(lines, "undetected", undetected);
        return lines;
    }

    private static void count(
            final Map<String, Integer> counts, final String change, final FlowOperation operation, final String what) {
        final String place = operation.id().replaceAll("\\[\\d+]", "[]");
        counts.merge("%s %s: %s".formatted(change, place, what.replaceAll("\\[\\d+]", "[]")), 1, Integer::sum);
    }

    private static void append(final List<String> lines, final String title, final Map<String, Integer> counts) {
        if (counts.isEmpty()) {
            return;
        }
        lines.add("");
        lines.add(title);
        counts.forEach((text, count) -> lines.add("%5d  %s".formatted(count, text)));
    }
}
