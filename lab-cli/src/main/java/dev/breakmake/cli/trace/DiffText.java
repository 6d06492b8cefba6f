package dev.breakmake.cli.trace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page-table diff of a step as a tree: root, table with level, entry with input address, old and new decoded. */
public final class DiffText {

    private DiffText() {}

    /**
     * The lines of a diff.
     *
     * @param changes the descriptors that changed
     * @param before the state before, for tables the step unlinked; may be the same object as {@code after} if that is all there is
     * @param after the state after the step
     */
    public static List<String> of(List<StepChange.Change> changes, TableState before, TableState after) {
        TableIndex old = TableIndex.of(before);
        TableIndex now = TableIndex.of(after);
        Map<String, Map<String, List<String>>> tree = new LinkedHashMap<>();
        for (StepChange.Change change : changes) {
            long pa = change.first().descriptorPa();
            List<TableIndex.Place> places = now.of(pa).isEmpty() ? old.of(pa) : now.of(pa);
            long table = TableIndex.table(pa);
            int index = (int) ((pa - table) / 8);
            if (places.isEmpty()) {
                entries(tree, TableIndex.title(null), "table 0x" + Long.toHexString(table))
                        .addAll(List.of(
                                "[%3d] PE%d".formatted(index, change.first().pe()),
                                "      - 0x%016x".formatted(change.oldDescriptor()),
                                "      + 0x%016x".formatted(change.newDescriptor())));
            }
            for (TableIndex.Place place : places) {
                entries(tree, TableIndex.title(place), "L%d table 0x%x".formatted(place.level(), table))
                        .addAll(List.of(
                                "[%3d] 0x%x  PE%d"
                                        .formatted(
                                                index,
                                                place.address(index),
                                                change.first().pe()),
                                "      - 0x%016x  %s"
                                        .formatted(
                                                change.oldDescriptor(),
                                                place.decode(change.oldDescriptor())
                                                        .text()),
                                "      + 0x%016x  %s"
                                        .formatted(
                                                change.newDescriptor(),
                                                place.decode(change.newDescriptor())
                                                        .text())));
            }
        }
        List<String> lines = new ArrayList<>();
        tree.forEach((root, tables) -> {
            lines.add(root);
            tables.forEach((table, entries) -> {
                lines.add("  " + table);
                entries.forEach(entry -> lines.add("    " + entry));
            });
        });
        return lines;
    }

    private static List<String> entries(Map<String, Map<String, List<String>>> tree, String root, String table) {
        return tree.computeIfAbsent(root, _ -> new LinkedHashMap<>()).computeIfAbsent(table, _ -> new ArrayList<>());
    }
}
