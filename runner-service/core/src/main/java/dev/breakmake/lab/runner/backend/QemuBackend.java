package dev.breakmake.lab.runner.backend;

import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.lab.runner.domain.AttemptFault;
import dev.breakmake.lab.v1.AdversaryPolicy;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.ImageKind;
import dev.breakmake.lab.v1.Outcome;
import dev.breakmake.lab.v1.OutcomeKind;
import dev.breakmake.qemu.GuestModule;
import dev.breakmake.qemu.QemuBoot;
import dev.breakmake.qemu.QemuBootResult;
import dev.breakmake.qemu.QemuBootSpecification;
import dev.breakmake.qemu.QemuOutcome;
import dev.breakmake.qemu.process.QemuException;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.finding.SymbolSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/** Boots cells on stock QEMU. */
public final class QemuBackend implements CellBackend {

    private static final long GIB = 1L << 30;
    /** Above the 128 MiB that the smallest useful guest has, a dom0 kernel is placed in the upper half of RAM. */
    private static final long RAM_BASE = 0x4000_0000L;

    private final String version;

    /** A QEMU whose {@code --version} is {@code version}. */
    public QemuBackend(String version) {
        this.version = version;
    }

    @Override
    public Backend kind() {
        return Backend.BACKEND_QEMU;
    }

    @Override
    public String version() {
        return "qemu " + version;
    }

    @Override
    public CellEnd run(CellWork work, CellObserver observer) throws AttemptFault, IOException, InterruptedException {
        AtomicBoolean full = new AtomicBoolean();
        QemuBootSpecification specification = specification(work);
        QemuBootResult result;
        try {
            result = QemuBoot.run(
                    specification,
                    event -> {
                        full.set(true);
                        observer.accept(event);
                    },
                    line -> {
                        if (observer.shallStop()) {
                            throw new StoppedException();
                        }
                    });
        } catch (QemuException e) {
            throw new AttemptFault(Cause.CAUSE_INFRASTRUCTURE, "QEMU failed: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new AttemptFault(Cause.CAUSE_CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
        if (!full.get()) {
            throw new AttemptFault(
                    Cause.CAUSE_ENGINE,
                    "QEMU ran, but no translation event was observed: nothing can be said about the image");
        }
        return new CellEnd(outcome(result), symbols(work));
    }

    /** The engine loads images where QEMU does; a machine that only QEMU has gets names at the linked addresses. */
    @Override
    public SymbolSource symbols(CellWork work) throws IOException {
        try {
            return EngineBackend.placed(work);
        } catch (AttemptFault e) {
            return Symbols.of(work.companions());
        }
    }

    private static QemuBootSpecification specification(CellWork work) throws AttemptFault, IOException {
        BootSpec boot = work.boot();
        refuseWhatQemuCannotDo(boot);
        Architecture architecture = architecture(work);
        long memory = boot.getMemory() == 0 ? GIB : boot.getMemory();
        QemuBootSpecification standard;
        try {
            standard = QemuBootSpecification.virt(
                    architecture, work.image(), boot.getPes() == 0 ? 1 : boot.getPes(), memory);
        } catch (IllegalArgumentException e) {
            throw new AttemptFault(Cause.CAUSE_CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
        Optional<GuestModule> dom0 = Optional.empty();
        Optional<Path> deviceTree = Optional.empty();
        for (CellWork.ModuleFile module : work.modules()) {
            if (module.module().getKind() == ImageKind.IMAGE_KIND_KERNEL && dom0.isEmpty()) {
                dom0 = Optional.of(new GuestModule(
                        module.file(), RAM_BASE + memory / 2, module.module().getBootArguments()));
            } else if (module.module().getKind() == ImageKind.IMAGE_KIND_DTB) {
                deviceTree = Optional.of(module.file());
            } else {
                throw new AttemptFault(
                        Cause.CAUSE_CONFIGURATION, "QEMU cells take one KERNEL and one DTB module, nothing else");
            }
        }
        return new QemuBootSpecification(
                architecture,
                "virt,gic-version=" + (boot.getGic() == 0 ? 2 : boot.getGic()),
                standard.cpu(),
                standard.peCount(),
                memory,
                work.image(),
                boot.getBootArguments().isEmpty() ? standard.bootArgs() : boot.getBootArguments(),
                dom0,
                deviceTree,
                boot.getUntil().isEmpty()
                        ? Optional.empty()
                        : Optional.of(Pattern.compile(Pattern.quote(boot.getUntil()))),
                standard.observation(),
                standard.limits().withWallClock(work.bootLimit()),
                Optional.empty());
    }

    private static void refuseWhatQemuCannotDo(BootSpec boot) throws AttemptFault {
        List<String> wishes = engineOnly(boot);
        if (boot.getAdversary() == AdversaryPolicy.ADVERSARY_POLICY_FLUSH_EAGERLY) {
            wishes.add("adversary");
        }
        if (!wishes.isEmpty()) {
            throw new AttemptFault(
                    Cause.CAUSE_CONFIGURATION, "QEMU cannot do " + String.join(", ", wishes) + ": use backend ENGINE");
        }
    }

    /** The fields of a boot that ask for what only the engine can do. */
    public static List<String> engineOnly(BootSpec boot) {
        List<String> wishes = new ArrayList<>();
        if (!boot.getLoadAddress().isEmpty()) {
            wishes.add("load_address");
        }
        if (boot.getUntil().startsWith("symbol:")) {
            wishes.add("until: symbol:");
        }
        if (boot.getInstructionLimit() > 0) {
            wishes.add("instruction_limit");
        }
        if (boot.getAdversary() != AdversaryPolicy.ADVERSARY_POLICY_UNSPECIFIED
                && boot.getAdversary() != AdversaryPolicy.ADVERSARY_POLICY_FLUSH_EAGERLY) {
            wishes.add("adversary");
        }
        if (!boot.getPlatform().isEmpty() && !boot.getPlatform().equals("virt")) {
            wishes.add("platform '" + boot.getPlatform() + "'");
        }
        return wishes;
    }

    private static Architecture architecture(CellWork work) throws AttemptFault, IOException {
        return switch (work.boot().getArchitecture()) {
            case ARCHITECTURE_ARM64 -> Architecture.AARCH64;
            case ARCHITECTURE_ARM32 -> Architecture.AARCH32;
            default -> {
                try {
                    yield ImageReader.read(work.imageName(), Files.readAllBytes(work.image()), null)
                            .architecture();
                } catch (BadImageException e) {
                    throw new AttemptFault(Cause.CAUSE_CONFIGURATION, String.valueOf(e.getMessage()), e);
                }
            }
        };
    }

    private static Outcome outcome(QemuBootResult result) {
        QemuOutcome outcome = result.outcome();
        return Outcome.newBuilder()
                .setKind(OutcomeKind.valueOf("OUTCOME_KIND_" + outcome.kind().name()))
                .setConsoleLine(
                        result.console().isEmpty() ? "" : result.console().getLast())
                .setDetail(outcome.detail())
                .build();
    }
}
