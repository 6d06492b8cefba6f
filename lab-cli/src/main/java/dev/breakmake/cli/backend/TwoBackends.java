package dev.breakmake.cli.backend;

import dev.breakmake.engine.machine.Boot;
import dev.breakmake.engine.machine.BootResult;
import dev.breakmake.engine.machine.BootSpecification;
import dev.breakmake.engine.machine.OutcomeKind;
import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.DeviceTreeException;
import dev.breakmake.engine.platform.DeviceTreeReader;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.qemu.Observation;
import dev.breakmake.qemu.QemuBoot;
import dev.breakmake.qemu.QemuBootResult;
import dev.breakmake.qemu.QemuBootSpecification;
import dev.breakmake.qemu.QemuOutcome;
import dev.breakmake.qemu.compare.BackendComparison;
import dev.breakmake.qemu.compare.ComparisonResult;
import dev.breakmake.qemu.process.QemuException;
import dev.breakmake.qemu.process.QemuLimits;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.SymbolSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Boots one image on both backends, on the same machine and with the same device tree (the one QEMU makes, to the last byte of padding), and
 * compares what they showed.
 *
 * @param engine how the engine's boot ended
 * @param qemu how QEMU's boot ended
 * @param comparison what both showed
 */
public record TwoBackends(BootResult engine, QemuBootResult qemu, ComparisonResult comparison) {

    private static final int GIC_VERSION = 2;

    /** Full observation of arm32 Xen takes up to 20,000 stops, each of them slow on a busy machine. */
    private static final Duration QEMU_LIMIT = Duration.ofMinutes(10);

    /** Whether both boots reached their goal and nothing differs. */
    public boolean agree() {
        return engine.kind() == OutcomeKind.REACHED
                && qemu.outcome().kind() == QemuOutcome.Kind.REACHED
                && comparison.agree();
    }

    /**
     * Boots a Xen image without a dom0 up to its panic for want of one.
     *
     * @param memoryBytes guest memory, in bytes
     * @param symbols names code addresses in differences
     */
    public static TwoBackends boot(
            Path image, Architecture architecture, int pes, long memoryBytes, SymbolSource symbols)
            throws IOException, InterruptedException {
        QemuBootSpecification qemu = QemuBootSpecification.virt(architecture, image, pes, memoryBytes)
                .withObservation(Observation.FULL)
                .withLimits(QemuLimits.DEFAULT.withWallClock(QEMU_LIMIT));
        byte[] tree = QemuBoot.deviceTree(qemu);
        List<TranslationEvent> ofQemu = new ArrayList<>();
        QemuBootResult qemuResult = QemuBoot.run(qemu, ofQemu::add, line -> {});
        Platform platform = Platform.virt(CpuModel.of(architecture), pes, memoryBytes, GIC_VERSION);
        BootOptions options;
        try {
            options = BootOptions.DEFAULT
                    .withDeviceTree(DeviceTreeReader.read(tree))
                    .withDeviceTreeBytes(tree.length);
        } catch (DeviceTreeException e) {
            throw new QemuException(
                    QemuException.Kind.ENVIRONMENT, "QEMU's device tree cannot be read: " + e.getMessage());
        }
        Path name = image.getFileName();
        List<TranslationEvent> ofEngine = new ArrayList<>();
        BootResult engineResult = Boot.run(
                BootSpecification.of(String.valueOf(name), Files.readAllBytes(image), platform)
                        .withOptions(options)
                        .withSymbols(symbols),
                ofEngine::add);
        if (engineResult.kind() == OutcomeKind.BAD_IMAGE) {
            throw new QemuException(QemuException.Kind.BAD_INPUT, engineResult.message());
        }
        return new TwoBackends(engineResult, qemuResult, BackendComparison.compare(ofEngine, ofQemu, symbols));
    }
}
