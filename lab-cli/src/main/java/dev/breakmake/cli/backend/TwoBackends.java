package dev.breakmake.cli.backend;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.OutputFile;
import dev.breakmake.cli.boot.SymbolFiles;
import dev.breakmake.engine.machine.Boot;
import dev.breakmake.engine.machine.BootResult;
import dev.breakmake.engine.machine.BootSpecification;
import dev.breakmake.engine.machine.Until;
import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.BootModule;
import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.DeviceTreeException;
import dev.breakmake.engine.platform.DeviceTreeReader;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.engine.symbol.SymbolTable;
import dev.breakmake.qemu.GuestModule;
import dev.breakmake.qemu.Observation;
import dev.breakmake.qemu.QemuBoot;
import dev.breakmake.qemu.QemuBootResult;
import dev.breakmake.qemu.QemuBootSpecification;
import dev.breakmake.qemu.compare.BackendComparison;
import dev.breakmake.qemu.compare.ComparisonResult;
import dev.breakmake.qemu.process.QemuException;
import dev.breakmake.qemu.process.QemuLimits;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.trace.TraceWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Boots one image on both backends, on the same machine and with the same device tree (the one QEMU makes, to the last byte of padding), and
 * compares what they showed.
 *
 * @param engine how the engine's boot ended
 * @param qemu how QEMU's boot ended
 * @param comparison what both showed
 * @param engineMillis wall time of the engine's boot
 */
public record TwoBackends(BootResult engine, QemuBootResult qemu, ComparisonResult comparison, long engineMillis) {

    /** Guest kernels lie this far above the start of RAM, clear of the image and of the device tree at most 128 MiB up. */
    private static final long DOM0_OFFSET = 96L << 20;

    /** Without arguments for dom0 Xen takes the hypervisor's own for dom0's (docs/misc/arm/device-tree/booting.txt). */
    private static final String DOM0_ARGUMENTS = "console=hvc0";

    private static final long RAM_BASE = 0x4000_0000L;

    /** Whether both boots reached their goal and nothing differs. */
    public boolean agree() {
        return reached() && comparison.agree();
    }

    /** Whether both boots reached their goal: a comparison of boots that ended early proves nothing about the rest. */
    public boolean reached() {
        return engine.kind() == OutcomeKind.REACHED && qemu.outcome().kind() == OutcomeKind.REACHED;
    }

