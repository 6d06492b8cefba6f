package dev.breakmake.lab.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lab's folder, outside the source tree: databases, spool, image cache, secrets and state. Whoever holds its lock is the lab; the
 * operating system lets go of the lock when the process dies, however it dies.
 */
final class LabHome implements AutoCloseable {

    /** Below this nothing is started: PostgreSQL needs it for its own files. */
    private static final long LEAST_SPACE = 256L << 20;

    private static final int SECRET_BYTES = 32;

    private final Path root;
    private final FileChannel lockFile;
    private final FileLock lock;

    private LabHome(Path root, FileChannel lockFile, FileLock lock) {
        this.root = root;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /** Where the lab lives: {@code breakmake.lab.home}, else {@code BREAKMAKE_LAB_HOME}, else {@code $XDG_DATA_HOME/breakmake/lab}. */
    static Path folder(@Nullable String property, Map<String, String> environment) {
        String own = property != null ? property : environment.getOrDefault("BREAKMAKE_LAB_HOME", "");
        if (!own.isEmpty()) {
            return Path.of(own).toAbsolutePath();
        }
        String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
        String user = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return (xdg.isEmpty() ? Path.of(user, ".local", "share") : Path.of(xdg))
                .resolve("breakmake")
                .resolve("lab")
                .toAbsolutePath();
    }

    /** Takes possession of the folder, which is made if needed. */
    static LabHome take(Path root) throws LabFailure {
        try {
            Files.createDirectories(root);
            long free = Files.getFileStore(root).getUsableSpace();
            if (free < LEAST_SPACE) {
                throw new LabFailure("only " + (free >> 20) + " MiB are free at " + root + "; the lab needs at least "
                        + (LEAST_SPACE >> 20) + " MiB: free some space or set BREAKMAKE_LAB_HOME to another disk");
            }
            FileChannel lockFile =
                    FileChannel.open(root.resolve("lab.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(lockFile);
            if (lock == null) {
                lockFile.close();
                throw new LabFailure("a lab is already running in " + root + " (see " + root.resolve(LabState.FILE)
                        + "): stop it with 'breakmake down'");
            }
            return new LabHome(root, lockFile, lock);
        } catch (IOException e) {
            throw new LabFailure("cannot use " + root + " for the lab: " + e, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** The folder. */
    Path root() {
        return root;
    }

    /** A random secret of this lab, made on first use and readable by its user only; hexadecimal. */
    String secret(String name) throws LabFailure {
        Path file = root.resolve(name);
        try {
            if (!Files.exists(file)) {
                byte[] bytes = new byte[SECRET_BYTES];
                new SecureRandom().nextBytes(bytes);
                Path fresh = root.resolve(name + ".new");
                Files.deleteIfExists(fresh);
                Files.createFile(
                        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(fresh, HexFormat.of().formatHex(bytes));
                Files.move(fresh, file);
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new LabFailure("cannot keep the lab's secret in " + file + ": " + e, e);
        }
    }

    @Override
    public void close() {
        try (FileChannel _ = lockFile) {
            lock.release();
        } catch (IOException e) {
            // The process ends, and with it the lock.
        }
    }
}
