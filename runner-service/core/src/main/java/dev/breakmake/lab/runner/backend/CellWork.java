package dev.breakmake.lab.runner.backend;

import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Module;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One cell, ready to boot.
 *
 * @param boot what was asked for
 * @param imageName name of the image for people
 * @param image the image file
 * @param companions its symbol files and maps
 * @param modules further files, in the order of the specification
 * @param bootLimit wall-clock time from the first instruction to the outcome
 * @param directory a place for temporary files, removed with the attempt
 */
public record CellWork(
        BootSpec boot,
        String imageName,
        Path image,
        List<Path> companions,
        List<ModuleFile> modules,
        Duration bootLimit,
        Path directory) {

    /** A module and where its bytes are. */
    public record ModuleFile(Module module, Path file) {}
}
