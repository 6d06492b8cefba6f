package dev.breakmake.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.client.LabClient;
import dev.breakmake.cli.client.Messages;
import dev.breakmake.cli.client.RunFollow;
import dev.breakmake.cli.matrix.CellText;
import dev.breakmake.cli.matrix.FindingsTable;
import dev.breakmake.cli.matrix.MatrixGrid;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.terminal.LivePanel;
import dev.breakmake.cli.terminal.Style;
import dev.breakmake.cli.terminal.Terminal;
import dev.breakmake.lab.scheduler.document.MessageWriter;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.PendingReason;
import dev.breakmake.lab.v1.Run;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A run of a lab followed on the terminal: a grid that ticks, a line per verdict, a table of findings at the end. */
final class RunOnTerminal {

    private static final int MOST_CELLS = 50_000;

    private RunOnTerminal() {}

    /**
     * A run that has ended.
     *
     * @param run null if it was never heard of
     * @param cells in matrix order
     */
    record Followed(@Nullable Run run, List<Cell> cells) {}

    /**
     * Follows a run to its end.
     *
     * @param out takes lines for people; with {@code json} one object at the end: {@code {run, cells[]}}
     * @return the exit code of the run's verdict
     */
    static int follow(LabClient lab, String name, PrintWriter out, boolean json)
            throws IOException, InterruptedException {
        Followed all = cells(lab, name, json ? null : out);
        if (json) {
            out.println(Json.write(object(all.run(), all.cells())));
        } else {
            summary(all.run(), all.cells(), out);
        }
        return all.run() == null || all.cells().isEmpty() ? ExitCode.FAULT : CellVerdicts.exitCode(all.cells());
    }

    /** Follows a run to its end and gives its cells; {@code out}, if there is one, takes a line per verdict. */
    static Followed cells(LabClient lab, String name, @Nullable PrintWriter out)
            throws IOException, InterruptedException {
        Style style = Style.ofOutput();
        Panel panel = new Panel();
        RunFollow follow = new RunFollow(cell -> {
            if (out != null) {
                panel.above(() -> out.println(CellText.line(cell, style)));
            }
        });
        try (LivePanel live = LivePanel.showing(() -> panelLines(follow, style))) {
            panel.live = live;
            follow.follow(lab, name);
        }
        // Events of a watch carry what changes; the list has the cells whole.
        List<Cell> cells = new ArrayList<>();
        for (JsonNode cell : lab.list("/v1/" + name + "/cells", "cells", MOST_CELLS)) {
            cells.add(Messages.cell(cell));
        }
        return new Followed(follow.run(), cells);
    }

    private static final class Panel {
        private @Nullable LivePanel live;

        void above(Runnable printing) {
            LivePanel panel = live;
            if (panel == null) {
                printing.run();
            } else {
                panel.above(printing);
            }
        }
    }

    private static List<String> panelLines(RunFollow follow, Style style) {
        List<Cell> cells = follow.cells();
        if (cells.isEmpty()) {
            return List.of("waiting for the lab");
        }
        List<String> lines = new ArrayList<>(MatrixGrid.lines(
                cells.stream().map(Cell::getParametersMap).toList(),
                cells.stream().map(RunFollow::state).toList(),
                Terminal.width(),
                style));
        cells.stream()
                .filter(cell -> cell.getPendingReason() != PendingReason.PENDING_REASON_UNSPECIFIED
                        && cell.getPendingReason() != PendingReason.PENDING_REASON_WAITING_FOR_SLOT
                        && cell.getVerdict().getNumber() == 0)
                .map(Cell::getPendingDetail)
                .distinct()
                .limit(2)
                .forEach(reason -> lines.add(style.caution("  waits: ") + reason));
        return lines;
    }

    private static ObjectNode object(@Nullable Run run, List<Cell> cells) {
        ObjectNode root = Json.object();
        root.set("run", run == null ? null : Json.parse(MessageWriter.json(run)));
        ArrayNode array = root.putArray("cells");
        cells.forEach(cell -> array.add(Json.parse(MessageWriter.json(cell))));
        return root;
    }

    private static void summary(@Nullable Run run, List<Cell> cells, PrintWriter out) {
        out.println();
        FindingsTable.of(cells, Terminal.width()).forEach(out::println);
        if (run != null) {
            var counts = run.getCounts();
            out.println();
            out.printf(
                    Locale.ROOT,
                    "%s %s: %d cells, %d passed, %d failed, %d errored, %d missed, %d skipped%n",
                    run.getName(),
                    CellText.word(run.getVerdict().name(), "VERDICT_"),
                    counts.getTotal(),
                    counts.getPassed(),
                    counts.getFailed(),
                    counts.getErrored(),
                    counts.getMissed(),
                    counts.getSkipped());
        }
    }
}
