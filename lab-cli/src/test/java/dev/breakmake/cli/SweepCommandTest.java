package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.testkit.RealImages;
import java.io.PrintWriter;
import java.io.StringWriter;
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
        assertThat(root.at("/loads/1/findings").findValuesAsText("rule")).contains("REG-TTBR");
        assertThat(root.at("/outcomes/REACHED").asInt()).isEqualTo(3);
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
                .matches("0x400000 to 0x800000 +3 +REACHED .*");
        assertThat(out.toString()).contains("3 boots: 3 REACHED");
    }

    @ParameterizedTest
    @CsvSource({"--step, 0, must be positive", "--to, 0x0, load addresses from 0x0 to 0x0", "--step, 1, at most 65536"})
    void rangesThatMakeNoSenseAreUsageErrors(String option, String value, String says) {
        require("4.17-armhf");
        assertThat(run("sweep", "4.17-armhf", option, value)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(says);
    }
}
