package dev.breakmake.lab.runner.backend;

import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Module;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One cell, ready to boot.
 *
 * @param boot what was asked for
 * @param imageName name of the image or flow for people
 * @param imageFile the image file; null for a flow
 * @param companions its symbol files and maps
 * @param modules further files, in the order of the specification
 * @param bootLimit wall-clock time from the first instruction to the outcome
 * @param directory a place for temporary files, removed with the attempt
 */
public record CellWork(
        BootSpec boot,
        String imageName,
        @Nullable Path imageFile,
        List<Path> companions,
        List<ModuleFile> modules,
        Duration bootLimit,
        Path directory) {

    /** A cell that executes a boot flow. */
    public static CellWork ofFlow(BootSpec boot, Duration bootLimit, Path directory) {
        return new CellWork(boot, boot.getFlow(), null, List.of(), List.of(), bootLimit, directory);
    }

    /**
     * The image file.
     *
     * @throws IllegalStateException if the cell is a flow
     */
    public Path image() {
        if (imageFile == null) {
            throw new IllegalStateException("flow " + imageName + " has no image");
        }
        return imageFile;
    }

    /** A module and where its bytes are. */
    public record ModuleFile(Module module, Path file) {}
}
