package dev.breakmake.cli.report.html;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.Expectation;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.boot.Milestone;
import dev.breakmake.cli.boot.TablePictures;
import dev.breakmake.cli.report.Words;
import dev.breakmake.translation.rule.RuleId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page: summary of all boots, then each boot with findings, timeline, address map and console. */
public final class HtmlReport {

    private HtmlReport() {}

    /**
     * The page as text.
     *
     * @param title heading, e.g. the command that made it
     * @param reports the boots, in the order to show
     * @param version the product's version
     */
    public static String of(String title, List<BootReport> reports, String version) {
        Html html = new Html();
        html.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
        html.text(title).raw("</title><style>\n").raw(resource("report.css")).raw("</style></head><body>\n");
        html.element("h1", title);
        html.raw("<p class=\"soft\">Breakmake ").text(version);
        html.text(": boots the image, follows every translation-table change, flags break-before-make violations.");
        html.raw("</p>\n");
        summary(html, reports);
        for (int i = 0; i < reports.size(); i++) {
            boot(html, i, reports.get(i));
        }
        return html.raw("</body></html>\n").toString();
    }

    private static void summary(Html html, List<BootReport> reports) {
        html.raw(
                "<div class=\"scroll\"><table><thead><tr><th>image</th><th>PEs</th><th>memory</th><th>backend</th>"
                        + "<th>verdict</th><th>outcome</th><th>findings</th><th>instructions</th><th>time</th></tr></thead><tbody>\n");
        for (int i = 0; i < reports.size(); i++) {
            BootReport report = reports.get(i);
            html.raw("<tr><td><a href=\"#boot" + i + "\">")
                    .text(report.target().name())
                    .raw("</a></td>");
            html.raw("<td class=\"number\">" + report.target().pes() + "</td>");
            html.element(
                    "td",
                    report.target().memoryBytes() == 0
                            ? ""
                            : Words.size(report.target().memoryBytes()));
            html.element("td", report.target().backend());
            html.raw("<td>");
            chip(html, report.verdict().name());
            html.raw("</td>");
            html.element("td", report.outcome().kind());
            html.element("td", Words.tally(report.findings()));
            html.raw("<td class=\"number\">" + (report.instructions() == 0 ? "" : Words.count(report.instructions()))
                    + "</td>");
            html.raw("<td class=\"number\">" + report.elapsedMillis() + " ms</td></tr>\n");
        }
        html.raw("</tbody></table></div>\n");
    }

    private static void boot(Html html, int index, BootReport report) {
        html.raw("<section id=\"boot" + index + "\"><h2>")
                .text(Words.cell(report))
                .raw(" ");
        chip(html, report.verdict().name());
        html.raw("</h2>\n<p>").text(report.outcome().kind());
        String symbol = report.outcome().symbol();
        if (symbol != null) {
            html.raw(" at <code>").text(symbol).raw("</code>");
        }
        html.text(": " + report.outcome().message()).raw("</p>\n");
        html.raw("<p class=\"soft\">").text(report.target().platform()).raw("; ");
        if (!report.target().sha256().isEmpty()) {
            html.raw("SHA-256 <code>").text(report.target().sha256()).raw("</code>; ");
        }
        html.text("%s instructions, %s events, %s steps"
                .formatted(
                        Words.count(report.instructions()), Words.count(report.events()), Words.count(report.steps())));
        if (report.traceDigest() != null) {
            html.raw("; trace <code>").text(report.traceDigest()).raw("</code>");
        }
        html.raw("</p>\n");
        timeline(html, report);
        map(html, report);
        html.raw("<h3>Findings: ").text(Words.tally(report.findings())).raw("</h3>\n");
        findings(html, report);
        for (Expectation missing : report.missing()) {
            html.raw("<div class=\"card warning\"><b>Expected and missing:</b> ")
                    .text(missing.toString());
            html.raw("<p class=\"soft\">").text(missing.why()).raw("</p></div>\n");
        }
        notObservable(html, report);
        end(html, report);
        html.raw("</section>\n");
    }

    /** Rule by rule, worst first: a rule is explained once, and its first unexpected finding is open. */
    private static void findings(Html html, BootReport report) {
        Map<RuleId, List<JudgedFinding>> byRule = new LinkedHashMap<>();
        report.findings()
                .forEach(judged -> byRule.computeIfAbsent(judged.finding().rule(), _ -> new ArrayList<>())
                        .add(judged));
        byRule.forEach((rule, findings) -> {
            FindingCard.rule(html, findings.getFirst().finding());
            boolean opened = false;
            for (JudgedFinding judged : findings) {
                boolean open = !opened && !judged.expected();
                opened |= open;
                FindingCard.write(html, judged, report, open);
            }
        });
    }

    private static void map(Html html, BootReport report) {
        TablePictures pictures = report.pictures();
        if (pictures != null && !pictures.map().isEmpty()) {
            html.raw("<h3>Address space of ").text(pictures.regime()).raw(" on PE0 at the end</h3>\n");
            AddressSvg.map(html, pictures.map(), pictures.map().size() + " mapped ranges");
        }
    }

    private static void notObservable(Html html, BootReport report) {
        if (report.notObservable().isEmpty()) {
            return;
        }
        html.raw("<details><summary>Rules this backend cannot judge: ");
        html.text(Integer.toString(report.notObservable().size())).raw("</summary><ul>");
        report.notObservable()
                .forEach((rule, why) ->
                        html.raw("<li><b>").text(rule).raw("</b> ").text(why).raw("</li>"));
        html.raw("</ul></details>\n");
    }

    private static void timeline(Html html, BootReport report) {
        if (report.timeline().isEmpty()) {
            return;
        }
        html.raw("<h3>Timeline of the MMU</h3>\n");
        TimelineSvg.write(html, report);
        html.raw(
                "<details><summary>" + report.timeline().size() + " milestones</summary><div class=\"scroll\"><table>"
                        + "<thead><tr><th>step</th><th>PE</th><th>instructions</th><th>what</th><th></th><th>where</th></tr></thead><tbody>");
        for (Milestone milestone : report.timeline()) {
            html.raw("<tr><td class=\"number\">" + milestone.step() + "</td><td>PE" + milestone.pe() + "</td>");
            html.raw("<td class=\"number\">" + milestone.instructions() + "</td>");
            html.element("td", milestone.kind().words());
            html.raw("<td><code>").text(milestone.text()).raw("</code></td><td><code>");
            String symbol = milestone.symbol();
            html.text(symbol == null ? Words.address(milestone.pc()) : symbol).raw("</code></td></tr>\n");
        }
        html.raw("</tbody></table></div></details>\n");
    }

    private static void end(Html html, BootReport report) {
        if (!report.outcome().walks().isEmpty()) {
            html.raw("<h3>Walks at the end</h3><pre>");
            html.text(String.join("\n", report.outcome().walks())).raw("</pre>\n");
        }
        List<String> console = report.outcome().console();
        html.raw("<details><summary>Console, " + console.size() + " lines</summary><pre>");
        html.text(String.join("\n", console)).raw("</pre></details>\n");
    }

    private static void chip(Html html, String word) {
        html.raw("<span class=\"chip " + word + "\">").text(word).raw("</span>");
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the lab-cli jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
