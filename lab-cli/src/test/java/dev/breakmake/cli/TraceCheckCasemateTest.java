package dev.breakmake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code trace check FILE --format casemate}: verdict, exit code and JSON of the peer's records, written by hand. */
class TraceCheckCasemateTest {
    /** A table of two pages, walked by EL2 from the last record on. */
    private static final String LIVE = """
            (mem-init (id 0) (tid 0) (address 40100000) (size 1000) (src "boot.c:1"))
            (mem-init (id 1) (tid 0) (address 40101000) (size 1000) (src "boot.c:2"))
            (mem-init (id 2) (tid 0) (address 40102000) (size 1000) (src "boot.c:3"))
            (mem-write (id 3) (tid 0) (mem-order plain) (address 40100000) (value 40101003) (src "boot.c:4"))
            (sysreg-write (id 4) (tid 0) (sysreg tcr_el2) (value 10) (src "boot.c:5"))
            (sysreg-write (id 4) (tid 0) (sysreg ttbr0_el2) (value 40100000) (src "boot.c:5"))
            (sysreg-write (id 5) (tid 0) (sysreg sctlr_el2) (value 1) (src "boot.c:6"))
            """;

    private static final String IN_PLACE = LIVE + """
            (mem-write (id 6) (tid 0) (mem-order plain) (address 40100000) (value 40102003) (src "update.c:7"))
            """;

    private static final String BROKEN_FIRST = LIVE + """
            (mem-write (id 6) (tid 0) (mem-order plain) (address 40100000) (value 0) (src "update.c:7"))
            (barrier (id 7) (tid 0) dsb (kind ish) (src "update.c:8"))
            (tlbi (id 8) (tid 0) alle2is (src "update.c:9"))
            (barrier (id 9) (tid 0) dsb (kind ish) (src "update.c:10"))
            (mem-write (id 10) (tid 0) (mem-order plain) (address 40100000) (value 40102003) (src "update.c:11"))
            (barrier (id 11) (tid 0) dsb (kind ish) (src "update.c:12"))
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int check(String records, String... options) throws IOException {
        out.getBuffer().setLength(0);
        Path file = Files.writeString(folder.resolve("peer.log"), records);
        List<String> arguments = new ArrayList<>(List.of("trace", "check", file.toString()));
        arguments.addAll(List.of(options));
        return Main.execute(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    @Test
    void aCompliantUpdateIsCleanAndExitsWithZero() throws IOException {
        assertThat(check(BROKEN_FIRST, "--format", "casemate", "--json"))
                .as(out + "" + err)
                .isEqualTo(ExitCode.PASSED);
        assertThat(json().get("verdict").asText()).isEqualTo("PASSED");
        assertThat(json().get("findings").isArray()).isTrue();
        assertThat(json().get("findings")).isEmpty();
        assertThat(json().get("events").asLong()).isGreaterThanOrEqualTo(14);
    }

    @Test
    void aTableReplacedInPlaceIsFoundAndExitsWithOne() throws IOException {
        assertThat(check(IN_PLACE, "--format", "casemate", "--json")).isEqualTo(ExitCode.FAILED);
        assertThat(json().get("verdict").asText()).isEqualTo("FAILED");
        assertThat(json().get("findings")).hasSize(1);
        JsonNode finding = json().at("/findings/0");
        assertThat(finding.fieldNames())
                .toIterable()
                .containsExactly(
                        "rule",
                        "severity",
                        "count",
                        "pes",
                        "step",
                        "pc",
                        "symbol",
                        "source",
                        "regime",
                        "region",
                        "vaRanges",
                        "old",
                        "new",
                        "message",
                        "why",
                        "compliant",
                        "evidence",
                        "fingerprint");
        assertThat(finding.get("rule").asText()).isEqualTo("BBM-TBL");
        assertThat(finding.get("severity").asText()).isEqualTo("error");
        assertThat(finding.get("regime").asText()).isEqualTo("EL2");
        assertThat(finding.get("source").asText()).isEqualTo("update.c:7");
        assertThat(finding.at("/old/value").asText()).isEqualTo("0x40101003");
        assertThat(finding.at("/new/value").asText()).isEqualTo("0x40102003");
        assertThat(finding.get("compliant")).isNotEmpty();
    }

    @Test
    void theFormatNamedAndTheFormatDetectedGiveTheSameJson() throws IOException {
        check(IN_PLACE, "--format", "casemate", "--json");
        String named = out.toString();
        check(IN_PLACE, "--json");
        assertThat(out.toString()).isEqualTo(named);
    }

    @Test
    void placesInSourcesMayBeMissing() throws IOException {
        String bare = IN_PLACE.replaceAll(" \\(src \"[^\"]*\"\\)", "");
        assertThat(bare).doesNotContain("src");
        assertThat(check(bare, "--format", "casemate", "--json")).isEqualTo(ExitCode.FAILED);
        assertThat(json().at("/findings/0/rule").asText()).isEqualTo("BBM-TBL");
        assertThat(json().at("/findings/0/source").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(mem-write (id 6) (tid 0) (mem-order plain) (address 40100000)",
                "(no-such-record (id 6) (tid 0))",
                "# breakmake trace 1"
            })
    void recordsThatCannotBeReadGetNoVerdictAndExitWithThree(String tail) throws IOException {
        assertThat(check(IN_PLACE + tail + "\n", "--format", "casemate", "--json"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .containsPattern("peer\\.log: line (9|10), column \\d+: ")
                .contains("not judged");
    }

    @Test
    void anotherFormatsNameIsNoReasonToGuess() throws IOException {
        assertThat(check(IN_PLACE, "--format", "text")).isEqualTo(ExitCode.USAGE);
        assertThat(check(IN_PLACE, "--format", "peer")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("known: auto, binary, text, casemate");
    }
}