    /**
     * Boots on QEMU, then on the engine, and compares.
     *
     * @param progress told what happens
     * @throws CommandFailure if the request does not fit together
     * @throws QemuException if QEMU is missing, refuses the machine or dies
     */
    public static TwoBackends boot(ComparisonRequest request, ComparisonProgress progress)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("breakmake-compare-");
        Path module = folder.resolve("dom0");
        try {
            Optional<GuestModule> guest = Optional.empty();
            byte[] kernel = request.dom0();
            if (kernel != null) {
                guest = Optional.of(
                        new GuestModule(Files.write(module, kernel), RAM_BASE + DOM0_OFFSET, DOM0_ARGUMENTS));
            }
            return boot(request, guest, progress);
        } finally {
            Files.deleteIfExists(module);
            Files.delete(folder);
        }
    }

    private static TwoBackends boot(ComparisonRequest request, Optional<GuestModule> guest, ComparisonProgress progress)
            throws IOException, InterruptedException {
        QemuBootSpecification specification = specification(request, guest);
        progress.phase("QEMU's device tree");
        byte[] tree = QemuBoot.deviceTree(specification);
        Platform platform = platform(request);
        BootOptions options = options(request, tree, guest);
        SymbolTable symbols = symbols(request, platform, options);

        progress.phase("QEMU");
        List<TranslationEvent> ofQemu = new ArrayList<>();
        QemuBootResult qemu = QemuBoot.run(
                specification,
                event -> {
                    ofQemu.add(event);
                    progress.accept(event);
                },
                line -> {});

        progress.phase("engine");
        List<TranslationEvent> ofEngine = new ArrayList<>();
        long start = System.nanoTime();
        BootResult engine = Boot.run(
                BootSpecification.of(request.name(), request.bytes(), platform)
                        .withOptions(options)
                        .withUntil(until(request))
                        .withSymbols(symbols),
                event -> {
                    ofEngine.add(event);
                    progress.accept(event);
                });
        long engineMillis = (System.nanoTime() - start) / 1_000_000;
        if (engine.kind() == OutcomeKind.BAD_IMAGE) {
            throw CommandFailure.usage(engine.message(), "");
        }
        Path traces = request.traces();
        if (traces != null) {
            String name = "%s-%dpe".formatted(file(request.name()), request.pes());
            write(traces.resolve(name + "-engine.trace"), ofEngine);
            write(traces.resolve(name + "-qemu.trace"), ofQemu);
        }
        progress.phase("comparing");
        return new TwoBackends(engine, qemu, BackendComparison.compare(ofEngine, ofQemu, symbols), engineMillis);
    }

    private static QemuBootSpecification specification(ComparisonRequest request, Optional<GuestModule> guest) {
        QemuBootSpecification virt = QemuBootSpecification.virt(
                request.image().architecture(), request.file(), request.pes(), request.memoryBytes());
        return new QemuBootSpecification(
                virt.architecture(),
                "virt,gic-version=" + request.gicVersion(),
                virt.cpu(),
                virt.peCount(),
                virt.memoryBytes(),
                virt.image(),
                request.bootArguments().orElse(guest.isEmpty() ? virt.bootArgs() : dom0Arguments(request, virt)),
                guest,
                Optional.ofNullable(request.deviceTree()),
                request.until(),
                guest.isPresent() && request.until().isEmpty(),
                Observation.FULL,
                QemuLimits.DEFAULT.withWallClock(request.limit()),
                request.qemu());
    }

    private static String dom0Arguments(ComparisonRequest request, QemuBootSpecification virt) {
        long mebibytes = Math.clamp((request.memoryBytes() >> 20) / 4, 16, 512);
        return virt.bootArgs() + " dom0_mem=" + mebibytes + "M";
    }

    private static Platform platform(ComparisonRequest request) {
        try {
            return Platform.virt(
                    CpuModel.of(request.image().architecture()),
                    request.pes(),
                    request.memoryBytes(),
                    request.gicVersion());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "see breakmake compare-backends --help");
        }
    }

    /** The tree holds the command line and the module already: QEMU wrote them. */
    private static BootOptions options(ComparisonRequest request, byte[] tree, Optional<GuestModule> guest)
            throws QemuException {
        BootOptions options;
        try {
            options = BootOptions.DEFAULT
                    .withDeviceTree(DeviceTreeReader.read(tree))
                    .withDeviceTreeBytes(tree.length);
        } catch (DeviceTreeException e) {
            throw new QemuException(
                    QemuException.Kind.ENVIRONMENT, "QEMU's device tree cannot be read: " + e.getMessage());
        }
        byte[] kernel = request.dom0();
        return kernel == null || guest.isEmpty()
                ? options
                : options.withModules(List.of(new BootModule(
                        "dom0",
                        BootModule.Kind.KERNEL,
                        kernel,
                        DOM0_ARGUMENTS,
                        guest.get().address())));
    }

    private static Until until(ComparisonRequest request) {
        Pattern text = request.until().orElse(null);
        if (text != null) {
            return new Until.ConsoleText(text);
        }
        return request.dom0() == null ? Until.XEN_WITHOUT_DOM0 : new Until.GuestEntry();
    }

    /** Symbols at their linked addresses, and at the physical ones where the image runs before its MMU is on. */
    private static SymbolTable symbols(ComparisonRequest request, Platform platform, BootOptions options)
            throws IOException {
        if (request.symbols() == null) {
            return SymbolTable.EMPTY;
        }
        SymbolTable symbols = SymbolFiles.read(request.symbols());
        var start = symbols.address("_start");
        if (start.isEmpty()) {
            return symbols;
        }
        try {
            long loaded = BootPlan.of(platform, request.image(), options).imageAddress();
            AddressRange range =
                    new AddressRange(loaded, loaded + request.image().memoryBytes());
            return symbols.withAlias(range, start.getAsLong());
        } catch (BadImageException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "");
        }
    }

    private static String file(String name) {
        Path last = Path.of(name).getFileName();
        return String.valueOf(last).replaceAll("[^A-Za-z0-9._-]", "_");
    }

    private static void write(Path file, List<TranslationEvent> events) throws IOException {
        try (OutputFile whole = OutputFile.to(file);
                TraceWriter writer = new TraceWriter(whole.stream())) {
            events.forEach(writer::accept);
            writer.finish();
            whole.complete();
        }
    }
}
