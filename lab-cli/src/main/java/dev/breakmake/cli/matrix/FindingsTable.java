package dev.breakmake.cli.matrix;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.JudgedFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Which rule is broken where, image by image: in how many of an image's cells each finding was made. */
public final class FindingsTable {

    private FindingsTable() {}

    /** The table as lines: a row per rule and symbol, a column per image. */
    public static List<String> of(List<BootReport> reports) {
        List<String> images = reports.stream()
                .map(report -> report.target().name())
                .distinct()
                .toList();
        Map<String, int[]> rows = new TreeMap<>();
        int[] cells = new int[images.size()];
        for (BootReport report : reports) {
            int column = images.indexOf(report.target().name());
            cells[column]++;
            report.findings().stream()
                    .map(FindingsTable::key)
                    .distinct()
                    .forEach(key -> rows.computeIfAbsent(key, each -> new int[images.size()])[column]++);
        }
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        List<String> lines = new ArrayList<>();
        StringBuilder head = new StringBuilder(pad("", width));
        images.forEach(image -> head.append("  ").append(pad(image, 11)));
        lines.add(head.toString().stripTrailing());
        rows.forEach((key, counts) -> {
            StringBuilder line = new StringBuilder(pad(key, width));
            for (int i = 0; i < counts.length; i++) {
                String mark = counts[i] == 0 ? "." : counts[i] + " of " + cells[i];
                line.append("  ").append(pad(mark, Math.max(11, images.get(i).length())));
            }
            lines.add(line.toString().stripTrailing());
        });
        return lines;
    }

    /** Rule and function; the file of a local function is left out, since it moves between releases. */
    private static String key(JudgedFinding judged) {
        String symbol = judged.finding().symbol();
        String place =
                symbol == null ? "(no symbol)" : symbol.replaceFirst("^.*#", "").replaceFirst("\\+0x[0-9a-f]+$", "");
        return String.format(Locale.ROOT, "%-11s %s", judged.finding().rule().id(), place);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
