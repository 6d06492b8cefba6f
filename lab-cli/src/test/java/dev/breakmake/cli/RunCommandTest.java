package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.testkit.RealImages;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on real Xen and on what a first-time user may give it by mistake. */
class RunCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    @Test
    void xenBeforeTheSeriesFailsAtSwitchTtbr() throws IOException {
        RealImages.require("4.17-arm64", "xen");
        assertThat(run("run", "4.17-arm64", "--memory", "128MiB", "--json")).isEqualTo(ExitCode.FAILED);
        JsonNode verdict = json();
        assertThat(verdict.get("verdict").asText()).isEqualTo("FAILED");
        assertThat(verdict.get("cause").asText()).isEqualTo("TARGET");
        assertThat(verdict.at("/outcome/kind").asText()).isEqualTo("REACHED");
        assertThat(verdict.get("findings")).anySatisfy(finding -> {
            assertThat(finding.get("rule").asText()).isEqualTo("REG-TTBR");
            assertThat(finding.get("symbol").asText()).startsWith("switch_ttbr");
        });
        assertThat(verdict.get("timeline"))
                .extracting(milestone -> milestone.get("kind").asText())
                .containsSubsequence("PE_RESET", "MMU_ON", "IDENTITY_LEFT", "ROOT");
    }

    /** B ., the shortest hang there is: nothing tells what it is made for. */
    @Test
    void aFlatBinaryBootsOnceItsArchitectureIsSaid(@TempDir Path folder) throws IOException {
        Path loop = folder.resolve("loop.bin");
        byte[] branch = ByteBuffer.allocate(4096)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x1400_0000)
                .array();
        Files.write(loop, branch);
        assertThat(run("run", loop.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("flat binary", "--flat arm64 or --flat arm32");

        assertThat(run("run", loop.toString(), "--flat", "arm64", "--memory", "64MiB", "--json"))
                .as(err.toString())
                .isEqualTo(ExitCode.FAILED);
        assertThat(json().at("/outcome/kind").asText()).isEqualTo("HUNG");
        assertThat(run("run", loop.toString(), "--flat", "mips")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("'mips' is no architecture");
    }

    @Test
    void theSameWithItsKnownFindingsPassesAndWritesEveryReport(@TempDir Path folder) throws IOException {
        RealImages.require("4.17-arm64", "xen");
        assertThat(run(
                        "run",
                        "4.17-arm64",
                        "--memory",
                        "128MiB",
                        "--expect",
                        "known",
                        "--html",
                        folder.resolve("r.html").toString(),
                        "--sarif",
                        folder.resolve("r.sarif").toString(),
                        "--junit",
                        folder.resolve("r.xml").toString(),
                        "--markdown",
                        folder.resolve("r.md").toString(),
                        "--jsonl",
                        folder.resolve("r.jsonl").toString()))
                .as(err.toString())
                .isEqualTo(ExitCode.PASSED);
        assertThat(out.toString()).contains("PASSED").contains("switch_ttbr").contains("leaves identity map");
        for (String name : new String[] {"r.html", "r.sarif", "r.xml", "r.md", "r.jsonl"}) {
            assertThat(folder.resolve(name)).content().contains("switch_ttbr");
        }
    }

    @Test
    void xenAfterTheSeriesDoesNotSwitchWithTheMmuOn() throws IOException {
        RealImages.require("4.20-arm64", "xen");
        run("run", "4.20-arm64", "--memory", "128MiB", "--json");
        assertThat(json().at("/outcome/kind").asText()).isEqualTo("REACHED");
        assertThat(json().get("findings"))
                .noneMatch(finding -> finding.get("rule").asText().equals("REG-TTBR"));
    }

    @Test
    void aSymbolCanBeTheGoal() throws IOException {
        RealImages.require("4.17-arm64", "xen");
        run("run", "4.17-arm64", "--memory", "128MiB", "--until", "symbol:setup_pagetables", "--json");
        assertThat(json().at("/outcome/kind").asText()).isEqualTo("REACHED");
        assertThat(json().at("/outcome/symbol").asText()).isEqualTo("setup_pagetables");
    }

    @Test
    void aComparisonWithItselfHasNothingNewAndAgainstTheSeriesTheSwitchIsFixed() throws IOException {
        RealImages.require("4.17-arm64", "xen");
        RealImages.require("4.20-arm64", "xen");
        assertThat(run("run", "4.17-arm64", "--memory", "128MiB", "--base", "4.17-arm64", "--json"))
                .isEqualTo(ExitCode.PASSED);
        assertThat(json().get("fixed")).isEmpty();
        out.getBuffer().setLength(0);
        run("run", "4.20-arm64", "--memory", "128MiB", "--base", "4.17-arm64", "--json");
        assertThat(json().get("fixed"))
                .anySatisfy(finding -> assertThat(finding.get("rule").asText()).isEqualTo("REG-TTBR"));
    }

    @Test
    void aMissingFileSaysWhatCanBeGiven() {
        assertThat(run("run", "no-such-xen")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no image file no-such-xen").contains("breakmake image ls");
    }

    @Test
    void anX86ImageIsNamedAsSuch(@TempDir Path folder) throws IOException {
        byte[] elf = ByteBuffer.allocate(120)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1})
                .putShort(16, (short) 2)
                .putShort(18, (short) 62)
                .putInt(20, 1)
                .array();
        Path file = Files.write(folder.resolve("xen-x86"), elf);
        assertThat(run("run", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).containsIgnoringCase("x86");
    }

    @Test
    void textIsNoImage(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("README"), "this is not a hypervisor\n".repeat(10));
        assertThat(run("run", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("README").contains("neither arm64 Image, zImage nor ELF");
    }

    @Test
    void aFolderIsNoImage(@TempDir Path folder) {
        assertThat(run("run", folder.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("is not a file");
    }

    @Test
    void wrongOptionValuesNameTheOption(@TempDir Path folder) throws IOException {
        RealImages.require("4.17-arm64", "xen");
        String[][] wrong = {
            {"--pes", "9", "1 to 8"},
            {"--gic", "4", "GIC version"},
            {"--memory", "lots", "--memory"},
            {"--tlb", "forgetful", "forgetful"},
            {"--until", "symbol:no_such_function", "no_such_function"},
            {"--until", "(", "regular expression"},
            {"--profile", folder.resolve("none").toString(), "--profile"},
            {"--dtb", folder.resolve("none").toString(), "--dtb"},
            {"--symbols", folder.resolve("none").toString(), "no symbols file"},
            {"--html", folder.resolve("none/r.html").toString(), "folder does not exist"}
        };
        for (String[] option : wrong) {
            err.getBuffer().setLength(0);
            assertThat(run("run", "4.17-arm64", "--memory", "128MiB", option[0], option[1]))
                    .as(option[0] + " " + option[1])
                    .isEqualTo(ExitCode.USAGE);
            assertThat(err.toString()).contains(option[2]);
        }
    }

    @Test
    void anImageLargerThanTheMemoryIsRefused() {
        RealImages.require("4.17-arm64", "xen");
        assertThat(run("run", "4.17-arm64", "--memory", "1MiB")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("the largest RAM bank has 1048576");
    }
}
