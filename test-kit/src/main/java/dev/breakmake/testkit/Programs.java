package dev.breakmake.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs of this machine that tests compare against. */
public final class Programs {

    private Programs() {}

    /**
     * The path of a program, or the end of the calling test as skipped, naming the Debian package that has it.
     *
     * @param program name as on the PATH, e.g. {@code qemu-system-aarch64}
     * @param debianPackage the package to install, e.g. {@code qemu-system-arm}
     */
    public static Path require(String program, String debianPackage) {
        Optional<Path> found = find(program);
        Assumptions.assumeTrue(found.isPresent(), () -> "needs " + program + ": sudo apt-get install " + debianPackage);
        return found.orElseThrow();
    }

    /** The first executable of that name on the PATH. */
    public static Optional<Path> find(String program) {
        String path = System.getenv("PATH");
        return path == null
                ? Optional.empty()
                : Stream.of(path.split(File.pathSeparator, -1))
                        .filter(folder -> !folder.isEmpty())
                        .map(folder -> Path.of(folder, program))
                        .filter(Files::isExecutable)
                        .findFirst();
    }
}
