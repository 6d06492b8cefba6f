package dev.breakmake.cli.report.html;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.boot.Milestone;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** One lane per PE over the steps of the run: MMU on, executing on the identity map, root changes, findings. */
final class TimelineSvg {

    private static final int WIDTH = 900;
    private static final int LEFT = 46;
    private static final int LANE = 34;

    private TimelineSvg() {}

    static void write(Html html, BootReport report) {
        // Milestones crowd at the start of a boot: the axis counts milestones, not steps, and names the step under each
        // tick.
        List<Milestone> timeline = report.timeline();
        int pes = report.target().pes();
        int height = pes * LANE + 40;
        html.raw("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"timeline\">".formatted(WIDTH, height));
        double tick = (double) (WIDTH - LEFT - 10) / Math.max(1, timeline.size());
        for (int pe = 0; pe < pes; pe++) {
            lane(html, timeline, pe, tick);
        }
        for (JudgedFinding judged : report.findings()) {
            double x = LEFT + tick * position(timeline, judged.finding().step());
            for (int pe : judged.finding().pes()) {
                html.raw("<path class=\"bad\" d=\"M%.1f %d l4 -7 h-8 z\"><title>".formatted(x, pe * LANE + 10));
                html.text(judged.finding().rule().id() + " at step "
                                + judged.finding().step())
                        .raw("</title></path>");
            }
        }
        int labels = Math.min(9, timeline.size());
        for (int i = 0; i < labels; i++) {
            int at = i * (timeline.size() - 1) / Math.max(1, labels - 1);
            html.raw("<text class=\"soft\" x=\"%.1f\" y=\"%d\">%d</text>"
                    .formatted(
                            LEFT + tick * at, pes * LANE + 14, timeline.get(at).step()));
        }
        html.raw("<text class=\"soft\" x=\"0\" y=\"%d\">step</text>".formatted(pes * LANE + 14));
        html.raw(
                "<text class=\"soft\" x=\"%d\" y=\"%d\">bar: MMU on; green: on the identity map; line: root; triangle: finding</text>"
                        .formatted(LEFT, pes * LANE + 32));
        html.raw("</svg>\n");
    }

    private static void lane(Html html, List<Milestone> timeline, int pe, double tick) {
        int top = pe * LANE + 12;
        html.raw("<text x=\"0\" y=\"%d\">PE%d</text>".formatted(top + 12, pe));
        html.raw("<rect class=\"lane\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"16\"/>"
                .formatted(LEFT, top, WIDTH - LEFT - 10));
        band(html, spans(timeline, pe, Milestone.Kind.MMU_ON, Milestone.Kind.MMU_OFF), tick, top, 16, "exec");
        band(
                html,
                spans(timeline, pe, Milestone.Kind.IDENTITY_ENTERED, Milestone.Kind.IDENTITY_LEFT),
                tick,
                top + 10,
                6,
                "data");
        IntStream.range(0, timeline.size())
                .filter(i -> timeline.get(i).pe() == pe && timeline.get(i).kind() == Milestone.Kind.ROOT)
                .forEach(i -> {
                    html.raw("<rect class=\"device\" x=\"%.1f\" y=\"%d\" width=\"2\" height=\"20\"><title>"
                            .formatted(LEFT + tick * i, top - 2));
                    html.text("step " + timeline.get(i).step() + ": "
                                    + timeline.get(i).text())
                            .raw("</title></rect>");
                });
    }

    /** Index ranges between a milestone that opens and the next that closes. */
    private static List<int[]> spans(List<Milestone> timeline, int pe, Milestone.Kind opens, Milestone.Kind closes) {
        List<int[]> spans = new ArrayList<>();
        int from = -1;
        for (int i = 0; i < timeline.size(); i++) {
            Milestone each = timeline.get(i);
            if (each.pe() != pe) {
                continue;
            }
            if (each.kind() == opens && from < 0) {
                from = i;
            } else if (from >= 0 && (each.kind() == closes || each.kind() == Milestone.Kind.PE_RESET)) {
                spans.add(new int[] {from, i});
                from = -1;
            }
        }
        if (from >= 0) {
            spans.add(new int[] {from, timeline.size()});
        }
        return spans;
    }

    private static void band(Html html, List<int[]> spans, double tick, int top, int height, String kind) {
        for (int[] span : spans) {
            html.raw("<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" opacity=\"0.8\"/>"
                    .formatted(kind, LEFT + tick * span[0], top, Math.max(1, tick * (span[1] - span[0])), height));
        }
    }

    private static int position(List<Milestone> timeline, long step) {
        int at = 0;
        while (at < timeline.size() && timeline.get(at).step() < step) {
            at++;
        }
        return at;
    }
}
