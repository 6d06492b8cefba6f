package dev.breakmake.cli.layout;

import dev.breakmake.cli.picture.Svg;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.layout.Layout;
import dev.breakmake.translation.layout.LoadSweep;
import dev.breakmake.translation.layout.LoadSweep.State;
import dev.breakmake.translation.layout.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * A picture of address spaces side by side, address 0 at the bottom: the regions of each layout, and beside them at the same height what it
 * means to load the image there, because an identity mapping lies where the image is loaded. Heights grow with the logarithm of the size:
 * a true scale would show nothing but the direct map.
 */
public final class AddressMap {

    private static final int PANEL = 660;
    private static final int MARGIN = 20;
    private static final int TOP = 96;
    private static final int BOTTOM = 24;
    private static final int REGIONS = 140;
    private static final int REGION_WIDTH = 220;
    private static final int TRACK = 376;
    private static final int TRACK_WIDTH = 36;
    private static final int NOTES = 422;
    private static final int SMALLEST = 24;
    private static final int TWO_LINES = 34;
    private static final long PER_STEP = 2L << 20;

    private static final String STYLE = """
            <style>
            text { font: 12px "DejaVu Sans", "Liberation Sans", sans-serif; fill: #1f2933; }
            .title { font-size: 17px; font-weight: bold; } .head { font-size: 12px; fill: #52606d; }
            .address { font: 11px "DejaVu Sans Mono", "Liberation Mono", monospace; text-anchor: end; fill: #3e4c59; }
            .name { font-weight: bold; } .size { text-anchor: end; fill: #3e4c59; } .small { font-size: 11px; fill: #52606d; }
            .gap { fill: #f5f7fa; stroke: #cbd2d9; } .image { fill: #9fc5e8; stroke: #2f5d8a; }
            .runtime { fill: #cfe2f3; stroke: #5b84ad; } .identity { fill: #d9ead3; stroke: #5b8a3c; }
            .late { fill: #ead1dc; stroke: #a64d79; } .temporary { fill: #fce5cd; stroke: #b45f06; stroke-dasharray: 4 2; }
            .clear { fill: #b7dfb0; stroke: #5b8a3c; } .shares { fill: #ffe599; stroke: #b58900; }
            .clashes { fill: url(#stripes); stroke: #a61b1b; } .impossible { fill: #9aa5b1; stroke: #52606d; }
            .tick { stroke: #e4e7eb; } .bad { font-weight: bold; fill: #a61b1b; } .page { fill: #ffffff; }
            </style>
            <defs><pattern id="stripes" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="8" height="8" fill="#f8b4b4"/><rect width="4" height="8" fill="#d64545"/></pattern></defs>
            """;

    /** One column of the picture. */
    public record Panel(Layout layout, List<LoadSweep.Row> rows) {
        public Panel {
            rows = List.copyOf(rows);
        }
    }

    /** Neighbouring rows that look the same. */
    private record Stretch(AddressRange range, State state, String note, String path, String hint) {}

    private final Svg svg = new Svg();

    private AddressMap() {}

    /**
     * The picture.
     *
     * @param size what is drawn, for the heading: sizes of images and step of load addresses
     */
    public static String of(List<Panel> panels, String size) {
        AddressMap map = new AddressMap();
        int height = 0;
        List<Axis> axes = new ArrayList<>();
        for (Panel panel : panels) {
            Axis axis = new Axis(panel.layout(), stretches(panel.rows()));
            axes.add(axis);
            height = Math.max(height, axis.height());
        }
        int width = MARGIN + panels.size() * PANEL;
        int total = TOP + height + BOTTOM;
        map.svg.box("page", 0, 0, width, total, "");
        map.legend(size);
        for (int i = 0; i < panels.size(); i++) {
            map.panel(panels.get(i), axes.get(i), MARGIN + i * PANEL, TOP + height);
        }
        String title = "Address spaces of "
                + String.join(
                        ", ",
                        panels.stream().map(panel -> panel.layout().name()).toList());
        return map.svg.document(width, total, title, STYLE);
    }

