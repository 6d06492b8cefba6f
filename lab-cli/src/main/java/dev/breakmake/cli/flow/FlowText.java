package dev.breakmake.cli.flow;

import dev.breakmake.cli.report.text.FindingText;
import dev.breakmake.cli.terminal.Style;
import dev.breakmake.engine.flow.Patch;
import dev.breakmake.engine.flow.Preset;
import dev.breakmake.engine.study.FlowStudy;
import dev.breakmake.engine.study.MutationReport;
import dev.breakmake.engine.study.MutationText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** Flows as lines for a person. */
public final class FlowText {

    private FlowText() {}

    /**
     * The findings of one flow, a block each, then how it ended.
     *
     * @param walk of the address that aborted, a line a level
     */
    public static List<String> study(FlowStudy study, List<String> walk, int width, Style style) {
        List<String> lines = new ArrayList<>(FindingText.of(study.findings(), width, style));
        String end = study.result().reached()
                ? "reached: "
                : "stopped in " + study.result().stoppedAt() + ": ";
        lines.add(end + study.result().message());
        lines.addAll(walk);
        int findings = study.findings().size();
        lines.add("%d operations, %d %s"
                .formatted(study.result().operations().size(), findings, findings == 1 ? "finding" : "findings"));
        return lines;
    }

    /** Presets, decisions with the presets that take them, and what tables may look like. */
    public static List<String> catalogue() {
        List<String> lines = new ArrayList<>();
        lines.add("Presets (--preset), for arm64 and arm32:");
        for (Preset preset : Preset.values()) {
            lines.add("  %-8s %s".formatted(preset.id(), preset.summary()));
        }
        lines.add("");
        lines.add("Decisions (--with, --without), by name or patch number, and the presets that take them:");
        for (Patch patch : Patch.values()) {
            StringJoiner taken = new StringJoiner(" ");
            for (Preset preset : Preset.values()) {
                if (preset.patches().contains(patch)) {
                    taken.add(preset.id());
                }
            }
            String number = patch.number() == 0 ? "-" : Integer.toString(patch.number());
            lines.add("  %-3s %-19s %-20s %s".formatted(number, patch.id(), taken, patch.summary()));
        }
        lines.add("");
        lines.add("Translation tables, the first value is Xen's:");
        lines.add("  --granule 4k|16k|64k                 arm64 only; arm32 has 4k");
        lines.add("  --walks   write-back|non-cacheable   cacheability of table walks");
        lines.add("  --sharing inner|outer                shareability of walks and normal memory");
        return lines;
    }

    /** What the mutations come to, by rule; then what nothing shows. */
    public static List<String> mutations(MutationReport report) {
        Map<String, Integer> byRule = new TreeMap<>();
        for (MutationReport.Detected mutant : report.detected()) {
            if (mutant.rules().isEmpty()) {
                byRule.merge(mutant.fault().isEmpty() ? "(the end differs)" : "(the boot stops)", 1, Integer::sum);
            }
            mutant.rules().forEach(rule -> byRule.merge(rule, 1, Integer::sum));
        }
        List<String> lines = new ArrayList<>();
        List<String> all = MutationText.lines(report);
        lines.add(all.getFirst());
        byRule.forEach((rule, count) -> lines.add("%5d  %s".formatted(count, rule)));
        int undetected = all.indexOf("undetected");
        if (undetected >= 0) {
            lines.addAll(all.subList(undetected - 1, all.size()));
        }
        return lines;
    }
}
