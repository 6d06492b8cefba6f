package dev.breakmake.translation.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a finding says (place, ranges, old and new, causes, evidence), rule by rule, as docs/rules.md has it. */
final class RuleFindingsTest {
    private static String document = "";

    @BeforeAll
    static void read() throws IOException {
        document = Files.readString(RulesDocumentTest.FILE);
    }

    @ParameterizedTest
    @EnumSource(RuleId.class)
    void everyFindingReadsAsTheDocumentSays(RuleId rule) {
        assertThat(document).contains(RulesDocument.section(rule));
    }
}
