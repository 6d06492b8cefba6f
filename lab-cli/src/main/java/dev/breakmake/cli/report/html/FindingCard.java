package dev.breakmake.cli.report.html;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.Expectation;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.boot.TablePictures;
import dev.breakmake.cli.report.Words;
import dev.breakmake.translation.finding.DescriptorValue;
import dev.breakmake.translation.finding.Evidence;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.rule.RuleCatalogue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One finding: what, where, the change as a tree, the addresses as a picture, why it could happen, what would have been right. */
final class FindingCard {

    private FindingCard() {}

    /** What the rule says, once for all its findings. */
    static void rule(Html html, Finding first) {
        RuleCatalogue.Entry entry = RuleCatalogue.of(first.rule());
        html.raw("<h4 class=\"rule\"><b>").text(first.rule().id()).raw("</b> ");
        html.text(entry.title()).raw("</h4><p class=\"soft\">");
        html.text(entry.explanation() + " (" + entry.section() + ")").raw("</p>");
        if (!first.compliant().isEmpty()) {
            html.raw("<p><b>Compliant:</b> ");
            for (int i = 0; i < first.compliant().size(); i++) {
                html.raw(i == 0 ? "" : " <span class=\"soft\">then</span> ");
                html.raw("<span class=\"step\">").text(first.compliant().get(i)).raw("</span>");
            }
            html.raw("</p>");
        }
    }

    /**
     * The card of a finding.
     *
     * @param open whether its details are shown at once
     */
    static void write(Html html, JudgedFinding judged, BootReport report, boolean open) {
        Finding finding = judged.finding();
        html.raw("<details class=\"card " + finding.severity().text() + (judged.expected() ? " expected" : "") + "\""
                + (open ? " open" : "") + "><summary>");
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
        Expectation expectation = judged.expectation();
        if (expectation != null) {
            html.raw("<h4>Expected because</h4><p>").text(expectation.why()).raw("</p>");
        }
        change(html, finding);
        TablePictures pictures = report.pictures();
        AddressSvg.finding(html, finding.vaRanges(), pictures == null ? List.of() : pictures.map());
        why(html, finding.why());
        if (pictures != null) {
            DiffHtml.write(html, finding, pictures.diffs());
        }
        html.raw("<p class=\"soft\">fingerprint <code>")
                .text(finding.fingerprint())
                .raw("</code></p></details>\n");
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
            if (evidence.getValue().isBlank()) {
                continue;
            }
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
