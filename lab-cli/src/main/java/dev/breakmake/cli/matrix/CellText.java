package dev.breakmake.cli.matrix;

import dev.breakmake.cli.terminal.Style;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.JudgedFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A finished cell in one line, and what many of them amount to. */
public final class CellText {

    private CellText() {}

    /** Verdict, axis values, outcome, findings. */
    public static String line(Cell cell, Style style) {
        String verdict = word(cell.getVerdict().name(), "VERDICT_");
        String padded = String.format(Locale.ROOT, "%-7s", verdict);
        String styled = switch (cell.getVerdict()) {
            case VERDICT_PASSED -> style.good(padded);
            case VERDICT_FAILED, VERDICT_ERRORED -> style.bad(padded);
            default -> style.caution(padded);
        };
        String detail = cell.getDetail().isEmpty() ? tally(cell) : cell.getDetail();
        return styled + "  " + name(cell) + "  " + style.dim(detail);
    }

    /** The axis values in one string, image or flow first. */
    public static String name(Cell cell) {
        Map<String, String> rest = new TreeMap<>(cell.getParametersMap());
        StringBuilder text = new StringBuilder();
        for (String first : List.of("image", "flow")) {
            String value = rest.remove(first);
            if (value != null && !value.isEmpty()) {
                text.append(value);
            }
        }
        if (text.isEmpty()) {
            text.append(cell.getBoot().getImage()).append(cell.getBoot().getFlow());
        }
        rest.forEach((name, value) -> text.append("  ").append(value(name, value)));
        return text.toString();
    }

    private static String value(String name, String value) {
        return switch (name) {
            case "pes" -> value + (value.equals("1") ? " PE" : " PEs");
            case "memory" -> dev.breakmake.cli.report.Words.size(Long.parseLong(value));
            case "backend" -> value.replace("BACKEND_", "").toLowerCase(Locale.ROOT);
            case "gic" -> "GICv" + value;
            default -> name + "=" + value;
        };
    }

    private static String tally(Cell cell) {
        long expected = cell.getFindingsList().stream()
                .filter(JudgedFinding::getExpected)
                .count();
        long other = cell.getFindingsCount() - expected;
        List<String> parts = new ArrayList<>();
        if (other > 0) {
            parts.add(other + (other == 1 ? " finding" : " findings"));
        }
        if (expected > 0) {
            parts.add(expected + " expected");
        }
        if (cell.getMissingExpectationsCount() > 0) {
            parts.add(cell.getMissingExpectationsCount() + " expected and missing");
        }
        return parts.isEmpty() ? "no findings" : String.join(", ", parts);
    }

    /** An enum value without its type's name: {@code PASSED}. */
    public static String word(String constant, String prefix) {
        return constant.startsWith(prefix) ? constant.substring(prefix.length()) : constant;
    }
}
