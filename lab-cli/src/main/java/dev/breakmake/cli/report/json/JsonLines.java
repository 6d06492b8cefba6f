package dev.breakmake.cli.report.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.JudgedFinding;
import java.util.List;

/** JSON Lines: one line per finding, each with its image and backend, for log pipelines and {@code jq}. */
public final class JsonLines {

    private JsonLines() {}

    /** The findings of several boots, one JSON object a line. */
    public static String of(List<BootReport> reports) {
        StringBuilder lines = new StringBuilder();
        for (BootReport report : reports) {
            for (JudgedFinding judged : report.findings()) {
                ObjectNode line = Json.object();
                line.put("image", report.target().name());
                line.put("imageSha256", report.target().sha256());
                line.put("backend", report.target().backend());
                line.put("pes", report.target().pes());
                line.put("memoryBytes", report.target().memoryBytes());
                line.setAll(VerdictJson.finding(judged));
                lines.append(Json.writeLine(line)).append('\n');
            }
        }
        return lines.toString();
    }
}
