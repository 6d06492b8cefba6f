package dev.breakmake.lab.runner.spool;

import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.trace.v1.SealTraceRequest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One attempt on the runner's disk: what was asked for, log and trace as they grow, and the result once the boot is over. Everything a
 * later start of the runner needs to finish the delivery is here.
 */
public final class SpooledAttempt {

    private static final String ASSIGNMENT = "assignment.pb";
    private static final String RESULT = "result.pb";
    private static final String SEAL = "seal.pb";
    private static final String INTERRUPTED = "interrupted";

    private final Path directory;
    private final Assignment assignment;

    private SpooledAttempt(Path directory, Assignment assignment) {
        this.directory = directory;
        this.assignment = assignment;
    }

    static SpooledAttempt create(Path directory, Assignment assignment) throws IOException {
        Files.createDirectories(directory.resolve("work"));
        Durable.write(directory.resolve(ASSIGNMENT), assignment.toByteArray());
        return new SpooledAttempt(directory, assignment);
    }

    static Optional<SpooledAttempt> open(Path directory) throws IOException {
        Path file = directory.resolve(ASSIGNMENT);
        return Files.exists(file)
                ? Optional.of(new SpooledAttempt(directory, Assignment.parseFrom(Files.readAllBytes(file))))
                : Optional.empty();
    }

    /** What was asked for. */
    public Assignment assignment() {
        return assignment;
    }

    /** Name of the attempt. */
    public String name() {
        return assignment.getAttempt();
    }

    /** The trace file. */
    public Path trace() {
        return directory.resolve("trace.bmt");
    }

    /** The console. */
    public Path log() {
        return directory.resolve("console.log");
    }

    /** A place for temporary files of the boot. */
    public Path work() {
        return directory.resolve("work");
    }

    /** Records that the boot is over. */
    public void finish(AttemptResult result, SealTraceRequest seal) throws IOException {
        Durable.write(directory.resolve(SEAL), seal.toByteArray());
        Durable.write(directory.resolve(RESULT), result.toByteArray());
    }

    /** Notes that the process stops although the boot is not over. */
    public void interrupt() throws IOException {
        Durable.write(directory.resolve(INTERRUPTED), new byte[0]);
    }

    /** Whether the process that held this attempt stopped on purpose. */
    public boolean isInterrupted() {
        return Files.exists(directory.resolve(INTERRUPTED));
    }

    /** The result, if the boot is over. */
    public Optional<AttemptResult> result() throws IOException {
        Path file = directory.resolve(RESULT);
        return Files.exists(file) ? Optional.of(AttemptResult.parseFrom(Files.readAllBytes(file))) : Optional.empty();
    }

    /** What to seal the trace with; only after {@link #finish}. */
    public SealTraceRequest seal() throws IOException {
        return SealTraceRequest.parseFrom(Files.readAllBytes(directory.resolve(SEAL)));
    }

    /** Up to {@code limit} bytes of a growing file from {@code offset}; empty if there are none (yet). */
    public static byte[] read(Path file, long offset, int limit) throws IOException {
        if (!Files.exists(file)) {
            return new byte[0];
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long available = in.length() - offset;
            if (available <= 0) {
                return new byte[0];
            }
            byte[] bytes = new byte[(int) Math.min(limit, available)];
            in.seek(offset);
            in.readFully(bytes);
            return bytes;
        }
    }

    /** Forgets the attempt. */
    public void delete() throws IOException {
        Durable.deleteTree(directory);
    }
}
