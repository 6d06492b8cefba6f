package dev.breakmake.translation.rule;

import dev.breakmake.translation.finding.DescriptorValue;
import dev.breakmake.translation.finding.Evidence;
import dev.breakmake.translation.finding.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** docs/rules.md as it must be: the introduction, and every rule with the examples that are its tests. */
final class RulesDocument {
    private RulesDocument() {}

    static String text() {
        StringBuilder out = new StringBuilder(introduction());
        String family = "";
        for (RuleId rule : RuleId.values()) {
            String prefix = rule.id().substring(0, rule.id().indexOf('-'));
            if (!prefix.equals(family) && !title(prefix).isEmpty()) {
                family = prefix;
                out.append("\n## ").append(title(prefix)).append("\n");
            }
            rule(out, rule);
        }
        return out.toString();
    }

    private static String introduction() {
        try (InputStream in = RulesDocument.class.getResourceAsStream("rules-introduction.md")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String title(String prefix) {
        return switch (prefix) {
            case "BBM" -> "A. Break-before-make";
            case "TLB" -> "B. TLB invalidates and barriers";
            case "REG" -> "C. System registers";
            case "MMU" -> "D. MMU on and off";
            case "LAY" -> "D. Layout";
            case "CMO" -> "E. Cache maintenance";
            case "ENC" -> "F. Descriptors";
            case "LIFE" -> "G. Lifetime";
            case "S2" -> "H. Stage 2";
            case "A32" -> "I. AArch32 Hyp mode";
            case "SMP" -> "J. Bringing up further PEs";
            default -> "";
        };
    }

    /** What the document says of one rule. */
    static String section(RuleId rule) {
        StringBuilder out = new StringBuilder();
        rule(out, rule);
        return out.toString();
    }

    private static void rule(StringBuilder out, RuleId rule) {
        RuleCatalogue.Entry entry = RuleCatalogue.of(rule);
        out.append("\n### ")
                .append(rule.id())
                .append(": ")
                .append(entry.title())
                .append("\n\n");
        out.append("*")
                .append(rule.severity().text().toUpperCase(Locale.ROOT))
                .append("*, ")
                .append(entry.section())
                .append(". ");
        out.append(entry.explanation()).append("\n");
        if (!entry.decision().isEmpty()) {
            out.append("\n**Decision.** ").append(entry.decision()).append("\n");
        }
        out.append("\nCompliant sequence: ")
                .append(String.join("; ", entry.compliant()))
                .append(".\n");
        RuleExamples.Example example = Objects.requireNonNull(RuleExamples.all().get(rule));
        Scenario violating = example.violating().get();
        example(out, "Violating", violating.lines());
        List<String> found = new ArrayList<>();
        for (Finding finding : violating.findings()) {
            if (finding.rule() == rule) {
                found(found, finding);
            }
        }
        example(out, "Found", found);
        example(out, "Compliant", example.compliant().get().lines());
    }

    /** A finding as its fields say it; the sequence it names stands above unless it is one of its own. */
    private static void found(List<String> lines, Finding finding) {
        long pes = 0;
        for (int pe : finding.pes()) {
            pes |= 1L << pe;
        }
        StringBuilder where = new StringBuilder("%s at 0x%x, %s, step %d"
                .formatted(finding.severity().text(), finding.pc(), Machine.pes(pes), finding.step()));
        if (!finding.regime().isEmpty()) {
            where.append(", ").append(finding.regime());
        }
        if (finding.region() != null) {
            where.append(", in ").append(finding.region());
        }
        finding.vaRanges().forEach(range -> where.append(", ").append(range));
        if (finding.count() != 1) {
            where.append(", ").append(finding.count()).append(" times");
        }
        lines.add(where.toString());
        lines.add("  " + finding.message());
        value(lines, "old", finding.oldValue());
        value(lines, "new", finding.newValue());
        for (Evidence cause : finding.why()) {
            lines.add("  step %d, PE%d at 0x%x: %s".formatted(cause.step(), cause.pe(), cause.pc(), cause.text()));
        }
        finding.evidence().forEach((name, value) -> lines.add("  %s = %s".formatted(name, value)));
        if (!finding.compliant().equals(RuleCatalogue.of(finding.rule()).compliant())) {
            lines.add("  compliant: " + String.join("; ", finding.compliant()));
        }
    }

    private static void value(List<String> lines, String name, @Nullable DescriptorValue value) {
        if (value != null) {
            lines.add("  %s 0x%x: %s".formatted(name, value.value(), value.text()));
        }
    }

    private static void example(StringBuilder out, String name, List<String> lines) {
        out.append("\n").append(name).append(":\n\n```\n");
        lines.forEach(line -> out.append(line).append('\n'));
        out.append("```\n");
    }
}
