package dev.breakmake.cli.trace;

import java.util.ArrayList;
import java.util.List;

/** The page-table diff of a step as lines: root, table with level, entry with input address, old and new decoded. */
public final class DiffText {

    private DiffText() {}

    /** The lines of a diff; see {@link DiffTree#of}. */
    public static List<String> of(List<StepChange.Change> changes, TableState before, TableState after) {
        List<String> lines = new ArrayList<>();
        for (DiffTree root : DiffTree.of(changes, before, after)) {
            lines.add(root.title());
            for (DiffTree.Table table : root.tables()) {
                lines.add("  " + table.title());
                for (DiffTree.Entry entry : table.entries()) {
                    Long address = entry.address();
                    lines.add(
                            address == null
                                    ? "    [%3d] PE%d".formatted(entry.index(), entry.pe())
                                    : "    [%3d] 0x%x  PE%d".formatted(entry.index(), address, entry.pe()));
                    lines.add("          - " + entry.oldText());
                    lines.add("          + " + entry.newText());
                }
            }
        }
        return lines;
    }
}
