package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.boot.EngineSweep;
import dev.breakmake.cli.boot.EngineSweep.Load;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.testkit.RealImages;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private static void require(String image) {
        RealImages.require(image, "xen");
        RealImages.require(image, "xen-syms");
    }

    @Test
    void saysForEveryAddressHowTheBootEndsAndWhereItStops() {
        require("4.17-armhf");
        int code = run("sweep", "4.17-armhf", "--memory", "128MiB", "--to", "0x800000", "--json");
        assertThat(code).as(err.toString()).isEqualTo(ExitCode.FAILED);
        JsonNode root = Json.parse(out.toString());
        assertThat(root.get("platform").asText()).contains("0x0", "cortex-a15");
        assertThat(root.get("loads").findValuesAsText("address"))
                .containsExactly("0x0", "0x200000", "0x400000", "0x600000");
        assertThat(root.get("loads").findValuesAsText("outcome"))
                .containsExactly("EXCEPTION_LOOP", "REACHED", "REACHED", "REACHED");
        assertThat(root.at("/loads/0/stop").asText()).startsWith("switch_ttbr+");
        assertThat(root.at("/loads/0/meets")).isEmpty();
        assertThat(root.at("/loads/1/meets").toString()).contains("XEN");
        assertThat(root.at("/loads/2/meets").toString()).contains("FIXMAP");
        assertThat(root.at("/loads/1/findings").findValuesAsText("rule")).contains("REG-TTBR");
        assertThat(root.at("/outcomes/REACHED").asInt()).isEqualTo(3);
    }

    /** The identity mapping wants the runtime mapping's table entry for other pages; Xen sees it and loops with its MMU off. */
    @Test
    void aHangIsSeenAsSuchAndNamedByTheSymbolItStopsAt() {
        require("4.17-armhf");
        int code = run("sweep", "4.17-armhf", "--memory", "128MiB", "--from", "0x210000", "--to", "0x220000");
        assertThat(code).as(err.toString()).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString().lines().skip(2).findFirst().orElseThrow())
                .matches("0x210000 +1  XEN( FIXMAP)? +HUNG +.*head\\.o#.*no PE makes progress.*");
    }

    @Test
    void anotherLayoutNamesOtherRegions() {
        require("4.17-armhf");
        int code = run(
                "sweep",
                "4.17-armhf",
                "--memory",
                "128MiB",
                "--from",
                "0x2000000",
                "--to",
                "0x2200000",
                "--layout",
                "xen-4.17-arm64");
        assertThat(code).as(err.toString()).isEqualTo(ExitCode.PASSED);
        assertThat(out.toString())
                .contains("0x2000000                     1  -")
                .doesNotContain("FRAMETABLE");
        assertThat(run("sweep", "4.17-armhf", "--layout", "none")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("'none' is neither a file nor a layout");
    }

    @Test
    void addressesInARowThatEndAlikeAreOneLine() {
        require("4.20-arm64");
        int code =
                run("sweep", "4.20-arm64", "--memory", "128MiB", "--from", "0x400000", "--to", "0xa00000", "-j", "2");
        assertThat(code).as(err.toString()).isEqualTo(ExitCode.PASSED);
        assertThat(out.toString().lines())
                .hasSize(4)
                .element(2)
                .asString()
                .matches("0x400000 to 0x800000 +3  - +REACHED .*");
        assertThat(out.toString()).contains("3 boots: 3 REACHED");
    }

    /** What Ctrl-C does: boots that ended are kept, no other begins. */
    @Test
    void aCancelledSweepKeepsWhatWasDone() throws Exception {
        require("4.17-armhf");
        EngineSweep sweep =
                EngineSweep.of(BootOptionsMixin.of("--memory", "128MiB").requestForSweep("4.17-armhf"), null);

        List<Load> loads = sweep.run(0x20_0000, 0x800_0000, 0x1000, 1, load -> sweep.cancel());

        assertThat(sweep.isCancelled()).isTrue();
        assertThat(loads).hasSizeLessThan(3).allMatch(load -> load.boot().reached());
    }

    @Test
    void anAddressOfItsOwnIsAUsageError() {
        require("4.17-armhf");
        assertThat(run("sweep", "4.17-armhf", "--load-address", "0x200000")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--load-address", "--from and --to");
    }

    @ParameterizedTest
    @CsvSource({"--step, 0, must be positive", "--to, 0x0, load addresses from 0x0 to 0x0", "--step, 1, at most 65536"})
    void rangesThatMakeNoSenseAreUsageErrors(String option, String value, String says) {
        require("4.17-armhf");
        assertThat(run("sweep", "4.17-armhf", option, value)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(says);
    }
}
