package dev.breakmake.cli.matrix;

import dev.breakmake.cli.report.Words;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.FindingSummary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Which rule is broken where, image by image: in how many of an image's cells each finding was made. */
public final class FindingsTable {

    private static final int NARROWEST = 10;

    private FindingsTable() {}

    /** The table as lines: a row per rule and symbol, a column per image or flow; as many tables below each other as the width asks for. */
    public static List<String> of(List<Cell> cells, int width) {
        Map<String, Integer> columns = new LinkedHashMap<>();
        cells.forEach(cell -> columns.merge(column(cell), 1, Integer::sum));
        List<String> names = List.copyOf(columns.keySet());
        Map<String, int[]> rows = new TreeMap<>();
        for (Cell cell : cells) {
            int column = names.indexOf(column(cell));
            cell.getFindingsList().stream()
                    .map(judged -> key(judged.getFinding()))
                    .distinct()
                    .forEach(key -> rows.computeIfAbsent(key, _ -> new int[names.size()])[column]++);
        }
        if (rows.isEmpty()) {
            return List.of("no findings");
        }
        int label = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        int each = Math.max(
                        NARROWEST, names.stream().mapToInt(String::length).max().orElse(0))
                + 2;
        int fit = Math.max(1, (width - label) / each);
        List<String> lines = new ArrayList<>();
        for (int from = 0; from < names.size(); from += fit) {
            if (from > 0) {
                lines.add("");
            }
            lines.addAll(table(names, columns, rows, from, Math.min(names.size(), from + fit), label, each));
        }
        return lines;
    }

    private static List<String> table(
            List<String> names,
            Map<String, Integer> columns,
            Map<String, int[]> rows,
            int from,
            int to,
            int label,
            int each) {
        List<String> lines = new ArrayList<>();
        StringBuilder head = new StringBuilder(Words.padded("", label));
        names.subList(from, to).forEach(name -> head.append("  ").append(Words.padded(name, each - 2)));
        lines.add(head.toString().stripTrailing());
        rows.forEach((key, counts) -> {
            if (Arrays.stream(counts, from, to).sum() == 0) {
                return; // a row for other columns
            }
            StringBuilder line = new StringBuilder(Words.padded(key, label));
            for (int i = from; i < to; i++) {
                String mark = counts[i] == 0 ? "." : counts[i] + " of " + columns.get(names.get(i));
                line.append("  ").append(Words.padded(mark, each - 2));
            }
            lines.add(line.toString().stripTrailing());
        });
        return lines;
    }

    private static String column(Cell cell) {
        String image = cell.getBoot().getImage();
        return image.isEmpty() ? cell.getBoot().getFlow() : image;
    }

    /** Rule and function; the file of a local function is left out, since it moves between releases. */
    private static String key(FindingSummary finding) {
        String symbol = finding.getSymbol();
        String place = symbol.isEmpty() ? "(no symbol)" : symbol.replaceFirst("^.*#", "");
        return String.format(Locale.ROOT, "%-11s %s", finding.getRule(), place);
    }
}
