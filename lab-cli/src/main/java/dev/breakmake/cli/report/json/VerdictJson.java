package dev.breakmake.cli.report.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.Expectation;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.boot.Milestone;
import dev.breakmake.translation.finding.FindingJson;
import java.util.List;

/** The verdict object of docs/schema/verdict-v1.json. */
public final class VerdictJson {

    private static final int CONSOLE_LINES = 20;

    private VerdictJson() {}

    /** One boot as one object. */
    public static ObjectNode of(BootReport report) {
        ObjectNode root = Json.object();
        root.put("verdict", report.verdict().name());
        root.put("cause", report.cause() == null ? null : report.cause().name());
        ObjectNode image = root.putObject("image");
        image.put("name", report.target().name());
        image.put("sha256", report.target().sha256());
        image.put("architecture", report.target().architecture());
        ObjectNode platform = root.putObject("platform");
        platform.put("description", report.target().platform());
        platform.put("pes", report.target().pes());
        platform.put("memoryBytes", report.target().memoryBytes());
        root.put("backend", report.target().backend());
        ObjectNode outcome = root.putObject("outcome");
        outcome.put("kind", report.outcome().kind());
        outcome.put("message", report.outcome().message());
        outcome.put("pe", report.outcome().pe());
        Long pc = report.outcome().pc();
        outcome.put("pc", pc == null ? null : Json.address(pc));
        outcome.put("symbol", report.outcome().symbol());
        ArrayNode console = outcome.putArray("console");
        List<String> lines = report.outcome().console();
        lines.subList(Math.max(0, lines.size() - CONSOLE_LINES), lines.size()).forEach(console::add);
        root.put("instructions", report.instructions());
        root.put("events", report.events());
        root.put("steps", report.steps());
        root.put("traceDigest", report.traceDigest());
        root.put("elapsedMillis", report.elapsedMillis());
        ArrayNode findings = root.putArray("findings");
        for (JudgedFinding judged : report.findings()) {
            findings.add(finding(judged));
        }
        ArrayNode missing = root.putArray("missing");
        for (Expectation expectation : report.missing()) {
            missing.addObject()
                    .put("rule", expectation.rule())
                    .put("symbol", expectation.symbol())
                    .put("why", expectation.why());
        }
        ObjectNode notObservable = root.putObject("notObservable");
        report.notObservable().forEach(notObservable::put);
        ArrayNode timeline = root.putArray("timeline");
        for (Milestone milestone : report.timeline()) {
            timeline.addObject()
                    .put("step", milestone.step())
                    .put("pe", milestone.pe())
                    .put("instructions", milestone.instructions())
                    .put("pc", Json.address(milestone.pc()))
                    .put("symbol", milestone.symbol())
                    .put("kind", milestone.kind().name())
                    .put("text", milestone.text());
        }
        return root;
    }

    /** A finding of docs/schema/finding-v1.json, with whether it was expected. */
    static ObjectNode finding(JudgedFinding judged) {
        ObjectNode node = (ObjectNode) Json.parse(FindingJson.write(judged.finding()));
        node.put("expected", judged.expected());
        return node;
    }
}
