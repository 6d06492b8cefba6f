package dev.breakmake.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.client.LabClient;
import dev.breakmake.cli.client.Messages;
import dev.breakmake.cli.matrix.CellText;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.report.text.Table;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.JudgedFinding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a run found. */
@Command(
        name = "findings",
        description = FindingsCommand.SUMMARY,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example:", "  breakmake findings latest --unexpected"})
final class FindingsCommand implements Callable<Integer> {

    /** What the list of commands says of it. */
    static final String SUMMARY = "Lists what a run of the lab found: each finding once, with the cells that have it.";

    private static final int MOST_CELLS = 50_000;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", arity = "0..1", description = "Id or name of the run (default: the newest).")
    private String run = "latest";

    @Option(names = "--rule", paramLabel = "ID", description = "Only this rule.")
    private String rule = "";

    @Option(names = "--unexpected", description = "Only what no expectation covers.")
    private boolean unexpected;

    @Option(
            names = "--json",
            description =
                    "One JSON object: {findings: [{fingerprint, rule, severity, symbol, region, message, expected,"
                            + " cells[]}]}.")
    private boolean json;

    @Mixin
    private LabMixin lab;

    private record Group(JudgedFinding first, List<String> cells) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (LabClient client = lab.client()) {
            String name = lab.run(client, run);
            Map<String, Group> groups = new LinkedHashMap<>();
            for (JsonNode json : client.list("/v1/" + name + "/cells", "cells", MOST_CELLS)) {
                Cell cell = Messages.cell(json);
                cell.getFindingsList().stream()
                        .filter(this::wanted)
                        .forEach(judged -> groups.computeIfAbsent(
                                        judged.getFinding().getFingerprint() + judged.getExpected(),
                                        _ -> new Group(judged, new ArrayList<>()))
                                .cells()
                                .add(cell.getName()));
            }
            print(List.copyOf(groups.values()));
            return ExitCode.PASSED;
        }
    }

    private boolean wanted(JudgedFinding judged) {
        return (rule.isEmpty() || judged.getFinding().getRule().equals(rule)) && !(unexpected && judged.getExpected());
    }

    private void print(List<Group> groups) {
        Table table = new Table("SEVERITY", "RULE", "SYMBOL", "CELLS", "EXPECTED");
        List<JsonNode> items = new ArrayList<>();
        for (Group group : groups) {
            var finding = group.first().getFinding();
            String severity = CellText.word(finding.getSeverity().name(), "SEVERITY_");
            table.row(
                    severity,
                    finding.getRule(),
                    finding.getSymbol().isEmpty() ? "-" : finding.getSymbol(),
                    Integer.toString(group.cells().size()),
                    group.first().getExpected() ? "yes" : "no");
            ObjectNode item = Json.object()
                    .put("fingerprint", finding.getFingerprint())
                    .put("rule", finding.getRule())
                    .put("severity", severity)
                    .put("symbol", finding.getSymbol())
                    .put("region", finding.getRegion())
                    .put("message", finding.getMessage())
                    .put("expected", group.first().getExpected());
            group.cells().forEach(item.putArray("cells")::add);
            items.add(item);
        }
        table.print(spec.commandLine().getOut(), json, "findings", items);
    }
}
