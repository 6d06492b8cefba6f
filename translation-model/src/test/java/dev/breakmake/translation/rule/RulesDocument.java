package dev.breakmake.translation.rule;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

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
        example(out, "Violating", example.violating().get().lines());
        example(out, "Compliant", example.compliant().get().lines());
    }

    private static void example(StringBuilder out, String name, List<String> lines) {
        out.append("\n").append(name).append(":\n\n```\n");
        lines.forEach(line -> out.append(line).append('\n'));
        out.append("```\n");
    }
}
