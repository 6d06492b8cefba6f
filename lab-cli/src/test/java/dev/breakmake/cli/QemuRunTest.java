package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.testkit.Programs;
import dev.breakmake.testkit.RealImages;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} on stock QEMU and on both backends, with real Xen. */
class QemuRunTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    @Test
    void bothBackendsFindTheSwitchAndQemuSaysWhatItCannotSee() throws IOException {
        RealImages.require("4.17-arm64", "xen");
        Programs.require("qemu-system-aarch64", "qemu-system-arm");
        assertThat(run("run", "4.17-arm64", "--memory", "128MiB", "--backend", "both", "--json"))
                .as(err.toString())
                .isEqualTo(ExitCode.FAILED);
        assertThat(json().get("verdict").asText()).isEqualTo("FAILED");
        JsonNode engine = json().at("/boots/0");
        JsonNode qemu = json().at("/boots/1");
        assertThat(engine.get("backend").asText()).isEqualTo("engine");
        assertThat(qemu.get("backend").asText()).startsWith("qemu ");
        for (JsonNode boot : new JsonNode[] {engine, qemu}) {
            assertThat(boot.at("/outcome/kind").asText()).isEqualTo("REACHED");
            assertThat(boot.get("findings")).anySatisfy(finding -> {
                assertThat(finding.get("rule").asText()).isEqualTo("REG-TTBR");
                assertThat(finding.get("symbol").asText()).startsWith("switch_ttbr");
            });
        }
        assertThat(qemu.get("notObservable").fieldNames()).toIterable().contains("CMO-PTOFF", "TLB-ISB");
        assertThat(engine.get("notObservable")).isEmpty();
    }

    @Test
    void knownFindingsThatQemuCannotSeeAreNotMissed() throws IOException {
        RealImages.require("4.17-arm64", "xen");
        Programs.require("qemu-system-aarch64", "qemu-system-arm");
        assertThat(run("run", "4.17-arm64", "--memory", "128MiB", "--backend", "qemu", "--expect", "known"))
                .as(out.toString() + err)
                .isEqualTo(ExitCode.PASSED);
        assertThat(out.toString()).contains("not judged").contains("CMO-PTOFF");
    }

    @Test
    void whatStockQemuHasNotIsRefusedByName() {
        RealImages.require("4.17-arm64", "xen");
        assertThat(run("run", "4.17-arm64", "--backend", "qemu", "--load-address", "0x50000000", "--tlb", "keep-stale"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no --load-address, --tlb").contains("--backend engine");
    }

    @Test
    void withoutQemuTheMessageNamesThePackage(@TempDir Path folder) throws Exception {
        RealImages.require("4.17-arm64", "xen");
        CliProcess.Result result =
                CliProcess.run(Map.of("PATH", folder.toString()), folder, "run", "4.17-arm64", "--backend", "qemu");
        assertThat(result.exit()).isEqualTo(ExitCode.FAULT);
        assertThat(result.err())
                .contains("no qemu-system-aarch64 in PATH")
                .contains("apt install qemu-system-arm")
                .contains("--backend engine");
    }
}
