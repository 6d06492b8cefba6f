package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.breakmake.testkit.RealImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a first-time user's machine may lack: every time what happened and what to do, and never a wrong exit code. */
class ErrorPathsTest {

    @TempDir
    private Path folder;

    @Test
    void aFullDiskUnderStandardOutputIsAFaultAndNotHalfAnAnswer() throws Exception {
        Path full = Path.of("/dev/full");
        assumeThat(full).as("a device that is always full").exists();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.breakmake.cli.Main",
                "matrix",
                "example",
                "--nightly");
        Process process = new ProcessBuilder(command)
                .redirectOutput(full.toFile())
                .redirectError(folder.resolve("stderr").toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(ExitCode.FAULT);
        assertThat(CliProcess.read(folder, "stderr"))
                .contains("standard output could not be written")
                .contains("free some space");
    }

    @Test
    void withoutAptTheImagesCannotBeFetched() throws Exception {
        Map<String, String> bare = Map.of(
                "PATH",
                folder.toString(),
                "BREAKMAKE_CACHE",
                folder.resolve("cache").toString());
        CliProcess.Result fetch = CliProcess.run(bare, folder, "image", "fetch", "4.17-arm64");
        assertThat(fetch.exit()).isEqualTo(ExitCode.FAULT);
        assertThat(fetch.err()).contains("apt-get");
    }

    @Test
    void withoutNetworkTheImagesCannotBeFetchedAndTheMessageSaysHowElseToGetThem() throws Exception {
        assumeThat(Path.of("/usr/bin/apt-get")).as("apt").exists();
        Path unreachable = Files.writeString(folder.resolve("apt.conf"), """
                Acquire::http::Proxy "http://127.0.0.1:9";
                Acquire::https::Proxy "http://127.0.0.1:9";
                Acquire::Retries "0";
                """);
        Map<String, String> cut = Map.of(
                "APT_CONFIG",
                unreachable.toString(),
                "BREAKMAKE_CACHE",
                folder.resolve("cache").toString());
        CliProcess.Result fetch = CliProcess.run(cut, folder, "image", "fetch", "4.17-arm64");
        assertThat(fetch.exit()).isEqualTo(ExitCode.FAULT);
        assertThat(fetch.err()).contains("Failed to fetch").contains("without network: copy the cache folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--html", "--sarif", "--trace"})
    void aFullDiskUnderAReportNamesTheFileAndDoesNotReplaceTheDevice(String option) throws Exception {
        Path full = Path.of("/dev/full");
        assumeThat(full).as("a device that is always full").exists();
        CliProcess.Result run = CliProcess.run(
                Map.of(), folder, "run", RealImages.require("4.20-arm64", "xen").toString(), option, full.toString());
        assertThat(run.exit()).isEqualTo(ExitCode.FAULT);
        assertThat(run.err()).contains("cannot write /dev/full: No space left").contains("free some space");
        assertThat(full.toFile().isFile())
                .as("a regular file in place of the device")
                .isFalse();
    }

    @Test
    void aReportIsWrittenWhereALinkPointsAndNothingElseIsLeftThere() throws Exception {
        Path report = Files.writeString(folder.resolve("real.md"), "of the last run");
        Path link = Files.createSymbolicLink(folder.resolve("link.md"), report);
        CliProcess.run(
                Map.of(),
                folder,
                "run",
                RealImages.require("4.20-arm64", "xen").toString(),
                "--memory",
                "128MiB",
                "--markdown",
                link.toString());
        assertThat(link).isSymbolicLink();
        assertThat(report).content().contains("CMO-PTOFF");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".part"))).isEmpty();
        }
    }

    @Test
    void aDemoWhoseLabIsNotBuiltSaysHowToBuildIt() throws Exception {
        Map<String, String> elsewhere = Map.of("BREAKMAKE_HOME", folder.toString());
        CliProcess.Result demo = CliProcess.run(elsewhere, folder, "demo", "--output", folder.toString());
        assertThat(demo.exit()).isEqualTo(ExitCode.FAULT);
        assertThat(demo.err()).contains("the lab is not built", "./breakmake build");
    }

    @Test
    void anImageWithoutSymbolsBootsAndSaysWhereSymbolsWouldCome() throws Exception {
        Path image = Files.copy(RealImages.require("4.20-arm64", "xen"), folder.resolve("xen"));
        CliProcess.Result run = CliProcess.run(Map.of(), folder, "run", image.toString(), "--memory", "128MiB");
        assertThat(run.out()).contains("CMO-PTOFF").contains("0x");
        assertThat(run.err()).contains("--symbols FILE");
    }

    @Test
    void aBaseWithoutSymbolsIsRefusedBecauseEverythingWouldLookNew() throws IOException, InterruptedException {
        Path image = Files.copy(RealImages.require("4.17-arm64", "xen"), folder.resolve("xen"));
        CliProcess.Result run =
                CliProcess.run(Map.of(), folder, "run", "4.17-arm64", "--base", image.toString(), "--memory", "128MiB");
        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("every finding would look new").contains("--base-symbols");
    }

    @Test
    void withoutALabItsCommandsSayHowToGetOne() throws Exception {
        Map<String, String> none =
                Map.of("BREAKMAKE_LAB_HOME", folder.resolve("lab").toString(), "BREAKMAKE_LAB", "");
        CliProcess.Result runs = CliProcess.run(none, folder, "runs");
        assertThat(runs.exit()).isEqualTo(ExitCode.FAULT);
        assertThat(runs.err()).contains("no lab").contains("breakmake up");
    }
}
