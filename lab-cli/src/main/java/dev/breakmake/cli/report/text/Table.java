package dev.breakmake.cli.report.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.report.json.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A list for people, in columns as wide as what is in them, or the same as JSON. */
public final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    /** A table with these headings. */
    public Table(String... headings) {
        rows.add(List.of(headings));
    }

    /** Adds a row. */
    public void row(String... values) {
        rows.add(List.of(values));
    }

    /** Prints the table, or with {@code json} the items as one object with one field. */
    public void print(PrintWriter out, boolean json, String field, List<JsonNode> items) {
        if (json) {
            ObjectNode root = Json.object();
            items.forEach(root.putArray(field)::add);
            out.println(Json.write(root));
        } else if (rows.size() == 1) {
            out.println("no " + field);
        } else {
            lines().forEach(out::println);
        }
    }

    /** The lines. */
    public List<String> lines() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder();
                    for (int i = 0; i < columns; i++) {
                        line.append(row.get(i))
                                .append(" ".repeat(widths[i] - row.get(i).length() + 2));
                    }
                    return line.toString().stripTrailing();
                })
                .toList();
    }
}
