package dev.breakmake.translation.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/rules.md is generated: run the tests with {@code -Dbreakmake.docs.write=true} to write it anew, which is done first. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RulesDocumentTest {
    private static final Path FILE = Path.of("..", "docs", "rules.md");

    @Order(2)
    @ParameterizedTest
    @EnumSource(RuleId.class)
    void everyFindingReadsAsTheDocumentSays(RuleId rule) throws IOException {
        assertThat(Files.readString(FILE)).contains(RulesDocument.section(rule));
    }

    @Order(1)
    @Test
    void theRulesDocumentIsUpToDate() throws IOException {
        String expected = RulesDocument.text();
        if (Boolean.getBoolean("breakmake.docs.write")) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, expected);
        }
        assertThat(Files.readString(FILE))
                .as("docs/rules.md is stale: mvn -pl translation-model test -Dtest=RulesDocumentTest"
                        + " -Dtest.jvm.args=-Dbreakmake.docs.write=true")
                .isEqualTo(expected);
    }
}
