package dev.breakmake.qemu.process;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** The private folder of one run (mode 0700): its sockets and, while QEMU opens it, the guest memory file. */
public final class RunDirectory implements Closeable {

    /** sun_path of a unix socket address holds 108 bytes with its terminator. */
    private static final int MAX_SOCKET_PATH_BYTES = 107;

    private static final String PREFIX = "breakmake-";
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final Path path;

    private RunDirectory(Path path) {
        this.path = path;
    }

    /** Makes one below the folder. */
    public static RunDirectory create(Path parent) throws IOException {
        Path path = Files.createTempDirectory(
                parent, PREFIX, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        RunDirectory directory = new RunDirectory(path);
        int longest = path.resolve("console.sock").toString().getBytes(StandardCharsets.UTF_8).length;
        if (longest > MAX_SOCKET_PATH_BYTES) {
            directory.close();
            throw new QemuException(
                    QemuException.Kind.ENVIRONMENT,
                    "socket paths below %s would have %d bytes, the system allows %d: use a shorter temporary folder"
                            .formatted(parent, longest, MAX_SOCKET_PATH_BYTES));
        }
        return directory;
    }

    /**
     * A folder for a run whose guest memory is a file: in shared memory when all of the guest's memory fits there (a full tmpfs would
     * kill QEMU in the middle of the boot), else below the fallback.
     */
    public static RunDirectory createForMemory(Path fallback, long memoryBytes) throws IOException {
        Path parent = holds(SHARED_MEMORY, memoryBytes) ? SHARED_MEMORY : fallback;
        if (!holds(parent, memoryBytes)) {
            throw new QemuException(
                    QemuException.Kind.ENVIRONMENT,
                    "neither %s nor %s has %d bytes free for the guest's memory: free space or choose a smaller guest"
                            .formatted(SHARED_MEMORY, fallback, memoryBytes));
        }
        return create(parent);
    }

    private static boolean holds(Path folder, long bytes) {
        try {
            return Files.isWritable(folder) && Files.getFileStore(folder).getUsableSpace() >= bytes;
        } catch (IOException e) {
            // A folder that cannot say how much it holds is not used.
            return false;
        }
    }

    /** The folder. */
    public Path path() {
        return path;
    }

    /** A file in it. */
    public Path file(String name) {
        return path.resolve(name);
    }

    /** Removes the folder and what is in it; a no-op when it is gone already. */
    @Override
    public void close() throws IOException {
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path directory, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            // The watchdog removes the folder too; whoever comes second finds nothing.
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
