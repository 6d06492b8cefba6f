package dev.breakmake.cli.report.text;

import dev.breakmake.cli.boot.EngineSweep.Load;
import dev.breakmake.engine.study.LoadSweep;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A sweep of load addresses for a person: a line for addresses in a row that meet the same regions and whose boots end alike. */
public final class SweepText {

    private SweepText() {}

    /** The lines, with a heading and a sum. */
    public static List<String> lines(List<Load> loads) {
        List<String> lines = new ArrayList<>();
        int meets = loads.stream().mapToInt(load -> meets(load).length()).reduce("meets".length(), Math::max);
        String columns = "%-25s %5s  %-" + meets + "s  %-14s  %s";
        lines.add(columns.formatted("load address", "boots", "meets", "outcome", "where it stops; what was found"));
        int first = 0;
        for (int i = 1; i <= loads.size(); i++) {
            if (i == loads.size() || !alike(loads.get(i), loads.get(first))) {
                lines.add(line(columns, loads.get(first), loads.get(i - 1), i - first));
                first = i;
            }
        }
        lines.add("%d %s: %s".formatted(loads.size(), loads.size() == 1 ? "boot" : "boots", outcomes(loads)));
        return lines;
    }

    /** How many boots ended how, in a line. */
    public static String outcomes(List<Load> loads) {
        return loads.stream()
                .collect(
                        Collectors.groupingBy(load -> load.boot().result().kind(), TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(each -> each.getValue() + " " + each.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String line(String columns, Load from, Load to, int boots) {
        String range = boots == 1
                ? "0x%x".formatted(from.boot().address())
                : "0x%x to 0x%x".formatted(from.boot().address(), to.boot().address());
        return columns.formatted(range, boots, meets(from), from.boot().result().kind(), ending(from.boot()))
                .stripTrailing();
    }

    private static String meets(Load load) {
        return load.meets().isEmpty() ? "-" : String.join(" ", load.meets());
    }

    private static boolean alike(Load some, Load other) {
        return some.boot().result().kind() == other.boot().result().kind()
                && some.meets().equals(other.meets())
                && ending(some.boot()).equals(ending(other.boot()));
    }

    /** Two boots that reach their goal end alike when the same is found in both. */
    private static String ending(LoadSweep.Place place) {
        String rules = place.findings().stream()
                .map(finding -> finding.rule().id())
                .distinct()
                .sorted()
                .collect(Collectors.joining(" "));
        String stop =
                place.reached() ? "" : place.stop() + ": " + place.result().message();
        return stop.isEmpty() || rules.isEmpty() ? stop + rules : stop + "; " + rules;
    }
}
