package dev.breakmake.cli.report.text;

import dev.breakmake.engine.study.LoadSweep;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A sweep of load addresses for a person: a line for addresses in a row whose boots end alike. */
public final class SweepText {

    private SweepText() {}

    /** The lines, with a heading and a sum. */
    public static List<String> lines(List<LoadSweep.Place> places) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "%-27s %5s  %-14s %s".formatted("load address", "boots", "outcome", "where it stops; what was found"));
        int first = 0;
        for (int i = 1; i <= places.size(); i++) {
            if (i == places.size() || !ending(places.get(i)).equals(ending(places.get(first)))) {
                lines.add(line(places.get(first), places.get(i - 1), i - first));
                first = i;
            }
        }
        lines.add(places.stream()
                .collect(Collectors.groupingBy(place -> place.result().kind(), TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(each -> each.getValue() + " " + each.getKey())
                .collect(Collectors.joining(", ", places.size() + " boots: ", "")));
        return lines;
    }

    private static String line(LoadSweep.Place from, LoadSweep.Place to, int boots) {
        String range =
                boots == 1 ? "0x%x".formatted(from.address()) : "0x%x to 0x%x".formatted(from.address(), to.address());
        return "%-27s %5d  %-14s %s"
                .formatted(range, boots, from.result().kind(), ending(from).where());
    }

    private record Ending(String kind, String where) {}

    /** Two boots that reach their goal end alike when the same is found in both. */
    private static Ending ending(LoadSweep.Place place) {
        String rules = place.findings().stream()
                .map(finding -> finding.rule().id())
                .distinct()
                .sorted()
                .collect(Collectors.joining(" "));
        String stop =
                place.reached() ? "" : place.stop() + ": " + place.result().message();
        String where = stop.isEmpty() || rules.isEmpty() ? stop + rules : stop + "; " + rules;
        return new Ending(place.result().kind().name(), where);
    }
}
