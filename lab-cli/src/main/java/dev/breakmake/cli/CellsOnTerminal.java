package dev.breakmake.cli;

import dev.breakmake.cli.matrix.CellText;
import dev.breakmake.cli.matrix.FinishedCell;
import dev.breakmake.cli.matrix.JobRun;
import dev.breakmake.cli.matrix.MatrixGrid;
import dev.breakmake.cli.terminal.LivePanel;
import dev.breakmake.cli.terminal.Style;
import dev.breakmake.cli.terminal.Terminal;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs cells while a grid of them ticks on the terminal and each verdict becomes a line; Ctrl-C stops them and keeps what was done. */
final class CellsOnTerminal {

    private static final long STOP_MILLIS = 5_000;
    private static final long REPORT_MILLIS = 700;

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
        Thread here = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        Thread onInterrupt = new Thread(() -> interrupted(run, ended, here), "cells-interrupt");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try (LivePanel panel =
                LivePanel.showing(() -> MatrixGrid.lines(parameters, run.states(), Terminal.width(), style))) {
            return run.run(threads, cell -> panel.above(() -> out.accept(CellText.line(cell.cell(), style))));
        } finally {
            ended.countDown();
            forget(onInterrupt);
        }
    }

    /** Cells that run are stopped, the others never begin; whoever waits for the run gets a moment to report what was done. */
    private static void interrupted(JobRun run, CountDownLatch ended, Thread reporting) {
        run.cancel();
        try {
            if (ended.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                reporting.join(REPORT_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already: the hook is what ends it.
        }
    }
}
