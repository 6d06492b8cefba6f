package dev.breakmake.cli;

import dev.breakmake.cli.lab.LabFolder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which lab of this machine. */
final class LabFolderMixin {

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The lab's folder. Default: BREAKMAKE_LAB_HOME, else ~/.local/share/breakmake/lab.")
    private @Nullable Path home;

    LabFolder folder() {
        return home == null ? LabFolder.ofUser() : new LabFolder(home.toAbsolutePath());
    }
}
