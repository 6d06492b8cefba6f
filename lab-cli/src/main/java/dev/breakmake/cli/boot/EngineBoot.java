package dev.breakmake.cli.boot;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.report.Words;
import dev.breakmake.engine.machine.Boot;
import dev.breakmake.engine.machine.BootResult;
import dev.breakmake.engine.machine.BootSpecification;
import dev.breakmake.engine.machine.Limits;
import dev.breakmake.engine.machine.Until;
import dev.breakmake.engine.platform.BootImage;
import dev.breakmake.engine.platform.BootModule;
import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.DeviceTreeException;
import dev.breakmake.engine.platform.DeviceTreeReader;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.engine.symbol.SymbolTable;
import dev.breakmake.translation.event.WalkStep;
import dev.breakmake.translation.finding.SymbolSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** Boots on the engine, in this process, with the checker attached. */
public final class EngineBoot {

    private static final String NAME = "engine";

    private EngineBoot() {}

    /**
     * Runs one boot to its end on the calling thread.
     *
     * @param progress told what happens
     * @throws CommandFailure if the request does not fit together: no such symbol, overlapping memory
     */
    public static BootReport run(BootRequest request, BootProgress progress) throws IOException {
        Platform platform = platform(request);
        BootOptions options = options(request);
        Ahead<SymbolTable> table = Ahead.of(() -> SymbolFiles.of(request, platform, options));
        SymbolSource symbols = SymbolFiles.when(table);
        BootSpecification specification = specification(request, platform, options, table::get);
        specification = specification.withSymbols(symbols);
        try (BootWatch watch = new BootWatch(request.profile(), request.trace(), request.wanted(), symbols, progress)) {
            BootResult result = Boot.run(specification, watch);
            Outcome outcome = new Outcome(
                    result.kind().name(),
                    result.message(),
                    result.pe(),
                    result.pc(),
                    result.symbol(),
                    walks(result.walks()),
                    result.console().lines().toList());
            return BootReport.of(
                    request, target(request, platform), outcome, watch.finish(), result.totalInstructions());
        }
    }

    /** The boot of a request. Its symbols are asked only if they name the goal. */
    static BootSpecification specification(
            BootRequest request, Platform platform, BootOptions options, Supplier<SymbolTable> symbols) {
        return BootSpecification.of(request.name(), request.file(), platform)
                .withOptions(options)
                .withUntil(Goals.of(request, symbols))
                .withLimits(new Limits(request.instructionLimit(), Limits.DEFAULT.virtualNanoseconds()))
                .withTlbPolicy(request.tlbPolicy(), request.seed());
    }

    /** The board of a request.
     *
     * @throws CommandFailure if there is no such board
     */
    static Platform platform(BootRequest request) {
        try {
            Platform virt = Platform.virt(
                    CpuModel.of(request.image().architecture()),
                    request.pes(),
                    request.memoryBytes(),
                    request.gicVersion());
            Long base = request.ramBase();
            return base == null ? virt : virt.withRamBase(base);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "see breakmake run --help");
        }
    }

    /** What of a request is handed to the image: arguments, modules, device tree, where it is loaded. */
    static BootOptions options(BootRequest request) {
        BootOptions options = BootOptions.DEFAULT.withBootArguments(request.bootArguments());
        if (request.image().format() == BootImage.Format.FLAT) {
            options = options.withFlat(request.image().architecture());
        }
        Long address = request.loadAddress();
        if (address != null) {
            options = options.withLoadAddress(address);
        }
        byte[] dom0 = request.dom0();
        if (dom0 != null) {
            options = options.withModules(List.of(BootModule.kernel("dom0", dom0, "")));
        }
        byte[] tree = request.deviceTree();
        if (tree != null) {
            try {
                options = options.withDeviceTree(DeviceTreeReader.read(tree));
            } catch (DeviceTreeException e) {
                throw CommandFailure.usage("--dtb: " + e.getMessage(), "give a compiled device tree (dtc -O dtb)");
            }
        }
        return request.seed() == 0 ? options : options.withPoison(request.seed());
    }

    private static Target target(BootRequest request, Platform platform) {
        String description = describe(platform) + ", TLB " + request.tlbPolicy().id();
        return new Target(
                request.name(),
                request.digest(),
                request.image().architecture().name(),
                request.pes(),
                request.memoryBytes(),
                description,
                NAME);
    }

    /** A board in words. */
    static String describe(Platform platform) {
        String ram = platform.ram().stream().map(Object::toString).collect(Collectors.joining(", "));
        return platform.name() + ": " + platform.pes() + (platform.pes() == 1 ? " PE " : " PEs ")
                + platform.cpu().compatible().replace("arm,", "") + ", " + ram + ", GICv"
                + platform.gic().version();
    }

    private static List<String> walks(SortedMap<String, List<WalkStep>> walks) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, List<WalkStep>> walk : walks.entrySet()) {
            for (WalkStep step : walk.getValue()) {
                lines.add(Words.walkStep(walk.getKey(), step));
            }
        }
        return lines;
    }

    /** What counts as reached. */
    private static final class Goals {

        static Until of(BootRequest request, Supplier<SymbolTable> table) {
            String until = request.until();
            if (until == null) {
                return request.dom0() == null ? Until.XEN_WITHOUT_DOM0 : new Until.GuestEntry();
            }
            if (until.equals("guest")) {
                return new Until.GuestEntry();
            }
            if (until.equals("poweroff")) {
                return new Until.PowerOff();
            }
            if (until.startsWith("symbol:")) {
                String name = until.substring("symbol:".length());
                SymbolTable symbols = table.get();
                long address = symbols.address(name)
                        .orElseThrow(() -> CommandFailure.usage(
                                "--until: no symbol '" + name + "'",
                                symbols.size() == 0
                                        ? "give the symbols with --symbols FILE"
                                        : "see nm on the symbols file"));
                return new Until.Address(address, name);
            }
            try {
                return new Until.ConsoleText(Pattern.compile(until));
            } catch (PatternSyntaxException e) {
                throw CommandFailure.usage(
                        "--until: '" + until + "' is no regular expression: " + e.getDescription(), "");
            }
        }
    }
}
