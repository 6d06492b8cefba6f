package dev.breakmake.cli.report.html;

import dev.breakmake.translation.descriptor.MemoryType;
import dev.breakmake.translation.descriptor.Permissions;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.walk.MappedRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Addresses as a picture. Boot mappings are kilobytes in terabytes, so the axis keeps order and cuts gaps: every used stretch gets a column with its true
 * bounds under it. What is mapped is coloured by what it is; what a finding concerns is marked below it.
 */
final class AddressSvg {

    private static final int WIDTH = 900;
    private static final int ROW = 74;
    private static final int PER_ROW = 5;
    private static final int MOST_STRETCHES = 20;
    private static final int GAP = 12;

    /** Ranges longer than this are a whole space: they say nothing in a picture. */
    private static final long WHOLE_SPACE_BYTES = 1L << 38;

    private AddressSvg() {}

    /** What a regime translates. */
    static void map(Html html, List<MappedRange> map, String title) {
        draw(html, map, List.of(), title);
    }

    /** What a finding concerns, with what is mapped around it. */
    static void finding(Html html, List<AddressRange> concerned, List<MappedRange> map) {
        List<AddressRange> shown = concerned.stream()
                .filter(range -> range.size() > 0 && range.size() <= WHOLE_SPACE_BYTES)
                .toList();
        if (shown.isEmpty()) {
            return;
        }
        List<MappedRange> near = map.stream()
                .filter(mapped -> shown.stream().anyMatch(range -> near(mapped, range)))
                .toList();
        draw(html, near, shown, "address ranges of the finding; below them in red what it concerns");
    }

    /** Within the span of the range of each other. */
    private static boolean near(MappedRange mapped, AddressRange range) {
        long reach = Math.max(range.size(), 1L << 21);
        long from = Long.compareUnsigned(range.start(), reach) < 0 ? 0 : range.start() - reach;
        long to = range.end() - 1 + reach;
        return Long.compareUnsigned(mapped.last(), from) >= 0 && Long.compareUnsigned(mapped.start(), to) <= 0;
    }

    private static void draw(Html html, List<MappedRange> map, List<AddressRange> marked, String title) {
        List<AddressRange> stretches = stretches(Stream.concat(map.stream().map(MappedRange::input), marked.stream())
                .toList());
        int shown = Math.min(stretches.size(), MOST_STRETCHES);
        int columns = Math.min(shown, PER_ROW);
        int rows = (shown + PER_ROW - 1) / PER_ROW;
        html.raw("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"address ranges\">"
                .formatted(WIDTH, rows * ROW + 4));
        html.raw("<text class=\"soft\" x=\"0\" y=\"11\">")
                .text(title + "; gaps are cut")
                .raw("</text>");
        double column = (double) WIDTH / Math.max(1, columns);
        for (int i = 0; i < shown; i++) {
            stretch(html, stretches.get(i), map, marked, i % PER_ROW * column, 18 + i / PER_ROW * ROW, column - GAP);
        }
        html.raw("</svg>");
        if (!map.isEmpty()) {
            html.raw("<p class=\"legend\"><span class=\"key exec\"></span>code <span class=\"key ro\"></span>read-only"
                    + " <span class=\"key data\"></span>data <span class=\"key device\"></span>device</p>");
        }
        if (shown < stretches.size()) {
            html.raw("<p class=\"soft\">and " + (stretches.size() - shown) + " more stretches</p>");
        }
    }

    private static void stretch(
            Html html,
            AddressRange stretch,
            List<MappedRange> map,
            List<AddressRange> marked,
            double left,
            int top,
            double span) {
        html.raw("<rect class=\"lane\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"22\"/>".formatted(left, top, span));
        for (MappedRange mapped : map) {
            if (stretch.contains(mapped.start())) {
                html.raw(box(kind(mapped), stretch, mapped.input(), left, top, 22, span) + "<title>")
                        .text(mapped.text())
                        .raw("</title></rect>");
            }
        }
        for (AddressRange range : marked) {
            if (stretch.contains(range.start())) {
                html.raw(box("bad", stretch, range, left, top + 24, 5, span) + "</rect>");
            }
        }
        html.raw("<text x=\"%.1f\" y=\"%d\">0x%x</text>".formatted(left, top + 42, stretch.start()));
        html.raw("<text class=\"soft\" x=\"%.1f\" y=\"%d\">to 0x%x</text>".formatted(left, top + 55, stretch.end()));
    }

    private static String box(
            String kind, AddressRange stretch, AddressRange range, double left, int top, int height, double span) {
        double from = span * fraction(range.start() - stretch.start(), stretch.size());
        double width = Math.clamp(span * fraction(range.size(), stretch.size()), 1.5, span);
        return "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\">"
                .formatted(kind, left + Math.min(from, span - width), top, width, height);
    }

    private static String kind(MappedRange mapped) {
        if (MemoryType.device(mapped.memoryType())) {
            return "device";
        }
        if (Permissions.executable(mapped.permissions())) {
            return "exec";
        }
        return Permissions.writable(mapped.permissions()) ? "data" : "ro";
    }

    /** Ranges whose gap is at most as long as what they span together share a stretch. */
    static List<AddressRange> stretches(List<AddressRange> ranges) {
        List<AddressRange> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparing(AddressRange::start, Long::compareUnsigned));
        List<AddressRange> stretches = new ArrayList<>();
        for (AddressRange range : sorted) {
            AddressRange last = stretches.isEmpty() ? null : stretches.getLast();
            if (last != null && Long.compareUnsigned(range.start() - last.end(), last.size() + range.size()) <= 0) {
                boolean longer =
                        last.end() != 0 && (range.end() == 0 || Long.compareUnsigned(range.end(), last.end()) > 0);
                stretches.set(stretches.size() - 1, new AddressRange(last.start(), longer ? range.end() : last.end()));
            } else if (last == null || !last.contains(range.start())) {
                stretches.add(range);
            }
        }
        return stretches;
    }

    private static double fraction(long part, long whole) {
        return whole == 0 ? 0 : unsigned(part) / unsigned(whole);
    }

    private static double unsigned(long value) {
        return (value >>> 1) * 2.0 + (value & 1);
    }
}
