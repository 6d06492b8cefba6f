package dev.breakmake.cli.flow;

import dev.breakmake.cli.picture.Svg;
import dev.breakmake.cli.report.Words;
import dev.breakmake.engine.flow.FlowName;
import dev.breakmake.engine.flow.FlowResult;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.study.BootShape;
import dev.breakmake.engine.study.PatchEffect;
import dev.breakmake.translation.finding.Finding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A picture of a boot without and with a decision, one above the other on the same scale of steps: a lane for each PE with the root it
 * translates through while its MMU is on, the time its identity map is there, and where the checker finds what.
 */
public final class LifePicture {

    private static final int MARGIN = 20;
    private static final int LANE_LABEL = 60;
    private static final int WIDTH = 760;
    private static final int LANE = 84;
    private static final int BAR = 18;
    private static final int THIN = 6;
    private static final int LINE = 16;
    private static final int SQUARE = 14;

    private static final String STYLE = """
            <style>
            text { font: 12px "DejaVu Sans", "Liberation Sans", sans-serif; fill: #1f2933; }
            .title { font-size: 15px; font-weight: bold; } .small { font-size: 11px; fill: #52606d; }
            .name { font-weight: bold; } .mark { font-size: 11px; font-weight: bold; fill: #ffffff; text-anchor: middle; }
            .page { fill: #ffffff; } .off { fill: #e4e7eb; stroke: #9aa5b1; }
            .root0 { fill: #9fc5e8; stroke: #2f5d8a; } .root1 { fill: #b7dfb0; stroke: #5b8a3c; }
            .root2 { fill: #ead1dc; stroke: #a64d79; } .identity { fill: #f0b429; stroke: #b58900; }
            .error { fill: #a61b1b; } .warning { fill: #b45f06; } .lint { fill: #52606d; } .axis { stroke: #cbd2d9; }
            .in { font-weight: bold; fill: #1f2933; } .changed { font-size: 11px; font-weight: bold; }
            @media (prefers-color-scheme: dark) {
            text { fill: #e4e7eb; } .small { fill: #b8c1cc; } .page { fill: #14181d; } .off { fill: #3e4c59; stroke: #7b8794; }
            .in { fill: #1f2933; } .mark { fill: #ffffff; } .error { fill: #d64545; } .axis { stroke: #52606d; }
            }
            </style>
            """;

    private record Mark(int number, PatchEffect.Row row, String severity, String text) {}

    private final Svg svg = new Svg();
    private final long steps;

    /** Rules and places are numbered once, so that a number means the same before and after. */
    private final List<Mark> marks = new ArrayList<>();

    private int y;

    private LifePicture(PatchEffect effect) {
        steps = Math.max(
                1,
                Math.max(effect.before().shape().steps(), effect.after().shape().steps()));
        for (PatchEffect.Row row : effect.rows()) {
            marks.add(new Mark(
                    marks.size() + 1,
                    row,
                    row.severity().name().toLowerCase(Locale.ROOT),
                    "%s at %s".formatted(row.rule().id(), row.routine())));
        }
    }

    /** The picture as an SVG document. */
    public static String of(PatchEffect effect) {
        LifePicture picture = new LifePicture(effect);
        FlowSpecification flow = effect.after().study().specification();
        int width = 2 * MARGIN + LANE_LABEL + WIDTH;
        int height = picture.height(flow.pes());
        picture.svg.box("page", 0, 0, width, height, "");
        picture.y = MARGIN;
        picture.legend();
        picture.side("before", effect.before());
        picture.y += MARGIN;
        picture.side("after", effect.after());
        picture.captions();
        String title = "%s on %s at 0x%x, before and after"
                .formatted(effect.patch().id(), FlowName.of(flow.architecture()), flow.loadAddress());
        return picture.svg.document(width, height, title, STYLE);
    }

    private int height(int pes) {
        return 4 * MARGIN + LINE + 2 * (3 * LINE + pes * LANE) + marks.size() * LINE;
    }

    private void legend() {
        int x = MARGIN;
        String[][] entries = {
            {"off", "MMU off"},
            {"root0", "MMU on, root A"},
            {"root1", "root B"},
            {"root2", "a further root"},
            {"identity", "identity map there"},
            {"error", "a rule is broken here"},
            {"warning", "a warning"}
        };
        for (String[] entry : entries) {
            svg.box(entry[0], x, y - 10, 12, 12, entry[1]);
            svg.text("small", x + 17, y, entry[1]);
            x += 36 + entry[1].length() * 6;
        }
        y += LINE;
    }

