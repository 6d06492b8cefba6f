package dev.breakmake.translation.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** docs/rules-audit.md: every clause of clauses.txt and the tests that show it; written anew with {@code -Dbreakmake.docs.write=true}. */
final class RulesAuditTest {
    private static final Path FILE = Path.of("..", "docs", "rules-audit.md");
    private static final List<Class<?>> TESTS = List.of(
            RegimeSwitchTest.class,
            SilentTest.class,
            BreakBeforeMakeTest.class,
            ProfileTest.class,
            UpdateClausesTest.class,
            OperandClausesTest.class,
            SwitchClausesTest.class,
            MemoryClausesTest.class,
            GuestTablesTest.class,
            FieldSequencesTest.class,
            HostRegimeTest.class,
            TreeDifferenceTest.class,
            ContextClausesTest.class,
            LifetimeClausesTest.class,
            DependenceClausesTest.class,
            HeldRangesTest.class,
            StoreClausesTest.class,
            CacheClausesTest.class,
            RegisterClausesTest.class);

    private static Map<String, Set<String>> tests() {
        Map<String, Set<String>> tests = new TreeMap<>();
        for (Class<?> test : TESTS) {
            for (Method method : test.getDeclaredMethods()) {
                Clause clause = method.getAnnotation(Clause.class);
                for (String number : clause == null ? new String[] {} : clause.value()) {
                    tests.computeIfAbsent(number, key -> new TreeSet<>()).add(sentence(method.getName()));
                }
            }
        }
        return tests;
    }

    private static String sentence(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[0-9])", " ")
                .toLowerCase(Locale.ROOT);
    }

    private static List<String> clauses() throws IOException {
        try (InputStream in = RulesAuditTest.class.getResourceAsStream("clauses.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    private static String text() throws IOException {
        Map<String, Set<String>> tests = tests();
        StringBuilder out = new StringBuilder("""
                # Clauses of the rules, and their tests

                Generated (`RulesAuditTest` fails when it is stale, or a clause has no test). Every rule has a violating and a compliant run of its own in
                [rules.md](rules.md); this lists the conditions, exceptions and gradings beyond them. Numbers: 1 to 18 refinements, letters the sections of rules.md.

                | clause | what holds | tests |
                |---|---|---|
                """);
        for (String line : clauses()) {
            int colon = line.indexOf(": ");
            String number = line.substring(0, colon);
            out.append("| %s | %s | %s |%n"
                    .formatted(
                            number,
                            line.substring(colon + 2),
                            String.join("; ", tests.getOrDefault(number, new TreeSet<>()))));
        }
        return out.toString();
    }

    @Test
    void everyClauseHasATestAndEveryTestAClause() throws IOException {
        assertThat(tests().keySet())
                .containsExactlyInAnyOrderElementsOf(clauses().stream()
                        .map(line -> line.substring(0, line.indexOf(": ")))
                        .toList());
    }

    @Test
    void theAuditIsUpToDate() throws IOException {
        String expected = text();
        if (Boolean.getBoolean("breakmake.docs.write")) {
            Files.writeString(FILE, expected);
        }
        assertThat(Files.readString(FILE)).as("docs/rules-audit.md is stale").isEqualTo(expected);
    }
}
