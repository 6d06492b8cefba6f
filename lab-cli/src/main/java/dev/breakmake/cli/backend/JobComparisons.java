package dev.breakmake.cli.backend;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.matrix.JobFile;
import dev.breakmake.cli.matrix.LocalImages;
import dev.breakmake.cli.matrix.LocalImages.LocalImage;
import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.lab.runner.backend.QemuBackend;
import dev.breakmake.lab.scheduler.matrix.Expansion;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.ImageKind;
import dev.breakmake.lab.v1.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The boots a job file specifies, each to be shown by both backends: the axis {@code backend} says nothing here. */
public final class JobComparisons {

    private static final long GIB = 1L << 30;

    private final LocalImages images;
    private final Optional<Path> qemu;
    private final Duration limit;
    private final @Nullable Path traces;

    /**
     * Comparisons with these settings.
     *
     * @param qemu QEMU binary; none means the first in PATH
     * @param limit time QEMU may take for one boot
     * @param traces folder for both traces, or null
     */
    public JobComparisons(LocalImages images, Optional<Path> qemu, Duration limit, @Nullable Path traces) {
        this.images = images;
        this.qemu = qemu;
        this.limit = limit;
        this.traces = traces;
    }

    /**
     * One request per boot, in matrix order.
     *
     * @throws CommandFailure if a cell is a flow or asks for what one of the backends cannot do
     */
    public List<ComparisonRequest> of(JobFile job) throws IOException {
        Map<BootSpec, ComparisonRequest> requests = new LinkedHashMap<>();
        for (Expansion.Point point : job.expansion().points()) {
            BootSpec boot = point.boot(job.job().getSpec().getBoot()).toBuilder()
                    .clearBackend()
                    .build();
            if (!requests.containsKey(boot)) {
                requests.put(boot, request(job.file(), boot));
            }
        }
        return List.copyOf(requests.values());
    }

    private ComparisonRequest request(Path file, BootSpec boot) throws IOException {
        refuse(file, boot);
        LocalImage image = images.of(boot.getImage());
        byte[] bytes = Files.readAllBytes(image.file());
        byte[] dom0 = null;
        Path deviceTree = null;
        for (Module module : boot.getModulesList()) {
            Path content = images.of(module.getImage()).file();
            if (module.getKind() == ImageKind.IMAGE_KIND_KERNEL && dom0 == null) {
                dom0 = Files.readAllBytes(content);
            } else if (module.getKind() == ImageKind.IMAGE_KIND_DTB && deviceTree == null) {
                deviceTree = content;
            } else {
                throw CommandFailure.usage(
                        file + ": modules: one KERNEL and one DTB can be compared, not " + module.getKind(), "");
            }
        }
        try {
            return new ComparisonRequest(
                    image.name(),
                    image.file(),
                    bytes,
                    ImageReader.read(image.name(), bytes, null),
                    Math.max(1, boot.getPes()),
                    boot.getMemory() == 0 ? GIB : boot.getMemory(),
                    boot.getGic() == 0 ? 2 : boot.getGic(),
                    Optional.of(boot.getBootArguments()).filter(text -> !text.isEmpty()),
                    dom0,
                    deviceTree,
                    Optional.of(boot.getUntil())
                            .filter(text -> !text.isEmpty())
                            .map(text -> Pattern.compile(Pattern.quote(text))),
                    image.companions().isEmpty() ? null : image.companions().getFirst(),
                    qemu,
                    limit,
                    traces);
        } catch (BadImageException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "");
        }
    }

    /** What only the engine can do, or what would make the two boots different ones. */
    private static void refuse(Path file, BootSpec boot) {
        List<String> fields = boot.getFlow().isEmpty() ? QemuBackend.engineOnly(boot) : List.of("flow");
        if (!fields.isEmpty()) {
            throw CommandFailure.usage(
                    file + ": " + String.join(", ", fields)
                            + ": only the engine can do that, so there is nothing to compare",
                    "leave it out of the cells that are to be compared");
        }
    }
}
