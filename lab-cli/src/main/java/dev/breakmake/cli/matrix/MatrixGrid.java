package dev.breakmake.cli.matrix;

import dev.breakmake.cli.terminal.Style;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A run as letters, one per cell: a row per value of the first axis, broken where the terminal ends. */
public final class MatrixGrid {

    private static final int MOST_ROWS = 14;

    private MatrixGrid() {}

    /** The rows of the grid, with a line of numbers above them. */
    public static List<String> lines(
            List<Map<String, String>> parameters, List<CellState> states, int width, Style style) {
        List<String> lines = new ArrayList<>();
        lines.add(numbers(states, style));
        Map<String, StringBuilder> rows = new LinkedHashMap<>();
        for (int i = 0; i < states.size(); i++) {
            rows.computeIfAbsent(row(parameters.get(i)), _ -> new StringBuilder())
                    .append(states.get(i).letter());
        }
        int label = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        int room = Math.max(10, width - label - 6);
        rows.forEach((name, letters) -> {
            for (int from = 0; from < letters.length(); from += room) {
                String part = letters.substring(from, Math.min(letters.length(), from + room));
                lines.add(String.format(Locale.ROOT, "  %-" + Math.max(1, label) + "s  ", from == 0 ? name : "")
                        + coloured(part, style));
            }
        });
        return lines.size() <= MOST_ROWS + 1 ? lines : List.of(lines.getFirst());
    }

    private static String row(Map<String, String> parameters) {
        String image = parameters.get("image");
        String flow = parameters.get("flow");
        return image != null && !image.isEmpty() ? image : flow != null && !flow.isEmpty() ? flow : "cells";
    }

    private static String numbers(List<CellState> states, Style style) {
        Map<CellState, Integer> counts = new LinkedHashMap<>();
        states.forEach(state -> counts.merge(state, 1, Integer::sum));
        int waiting = counts.getOrDefault(CellState.QUEUED, 0);
        int running = counts.getOrDefault(CellState.RUNNING, 0);
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "%d of %d done, %d running", states.size() - waiting - running, states.size(), running));
        for (CellState state : CellState.values()) {
            Integer count = counts.get(state);
            if (count != null && state != CellState.QUEUED && state != CellState.RUNNING) {
                text.append(", ")
                        .append(styled(state, count + " " + state.name().toLowerCase(Locale.ROOT), style));
            }
        }
        return text.toString();
    }

    private static String coloured(String letters, Style style) {
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < letters.length()) {
            int end = i;
            while (end < letters.length() && letters.charAt(end) == letters.charAt(i)) {
                end++;
            }
            char letter = letters.charAt(i);
            CellState state = CellState.QUEUED;
            for (CellState each : CellState.values()) {
                if (each.letter() == letter) {
                    state = each;
                }
            }
            text.append(styled(state, letters.substring(i, end), style));
            i = end;
        }
        return text.toString();
    }

    private static String styled(CellState state, String text, Style style) {
        return switch (state) {
            case PASSED -> style.good(text);
            case FAILED, ERRORED -> style.bad(text);
            case MISSED -> style.caution(text);
            case RUNNING -> style.strong(text);
            case QUEUED, SKIPPED -> style.dim(text);
        };
    }
}
