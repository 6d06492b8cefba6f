package dev.breakmake.cli.report.html;

import dev.breakmake.translation.event.AddressRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Address ranges as a picture. Boot mappings are kilobytes in terabytes, so the axis keeps order and shortens gaps: every used
 * stretch gets a column with its true bounds written under it.
 */
final class AddressSvg {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 78;
    private static final int MOST_STRETCHES = 6;

    private AddressSvg() {}

    static void write(Html html, List<AddressRange> ranges, String architecture) {
        List<AddressRange> stretches = stretches(ranges);
        int shown = Math.min(stretches.size(), MOST_STRETCHES);
        double column = (double) WIDTH / shown;
        html.raw("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"address ranges\">".formatted(WIDTH, HEIGHT));
        html.raw("<text class=\"soft\" x=\"0\" y=\"11\">")
                .text(architecture + " input addresses; each column is one stretch, gaps are cut")
                .raw("</text>");
        for (int i = 0; i < shown; i++) {
            AddressRange stretch = stretches.get(i);
            double left = i * column;
            double span = column - 12;
            html.raw("<rect class=\"lane\" x=\"%.1f\" y=\"18\" width=\"%.1f\" height=\"22\"/>".formatted(left, span));
            for (AddressRange range : ranges) {
                if (stretch.contains(range.start())) {
                    double from = span * fraction(range.start() - stretch.start(), stretch.size());
                    double width = Math.max(2, span * fraction(range.size(), stretch.size()));
                    html.raw("<rect class=\"bad\" x=\"%.1f\" y=\"18\" width=\"%.1f\" height=\"22\"/>"
                            .formatted(left + Math.min(from, span - 2), Math.min(width, span)));
                }
            }
            html.raw("<text x=\"%.1f\" y=\"54\">0x%x</text>".formatted(left, stretch.start()));
            html.raw("<text class=\"soft\" x=\"%.1f\" y=\"69\">to 0x%x</text>".formatted(left, stretch.end()));
        }
        html.raw("</svg>");
        if (shown < stretches.size()) {
            html.raw("<p class=\"soft\">and " + (stretches.size() - shown) + " more stretches</p>");
        }
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
            } else {
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
