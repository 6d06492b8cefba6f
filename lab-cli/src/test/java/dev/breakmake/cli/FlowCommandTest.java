package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.report.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.StreamSupport;
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
    void theListSaysWhichPresetTakesADecision() {
        assertThat(run("flow", "list", "--json")).isEqualTo(ExitCode.PASSED);
        JsonNode root = Json.parse(out.toString());
        assertThat(root.get("options")).hasSize(16);
        assertThat(root.get("presets").findValuesAsText("name")).containsExactly("base", "series", "merged", "fixed");
        assertThat(root.get("presets").get(0).get("options")).isEmpty();
        assertThat(root.get("presets").get(3).get("options")).hasSize(16);
    }

    @Test
    void anAdversarialTlbShowsWhatAMissingInvalidateDoes() {
        run("flow", "run", "arm64", "--operations");
        String invalidate = out.toString()
                .lines()
                .filter(line -> line.endsWith("pe0/switch_ttbr/tlbi alle2"))
                .map(line -> line.strip().split(" ", 2)[0])
                .findFirst()
                .orElseThrow();
        out.getBuffer().setLength(0);
        assertThat(run("flow", "run", "arm64", "--drop", invalidate, "--tlb", "keep-stale", "--json"))
                .isEqualTo(ExitCode.FAILED);
        JsonNode root = Json.parse(out.toString());
        assertThat(root.get("tlb").asText()).isEqualTo("keep-stale");
        assertThat(root.get("reached").asBoolean()).isFalse();
        assertThat(root.get("stoppedAt").asText()).isEqualTo("xen_pt_enforce_wnx");
        assertThat(root.get("findings").findValuesAsText("rule")).contains("REG-WXN");
    }

    @Test
    void anAdversarialTlbDoesNothingToACompliantFlow() {
        for (String policy : new String[] {"flush-eagerly", "keep-stale", "prefer-old", "conflict-abort"}) {
            assertThat(run("flow", "run", "arm64", "--preset", "fixed", "--pes", "2", "--tlb", policy, "--seed", "7"))
                    .as(out.toString())
                    .isEqualTo(ExitCode.PASSED);
        }
    }

    @Test
    void granuleAndAttributesAreOptions() {
        assertThat(run("flow", "run", "arm64", "--preset", "fixed", "--granule", "64k", "--sharing", "outer", "--json"))
                .isEqualTo(ExitCode.PASSED);
        JsonNode flow = Json.parse(out.toString()).get("flow");
        assertThat(flow.get("granule").asText()).isEqualTo("64k");
        assertThat(flow.get("sharing").asText()).isEqualTo("outer");
        assertThat(flow.get("walks").asText()).isEqualTo("write-back");
    }

    @Test
    void theBaseFlowFailsAndNamesTheSwitch() {
        assertThat(run("flow", "run", "arm64", "--json")).isEqualTo(ExitCode.FAILED);
        JsonNode root = Json.parse(out.toString());
        assertThat(root.get("reached").asBoolean()).isTrue();
        assertThat(root.get("findings").findValuesAsText("rule")).contains("REG-TTBR", "CMO-PTOFF");
    }

    @Test
    void anAbortShowsTheWalkThroughTheRootThatWasLive() {
        run("flow", "run", "arm64", "--preset", "fixed", "--operations");
        String link = out.toString()
                .lines()
                .filter(line -> line.contains("pe0/create_page_tables/store boot_second_id["))
                .map(line -> line.strip().split(" ", 2)[0])
                .findFirst()
                .orElseThrow();
        out.getBuffer().setLength(0);
        assertThat(run("flow", "run", "arm64", "--preset", "fixed", "--drop", link, "--json"))
                .isEqualTo(ExitCode.FAILED);
        JsonNode walk = Json.parse(out.toString()).get("walk");
        assertThat(walk.findValuesAsText("level")).containsExactly("0", "1", "2");
        assertThat(walk.get(2).get("value").asText()).isEqualTo("0x0000000000000000");
    }

    @Test
    void theEffectOfADecisionIsThePesThatBreakEachRuleWithoutAndWithIt() {
        assertThat(run("flow", "effect", "11", "arm64", "--json")).isEqualTo(ExitCode.PASSED);
        JsonNode root = Json.parse(out.toString());
        assertThat(root.get("decision").asText()).isEqualTo("switch-ttbr");
        JsonNode row = StreamSupport.stream(root.get("rules").spliterator(), false)
                .filter(each -> each.get("rule").asText().equals("REG-TTBR"))
                .findFirst()
                .orElseThrow();
        assertThat(row.get("routine").asText()).isEqualTo("switch_ttbr");
        assertThat(row.get("before").toString()).isEqualTo("[0,1]");
        assertThat(row.get("after").toString()).isEqualTo("[1]");
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
        assertThat(run("flow", "run", "arm64", "--tlb", "lazy")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--tlb: no policy 'lazy'");
        assertThat(run("flow", "run", "arm32", "--granule", "16k")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("granule of 4 KiB, not 16k");
        assertThat(run("flow", "effect", "13", "arm64")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no option '13'", "breakmake flow list");
    }
}
