package dev.breakmake.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {

    @TempDir
    Path folder;

    @Test
    void every_byte_is_there() throws Exception {
        byte[] bytes = new byte[300_001];
        new Random(20261129).nextBytes(bytes);
        Path file = Files.write(folder.resolve("file"), bytes);
        assertThat(WholeFile.read(file)).isEqualTo(bytes);
        assertThat(WholeFile.read(Files.createFile(folder.resolve("empty")))).isEmpty();
    }

    @Test
    void errors_are_those_of_files() {
        assertThatThrownBy(() -> WholeFile.read(folder.resolve("missing"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> WholeFile.read(folder)).isInstanceOf(IOException.class);
    }
}
