package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.testkit.Programs;
import dev.breakmake.testkit.RealImages;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.trace.TraceReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The proof that the engine and QEMU, which share no code, show the same boots, through the command a user would give. */
@Timeout(900)
class CompareBackendsCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    private static void require(String image) {
        Programs.require(image.endsWith("armhf") ? "qemu-system-arm" : "qemu-system-aarch64", "qemu-system-arm");
        RealImages.require(image, "xen");
        RealImages.require(image, "xen-syms");
    }

    @ParameterizedTest(name = "Xen {0} on {1} PEs")
    @CsvSource({
        "4.14-arm64, 1",
        "4.14-arm64, 2",
        "4.17-arm64, 1",
        "4.17-arm64, 2",
        "4.20-arm64, 1",
        "4.20-arm64, 2",
        "4.14-armhf, 1",
        "4.14-armhf, 2",
        "4.17-armhf, 1",
        "4.17-armhf, 2"
    })
    void bothBackendsShowTheSameBoot(String image, int pes) throws Exception {
        require(image);
        int code = run("compare-backends", image, "--pes", Integer.toString(pes), "--json");
        assertThat(code).as(out + "\n" + err).isEqualTo(ExitCode.PASSED);
        JsonNode result = json();
        assertThat(result.get("agree").asBoolean()).isTrue();
        assertThat(result.get("differences")).isEmpty();
        assertThat(result.at("/compared/registerWrites").asInt()).isGreaterThan(pes == 1 ? 9 : 19);
        assertThat(result.at("/compared/tlbInvalidates").asInt()).isGreaterThan(500);
        assertThat(result.at("/compared/tables").asInt()).isGreaterThan(pes == 1 ? 1000 : 10);
        assertThat(result.at("/boots/0/qemu/backend").asText()).matches("qemu \\d+\\.\\d+\\.\\d+");
    }

    @Test
    void withAGuestTheBackendsAgreeUpToItsEntryAndBothTracesAreKept(@TempDir Path folder) throws Exception {
        require("4.20-arm64");
        int code = run("compare-backends", "4.20-arm64", "--gic", "3", "--dom0", "fake", "--traces", folder.toString());
        assertThat(code).as(out + "\n" + err).isEqualTo(ExitCode.PASSED);
        assertThat(out.toString()).contains("4.20-arm64", "agree");
        for (String backend : new String[] {"engine", "qemu"}) {
            Path trace = folder.resolve("4.20-arm64-1pe-" + backend + ".trace");
            try (InputStream in = Files.newInputStream(trace)) {
                List<TranslationEvent> events = new ArrayList<>();
                TraceReader.read(in, events::add);
                assertThat(events.getFirst())
                        .isInstanceOfSatisfying(
                                TraceHeader.class,
                                header -> assertThat(header.backend()).startsWith(backend));
            }
        }
    }

    @Test
    void aJobFileSaysWhichBootsAreComparedWhateverItsBackendAxisSays(@TempDir Path folder) throws Exception {
        require("4.17-arm64");
        Path job = Files.writeString(folder.resolve("job.yaml"), """
                spec:
                  boot: {memory: 128MiB, gic: 3}
                  matrix:
                    axes:
                      - {name: image, values: [xen-4.17-arm64]}
                      - {name: backend, values: [ENGINE, QEMU]}
                """);
        assertThat(run("compare-backends", job.toString(), "--json"))
                .as(out + "\n" + err)
                .isEqualTo(ExitCode.PASSED);
        JsonNode result = json();
        assertThat(result.get("agree").asBoolean()).isTrue();
        assertThat(result.get("boots")).hasSize(1);
        assertThat(result.at("/boots/0").toString()).contains("xen-4.17-arm64", String.valueOf(128L << 20));
    }

    @Test
    void aJobFileThatOnlyTheEngineCanExecuteIsRefusedByField(@TempDir Path folder) throws Exception {
        for (String boot : List.of(
                "{flow: arm64/base}",
                "{image: xen-4.17-arm64, loadAddress: '0x40200000'}",
                "{image: xen-4.17-arm64, adversary: KEEP_STALE}")) {
            Path job = Files.writeString(folder.resolve("job.yaml"), "spec: {boot: " + boot + "}");
            err.getBuffer().setLength(0);
            assertThat(run("compare-backends", job.toString())).as(boot).isEqualTo(ExitCode.USAGE);
            assertThat(err.toString()).contains(job.toString(), "only the engine can do that");
        }
    }

    @Test
    void bootsThatEndBeforeTheirGoalAreNoAgreement() throws Exception {
        require("4.17-arm64");
        assertThat(run("compare-backends", "4.17-arm64", "--until", "never printed"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains("not to the end")
                .contains("engine: PANICKED")
                .contains("QEMU:   PANICKED");
    }

    @Test
    void saysWhatIsMissingOrWrongAndWhatToDo(@TempDir Path folder) throws Exception {
        require("4.17-arm64");
        assertThat(run(
                        "compare-backends",
                        "4.17-arm64",
                        "--qemu",
                        folder.resolve("qemu").toString()))
                .isEqualTo(ExitCode.FAULT);
        assertThat(err.toString()).contains("is not there").contains("--qemu FILE");
        assertThat(run("compare-backends", "no-such-image")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no image file no-such-image");
        assertThat(run("compare-backends", "4.17-arm64", "--pes", "9")).isEqualTo(ExitCode.USAGE);
        assertThat(run("compare-backends", "4.17-arm64", "--memory", "3")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("not a positive multiple of 1 MiB");
        assertThat(run("compare-backends", "4.17-arm64", "--until", "(")).isEqualTo(ExitCode.USAGE);
        assertThat(run(
                        "compare-backends",
                        "4.17-arm64",
                        "--traces",
                        folder.resolve("no").toString()))
                .isEqualTo(ExitCode.USAGE);
        Path fake = Files.writeString(folder.resolve("fake"), "#!/bin/sh\necho out of luck >&2\nexit 3\n");
        assertThat(fake.toFile().setExecutable(true)).isTrue();
        assertThat(run("compare-backends", "4.17-arm64", "--qemu", fake.toString()))
                .isEqualTo(ExitCode.FAULT);
        assertThat(err.toString()).contains("out of luck");
        assertThat(out.toString()).isEmpty();
    }
}
