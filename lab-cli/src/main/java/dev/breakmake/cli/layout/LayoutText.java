package dev.breakmake.cli.layout;

import dev.breakmake.cli.report.json.Json;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.layout.Layout;
import dev.breakmake.translation.layout.LoadPath;
import dev.breakmake.translation.layout.LoadSweep;
import dev.breakmake.translation.layout.Region;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Layouts as lines for a person. */
public final class LayoutText {

    private LayoutText() {}

    /** The regions in order of address, with the gaps between them. */
    public static List<String> regions(Layout layout) {
        List<String> lines = new ArrayList<>();
        lines.add("%s: %s, %d-bit addresses, granule %s"
                .formatted(
                        layout.name(),
                        layout.architecture().name().toLowerCase(Locale.ROOT),
                        layout.addressBits(),
                        Amounts.text(layout.granule().bytes())));
        lines.add("  %-16s %-16s %9s  %-9s %-16s %s".formatted("start", "end", "size", "kind", "region", "purpose"));
        long free = 0;
        for (Region region : ordered(layout)) {
            AddressRange range = region.range();
            if (region.kind() != Region.Kind.TEMPORARY) {
                if (range.start() > free) {
                    lines.add("  %-16s %-16s %9s  -"
                            .formatted(
                                    Json.address(free),
                                    Json.address(range.start()),
                                    Amounts.text(range.start() - free)));
                }
                free = Math.max(free, range.end());
            }
            lines.add("  %-16s %-16s %9s  %-9s %-16s %s"
                    .formatted(
                            Json.address(range.start()),
                            Json.address(range.end()),
                            Amounts.text(range.size()),
                            region.kind().name().toLowerCase(Locale.ROOT),
                            region.name(),
                            region.purpose()));
        }
        return lines;
    }

    static List<Region> ordered(Layout layout) {
        return layout.regions().stream()
                .sorted(Comparator.comparingLong(
                        (Region region) -> region.range().start()))
                .toList();
    }

    /** What each interval of load addresses means. */
    public static List<String> sweep(Layout layout, List<LoadSweep.Row> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(layout.name());
        lines.add("  %-16s %-16s %9s  %-10s %s".formatted("loaded from", "below", "size", "path", "identity mapping"));
        for (LoadSweep.Row row : rows) {
            AddressRange loads = row.loadAddresses();
            String larger =
                    row.dependsOnSize() ? "; largest image: " + row.largest().text() : "";
            lines.add("  %-16s %-16s %9s  %-10s %s%s"
                    .formatted(
                            Json.address(loads.start()),
                            Json.address(loads.end()),
                            Amounts.text(loads.size()),
                            path(row.path()),
                            row.smallest().text(),
                            larger));
        }
        return lines;
    }

    /** The way of the start code in one word. */
    static String path(LoadPath.Kind path) {
        return switch (path) {
            case NONE_NEEDED -> "in place";
            case DIRECT -> "direct";
            case TEMPORARY -> "temporary";
            case IMPOSSIBLE -> "none";
        };
    }
}
