package dev.breakmake.cli;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that appears under its name only when it is complete: what is written goes to a neighbour first. What is no regular file (a pipe,
 * a device such as {@code /dev/stdout}) is written straight to, never replaced.
 */
public final class OutputFile implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    private final Path target;
    private final @Nullable Path unfinished;
    private final OutputStream out;

    private OutputFile(Path target, @Nullable Path unfinished) throws IOException {
        this.target = target;
        this.unfinished = unfinished;
        this.out = new BufferedOutputStream(
                new Named(Files.newOutputStream(unfinished == null ? target : unfinished), target), BUFFER);
    }

    /**
     * Begins a file.
     *
     * @throws CommandFailure if there is no such folder, or a folder of that name
     * @throws IOException if it cannot be opened
     */
    public static OutputFile to(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        if (Files.isDirectory(absolute)) {
            throw CommandFailure.usage("cannot write " + file + ": it is a folder", "name a file in it");
        }
        if (Files.exists(absolute)) {
            return Files.isRegularFile(absolute) ? replacing(absolute.toRealPath()) : new OutputFile(absolute, null);
        }
        Path folder = absolute.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw CommandFailure.usage("cannot write " + file + ": the folder does not exist", "create it first");
        }
        return replacing(absolute);
    }

    private static OutputFile replacing(Path target) throws IOException {
        Path unfinished = target.resolveSibling(
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        unfinished.toFile().deleteOnExit(); // Ctrl-C ends the process without closing anything
        return new OutputFile(target, unfinished);
    }

    /** Writes a text whole or not at all. */
    public static void write(Path file, String content) throws IOException {
        try (OutputFile output = to(file)) {
            output.stream().write(content.getBytes(StandardCharsets.UTF_8));
            output.complete();
        }
    }

    /** Where the content goes. */
    public OutputStream stream() {
        return out;
    }

    /** Ends the content and gives the file its name. */
    public void complete() throws IOException {
        out.close();
        if (unfinished != null) {
            Files.move(unfinished, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Removes what was not completed. */
    @Override
    public void close() throws IOException {
        try {
            out.close();
        } finally {
            if (unfinished != null) {
                Files.deleteIfExists(unfinished);
            }
        }
    }

    /** Says which file it is that cannot be written. */
    private static final class Named extends FilterOutputStream {

        private final Path file;

        Named(OutputStream out, Path file) {
            super(out);
            this.file = file;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
            }
        }
    }
}