    private void legend(String size) {
        int x = MARGIN;
        String[][] entries = {
            {"clear", "clear"},
            {"shares", "shares table entries with the runtime mapping"},
            {"clashes", "clash: same addresses"},
            {"impossible", "no identity mapping possible"},
            {"temporary", "temporary mapping"}
        };
        for (String[] entry : entries) {
            svg.box(entry[0], x, 12, 16, 16, entry[1]);
            svg.text("small", x + 21, 24, entry[1]);
            x += 36 + entry[1].length() * 6;
        }
        svg.text("small", MARGIN, 46, "Right track: the image loaded at this address, mapped 1:1. " + size);
    }

    private static List<Stretch> stretches(List<LoadSweep.Row> rows) {
        List<Stretch> result = new ArrayList<>();
        for (LoadSweep.Row row : rows) {
            LoadSweep.Meaning worst = row.largest();
            String note = note(worst);
            if (row.dependsOnSize() && row.smallest().state() != worst.state()) {
                note += " (larger images)";
            }
            String path = path(row);
            Stretch last = result.isEmpty() ? null : result.getLast();
            if (last != null && last.state == worst.state() && last.note.equals(note) && last.path.equals(path)) {
                result.removeLast();
                AddressRange both =
                        new AddressRange(last.range.start(), row.loadAddresses().end());
                result.add(new Stretch(both, last.state, note, path, last.hint));
            } else {
                String hint = "loaded in " + row.loadAddresses() + ": " + worst.text();
                result.add(new Stretch(row.loadAddresses(), worst.state(), note, path, hint));
            }
        }
        return result;
    }

    /** The way of the start code where it is not the plain one. */
    private static String path(LoadSweep.Row row) {
        return switch (row.path()) {
            case DIRECT -> "";
            case NONE_NEEDED -> "loaded in place: boots without one";
            case TEMPORARY -> "boots through the temporary mapping";
            case IMPOSSIBLE -> row.smallest().state() == State.IMPOSSIBLE ? "" : "cannot boot";
        };
    }

    private static String note(LoadSweep.Meaning meaning) {
        return switch (meaning.state()) {
            case CLEAR -> "clear";
            case SHARES_TABLES -> {
                String cause = meaning.causes().getFirst();
                yield "shares its " + cause.substring(0, cause.indexOf(" with"));
            }
            case CLASHES -> "CLASH: " + String.join(", ", meaning.causes());
            case IMPOSSIBLE -> meaning.causes().getFirst();
        };
    }

    private void panel(Panel panel, Axis axis, int x, int bottom) {
        Layout layout = panel.layout();
        svg.text("title", x, 72, layout.name());
        svg.text("head", x + REGIONS, 88, "virtual address space");
        svg.text("head", x + TRACK, 88, "image loaded here");
        for (long border : axis.borders()) {
            int y = bottom - axis.offset(border);
            svg.rule("tick", x + REGIONS - 6, x + NOTES + 220, y);
            svg.text("address", x + REGIONS - 10, y + 4, Json.address(border));
        }
        gaps(layout, axis, x, bottom);
        for (Region region : LayoutText.ordered(layout)) {
            if (region.kind() != Region.Kind.TEMPORARY) {
                region(region, axis, x + REGIONS, REGION_WIDTH, bottom);
            }
        }
        for (Region region : layout.regions()) {
            if (region.kind() == Region.Kind.TEMPORARY) {
                region(region, axis, x + REGIONS + 20, REGION_WIDTH - 20, bottom);
            }
        }
        for (Stretch stretch : axis.stretches()) {
            stretch(stretch, axis, x, bottom);
        }
    }

    private void gaps(Layout layout, Axis axis, int x, int bottom) {
        long free = 0;
        for (Region region : LayoutText.ordered(layout)) {
            if (region.kind() != Region.Kind.TEMPORARY) {
                gap(free, region.range().start(), axis, x, bottom);
                free = Math.max(free, region.range().end());
            }
        }
        gap(free, 1L << layout.addressBits(), axis, x, bottom);
    }

