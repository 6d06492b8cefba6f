package dev.breakmake.translation.rule;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What every rule says, read once from {@code catalogue.txt} beside this class. */
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

    private static final Map<RuleId, Entry> ENTRIES = load();

    private RuleCatalogue() {}

    /** The words of a rule. */
    public static Entry of(RuleId rule) {
        Entry entry = ENTRIES.get(rule);
        if (entry == null) {
            throw new IllegalStateException("rule " + rule + " is missing from catalogue.txt");
        }
        return entry;
    }

    private static Map<RuleId, Entry> load() {
        Map<RuleId, Entry> entries = new EnumMap<>(RuleId.class);
        RuleId rule = null;
        Map<String, String> fields = new HashMap<>();
        for (String line : (text() + "\n[]").lines().toList()) {
            if (line.startsWith("[")) {
                if (rule != null) {
                    entries.put(rule, entry(fields));
                }
                fields.clear();
                rule = RuleId.of(line.substring(1, line.length() - 1));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                int colon = line.indexOf(": ");
                fields.put(line.substring(0, colon), line.substring(colon + 2).strip());
            }
        }
        return entries;
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

    private static String text() {
        try (InputStream in = RuleCatalogue.class.getResourceAsStream("catalogue.txt")) {
            if (in == null) {
                throw new IllegalStateException("catalogue.txt is missing from the translation-model jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("catalogue.txt of the translation-model jar cannot be read", e);
        }
    }
}
