package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.testkit.RealImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of deploy/ci, taken from the files and run by a shell as a pipeline does, with real Xen as base and series. */
class CiRecipesTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void aCheckoutWithTheCommand() throws IOException {
        String command = "#!/bin/sh\nexec '%s' -XX:+UseSerialGC -cp '%s' dev.breakmake.cli.Main \"$@\"\n"
                .formatted(
                        Path.of(System.getProperty("java.home"), "bin", "java"), System.getProperty("java.class.path"));
        Path file = Files.writeString(folder.resolve("breakmake"), command);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path recipe(String name) {
        return Stream.of("../deploy/ci", "deploy/ci")
                .map(place -> Path.of(place, name))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
    }

    /** The shell lines that call breakmake: from the one that names it to the last that a backslash continues. */
    private static String script(String name) throws IOException {
        List<String> lines = Files.readAllLines(recipe(name));
        int first = 0;
        while (!lines.get(first).contains("/breakmake\" run")) {
            first++;
        }
        int last = first;
        while (lines.get(last).endsWith("\\")) {
            last++;
        }
        return String.join("\n", lines.subList(first, last + 1));
    }

    private int pipeline(String recipe, String base, String series) throws IOException, InterruptedException {
        Files.copy(RealImages.require(base, "xen"), folder.resolve("xen-base"));
        Files.copy(RealImages.require(base, "xen-syms"), folder.resolve("xen-base-syms"));
        Files.copy(RealImages.require(series, "xen"), folder.resolve("xen-series"));
        Files.copy(RealImages.require(series, "xen-syms"), folder.resolve("xen-series-syms"));
        ProcessBuilder shell = new ProcessBuilder("sh", "-e", "-c", script(recipe))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        shell.environment().put("BREAKMAKE", folder.toString());
        Process process = shell.start();
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void gitlabPassesASeriesThatAddsNothingAndPublishesItsReports() throws Exception {
        assertThat(pipeline("gitlab-ci.yml", "4.17-arm64", "4.17-arm64"))
                .as(Files.readString(folder.resolve("log")))
                .isZero();
        assertThat(folder.resolve("breakmake.xml"))
                .content()
                .contains("tests=\"1\"")
                .contains("failures=\"0\"");
        assertThat(folder.resolve("breakmake.html")).content().startsWith("<!doctype html>");
        assertThat(folder.resolve("breakmake.md")).content().contains("switch_ttbr");
    }

    @Test
    void githubFailsASeriesWithANewFindingAndAnnotatesIt() throws Exception {
        assertThat(pipeline("github-actions.yml", "4.20-arm64", "4.17-arm64"))
                .as(Files.readString(folder.resolve("log")))
                .isEqualTo(ExitCode.FAILED);
        JsonNode sarif =
                new ObjectMapper().readTree(folder.resolve("breakmake.sarif").toFile());
        assertThat(sarif.at("/runs/0/results")).anySatisfy(result -> {
            assertThat(result.get("ruleId").asText()).isEqualTo("REG-TTBR");
            assertThat(result.path("suppressions")).isEmpty();
        });
        assertThat(folder.resolve("breakmake.xml")).content().contains("failures=\"1\"");
    }
}
