package dev.breakmake.cli.report.text;

import dev.breakmake.cli.boot.BootProgress;
import dev.breakmake.cli.terminal.Style;
import dev.breakmake.translation.finding.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a person sees while one boot runs: what it does, the tail of its console, what was found so far. */
public final class BootPanel {

    private BootPanel() {}

    /** The lines of the panel now. */
    public static List<String> lines(String what, BootProgress progress, Style style) {
        List<String> lines = new ArrayList<>();
        long instructions = progress.instructions();
        lines.add(String.format(
                Locale.ROOT,
                "%s  %s  %,d events%s",
                style.strong(what),
                progress.phase(),
                progress.events(),
                instructions == 0 ? "" : String.format(Locale.ROOT, ", %,d instructions", instructions)));
        progress.console().forEach(line -> lines.add(style.dim("  | ") + line));
        List<Finding> findings = progress.findings();
        if (!findings.isEmpty()) {
            lines.add("  " + style.caution(findings.size() + " so far: ")
                    + findings.stream().map(each -> each.rule().id()).distinct().collect(Collectors.joining(", ")));
        }
        return lines;
    }
}
