package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.testkit.RealImages;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trace commands on a recorded boot of real Xen, and on Casemate's records written by hand. */
class TraceCommandsTest {

    @TempDir
    private static Path folder;

    private static boolean recorded;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    private String boot() {
        RealImages.require("4.17-arm64", "xen");
        Path trace = folder.resolve("boot.trace");
        if (!recorded) {
            run("run", "4.17-arm64", "--memory", "128MiB", "--trace", trace.toString());
            recorded = true;
        }
        return trace.toString();
    }

    @Test
    void theRecordedTraceIsJudgedLikeTheBoot() throws IOException {
        String trace = boot();
        String symbols = RealImages.require("4.17-arm64", "xen-syms").toString();
        assertThat(run("trace", "check", trace, "--symbols", symbols, "--json")).isEqualTo(ExitCode.FAILED);
        JsonNode judged = json();
        run("run", "4.17-arm64", "--memory", "128MiB", "--json");
        assertThat(judged.get("findings")).hasSameSizeAs(json().get("findings"));
        assertThat(judged.get("findings"))
                .anySatisfy(
                        finding -> assertThat(finding.get("symbol").asText()).startsWith("switch_ttbr"));
    }

    @Test
    void theListNamesMachineEventsAndTheDigestOfTheBoot() throws IOException {
        String trace = boot();
        assertThat(run("trace", "ls", trace, "--json")).isEqualTo(ExitCode.PASSED);
        String digest = json().get("digest").asText();
        assertThat(json().at("/eventsByKind/DescriptorWrite").asLong()).isPositive();
        run("run", "4.17-arm64", "--memory", "128MiB", "--json");
        assertThat(json().get("traceDigest").asText()).isEqualTo(digest);
    }

    @Test
    void aStepHasItsEndItsDiffAndItsWalk() throws IOException {
        String trace = boot();
        run("trace", "steps", trace);
        String switched = out.toString()
                .lines()
                .filter(line -> line.contains("TTBR0_EL2 = "))
                .reduce((_, last) -> last)
                .orElseThrow();
        String step = switched.strip().split(" ", 2)[0];
        String root = switched.replaceAll("^.*TTBR0_EL2 = (0x[0-9a-f]+).*$", "$1");

        assertThat(run("trace", "walk", trace, "0x200000", "--step", step, "--json"))
                .isEqualTo(ExitCode.PASSED);
        assertThat(json().get("output").asText()).isEqualTo("0x40200000");
        assertThat(json().at("/steps/0/table").asText()).isEqualTo(root);

        assertThat(run("trace", "map", trace, "--step", step)).isEqualTo(ExitCode.PASSED);
        assertThat(out.toString()).startsWith("EL2, ").contains("0x200000-");

        assertThat(run("trace", "diff", trace, "0.." + step)).isEqualTo(ExitCode.PASSED);
        assertThat(out.toString())
                .contains("EL2 root " + root + ", live on PE0")
                .contains("L3 page PA 0x40200000");
    }

    @Test
    void textAndBinaryAreTheSameTrace() throws IOException {
        String trace = boot();
        String text = folder.resolve("boot.txt").toString();
        String again = folder.resolve("again.trace").toString();
        assertThat(run("trace", "export", trace, "-o", text)).isEqualTo(ExitCode.PASSED);
        assertThat(run("trace", "export", text, "--to", "binary", "-o", again)).isEqualTo(ExitCode.PASSED);
        run("trace", "ls", trace, "--json");
        String digest = json().get("digest").asText();
        run("trace", "ls", again, "--json");
        assertThat(json().get("digest").asText()).isEqualTo(digest);
    }

    @Test
    void aStepPastTheEndIsRefusedWithTheLastOne() {
        assertThat(run("trace", "walk", boot(), "0x200000", "--step", "99999999"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("past the end").contains("has steps 0 to");
    }

    @Test
    void aTruncatedTraceIsUnreadableAndGetsNoVerdict() throws IOException {
        byte[] whole = Files.readAllBytes(Path.of(boot()));
        Path cut = Files.write(folder.resolve("cut.trace"), java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThat(run("trace", "check", cut.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(out.toString()).doesNotContain("PASSED");
        assertThat(err.toString()).contains("cut.trace").contains("not judged");
    }

    @Test
    void casemateRecordsAreDetectedJudgedAndImported() throws IOException {
        Path records = Files.writeString(folder.resolve("peer.trace"), """
                (mem-init (id 0) (tid 0) (address 0x100000) (size 0x1000) (src "t.c:1"))
                (sysreg-write (id 1) (tid 0) (sysreg ttbr0_el2) (value 0x100000) (src "t.c:2"))
                """);
        assertThat(run("trace", "check", records.toString(), "--json")).isEqualTo(ExitCode.PASSED);
        assertThat(json().get("verdict").asText()).isEqualTo("PASSED");
        Path imported = folder.resolve("imported.trace");
        assertThat(run("import", "casemate", records.toString(), "-o", imported.toString()))
                .as(err.toString())
                .isEqualTo(ExitCode.PASSED);
        assertThat(run("trace", "ls", imported.toString())).isEqualTo(ExitCode.PASSED);
    }

    @Test
    void whatIsNoTraceSaysSo() throws IOException {
        Path file = Files.writeString(folder.resolve("notes"), "hello\n");
        assertThat(run("trace", "check", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("not a trace");
        assertThat(run("trace", "check", folder.resolve("none").toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no trace file").contains("--trace");
    }
}
