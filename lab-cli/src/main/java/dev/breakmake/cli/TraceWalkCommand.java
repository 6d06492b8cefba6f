package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.translation.walk.Walk;
import dev.breakmake.translation.walk.Walker;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Walks the tables for an address. */
@Command(
        name = "walk",
        description = "Walks the tables for an address, level by level, at any step from the first on.",
        mixinStandardHelpOptions = true)
final class TraceWalkCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private TraceOptionsMixin trace;

    @Mixin
    private RegimeOptionsMixin regime;

    @Parameters(
            index = "1",
            paramLabel = "ADDRESS",
            converter = Sizes.Address.class,
            description = "Input address (VA; IPA for STAGE2).")
    private long address;

    @Option(
            names = "--json",
            description =
                    "One JSON object: {address, output, fault, steps: [{level, table, index, descriptor, text}]}.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        RegimeOptionsMixin.View view = regime.of(trace.open());
        Walk walk = new Walker(view.configuration(), view.memory()).walk(address);
        PrintWriter out = spec.commandLine().getOut();
        if (!json) {
            out.println(view.configuration().regime() + (view.configuration().enabled() ? "" : " (not enabled)"));
            out.print(walk.explain());
            return ExitCode.PASSED;
        }
        ObjectNode root = Json.object();
        root.put("address", Json.address(address));
        root.put("regime", view.configuration().regime().name());
        root.put("enabled", view.configuration().enabled());
        root.put("output", walk.translation() == null ? null : Json.address(walk.output()));
        root.put("fault", walk.fault() == null ? null : walk.fault().toString());
        ArrayNode steps = root.putArray("steps");
        for (Walk.Step step : walk.steps()) {
            steps.addObject()
                    .put("level", step.level())
                    .put("table", Json.address(step.table()))
                    .put("index", step.index())
                    .put("descriptor", Json.address(step.descriptor().word()))
                    .put("text", step.descriptor().text());
        }
        out.println(Json.write(root));
        return ExitCode.PASSED;
    }
}
