package dev.breakmake.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Where the files are. */
final class Repository {

    static final Path ROOT = Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
            .filter(folder ->
                    Files.exists(folder.resolve("mvnw")) && Files.exists(folder.resolve("docker-compose.yml")))
            .findFirst()
            .orElseThrow();
    static final Path DEPLOY = ROOT.resolve("deploy");

    private Repository() {}

    /** Files below a folder of deploy/ with that ending, in order. */
    static List<Path> files(String folder, String ending) {
        try (Stream<Path> files = Files.walk(DEPLOY.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
