package dev.breakmake.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.boot.BootRequest;
import dev.breakmake.cli.boot.EngineSweep;
import dev.breakmake.cli.boot.EngineSweep.Load;
import dev.breakmake.cli.image.XenImage;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.cli.report.text.SweepText;
import dev.breakmake.cli.terminal.LivePanel;
import dev.breakmake.cli.terminal.OnInterrupt;
import dev.breakmake.engine.study.LoadSweep;
import dev.breakmake.translation.layout.Layout;
import dev.breakmake.translation.layout.LayoutFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Boots one image from every load address of a board. */
@Command(
        name = "sweep",
        description = {
            SweepCommand.SUMMARY,
            "Without --ram-base RAM begins at 0, where an image can meet the addresses it is linked at. A boot is"
                    + " given up after 1,000,000,000 instructions, or --limit if that is less. Ctrl-C prints what was done."
        },
        sortOptions = false,
        modelTransformer = MoreOptions.Adding.class,
        footer = {
            "",
            "Examples:",
            "  breakmake sweep 4.17-armhf --memory 128MiB",
            "  breakmake sweep 4.14-armhf --memory 64MiB --from 0x200000 --to 0x400000 --step 64KiB",
            "",
            "Exit codes: 0 every boot reached its goal, 1 one did not, 3 usage or input, 130 interrupted.",
            "breakmake layout sweep says the same of a layout without booting anything."
        })
final class SweepCommand implements Callable<Integer>, MoreOptions {

    /** What the list of commands says of it. */
    static final String SUMMARY =
            "Boots an image on the engine from every load address of a board and says how each boot ends, where"
                    + " it stops, and which regions of the image's own address space lie where it is loaded.";

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

    @Option(
            names = "--layout",
            paramLabel = "LAYOUT",
            description = "Layout file, or name of a layout, that says which regions a load address meets (default: the"
                    + " fetched image's own).")
    private @Nullable String layout;

    private final BootOptionsMixin options = new BootOptionsMixin();

    @Option(
            names = "--json",
            description =
                    "One JSON object: {image, platform, outcomes: {REACHED, ...}, loads[]}; a load has address, meets,"
                            + " outcome, stop, message, instructions and findings.")
    private boolean json;

    @Override
    public void addOptions(CommandSpec to) {
        options.addTo(to);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (threads < 0 || step <= 0) {
            throw CommandFailure.usage(
                    step <= 0 ? "--step must be positive" : "--threads " + threads + " is negative", "");
        }
        BootRequest request = options.requestForSweep(image);
        EngineSweep sweep = EngineSweep.of(request, layout());
        long first = from != null ? from : sweep.ram().start();
        long end = to != null ? to : sweep.ram().end();
        if (Long.compareUnsigned(end, first) <= 0 || Long.divideUnsigned(end - first, step) >= LARGEST) {
            throw CommandFailure.usage(
                    "load addresses from 0x%x to 0x%x in steps of %d".formatted(first, end, step),
                    "give --from below --to, and at most " + LARGEST + " addresses");
        }
        long count = Long.divideUnsigned(end - first - 1, step) + 1;
        int at = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        List<Load> ended = Collections.synchronizedList(new ArrayList<>());
        List<Load> loads;
        try (OnInterrupt _ = OnInterrupt.stopping(sweep::cancel);
                LivePanel _ = LivePanel.showing(() -> progress(List.copyOf(ended), count))) {
            loads = sweep.run(first, end, step, at, ended::add);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.write(object(sweep.platform(), loads)));
        } else {
            out.println("%s, %s".formatted(image, sweep.platform()));
            SweepText.lines(loads).forEach(out::println);
        }
        out.flush();
        if (sweep.isCancelled()) {
            return ExitCode.INTERRUPTED;
        }
        return loads.stream().allMatch(load -> load.boot().reached()) ? ExitCode.PASSED : ExitCode.FAILED;
    }

    private @Nullable Layout layout() {
        if (layout != null) {
            return LayoutCommand.read(layout);
        }
        return XenImage.named(image)
                .map(known -> LayoutFile.bundled(known.layout()))
                .orElse(null);
    }

    private List<String> progress(List<Load> ended, long count) {
        return List.of("%s: %d of %d load addresses".formatted(image, ended.size(), count), SweepText.outcomes(ended));
    }

    private ObjectNode object(String platform, List<Load> loads) {
        ObjectNode root = Json.object().put("image", image).put("platform", platform);
        Map<String, Integer> outcomes = new TreeMap<>();
        loads.forEach(load -> outcomes.merge(load.boot().result().kind().name(), 1, Integer::sum));
        ObjectNode counts = root.putObject("outcomes");
        outcomes.forEach(counts::put);
        ArrayNode array = root.putArray("loads");
        for (Load load : loads) {
            LoadSweep.Place place = load.boot();
            ObjectNode each = array.addObject().put("address", Json.address(place.address()));
            load.meets().forEach(each.putArray("meets")::add);
            each.put("outcome", place.result().kind().name())
                    .put("stop", place.stop())
                    .put("message", place.result().message())
                    .put("instructions", place.result().totalInstructions());
            ArrayNode findings = each.putArray("findings");
            place.findings()
                    .forEach(finding -> findings.addObject()
                            .put("rule", finding.rule().id())
                            .put("symbol", finding.symbol())
                            .put("fingerprint", finding.fingerprint()));
        }
        return root;
    }
}
