package dev.breakmake.lab.runner.backend;

import dev.breakmake.engine.machine.Boot;
import dev.breakmake.engine.machine.BootResult;
import dev.breakmake.engine.machine.BootSpecification;
import dev.breakmake.engine.machine.Limits;
import dev.breakmake.engine.machine.Until;
import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.BootImage;
import dev.breakmake.engine.platform.BootModule;
import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.DeviceTree;
import dev.breakmake.engine.platform.DeviceTreeException;
import dev.breakmake.engine.platform.DeviceTreeReader;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.engine.symbol.SymbolTable;
import dev.breakmake.lab.runner.domain.AttemptFault;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.ImageKind;
import dev.breakmake.lab.v1.Outcome;
import dev.breakmake.lab.v1.OutcomeKind;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.finding.SymbolSource;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Boots cells on the Java engine. */
public final class EngineBackend implements CellBackend {

    private static final long GIB = 1L << 30;
    private static final int STANDARD_GIC = 2;

    private final String version;
    private final long standardInstructions;

    /**
     * An engine.
     *
     * @param version for reports
     * @param standardInstructions limit of a boot that asks for none, all PEs together
     */
    public EngineBackend(String version, long standardInstructions) {
        this.version = version;
        this.standardInstructions = standardInstructions;
    }

