package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewerSourcesTest {

    @TempDir
    Path folder;

    @Test
    void nobody_looks() {
        assertThat(NewerSources.found(null)).isFalse();
    }

    @Test
    void a_look_that_found_nothing_says_nothing() throws Exception {
        Path told = Files.createFile(folder.resolve("told"));
        assertThat(NewerSources.found(told.toString())).isFalse();
    }

    @Test
    void a_name_is_a_newer_source() throws Exception {
        Path told = Files.writeString(folder.resolve("told"), "./lab-cli/src/main/A.java\n");
        assertThat(NewerSources.found(told.toString())).isTrue();
    }

    @Test
    void what_cannot_be_read_is_looked_for_again() {
        assertThat(NewerSources.found(folder.resolve("missing").toString())).isTrue();
    }
}
