package dev.breakmake.translation.rule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What every rule says, each read from {@link RuleTexts} when it is first asked for. */
public final class RuleCatalogue {
    /**
     * One rule in words.
     *
     * @param title a few words
     * @param section where the Arm ARM (or another authority) says so
     * @param explanation what is violated and why it matters
     * @param compliant the shortest compliant sequence, step by step; empty if there is nothing to sequence
     * @param decision how this project reads an unclear source; empty where the source is clear
     */
    public record Entry(String title, String section, String explanation, List<String> compliant, String decision) {}

    private static final Map<RuleId, Entry> ENTRIES = new ConcurrentHashMap<>();

    private RuleCatalogue() {}

    /** The words of a rule. */
    public static Entry of(RuleId rule) {
        return ENTRIES.computeIfAbsent(rule, RuleCatalogue::read);
    }

    private static Entry read(RuleId rule) {
        String heading = "[" + rule.id() + "]\n";
        int from = RuleTexts.ALL.indexOf(heading);
        if (from < 0) {
            throw new IllegalStateException("rule " + rule + " has no words");
        }
        int end = RuleTexts.ALL.indexOf("\n[", from);
        String section = RuleTexts.ALL.substring(from + heading.length(), end < 0 ? RuleTexts.ALL.length() : end);
        Map<String, String> fields = new HashMap<>();
        for (String line : section.lines().toList()) {
            if (!line.isBlank()) {
                int colon = line.indexOf(": ");
                fields.put(line.substring(0, colon), line.substring(colon + 2).strip());
            }
        }
        return entry(fields);
    }

    private static Entry entry(Map<String, String> fields) {
        List<String> steps = new ArrayList<>();
        String sequence = fields.getOrDefault("compliant", "");
        for (int from = 0; from < sequence.length(); ) {
            int semicolon = sequence.indexOf(';', from);
            int to = semicolon < 0 ? sequence.length() : semicolon;
            steps.add(sequence.substring(from, to).strip());
            from = to + 1;
        }
        return new Entry(
                fields.getOrDefault("title", ""),
                fields.getOrDefault("section", ""),
                fields.getOrDefault("explanation", ""),
                List.copyOf(steps),
                fields.getOrDefault("decision", ""));
    }
}
