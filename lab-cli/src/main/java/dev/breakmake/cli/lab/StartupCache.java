package dev.breakmake.cli.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The JVM's ahead-of-time cache (JEP 514) of the lab. The first lab that ends in peace leaves it behind, the next ones start from it. It is
 * derived from the jars and the JDK, named after both, and only ever costs time when it is missing.
 */
public final class StartupCache {

    /** No cache is used and none is made. */
    public static final StartupCache NONE = new StartupCache(null);

    private static final String FOLDER = "startup";

    private static final int NAME_LENGTH = 16;
    private static final Duration LONGEST_WRITING = Duration.ofMinutes(3);

    private final @Nullable Path file;

    private StartupCache(@Nullable Path file) {
        this.file = file;
    }

    /** The cache for {@code program} in a lab's folder; older ones are removed. Only for whoever is about to start the lab. */
    public static StartupCache of(LabFolder folder, LabProgram program) throws IOException {
        Path directory = folder.root().resolve(FOLDER);
        Files.createDirectories(directory);
        Path file = directory.resolve(key(program.jar()) + ".aot");
        if (isBeingWritten(file)) {
            // By the lab that has just stopped, for some seconds: neither to be used nor to be made again.
            return NONE;
        }
        if (Files.exists(unfinished(file))) {
            Files.move(unfinished(file), file, StandardCopyOption.ATOMIC_MOVE);
        }
        try (Stream<Path> old = Files.list(directory)) {
            for (Path other : old.filter(path -> !path.equals(file)).toList()) {
                Files.deleteIfExists(other);
            }
        }
        return new StartupCache(file);
    }

    /** Whether the lab that is started with it leaves it behind at its end, which takes the process some seconds more. */
    boolean isMade() {
        return file != null && !Files.exists(file);
    }

    /** The JVM keeps what it has recorded beside the cache until that is complete; a process that was killed leaves it behind. */
    private static boolean isBeingWritten(Path file) throws IOException {
        Path recording = file.resolveSibling(file.getFileName() + ".new.config");
        return Files.exists(recording)
                && Files.getLastModifiedTime(recording)
                        .toInstant()
                        .isAfter(Instant.now().minus(LONGEST_WRITING));
    }

    private static String key(Path jar) throws IOException {
        String inputs = Runtime.version() + " " + System.getProperty("java.home") + " " + jar.toRealPath() + " "
                + Files.size(jar) + " " + Files.getLastModifiedTime(jar).toMillis();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(inputs.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, NAME_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static Path unfinished(Path file) {
        return file.resolveSibling(file.getFileName() + ".new");
    }

    /** Options of the JVM. */
    List<String> options() {
        if (file == null) {
            return List.of();
        }
        return Files.exists(file)
                ? List.of("-XX:AOTCache=" + file, "-Xlog:aot=off", "-Xlog:cds=off")
                : List.of("-XX:AOTCacheOutput=" + unfinished(file), "-Xlog:aot=off", "-Xlog:cds=off");
    }
}
