package dev.breakmake.cli.report.html;

import dev.breakmake.cli.trace.DiffTree;
import dev.breakmake.translation.finding.Evidence;
import dev.breakmake.translation.finding.Finding;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeSet;

/** Page-table diffs as trees: root, table, entry, old and new. */
final class DiffHtml {

    private static final int MOST_ENTRIES = 12;

    private DiffHtml() {}

    /** The diffs of the steps a finding names, if any table changed in them. */
    static void write(Html html, Finding finding, SortedMap<Long, List<DiffTree>> diffs) {
        NavigableSet<Long> steps = new TreeSet<>();
        steps.add(finding.step());
        finding.why().stream().map(Evidence::step).forEach(steps::add);
        for (long step : steps) {
            List<DiffTree> trees = diffs.get(step);
            if (trees != null) {
                html.raw("<details class=\"diff\"><summary>What the tables changed in step " + step + ": "
                        + entries(trees) + " entries</summary><ul class=\"tree\">");
                trees.forEach(tree -> tree(html, tree));
                html.raw("</ul></details>");
            }
        }
    }

    private static int entries(List<DiffTree> trees) {
        return trees.stream()
                .flatMap(tree -> tree.tables().stream())
                .mapToInt(table -> table.entries().size())
                .sum();
    }

    private static void tree(Html html, DiffTree tree) {
        html.raw("<li>").text(tree.title()).raw("<ul>");
        for (DiffTree.Table table : tree.tables()) {
            html.raw("<li>").text(table.title()).raw("<ul>");
            table.entries().stream().limit(MOST_ENTRIES).forEach(entry -> entry(html, entry));
            int more = table.entries().size() - MOST_ENTRIES;
            if (more > 0) {
                html.raw("<li class=\"soft\">and " + more + " more entries</li>");
            }
            html.raw("</ul></li>");
        }
        html.raw("</ul></li>");
    }

    private static void entry(Html html, DiffTree.Entry entry) {
        Long address = entry.address();
        html.raw("<li><code>[" + entry.index() + "]"
                + (address == null ? "" : " 0x" + Long.toHexString(address)) + "</code> <span class=\"soft\">PE"
                + entry.pe() + "</span><ul><li class=\"old\"><code>");
        html.text(entry.oldText()).raw("</code></li><li class=\"new\"><code>");
        html.text(entry.newText()).raw("</code></li></ul></li>");
    }
}
