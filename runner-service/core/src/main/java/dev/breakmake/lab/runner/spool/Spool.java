package dev.breakmake.lab.runner.spool;

import dev.breakmake.lab.v1.Assignment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The folder of attempts on their way. */
public final class Spool {

    private final Path root;
    private final long reserveBytes;

    /**
     * A spool.
     *
     * @param root its folder, made if needed
     * @param reserveBytes no work is taken while less than this is free on its file system
     */
    public Spool(Path root, long reserveBytes) throws IOException {
        this.root = root;
        this.reserveBytes = reserveBytes;
        Files.createDirectories(root);
    }

    /** Starts an attempt. */
    public SpooledAttempt create(Assignment assignment) throws IOException {
        Path directory = directory(assignment);
        Durable.deleteTree(directory);
        return SpooledAttempt.create(directory, assignment);
    }

    /** Attempts left by an earlier process. Folders that hold none are removed. */
    public List<SpooledAttempt> leftovers() throws IOException {
        List<SpooledAttempt> result = new ArrayList<>();
        try (Stream<Path> folders = Files.list(root)) {
            for (Path folder : folders.sorted().toList()) {
                var attempt = SpooledAttempt.open(folder);
                if (attempt.isPresent()) {
                    result.add(attempt.get());
                } else {
                    Durable.deleteTree(folder);
                }
            }
        }
        return result;
    }

    /** Names of attempts are long and come from elsewhere: a digest is a safe folder name. The fence keeps leases apart. */
    private Path directory(Assignment assignment) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((assignment.getAttempt() + "#"
                                    + assignment.getLease().getFence())
                            .getBytes(StandardCharsets.UTF_8));
            return root.resolve(HexFormat.of().formatHex(digest, 0, 12));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Bytes free on the file system of the spool. */
    public long freeBytes() throws IOException {
        return Files.getFileStore(root).getUsableSpace();
    }

    /** Whether there is room for another attempt. */
    public boolean hasRoom() throws IOException {
        return freeBytes() >= reserveBytes;
    }
}
