package dev.breakmake.cli.backend;

import dev.breakmake.cli.terminal.Style;
import dev.breakmake.qemu.compare.BackendDifference;
import dev.breakmake.qemu.compare.ComparisonResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Comparisons as a table for people: one row a boot, its differences below it. */
public final class ComparisonText {

    /** More differences of one boot than this are counted, not printed; the JSON form has them all. */
    private static final int SHOWN = 10;

    private final Style style;

    /** A table in that style. */
    public ComparisonText(Style style) {
        this.style = style;
    }

    /** The head of the table. */
    public String heading() {
        return style.strong("%-14s %3s  %8s  %8s  %8s  %18s  %s"
                .formatted("image", "PEs", "writes", "TLBIs", "tables", "engine/QEMU [ms]", "verdict"));
    }

    /** One boot. */
    public List<String> lines(ComparisonRequest request, TwoBackends result) {
        ComparisonResult comparison = result.comparison();
        List<String> lines = new ArrayList<>();
        String verdict = result.agree()
                ? style.good("agree")
                : style.bad(
                        comparison.differences().isEmpty()
                                ? result.reached() ? "nothing to compare" : "not to the end"
                                : "differ");
        lines.add(String.format(
                Locale.ROOT,
                "%-14s %3d  %,8d  %,8d  %,8d  %18s  %s",
                request.name(),
                request.pes(),
                comparison.registerWrites(),
                comparison.tlbInvalidates(),
                comparison.tables(),
                result.engineMillis() + "/" + result.qemu().elapsed().toMillis(),
                verdict));
        if (!result.reached()) {
            lines.add("    engine: " + result.engine().kind() + ", "
                    + result.engine().message());
            lines.add("    QEMU:   " + result.qemu().outcome().kind() + ", "
                    + result.qemu().outcome().detail());
        }
        List<BackendDifference> differences = comparison.differences();
        for (BackendDifference difference : differences.subList(0, Math.min(SHOWN, differences.size()))) {
            lines.add("    "
                    + style.caution(
                            difference.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                    + ", PE " + difference.pe()
                    + (difference.step() < 0 ? "" : ", step " + difference.step())
                    + ", " + difference.symbol() + " (0x" + Long.toHexString(difference.pc()) + ")");
            lines.add("        engine: " + difference.left());
            lines.add("        QEMU:   " + difference.right());
        }
        if (differences.size() > SHOWN) {
            lines.add("    and %d more (--json lists them)".formatted(differences.size() - SHOWN));
        }
        return lines;
    }

    /** The last line. */
    public String summary(List<ComparisonJson.Boot> boots) {
        long agreeing = boots.stream().filter(boot -> boot.result().agree()).count();
        String qemu = boots.getFirst().result().comparison().right();
        return agreeing == boots.size()
                ? style.good("the engine and " + qemu + " agree")
                        + (boots.size() == 1 ? "" : " on all %d boots".formatted(boots.size()))
                : style.bad("the engine and %s agree on %d of %d boots".formatted(qemu, agreeing, boots.size()));
    }
}
