package dev.breakmake.cli;

import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.Verdict;
import java.util.Comparator;
import java.util.List;

/** What many cells amount to. */
final class CellVerdicts {

    private CellVerdicts() {}

    /** The worst verdict. */
    static Verdict worst(List<Cell> cells) {
        return cells.stream()
                .map(Cell::getVerdict)
                .max(Comparator.comparingInt(Verdict::getNumber))
                .orElse(Verdict.VERDICT_SKIPPED);
    }

    /** The exit code of the worst cell; among errors a fault of this machine outranks a wrong job file. */
    static int exitCode(List<Cell> cells) {
        Verdict worst = worst(cells);
        return switch (worst) {
            case VERDICT_PASSED, VERDICT_SKIPPED -> ExitCode.PASSED;
            case VERDICT_FAILED -> ExitCode.FAILED;
            case VERDICT_ERRORED ->
                cells.stream()
                                .filter(cell -> cell.getVerdict() == worst)
                                .allMatch(cell -> cell.getCause() == Cause.CAUSE_CONFIGURATION)
                        ? ExitCode.USAGE
                        : ExitCode.FAULT;
            default -> ExitCode.FAULT;
        };
    }
}
