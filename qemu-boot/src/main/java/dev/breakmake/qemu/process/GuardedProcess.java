package dev.breakmake.qemu.process;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A child process that dies with its starter.
 *
 * <p>A small shell script (guard.sh) waits at a pipe that only this JVM holds. When {@link #close()} closes it, or the kernel does
 * because the JVM was killed, the script kills the command's process group and removes the run folder. Limits are set by the same script,
 * so the command cannot escape them.
 */
public final class GuardedProcess implements Closeable {

    /** Exit status of a command that was to have a pipe of packets on a machine without. */
    public static final int NO_PACKETS = 124;

    private static final int STDERR_LIMIT = 64 * 1024;
    private static final int PATIENCE_SECONDS = 10;
    private static final int PATIENCE_MILLIS = 1000;

    private final Process process;
    private final StringBuilder errors = new StringBuilder();
    private final Thread errorReader;

    private GuardedProcess(Process process, ErrorReader reader) {
        this.process = process;
        this.errorReader = Thread.ofPlatform().daemon().name("qemu-stderr").start(() -> readErrors(reader));
    }

    /**
     * Starts the command.
     *
     * @param folder removed when the guard ends the command
     * @param addressSpaceBytes limit of its address space
     * @param fileBytes largest file it may write
     */
    public static GuardedProcess start(List<String> command, Path folder, long addressSpaceBytes, long fileBytes)
            throws IOException {
        return start(command, folder, addressSpaceBytes, fileBytes, GuardedProcess::copy, false);
    }

    /**
     * Starts the command with somebody who reads what it writes to standard error.
     *
     * @param packets whether that goes through a pipe that takes each write as one of at most 16 packets (pipe(2), O_DIRECT): the
     *     command then waits at the 17th until the first is read. Where that cannot be had the command ends with {@link #NO_PACKETS}.
     */
    public static GuardedProcess start(
            List<String> command,
            Path folder,
            long addressSpaceBytes,
            long fileBytes,
            ErrorReader reader,
            boolean packets)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", script(), "guard");
        builder.command().add(folder.toString());
        builder.command().add(Long.toString(addressSpaceBytes / 1024));
        builder.command().add(Long.toString((fileBytes + 511) / 512));
        builder.command().add(packets ? "packets" : "bytes");
        builder.command().addAll(command);
        // QEMU's own environment switches and locale must not change what a run does.
        String path = System.getenv("PATH");
        builder.environment().clear();
        builder.environment().put("PATH", path == null ? "/usr/bin:/bin" : path);
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TMPDIR", folder.toString());
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        return new GuardedProcess(builder.start(), reader);
    }

    private static String script() throws IOException {
        try (InputStream script = GuardedProcess.class.getResourceAsStream("guard.sh")) {
            if (script == null) {
                throw new QemuException(QemuException.Kind.ENVIRONMENT, "guard.sh is missing from the jar");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void readErrors(ErrorReader reader) {
        try (InputStream stream = process.getErrorStream()) {
            reader.read(stream, this::addError);
        } catch (IOException e) {
            // The stream ends with the process; what was read so far is all there is.
        }
    }

    private static void copy(InputStream stream, Consumer<String> messages) throws IOException {
        byte[] buffer = new byte[4096];
        for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
            messages.accept(new String(buffer, 0, count, StandardCharsets.UTF_8));
        }
    }

    private void addError(String text) {
        synchronized (errors) {
            if (errors.length() < STDERR_LIMIT) {
                errors.append(text);
            }
        }
    }

    /** Whether the command still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Process id of the guard; the command is its child. */
    public long pid() {
        return process.pid();
    }

    /** Exit status of a command that has ended: 128 + signal if killed. */
    public int exitStatus() {
        return process.exitValue();
    }

    /** Waits for the command's own end. Returns whether it came in that time. */
    public boolean await(long milliseconds) throws InterruptedException {
        return process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
    }

    /** What the command wrote to standard error so far, at most 64 KiB. */
    public String errors() {
        if (!process.isAlive()) {
            try {
                errorReader.join(PATIENCE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        synchronized (errors) {
            return errors.toString().strip();
        }
    }

    /** Kills the command with its process group and waits for the end. */
    @Override
    public void close() throws IOException {
        boolean interrupted = false;
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            // What is still read may be looked at by others, who close what they need for it next.
            errorReader.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
