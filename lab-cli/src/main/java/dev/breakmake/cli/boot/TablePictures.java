package dev.breakmake.cli.boot;

import dev.breakmake.cli.trace.DiffTree;
import dev.breakmake.translation.walk.MappedRange;
import java.util.List;
import java.util.SortedMap;

/**
 * What the tables looked like, for reports with pictures.
 *
 * @param diffs the page-table diff of every step that a finding names, by step; a long boot may leave some out
 * @param regime name of the hypervisor's regime
 * @param map what PE0 translates in that regime at the end, or where the boot stopped
 */
public record TablePictures(SortedMap<Long, List<DiffTree>> diffs, String regime, List<MappedRange> map) {

    public TablePictures {
        map = List.copyOf(map);
    }
}
