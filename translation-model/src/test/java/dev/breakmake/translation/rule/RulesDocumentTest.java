package dev.breakmake.translation.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/rules.md is generated: run this test with {@code -Dbreakmake.docs.write=true} to write it anew. */
final class RulesDocumentTest {
    static final Path FILE = Path.of("..", "docs", "rules.md");

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
