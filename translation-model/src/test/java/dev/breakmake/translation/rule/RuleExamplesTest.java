package dev.breakmake.translation.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.finding.Finding;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every rule finds its violating example and stays silent on its compliant one: one test for both, since mutation testing pays for each. */
final class RuleExamplesTest {

    private static RuleExamples.Example example(RuleId rule) {
        return Objects.requireNonNull(RuleExamples.all().get(rule), () -> rule + " has no example in RuleExamples");
    }

    private static List<String> ids(List<Finding> findings) {
        return findings.stream().map(f -> f.rule().id()).distinct().toList();
    }

    @ParameterizedTest
    @EnumSource(RuleId.class)
    void theViolatingExampleIsFoundWithNothingElseAndTheCompliantOneIsSilent(RuleId rule) {
        violating(rule);
        compliant(rule);
    }

    private static void violating(RuleId rule) {
        Scenario scenario = example(rule).violating().get();
        List<Finding> findings = scenario.findings();
        List<String> found = ids(findings);
        String run = String.join("\n", scenario.lines());
        if (rule.severity() == Severity.LINT || rule == RuleId.LIFE_LOCK) {
            assertThat(found).as(run).contains(rule.id());
        } else if (rule == RuleId.LAY_ALIAS) {
            assertThat(found).as(run).containsExactlyInAnyOrder(rule.id(), RuleId.LIFE_DUP.id());
        } else {
            assertThat(found).as(run).containsExactly(rule.id());
        }
        assertThat(findings)
                .filteredOn(f -> f.rule() == rule)
                .allSatisfy(f -> assertThat(f.message()).isNotBlank())
                .allSatisfy(f -> assertThat(f.compliant()).isNotEmpty())
                .allSatisfy(f -> assertThat(f.fingerprint()).matches("[0-9a-f]{64}"));
    }

    private static void compliant(RuleId rule) {
        Scenario scenario = example(rule).compliant().get();
        List<String> found = ids(scenario.findings());
        String run = String.join("\n", scenario.lines());
        if (rule.severity() == Severity.LINT || rule == RuleId.LIFE_LOCK) {
            assertThat(found).as(run).doesNotContain(rule.id());
        } else {
            assertThat(scenario.findings()).as(run).isEmpty();
        }
    }

    @Test
    void everyRuleIsExplained() {
        for (RuleId rule : RuleId.values()) {
            RuleCatalogue.Entry entry = RuleCatalogue.of(rule);
            assertThat(entry.title()).as(rule.id()).isNotBlank();
            assertThat(entry.section()).as(rule.id()).isNotBlank();
            assertThat(entry.explanation()).as(rule.id()).isNotBlank();
            assertThat(entry.compliant()).as(rule.id()).isNotEmpty();
        }
    }
}
