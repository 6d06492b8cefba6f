package dev.breakmake.cli.report.html;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.Expectation;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.report.Words;
import dev.breakmake.translation.finding.DescriptorValue;
import dev.breakmake.translation.finding.Evidence;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.rule.RuleCatalogue;
import dev.breakmake.translation.rule.Severity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One finding: what, where, the change as a tree, the addresses as a picture, why it could happen, what would have been right. */
final class FindingCard {

    private FindingCard() {}

    static void write(Html html, JudgedFinding judged, BootReport report) {
        Finding finding = judged.finding();
        RuleCatalogue.Entry entry = RuleCatalogue.of(finding.rule());
        String open = finding.severity() == Severity.ERROR && !judged.expected() ? " open" : "";
        html.raw("<details class=\"card " + finding.severity().text() + (judged.expected() ? " expected" : "") + "\""
                + open + "><summary>");
        html.raw("<span class=\"chip " + finding.severity().text() + "\">")
                .text(finding.severity().text())
                .raw("</span> <b>")
                .text(finding.rule().id())
                .raw("</b> <code>")
                .text(Words.place(judged))
                .raw("</code> <span class=\"soft\">")
                .text("%s, step %d%s%s"
                        .formatted(
                                Words.pes(finding.pes()),
                                finding.step(),
                                finding.count() == 1 ? "" : ", " + finding.count() + " times",
                                judged.expected() ? ", expected" : ""))
                .raw("</span><p>")
                .text(finding.message())
                .raw("</p></summary>\n");
        html.raw("<p class=\"soft\">")
                .text(entry.title() + " " + entry.explanation())
                .raw("</p>");
        Expectation expectation = judged.expectation();
        if (expectation != null) {
            html.raw("<h4>Expected because</h4><p>").text(expectation.why()).raw("</p>");
        }
        change(html, finding);
        if (!finding.vaRanges().isEmpty()) {
            AddressSvg.write(html, finding.vaRanges(), report.target().architecture());
        }
        why(html, finding.why());
        if (!finding.compliant().isEmpty()) {
            html.raw("<h4>Compliant sequence</h4><ol>");
            finding.compliant().forEach(step -> html.element("li", step));
            html.raw("</ol>");
        }
        html.raw("<p class=\"soft\">").text(entry.section()).raw("; fingerprint <code>");
        html.text(finding.fingerprint()).raw("</code></p></details>\n");
    }

    /** Regime, then the addresses, then old and new: the change as a tree. */
    private static void change(Html html, Finding finding) {
        DescriptorValue old = finding.oldValue();
        DescriptorValue now = finding.newValue();
        if (old == null && now == null && finding.vaRanges().isEmpty()) {
            return;
        }
        html.raw("<h4>Change</h4><ul class=\"tree\"><li>");
        html.text(finding.regime().isEmpty() ? "memory" : finding.regime()).raw("<ul>");
        for (var range : finding.vaRanges().stream().limit(8).toList()) {
            html.raw("<li><code>0x" + Long.toHexString(range.start()) + "-0x" + Long.toHexString(range.end())
                    + "</code> ");
            html.raw("<span class=\"soft\">").text(Words.size(range.size())).raw("</span></li>");
        }
        if (finding.vaRanges().size() > 8) {
            html.raw("<li class=\"soft\">and " + (finding.vaRanges().size() - 8) + " more ranges</li>");
        }
        html.raw("<li><ul>");
        value(html, "old", old);
        value(html, "new", now);
        for (Map.Entry<String, String> evidence : finding.evidence().entrySet()) {
            html.raw("<li class=\"soft\">")
                    .text(evidence.getKey() + ": " + evidence.getValue())
                    .raw("</li>");
        }
        html.raw("</ul></li></ul></li></ul>");
    }

    private static void value(Html html, String kind, @Nullable DescriptorValue value) {
        if (value != null) {
            html.raw("<li class=\"" + kind + "\"><code>" + Words.address(value.value()) + "</code> ");
            html.text(value.text()).raw("</li>");
        }
    }

    private static void why(Html html, List<Evidence> why) {
        if (why.isEmpty()) {
            return;
        }
        html.raw("<h4>Why the state was possible</h4><ul>");
        for (Evidence evidence : why) {
            html.raw("<li>").text("step " + evidence.step() + ", PE" + evidence.pe());
            if (evidence.symbol() != null) {
                html.raw(", <code>").text(evidence.symbol()).raw("</code>");
            }
            html.text(": " + evidence.text()).raw("</li>");
        }
        html.raw("</ul>");
    }
}