    private void gap(long from, long to, Axis axis, int x, int bottom) {
        if (from < to) {
            int y = bottom - axis.offset(to);
            int height = bottom - axis.offset(from) - y;
            svg.box("gap", x + REGIONS, y, REGION_WIDTH, height, "free");
            svg.text("small", x + REGIONS + 8, y + height / 2 + 4, "free");
            svg.text("small size", x + REGIONS + REGION_WIDTH - 8, y + height / 2 + 4, Amounts.text(to - from));
        }
    }

    private void region(Region region, Axis axis, int x, int width, int bottom) {
        AddressRange range = region.range();
        int y = bottom - axis.offset(range.end());
        int height = bottom - axis.offset(range.start()) - y;
        String style = region.kind().name().toLowerCase(java.util.Locale.ROOT);
        svg.box(style, x, y, width, height, region.name() + " " + range + ": " + region.purpose());
        // What lies over a later region names itself in its lower part, so that both names can be read.
        int line = region.kind() == Region.Kind.LATE ? y + 16 : y + height / 2 + 4;
        svg.text("name", x + 8, line, region.name());
        svg.text("size", x + width - 8, line, Amounts.text(range.size()));
    }

    private void stretch(Stretch stretch, Axis axis, int x, int bottom) {
        int y = bottom - axis.offset(stretch.range.end());
        int height = bottom - axis.offset(stretch.range.start()) - y;
        String style = switch (stretch.state) {
            case CLEAR -> "clear";
            case SHARES_TABLES -> "shares";
            case CLASHES -> "clashes";
            case IMPOSSIBLE -> "impossible";
        };
        svg.box(style, x + TRACK, y, TRACK_WIDTH, height, stretch.hint);
        int line = y + height / 2 + (stretch.path.isEmpty() ? 4 : -3);
        svg.text(stretch.state == State.CLASHES ? "bad" : "note", x + NOTES, line, stretch.note);
        if (!stretch.path.isEmpty()) {
            svg.text("small", x + NOTES, line + 14, stretch.path);
        }
    }

    /** From addresses to heights: every piece between two borders is readable, larger pieces are taller. */
    private static final class Axis {

        private final List<Long> borders;
        private final List<Integer> offsets = new ArrayList<>();
        private final List<Stretch> stretches;

        Axis(Layout layout, List<Stretch> stretches) {
            this.stretches = stretches;
            TreeSet<Long> all = new TreeSet<>();
            all.add(0L);
            all.add(1L << layout.addressBits());
            layout.regions().forEach(region -> {
                all.add(region.range().start());
                all.add(region.range().end());
            });
            stretches.forEach(stretch -> {
                all.add(stretch.range.start());
                all.add(stretch.range.end());
            });
            borders = List.copyOf(all);
            int offset = 0;
            offsets.add(0);
            for (int i = 1; i < borders.size(); i++) {
                long size = borders.get(i) - borders.get(i - 1);
                int growth = Math.max(0, 63 - Long.numberOfLeadingZeros(Math.max(1, size / PER_STEP)));
                offset += SMALLEST + growth;
                offset = Math.max(offset, leastAt(borders.get(i)));
                offsets.add(offset);
            }
        }

        /** A stretch with a second line needs room for it. */
        private int leastAt(long border) {
            for (Stretch stretch : stretches) {
                if (stretch.range.end() == border && !stretch.path.isEmpty()) {
                    return offset(stretch.range.start()) + TWO_LINES;
                }
            }
            return 0;
        }

        int offset(long border) {
            return offsets.get(borders.indexOf(border));
        }

        int height() {
            return offsets.getLast();
        }

        List<Long> borders() {
            return borders;
        }

        List<Stretch> stretches() {
            return stretches;
        }
    }
}
