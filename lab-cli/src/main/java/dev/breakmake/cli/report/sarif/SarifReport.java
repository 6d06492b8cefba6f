package dev.breakmake.cli.report.sarif;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.report.Words;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.translation.finding.Evidence;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.rule.RuleCatalogue;
import dev.breakmake.translation.rule.RuleId;
import dev.breakmake.translation.rule.Severity;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SARIF 2.1.0. A result's physical location is the source line where line tables exist, else the image; the instruction is its
 * address and logical location. Expected findings carry an accepted suppression with the reasoning.
 */
public final class SarifReport {

    private static final Pattern FILE_AND_LINE = Pattern.compile("(?<file>.+):(?<line>[1-9][0-9]*)");

    private SarifReport() {}

    /** The boots as one SARIF log with one run per boot. */
    public static String of(List<BootReport> reports, String version) {
        ObjectNode log = Json.object();
        log.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        log.put("version", "2.1.0");
        ArrayNode runs = log.putArray("runs");
        reports.forEach(report -> run(runs.addObject(), report, version));
        return Json.write(log);
    }

    private static void run(ObjectNode run, BootReport report, String version) {
        ObjectNode driver = run.putObject("tool").putObject("driver");
        driver.put("name", "Breakmake");
        driver.put("version", version);
        List<RuleId> rules = report.findings().stream()
                .map(judged -> judged.finding().rule())
                .distinct()
                .sorted()
                .toList();
        ArrayNode descriptors = driver.putArray("rules");
        rules.forEach(rule -> rule(descriptors.addObject(), rule));
        ObjectNode artifact = run.putArray("artifacts").addObject();
        artifact.putObject("location").put("uri", uri(report.target().name()));
        artifact.putObject("hashes").put("sha-256", report.target().sha256());
        ObjectNode invocation = run.putArray("invocations").addObject();
        invocation.put("executionSuccessful", report.outcome().reached());
        invocation.put(
                "exitCodeDescription",
                report.outcome().kind() + ": " + report.outcome().message());
        run.putObject("automationDetails").put("id", "breakmake/" + Words.cell(report));
        ArrayNode results = run.putArray("results");
        for (JudgedFinding judged : report.findings()) {
            result(results.addObject(), judged, rules.indexOf(judged.finding().rule()), report);
        }
    }

    private static void rule(ObjectNode descriptor, RuleId rule) {
        RuleCatalogue.Entry entry = RuleCatalogue.of(rule);
        descriptor.put("id", rule.id());
        descriptor.putObject("shortDescription").put("text", entry.title());
        descriptor.putObject("fullDescription").put("text", entry.explanation());
        descriptor
                .putObject("help")
                .put("text", entry.section() + "\nCompliant: " + String.join("; ", entry.compliant()));
        descriptor.putObject("defaultConfiguration").put("level", level(rule.severity()));
    }

    private static void result(ObjectNode result, JudgedFinding judged, int ruleIndex, BootReport report) {
        Finding finding = judged.finding();
        result.put("ruleId", finding.rule().id());
        result.put("ruleIndex", ruleIndex);
        result.put("level", level(finding.severity()));
        result.putObject("message").put("text", finding.message());
        result.put("occurrenceCount", finding.count());
        location(result.putArray("locations").addObject(), finding.source(), finding.pc(), finding.symbol(), report);
        if (!finding.why().isEmpty()) {
            ArrayNode related = result.putArray("relatedLocations");
            for (Evidence evidence : finding.why()) {
                ObjectNode location = related.addObject();
                location(location, null, evidence.pc(), evidence.symbol(), report);
                location.putObject("message")
                        .put("text", "step %d, PE%d: %s".formatted(evidence.step(), evidence.pe(), evidence.text()));
            }
        }
        result.putObject("fingerprints").put("breakmake/v1", finding.fingerprint());
        if (judged.expectation() != null) {
            result.putArray("suppressions")
                    .addObject()
                    .put("kind", "external")
                    .put("status", "accepted")
                    .put("justification", judged.expectation().why());
        }
        ObjectNode properties = result.putObject("properties");
        properties.put("step", finding.step());
        properties.put("regime", finding.regime());
        ArrayNode pes = properties.putArray("pes");
        finding.pes().forEach(pes::add);
        ArrayNode compliant = properties.putArray("compliant");
        finding.compliant().forEach(compliant::add);
    }

    private static void location(
            ObjectNode location, @Nullable String source, long pc, @Nullable String symbol, BootReport report) {
        ObjectNode physical = location.putObject("physicalLocation");
        Matcher line = FILE_AND_LINE.matcher(source == null ? "" : source);
        if (line.matches()) {
            physical.putObject("artifactLocation").put("uri", uri(line.group("file")));
            physical.putObject("region").put("startLine", Integer.parseInt(line.group("line")));
        } else {
            physical.putObject("artifactLocation")
                    .put("uri", uri(report.target().name()))
                    .put("index", 0);
        }
        // SARIF addresses are signed 64-bit at most; the hypervisor's fit, a guest's upper half is left to the text.
        if (pc >= 0) {
            physical.putObject("address").put("absoluteAddress", pc);
        }
        if (symbol != null) {
            location.putArray("logicalLocations")
                    .addObject()
                    .put("fullyQualifiedName", symbol)
                    .put("kind", "function");
        }
    }

    private static String level(Severity severity) {
        return switch (severity) {
            case ERROR -> "error";
            case WARNING -> "warning";
            case LINT -> "note";
        };
    }

    private static String uri(String name) {
        StringBuilder uri = new StringBuilder();
        for (byte b : name.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "-._~/+".indexOf(c) >= 0);
            uri.append(plain ? String.valueOf(c) : "%%%02X".formatted(b & 0xff));
        }
        return uri.toString();
    }
}