    @Override
    public Backend kind() {
        return Backend.BACKEND_ENGINE;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public SymbolSource symbols(CellWork work) throws AttemptFault, IOException {
        return placed(work);
    }

    /** The symbols of a cell's image, also where the engine would load it. */
    static SymbolTable placed(CellWork work) throws AttemptFault, IOException {
        try {
            return Prepared.of(work).symbols(work);
        } catch (BadImageException e) {
            return Symbols.of(work.companions()); // the boot itself says it
        }
    }

    /** A cell's image and the machine it is for. */
    private record Prepared(byte[] file, BootImage image, Platform platform, BootOptions options, BootPlan plan) {

        static Prepared of(CellWork work) throws AttemptFault, IOException, BadImageException {
            byte[] file = Files.readAllBytes(work.image());
            try {
                BootImage image = ImageReader.read(work.imageName(), file, null);
                Platform platform = EngineBackend.platform(work.boot(), image);
                BootOptions options = EngineBackend.options(work);
                return new Prepared(file, image, platform, options, BootPlan.of(platform, image, options));
            } catch (IllegalArgumentException e) {
                throw new AttemptFault(Cause.CAUSE_CONFIGURATION, String.valueOf(e.getMessage()), e);
            }
        }

        SymbolTable symbols(CellWork work) throws IOException {
            return aliased(Symbols.of(work.companions()), image, plan);
        }
    }

    @Override
    public CellEnd run(CellWork work, CellObserver observer) throws AttemptFault, IOException {
        BootSpec boot = work.boot();
        Prepared prepared;
        try {
            prepared = Prepared.of(work);
        } catch (BadImageException e) {
            return new CellEnd(
                    Outcome.newBuilder()
                            .setKind(OutcomeKind.OUTCOME_KIND_BAD_IMAGE)
                            .setDetail(String.valueOf(e.getMessage()))
                            .build(),
                    SymbolTable.EMPTY);
        }
        SymbolTable symbols = prepared.symbols(work);
        BootSpecification specification = new BootSpecification(
                work.imageName(),
                prepared.file(),
                prepared.platform(),
                prepared.options(),
                until(boot, symbols),
                new Limits(
                        boot.getInstructionLimit() > 0 ? boot.getInstructionLimit() : standardInstructions,
                        Limits.DEFAULT.virtualNanoseconds()),
                Adversaries.policy(boot),
                boot.getSeed(),
                symbols);
        return new CellEnd(outcome(Boot.run(specification, observer)), symbols);
    }

    private static Platform platform(BootSpec boot, BootImage image) throws AttemptFault {
        if (!boot.getPlatform().isEmpty() && !boot.getPlatform().equals("virt")) {
            throw new AttemptFault(
                    Cause.CAUSE_CONFIGURATION,
                    "platform '" + boot.getPlatform() + "' is not known to this runner; it knows virt");
        }
        return Platform.virt(
                CpuModel.of(image.architecture()),
                boot.getPes() == 0 ? 1 : boot.getPes(),
                boot.getMemory() == 0 ? GIB : boot.getMemory(),
                boot.getGic() == 0 ? STANDARD_GIC : boot.getGic());
    }

    private static BootOptions options(CellWork work) throws AttemptFault, IOException {
        BootOptions options = BootOptions.DEFAULT.withBootArguments(work.boot().getBootArguments());
        if (!work.boot().getLoadAddress().isEmpty()) {
            options = options.withLoadAddress(address(work.boot().getLoadAddress()));
        }
        List<BootModule> modules = new ArrayList<>();
        for (CellWork.ModuleFile module : work.modules()) {
            byte[] bytes = Files.readAllBytes(module.file());
            if (module.module().getKind() == ImageKind.IMAGE_KIND_KERNEL) {
                modules.add(BootModule.kernel(
                        module.file().getFileName().toString(),
                        bytes,
                        module.module().getBootArguments()));
            } else if (module.module().getKind() == ImageKind.IMAGE_KIND_DTB) {
                options = options.withDeviceTree(deviceTree(bytes));
            } else {
                throw new AttemptFault(
                        Cause.CAUSE_CONFIGURATION,
                        "module kind " + module.module().getKind()
                                + " is not known to this runner; it knows KERNEL and DTB");
            }
        }
        return options.withModules(modules);
    }

    private static DeviceTree deviceTree(byte[] bytes) throws AttemptFault {
        try {
            return DeviceTreeReader.read(bytes);
        } catch (DeviceTreeException e) {
            throw new AttemptFault(Cause.CAUSE_CONFIGURATION, "the device tree is invalid: " + e.getMessage(), e);
        }
    }

    private static long address(String text) throws AttemptFault {
        try {
            return Long.decode(text);
        } catch (NumberFormatException e) {
            throw new AttemptFault(
                    Cause.CAUSE_CONFIGURATION, "load address '" + text + "' is no number, for example 0x40200000", e);
        }
    }

    /** The image also runs at its physical address before its MMU is on: the same names shall answer there. */
    private static SymbolTable aliased(SymbolTable symbols, BootImage image, BootPlan plan) {
        long linked =
                image.linkedAt() != -1 ? image.linkedAt() : symbols.lowestCode().orElse(-1);
        if (linked == -1 || symbols.size() == 0) {
            return symbols;
        }
        long loaded = plan.imageAddress();
        return symbols.withAlias(new AddressRange(loaded, loaded + image.memoryBytes()), linked);
    }

    private static Until until(BootSpec boot, SymbolTable symbols) throws AttemptFault {
        String until = boot.getUntil();
        if (until.isEmpty()) {
            return Until.XEN_WITHOUT_DOM0;
        }
        if (!until.startsWith("symbol:")) {
            return new Until.ConsoleText(Pattern.compile(Pattern.quote(until)));
        }
        String name = until.substring("symbol:".length());
        OptionalLong address = symbols.address(name);
        if (address.isEmpty()) {
            throw new AttemptFault(
                    Cause.CAUSE_CONFIGURATION,
                    "until: the image's symbols have no '" + name + "' (" + symbols.size() + " symbols known)");
        }
        return new Until.Address(address.getAsLong(), name);
    }

    private static Outcome outcome(BootResult result) {
        return Outcome.newBuilder()
                .setKind(OutcomeKind.valueOf("OUTCOME_KIND_" + result.kind().name()))
                .setPc("0x" + Long.toHexString(result.pc()))
                .setSymbol(result.symbol() == null ? "" : result.symbol())
                .setConsoleLine(
                        result.lastLines().isEmpty() ? "" : result.lastLines().getLast())
                .setInstructions(result.totalInstructions())
                .setDetail(result.message())
                .build();
    }
}
