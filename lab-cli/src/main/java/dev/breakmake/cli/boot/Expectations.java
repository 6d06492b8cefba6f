package dev.breakmake.cli.boot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.cli.CommandFailure;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.rule.RuleId;
import dev.breakmake.translation.rule.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an image: the findings that are expected, each with the reasoning. The file format is described in
 * docs/expectations.md.
 *
 * @param source where they come from, for messages
 * @param entries the expected findings
 */
public record Expectations(String source, List<Expectation> entries) {

    /** Nothing is expected. */
    public static final Expectations NONE = new Expectations("none", List.of());

    private static final Set<String> KEYS = Set.of("rule", "symbol", "minPes", "optional", "why");

    /** What a boot's findings are against the expectations. */
    public record Judgement(
            Verdict verdict, @Nullable Cause cause, List<JudgedFinding> findings, List<Expectation> missing) {}

    public Expectations {
        entries = List.copyOf(entries);
    }

    /**
     * Reads a file.
     *
     * @throws CommandFailure naming file and field of the first thing that is wrong
     */
    public static Expectations read(Path file) throws IOException {
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage("no expectation file " + file, "");
        }
    }

    /** The committed expectations of a known image by its name, {@link #NONE} for any other. */
    public static Expectations committed(String imageName) {
        String resource = "/dev/breakmake/cli/expectations/" + imageName + ".json";
        try (InputStream in = Expectations.class.getResourceAsStream(resource)) {
            return in == null
                    ? NONE
                    : parse(imageName + ".json", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Expectations parse(String source, String text) {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw CommandFailure.usage(
                    "%s:%d:%d: %s"
                            .formatted(
                                    source,
                                    e.getLocation().getLineNr(),
                                    e.getLocation().getColumnNr(),
                                    e.getOriginalMessage()),
                    "");
        }
        JsonNode list = root.path("findings");
        if (!list.isArray()) {
            throw CommandFailure.usage(source + ": 'findings' must be an array", "see docs/expectations.md");
        }
        List<Expectation> entries = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            entries.add(entry(source + ": findings[" + i + "]", list.get(i)));
        }
        return new Expectations(source, entries);
    }

    private static Expectation entry(String where, JsonNode node) {
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!KEYS.contains(name)) {
                throw CommandFailure.usage(where + ": unknown field '" + name + "'", "known: " + KEYS);
            }
        }
        String rule = node.path("rule").asText();
        if (RuleId.of(rule) == null) {
            throw CommandFailure.usage(where + ".rule: no rule '" + rule + "'", "docs/rules.md lists them all");
        }
        String why = node.path("why").asText();
        if (why.isBlank()) {
            throw CommandFailure.usage(where + ".why is missing", "an expectation says why the finding is known");
        }
        return new Expectation(
                rule,
                node.hasNonNull("symbol") ? node.get("symbol").asText() : null,
                node.path("minPes").asInt(1),
                node.path("optional").asBoolean(false),
                why);
    }

    /**
     * Judges a boot.
     *
     * @param outcome how it ended
     * @param findings what was found
     * @param notObservable rules the backend cannot judge: what they would find is not missed
     * @param pes number of PEs of the machine
     * @param failOn the mildest severity at which an unexpected finding fails the boot
     */
    public Judgement judge(
            Outcome outcome, List<Finding> findings, Set<String> notObservable, int pes, Severity failOn) {
        List<JudgedFinding> judged = findings.stream()
                .map(finding -> new JudgedFinding(
                        finding,
                        entries.stream()
                                .filter(entry -> entry.matches(finding))
                                .findFirst()
                                .orElse(null)))
                .sorted(Expectations::order)
                .toList();
        List<Expectation> missing = entries.stream()
                .filter(entry -> !entry.optional() && pes >= entry.minPes())
                .filter(entry -> !notObservable.contains(entry.rule()))
                .filter(entry -> findings.stream().noneMatch(entry::matches))
                .toList();
        boolean unexpected = judged.stream()
                .anyMatch(each -> !each.expected() && each.finding().severity().atLeast(failOn));
        return switch (outcome.kind()) {
            case "UNIMPLEMENTED" -> new Judgement(Verdict.ERRORED, Cause.ENGINE, judged, missing);
            case "BAD_IMAGE" -> new Judgement(Verdict.ERRORED, Cause.CONFIGURATION, judged, missing);
            case "LIMIT" -> new Judgement(Verdict.FAILED, Cause.TIMEOUT, judged, missing);
            case Outcome.REACHED -> {
                if (unexpected) {
                    yield new Judgement(Verdict.FAILED, Cause.TARGET, judged, missing);
                }
                yield missing.isEmpty()
                        ? new Judgement(Verdict.PASSED, null, judged, missing)
                        : new Judgement(Verdict.MISSED, Cause.TEST, judged, missing);
            }
            default -> new Judgement(Verdict.FAILED, Cause.TARGET, judged, missing);
        };
    }

    private static int order(JudgedFinding a, JudgedFinding b) {
        int bySeverity = a.finding().severity().compareTo(b.finding().severity());
        return bySeverity != 0
                ? bySeverity
                : Long.compare(a.finding().step(), b.finding().step());
    }
}
