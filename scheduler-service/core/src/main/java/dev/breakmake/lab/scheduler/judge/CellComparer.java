package dev.breakmake.lab.scheduler.judge;

import dev.breakmake.lab.v1.CellChange;
import dev.breakmake.lab.v1.Verdict;
import org.jspecify.annotations.Nullable;

/** What became of a cell between two runs. */
public final class CellComparer {

    private CellComparer() {}

    /**
     * Classifies one cell.
     *
     * @param inBase whether the base run has it
     * @param base its verdict there; unspecified while undecided
     * @param inRun whether the run has it
     * @param run its verdict here
     * @param everPassed whether it passed in any earlier run of the project
     */
    public static CellChange change(
            boolean inBase, @Nullable Verdict base, boolean inRun, @Nullable Verdict run, boolean everPassed) {
        if (!inRun) {
            return CellChange.CELL_CHANGE_DISAPPEARED;
        }
        if (!inBase) {
            return CellChange.CELL_CHANGE_APPEARED;
        }
        if (!saysSomething(base) || !saysSomething(run)) {
            return CellChange.CELL_CHANGE_INCONCLUSIVE;
        }
        if (run == Verdict.VERDICT_FAILED && !everPassed) {
            return CellChange.CELL_CHANGE_NEVER_PASSED;
        }
        if (base == run) {
            return CellChange.CELL_CHANGE_UNCHANGED;
        }
        return run == Verdict.VERDICT_FAILED ? CellChange.CELL_CHANGE_NEW : CellChange.CELL_CHANGE_FIXED;
    }

    /** Only PASSED and FAILED are statements about the target. */
    private static boolean saysSomething(@Nullable Verdict verdict) {
        return verdict == Verdict.VERDICT_PASSED || verdict == Verdict.VERDICT_FAILED;
    }
}
