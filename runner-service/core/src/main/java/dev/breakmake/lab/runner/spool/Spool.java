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

    /** Above this, a disk that fails does so for another reason than want of space. */
    private static final long PLENTY = 64L << 20;

    /** How much more must be free before another attempt may try what one ran out of space with. */
    private static final long STEP = 1L << 20;

    private final Path root;
    private final long reserveBytes;

    /** Free bytes that the last attempt to run out of space asks for; 0 when none did. */
    private volatile long learnedBytes;

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
        long free = freeBytes();
        if (free >= learnedBytes) {
            learnedBytes = 0;
        }
        return free >= Math.max(reserveBytes, learnedBytes);
    }

    /**
     * An attempt failed on this disk and its files are gone. If little is free, what it had was too little: the next one waits for more, instead of failing
     * like it until the lab takes the runner for broken.
     */
    public void failed() {
        try {
            long free = freeBytes();
            if (free < PLENTY) {
                learnedBytes = free + STEP;
            }
        } catch (IOException e) {
            learnedBytes = 0; // the next question whether there is room says it
        }
    }
}
