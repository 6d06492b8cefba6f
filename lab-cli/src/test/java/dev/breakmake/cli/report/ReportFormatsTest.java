package dev.breakmake.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.report.html.HtmlReport;
import dev.breakmake.cli.report.json.JsonLines;
import dev.breakmake.cli.report.json.VerdictJson;
import dev.breakmake.cli.report.junit.JunitReport;
import dev.breakmake.cli.report.markdown.MarkdownReport;
import dev.breakmake.cli.report.sarif.SarifReport;
import dev.breakmake.cli.report.text.TextReport;
import dev.breakmake.cli.terminal.Style;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class ReportFormatsTest {

    private static final List<BootReport> REPORTS = List.of(SampleReports.failed(), SampleReports.passed());
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void sarifIsValidAgainstItsSchema() throws IOException {
        JsonNode log = JSON.readTree(SarifReport.of(REPORTS, "1.0"));
        try (InputStream in = getClass().getResourceAsStream("/schema/sarif-schema-2.1.0.json")) {
            JsonSchema schema =
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(in);
            assertThat(schema.validate(log)).isEmpty();
        }
    }

    @Test
    void sarifNamesSourceLinesRulesAndSuppressions() throws IOException {
        JsonNode run = JSON.readTree(SarifReport.of(REPORTS, "1.0")).at("/runs/0");
        assertThat(run.at("/results/0/ruleId").asText()).isEqualTo("REG-TTBR");
        assertThat(run.at("/results/0/locations/0/physicalLocation/artifactLocation/uri")
                        .asText())
                .isEqualTo("mm.c");
        assertThat(run.at("/results/0/locations/0/physicalLocation/region/startLine")
                        .asInt())
                .isEqualTo(123);
        assertThat(run.at("/results/1/suppressions/0/status").asText()).isEqualTo("accepted");
        assertThat(run.at("/tool/driver/rules")).hasSize(2);
        assertThat(run.at("/artifacts/0/location/uri").asText()).isEqualTo("xen%20%3C4.17%3E");
    }

    @Test
    void junitCountsAndEscapes() throws Exception {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(JunitReport.of(REPORTS))));
        Element root = document.getDocumentElement();
        assertThat(root.getAttribute("tests")).isEqualTo("2");
        assertThat(root.getAttribute("failures")).isEqualTo("1");
        assertThat(root.getElementsByTagName("testsuite").getLength()).isEqualTo(2);
        assertThat(root.getElementsByTagName("failure").item(0).getTextContent())
                .contains("REG-TTBR at switch_ttbr+0x18 (mm.c:123)")
                .contains("expected and missing: BBM-OA at map_domain_page");
    }

    @Test
    void htmlIsOnePageWithoutRequestsAndWithoutMarkupOfTheGuest() {
        String page = HtmlReport.of("breakmake run", REPORTS, "1.0");
        assertThat(page)
                .startsWith("<!doctype html>")
                .doesNotContain("<script")
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("@import")
                .doesNotContain("url(")
                .contains("prefers-color-scheme: dark")
                .contains("switch_ttbr+0x18")
                .contains("&lt;script&gt;");
    }

    @Test
    void htmlDrawsTheTimelineAndTheAddresses() {
        String page = HtmlReport.of("breakmake run", REPORTS, "1.0");
        assertThat(page).contains("aria-label=\"timeline\"").contains("aria-label=\"address ranges\"");
        assertThat(page).contains("REG-TTBR at step 812");
    }

    @Test
    void markdownKeepsTheTableWholeAndTheGuestHarmless() {
        String text = MarkdownReport.of(REPORTS);
        assertThat(text.lines().filter(line -> line.startsWith("|"))).hasSize(4);
        assertThat(text).doesNotContain("<script>").contains("Compliant:\n1. M = 0");
    }

    @Test
    void jsonLinesHaveOneFindingALine() throws IOException {
        List<String> lines = JsonLines.of(REPORTS).lines().toList();
        assertThat(lines).hasSize(2);
        JsonNode first = JSON.readTree(lines.getFirst());
        assertThat(first.get("rule").asText()).isEqualTo("REG-TTBR");
        assertThat(first.get("expected").asBoolean()).isFalse();
        assertThat(first.get("image").asText()).isEqualTo("xen <4.17>");
    }

    @Test
    void theVerdictObjectHasThePinnedFields() {
        JsonNode verdict = VerdictJson.of(SampleReports.failed());
        assertThat(verdict.fieldNames())
                .toIterable()
                .contains("verdict", "cause", "outcome", "instructions", "traceDigest", "findings");
        assertThat(verdict.at("/outcome/kind").asText()).isEqualTo("REACHED");
        assertThat(verdict.at("/outcome/pc").asText()).isEqualTo("0x210000");
        assertThat(verdict.at("/findings/0/vaRanges/1/end").asText()).isEqualTo("0x10000000000000000");
        assertThat(VerdictJson.of(SampleReports.passed()).get("cause").isNull()).isTrue();
    }

    @Test
    void theTextNamesWhatHappenedAndIsWrapped() {
        List<String> lines = TextReport.of(SampleReports.failed(), 80, Style.PLAIN);
        assertThat(String.join("\n", lines))
                .contains("error  REG-TTBR  switch_ttbr+0x18 (mm.c:123)  3 times")
                .contains("missing  BBM-OA at map_domain_page")
                .contains("(Arm ARM D8.17.1")
                .contains("FAILED (TARGET)");
        assertThat(lines).doesNotContain("\u001b");
    }
}
