package dev.breakmake.cli.trace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The page-table diff of some steps, one tree per root: root, tables with their level, entries with old and new decoded.
 *
 * @param title regime, root and the PEs that translate with it
 * @param tables the tables of it that changed
 */
public record DiffTree(String title, List<Table> tables) {

    public DiffTree {
        tables = List.copyOf(tables);
    }

    /**
     * A table.
     *
     * @param title level and physical address
     * @param entries its descriptors that changed, in the order of their first write
     */
    public record Table(String title, List<Entry> entries) {
        public Table {
            entries = List.copyOf(entries);
        }
    }

    /**
     * A descriptor before and after.
     *
     * @param index its index in the table
     * @param address input address it serves, or null where no root reaches the table
     * @param pe the PE that wrote it first
     * @param oldText value before, decoded where the level is known
     * @param newText value after
     */
    public record Entry(int index, @Nullable Long address, int pe, String oldText, String newText) {}

    /**
     * The trees of a diff.
     *
     * @param changes the descriptors that changed
     * @param before the state before, for tables the step unlinked; may be the same object as {@code after} if that is all there is
     * @param after the state after the step
     */
    public static List<DiffTree> of(List<StepChange.Change> changes, TableState before, TableState after) {
        TableIndex now = TableIndex.of(after);
        TableIndex old = before == after ? now : TableIndex.of(before);
        Map<String, Map<String, List<Entry>>> roots = new LinkedHashMap<>();
        for (StepChange.Change change : changes) {
            long pa = change.first().descriptorPa();
            List<TableIndex.Place> places = now.of(pa).isEmpty() ? old.of(pa) : now.of(pa);
            long table = TableIndex.table(pa);
            int index = (int) ((pa - table) / 8);
            int pe = change.first().pe();
            if (places.isEmpty()) {
                entries(roots, TableIndex.title(null), "table 0x" + Long.toHexString(table))
                        .add(new Entry(
                                index,
                                null,
                                pe,
                                "0x%016x".formatted(change.oldDescriptor()),
                                "0x%016x".formatted(change.newDescriptor())));
            }
            for (TableIndex.Place place : places) {
                entries(roots, TableIndex.title(place), "L%d table 0x%x".formatted(place.level(), table))
                        .add(new Entry(
                                index,
                                place.address(index),
                                pe,
                                text(place, change.oldDescriptor()),
                                text(place, change.newDescriptor())));
            }
        }
        return roots.entrySet().stream()
                .map(root -> new DiffTree(
                        root.getKey(),
                        root.getValue().entrySet().stream()
                                .map(table -> new Table(table.getKey(), table.getValue()))
                                .toList()))
                .toList();
    }

    private static String text(TableIndex.Place place, long descriptor) {
        return "0x%016x  %s".formatted(descriptor, place.decode(descriptor).text());
    }

    private static List<Entry> entries(Map<String, Map<String, List<Entry>>> roots, String root, String table) {
        return roots.computeIfAbsent(root, _ -> new LinkedHashMap<>()).computeIfAbsent(table, _ -> new ArrayList<>());
    }
}