    private void side(String name, PatchEffect.Side side) {
        y += LINE;
        FlowResult result = side.study().result();
        svg.text("title", MARGIN, y, result.reached() ? name : name + ": stops in " + result.stoppedAt());
        y += LINE / 2;
        for (int pe = 0; pe < side.study().specification().pes(); pe++) {
            lane(pe, side);
            y += LANE;
        }
        y += LINE / 2;
        svg.text("small", MARGIN + LANE_LABEL, y, "step 0");
        svg.text("small", MARGIN + LANE_LABEL + WIDTH - 50, y, "step " + steps);
        y += LINE;
    }

    private void captions() {
        y += LINE;
        for (Mark mark : marks) {
            draw(mark, MARGIN, y - 11);
            String before = on(mark.row.before());
            String after = on(mark.row.after());
            String style = mark.row.changed() ? "changed" : "small";
            svg.text(style, MARGIN + 22, y, "%s: before %s, after %s".formatted(mark.text, before, after));
            y += LINE;
        }
    }

    private static String on(Set<Integer> pes) {
        return pes.isEmpty() ? "nowhere" : "on " + Words.pes(List.copyOf(pes));
    }

    private void lane(int pe, PatchEffect.Side side) {
        svg.text("name", MARGIN, y + LANE - BAR - THIN, "PE" + pe);
        int bar = y + LANE - BAR - THIN - LINE;
        svg.rule("axis", MARGIN + LANE_LABEL, MARGIN + LANE_LABEL + WIDTH, bar + BAR + THIN + 4);
        List<BootShape.Turn> turns = side.shape().timeline(pe);
        if (pe == 0) {
            long first = turns.isEmpty() ? end(side) : turns.getFirst().step();
            svg.box("off", x(0), bar, x(first) - x(0), BAR, "MMU off");
        }
        String labelled = "";
        for (int i = 0; i < turns.size(); i++) {
            BootShape.Turn turn = turns.get(i);
            long end = i + 1 < turns.size() ? turns.get(i + 1).step() : end(side);
            int from = x(turn.step());
            int length = Math.max(1, x(end) - from);
            String what = turn.mmu() ? "root " + turn.root() : "MMU off";
            String style = turn.mmu() ? "root" + Math.min(2, turn.root().charAt(0) - 'A') : "off";
            svg.box(style, from, bar, length, BAR, "steps %d to %d: %s".formatted(turn.step(), end, what));
            if (!turn.mmu()) {
                labelled = "";
            } else if (length > 12 && !turn.root().equals(labelled)) {
                svg.text("in", from + 4, bar + 14, turn.root());
                labelled = turn.root();
            }
            if (turn.identity()) {
                svg.box("identity", from, bar + BAR + 1, length, THIN, "identity map, from step " + turn.step());
            }
        }
        // How far each line of marks above the bar is taken.
        List<Integer> taken = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        for (PatchEffect.Occurrence occurrence : side.occurrences()) {
            Mark mark = mark(side.study().findings().get(occurrence.finding()));
            if (occurrence.pe() == pe && seen.add(mark.number)) {
                int at = Math.min(x(occurrence.step()), MARGIN + LANE_LABEL + WIDTH - SQUARE);
                int line = 0;
                while (line < taken.size() && taken.get(line) >= at) {
                    line++;
                }
                if (line == taken.size()) {
                    taken.add(0);
                }
                taken.set(line, at + SQUARE);
                draw(mark, at, bar - (line + 1) * (SQUARE + 1));
            }
        }
    }

    private void draw(Mark mark, int x, int top) {
        svg.box(mark.severity, x, top, SQUARE, SQUARE, mark.text);
        svg.text("mark", x + SQUARE / 2, top + 11, Integer.toString(mark.number));
    }

    private Mark mark(Finding finding) {
        return marks.stream()
                .filter(mark -> mark.row.holds(finding))
                .findFirst()
                .orElseThrow();
    }

    private static long end(PatchEffect.Side side) {
        return side.shape().steps();
    }

    private int x(long step) {
        return MARGIN + LANE_LABEL + (int) (step * WIDTH / steps);
    }
}
