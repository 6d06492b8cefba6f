package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.report.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class FlowCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.execute(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    @Test
    void theListNamesEveryPatchOfTheSeries() {
        assertThat(run("flow", "list")).isEqualTo(ExitCode.PASSED);
        assertThat(out.toString()).contains("7   layout-rework", "11  switch-ttbr", "-   domheap-break");
    }

    @Test
    void theBaseFlowFailsAndNamesTheSwitch() {
        assertThat(run("flow", "run", "arm64", "--json")).isEqualTo(ExitCode.FAILED);
        JsonNode root = Json.parse(out.toString());
        assertThat(root.get("reached").asBoolean()).isTrue();
        assertThat(root.get("findings").findValuesAsText("rule")).contains("REG-TTBR", "CMO-PTOFF");
    }

    @Test
    void theFixedFlowPasses() {
        assertThat(run("flow", "run", "arm32", "--preset", "fixed", "--pes", "2"))
                .isEqualTo(ExitCode.PASSED);
        assertThat(out.toString()).contains("reached").doesNotContain("error  ");
    }

    @Test
    void mutationsAddUp() {
        run("flow", "mutate", "arm64", "--preset", "fixed", "--json");
        JsonNode root = Json.parse(out.toString());
        int parts = root.get("detected").size()
                + root.get("harmless").size()
                + root.get("undetected").size();
        assertThat(root.get("total").asInt()).isEqualTo(parts).isPositive();
        assertThat(root.get("detected").findValuesAsText("rules")).isNotNull();
    }

    @Test
    void wrongFlowsSayWhatIsWrong() {
        assertThat(run("flow", "run", "mips")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("'mips' is neither arm64 nor arm32");
        assertThat(run("flow", "run", "arm64", "--with", "13")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no option '13'");
        assertThat(run("flow", "run", "arm64", "--load-address", "0x403ff000")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("crosses a 2 MiB boundary");
    }
}
