package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.boot.BootRequest;
import dev.breakmake.cli.boot.EngineSweep;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.report.text.SweepText;
import dev.breakmake.cli.terminal.LivePanel;
import dev.breakmake.engine.study.LoadSweep;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Boots one image from every load address of a board. */
@Command(
        name = "sweep",
        description = {
            "Boots an image on the engine from every load address of a board and says how each boot ends and where it stops.",
            "Without --ram-base RAM begins at 0, where an image can meet the addresses it is linked at. A boot is given up after",
            "1,000,000,000 instructions, or --limit if that is less."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  breakmake sweep 4.17-armhf --memory 128MiB",
            "  breakmake sweep 4.14-armhf --memory 64MiB --from 0x200000 --to 0x400000 --step 64KiB",
            "",
            "Exit codes: 0 every boot reached its goal, 1 one did not, 3 usage or input.",
            "breakmake layout sweep says the same of a layout without booting anything."
        })
final class SweepCommand implements Callable<Integer> {

    private static final int LARGEST = 65_536;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "IMAGE",
            description =
                    "arm64 Image, zImage or ELF, plain or in gzip; or a fetched image by name (breakmake image ls).")
    private String image = "";

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            converter = Sizes.Address.class,
            description = "Lowest load address (default: where RAM begins).")
    private @Nullable Long from;

    @Option(
            names = "--to",
            paramLabel = "ADDRESS",
            converter = Sizes.Address.class,
            description = "Load addresses end below this (default: where RAM ends).")
    private @Nullable Long to;

    @Option(
            names = "--step",
            paramLabel = "SIZE",
            defaultValue = "2MiB",
            converter = Sizes.Size.class,
            description = "Distance of load addresses (default: ${DEFAULT-VALUE}).")
    private long step;

    @Option(
            names = {"-j", "--threads"},
            paramLabel = "N",
            description = "Boots at a time (default: one per core).")
    private int threads;

    @Mixin
    private BootOptionsMixin options;

    @Option(
            names = "--json",
            description = "One JSON object: {image, platform, outcomes: {REACHED, ...}, loads[]}; a load has address,"
                    + " outcome, stop, message and findings.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (threads < 0 || step <= 0) {
            throw CommandFailure.usage(
                    step <= 0 ? "--step must be positive" : "--threads " + threads + " is negative", "");
        }
        BootRequest request = options.requestForSweep(image);
        EngineSweep sweep = EngineSweep.of(request);
        long first = from != null ? from : sweep.ram().start();
        long end = to != null ? to : sweep.ram().end();
        if (Long.compareUnsigned(end, first) <= 0 || Long.divideUnsigned(end - first, step) >= LARGEST) {
            throw CommandFailure.usage(
                    "load addresses from 0x%x to 0x%x in steps of %d".formatted(first, end, step),
                    "give --from below --to, and at most " + LARGEST + " addresses");
        }
        long count = Long.divideUnsigned(end - first - 1, step) + 1;
        AtomicInteger booted = new AtomicInteger();
        List<LoadSweep.Place> places;
        try (LivePanel _ =
                LivePanel.showing(() -> List.of("%s: %d of %d load addresses".formatted(image, booted.get(), count)))) {
            int at = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
            places = sweep.run(first, end, step, at, booted::incrementAndGet);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.write(object(sweep.platform(), places)));
        } else {
            out.println("%s, %s".formatted(image, sweep.platform()));
            SweepText.lines(places).forEach(out::println);
        }
        return places.stream().allMatch(LoadSweep.Place::reached) ? ExitCode.PASSED : ExitCode.FAILED;
    }

    private ObjectNode object(String platform, List<LoadSweep.Place> places) {
        ObjectNode root = Json.object().put("image", image).put("platform", platform);
        Map<String, Integer> outcomes = new TreeMap<>();
        places.forEach(place -> outcomes.merge(place.result().kind().name(), 1, Integer::sum));
        ObjectNode counts = root.putObject("outcomes");
        outcomes.forEach(counts::put);
        ArrayNode loads = root.putArray("loads");
        for (LoadSweep.Place place : places) {
            ObjectNode load = loads.addObject()
                    .put("address", Json.address(place.address()))
                    .put("outcome", place.result().kind().name())
                    .put("stop", place.stop())
                    .put("message", place.result().message());
            ArrayNode findings = load.putArray("findings");
            place.findings()
                    .forEach(finding -> findings.addObject()
                            .put("rule", finding.rule().id())
                            .put("symbol", finding.symbol())
                            .put("fingerprint", finding.fingerprint()));
        }
        return root;
    }
}
