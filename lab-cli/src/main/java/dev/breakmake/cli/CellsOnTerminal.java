package dev.breakmake.cli;

import dev.breakmake.cli.matrix.CellText;
import dev.breakmake.cli.matrix.FinishedCell;
import dev.breakmake.cli.matrix.JobRun;
import dev.breakmake.cli.matrix.MatrixGrid;
import dev.breakmake.cli.terminal.LivePanel;
import dev.breakmake.cli.terminal.OnInterrupt;
import dev.breakmake.cli.terminal.Style;
import dev.breakmake.cli.terminal.Terminal;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs cells while a grid of them ticks on the terminal and each verdict becomes a line; Ctrl-C stops them and keeps what was done. */
final class CellsOnTerminal {

    private CellsOnTerminal() {}

    /**
     * Runs all cells.
     *
     * @param threads cells at a time
     * @param out takes a line per cell
     */
    static List<FinishedCell> run(JobRun run, int threads, Consumer<String> out)
            throws IOException, InterruptedException {
        run.requireImages();
        Style style = Style.ofOutput();
        List<Map<String, String>> parameters = run.parameters();
        try (OnInterrupt _ = OnInterrupt.stopping(run::cancel);
                LivePanel panel =
                        LivePanel.showing(() -> MatrixGrid.lines(parameters, run.states(), Terminal.width(), style))) {
            return run.run(threads, cell -> panel.above(() -> out.accept(CellText.line(cell.cell(), style))));
        }
    }
}
