package dev.breakmake.cli.boot;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.trace.TraceWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A trace file that appears under its name only when it is complete. */
final class TraceOutput implements EventSink, AutoCloseable {

    private final Path target;
    private final Path unfinished;
    private final OutputStream out;
    private final TraceWriter writer;

    private TraceOutput(Path target, Path unfinished, OutputStream out, TraceWriter writer) {
        this.target = target;
        this.unfinished = unfinished;
        this.out = out;
        this.writer = writer;
    }

    static TraceOutput to(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw CommandFailure.usage("cannot write " + file + ": the folder does not exist", "create it first");
        }
        Path unfinished = folder.resolve(
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        unfinished.toFile().deleteOnExit(); // Ctrl-C ends the process without closing anything
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(unfinished), 1 << 16);
        return new TraceOutput(target, unfinished, out, new TraceWriter(out));
    }

    @Override
    public void accept(TranslationEvent event) {
        writer.accept(event);
    }

    /** Completes the file and gives it its name. */
    void finish() throws IOException {
        writer.finish();
        out.close();
        Files.move(unfinished, target, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        writer.close();
        out.close();
        Files.deleteIfExists(unfinished);
    }
}
