package dev.breakmake.cli.boot;

import dev.breakmake.cli.OutputFile;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.trace.TraceWriter;
import java.io.IOException;
import java.nio.file.Path;

/** A trace file that appears under its name only when it is complete. */
final class TraceOutput implements EventSink, AutoCloseable {

    private final OutputFile file;
    private final TraceWriter writer;

    private TraceOutput(OutputFile file, TraceWriter writer) {
        this.file = file;
        this.writer = writer;
    }

    static TraceOutput to(Path path) throws IOException {
        OutputFile file = OutputFile.to(path);
        return new TraceOutput(file, new TraceWriter(file.stream()));
    }

    @Override
    public void accept(TranslationEvent event) {
        writer.accept(event);
    }

    /** Completes the file and gives it its name. */
    void finish() throws IOException {
        writer.finish();
        file.complete();
    }

    @Override
    public void close() throws IOException {
        try {
            writer.close();
        } finally {
            file.close();
        }
    }
}
