package dev.breakmake.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.breakmake.cli.matrix.CellState;
import dev.breakmake.cli.matrix.CellText;
import dev.breakmake.lab.v1.AttemptState;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A run as it is seen while it is watched: its cells and where each is. Fed by one thread, read by another. */
public final class RunFollow {

    private final Map<Integer, Cell> cells = new TreeMap<>(Comparator.naturalOrder());
    private final Consumer<Cell> onVerdict;
    private @Nullable Run run;

    /** @param onVerdict told every cell when it has its verdict, once */
    public RunFollow(Consumer<Cell> onVerdict) {
        this.onVerdict = onVerdict;
    }

    /** Follows the run to its end. */
    public void follow(LabClient lab, String name) throws IOException, InterruptedException {
        new RunWatch(lab, name, this::event).follow();
    }

    private void event(JsonNode event) {
        if (event.has("run")) {
            Run now = Messages.run(event.get("run"));
            synchronized (this) {
                run = now;
            }
        } else if (event.has("cell")) {
            Cell now = Messages.cell(event.get("cell"));
            @Nullable Cell before;
            synchronized (this) {
                before = cells.put(number(now.getName()), now);
            }
            boolean told = before != null && before.getVerdict().getNumber() != 0;
            if (now.getVerdict().getNumber() != 0 && !told) {
                onVerdict.accept(now);
            }
        }
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring(name.lastIndexOf('/') + 1));
    }

    /** The run as it was last heard of; null before anything was. */
    public synchronized @Nullable Run run() {
        return run;
    }

    /** The cells in matrix order. */
    public synchronized List<Cell> cells() {
        return new ArrayList<>(cells.values());
    }

    /** Where a cell is. */
    public static CellState state(Cell cell) {
        if (cell.getVerdict().getNumber() != 0) {
            return CellState.valueOf(CellText.word(cell.getVerdict().name(), "VERDICT_"));
        }
        return cell.getState() == AttemptState.ATTEMPT_STATE_QUEUED
                        || cell.getState() == AttemptState.ATTEMPT_STATE_UNSPECIFIED
                ? CellState.QUEUED
                : CellState.RUNNING;
    }
}
