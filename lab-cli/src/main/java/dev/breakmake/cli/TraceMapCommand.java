package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.report.Words;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.translation.walk.AddressSpaceMap;
import dev.breakmake.translation.walk.MappedRange;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints a whole address space. */
@Command(
        name = "map",
        description = "Prints everything a regime maps at a step, as ranges with attributes.",
        mixinStandardHelpOptions = true)
final class TraceMapCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private TraceOptionsMixin trace;

    @Mixin
    private RegimeOptionsMixin regime;

    @Option(
            names = "--json",
            description = "One JSON object: {regime, tables, complete, ranges: [{start, end, output, text}]}.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        RegimeOptionsMixin.View view = regime.of(trace.open());
        AddressSpaceMap map = AddressSpaceMap.of(view.configuration(), view.memory());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode root = Json.object();
            root.put("regime", view.configuration().regime().name());
            root.put("enabled", view.configuration().enabled());
            root.put("tables", map.tables());
            root.put("complete", map.complete());
            ArrayNode ranges = root.putArray("ranges");
            for (MappedRange range : map.ranges()) {
                ranges.addObject()
                        .put("start", Json.address(range.start()))
                        .put("end", range.last() == -1 ? "0x10000000000000000" : Json.address(range.last() + 1))
                        .put("output", Json.address(range.output()))
                        .put("text", range.text());
            }
            out.println(Json.write(root));
            return ExitCode.PASSED;
        }
        out.printf(
                "%s%s, %d tables, %d ranges%s%n",
                view.configuration().regime(),
                view.configuration().enabled() ? "" : " (not enabled)",
                map.tables(),
                map.ranges().size(),
                map.complete() ? "" : " (more were left out)");
        for (MappedRange range : map.ranges()) {
            String identity = range.start() == range.output() ? "  identity" : "";
            out.println("  " + range.text() + "  " + Words.size(range.size()) + identity);
        }
        return ExitCode.PASSED;
    }
}
