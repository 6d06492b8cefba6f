package dev.breakmake.cli.matrix;

import dev.breakmake.cli.matrix.LocalImages.LocalImage;
import dev.breakmake.lab.runner.backend.CellWork;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.Module;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A cell as a backend takes it, with the files of this machine. */
final class CellFiles {

    private static final Duration STANDARD_BOOT = Duration.ofMinutes(10);

    private CellFiles() {}

    /**
     * The work a cell is.
     *
     * @param folder for temporary files
     */
    static CellWork work(JobSpec spec, BootSpec boot, LocalImages images, Path folder) throws IOException {
        long seconds = spec.getTimeouts().getBoot().getSeconds();
        Duration limit = seconds > 0 ? Duration.ofSeconds(seconds) : STANDARD_BOOT;
        if (boot.getImage().isEmpty()) {
            return CellWork.ofFlow(boot, limit, folder);
        }
        LocalImage image = images.of(boot.getImage());
        List<CellWork.ModuleFile> modules = new ArrayList<>();
        for (Module module : boot.getModulesList()) {
            modules.add(
                    new CellWork.ModuleFile(module, images.of(module.getImage()).file()));
        }
        return new CellWork(boot, image.name(), image.file(), image.companions(), modules, limit, folder);
    }
}
