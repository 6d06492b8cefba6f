package dev.breakmake.cli.trace;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.trace.TextTrace;
import dev.breakmake.translation.trace.TraceFormatException;
import dev.breakmake.translation.trace.TraceReader;
import dev.breakmake.translation.trace.casemate.CasemateOptions;
import dev.breakmake.translation.trace.casemate.CasemateReader;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;

/**
 * A trace file of any format that can be read.
 *
 * @param file the file
 * @param format its format
 * @param casemate how Casemate's set-up is judged
 */
public record TraceSource(Path file, Format format, CasemateOptions casemate) {

    private static final int START_BYTES = 4096;

    /** The formats. */
    public enum Format {
        /** Ours: packed, checksummed, seekable. */
        BINARY,
        /** Ours, for people and tests: an event a line. */
        TEXT,
        /** The log of the peer checker Casemate. */
        CASEMATE
    }

    /**
     * Opens a file.
     *
     * @param format name of the format, or {@code auto} to look at the first bytes
     * @throws CommandFailure if there is no such file, or it is no trace
     */
    public static TraceSource of(Path file, String format, CasemateOptions casemate) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw CommandFailure.usage(
                    Files.exists(file) ? file + " is not a file" : "no trace file " + file,
                    "record one with: breakmake run IMAGE --trace FILE");
        }
        if (!format.equals("auto")) {
            try {
                return new TraceSource(file, Format.valueOf(format.toUpperCase(Locale.ROOT)), casemate);
            } catch (IllegalArgumentException e) {
                throw CommandFailure.usage(
                        "--format: no format '" + format + "'", "known: auto, binary, text, casemate");
            }
        }
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(START_BYTES);
        }
        if (TraceReader.recognises(start)) {
            return new TraceSource(file, Format.BINARY, casemate);
        }
        String text = new String(start, StandardCharsets.UTF_8);
        String first = text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .findFirst()
                .orElse("");
        if (TextTrace.recognises(first)) {
            return new TraceSource(file, Format.TEXT, casemate);
        }
        if (CasemateReader.recognises(start)) {
            return new TraceSource(file, Format.CASEMATE, casemate);
        }
        throw CommandFailure.usage(
                file + ": not a trace: neither ours (binary or text) nor Casemate's",
                "if it is damaged at its start, name the format with --format");
    }

    /** Gives all events to the sink; an unreadable trace is a usage failure with its position. */
    public void read(EventSink sink) throws IOException {
        readNamed(_ -> sink);
    }

    /** The same for a sink that wants the names of code, where the format carries them. */
    public void readNamed(Function<SymbolSource, EventSink> sink) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            switch (format) {
                case BINARY -> TraceReader.read(in, sink.apply(SymbolSource.NONE));
                case TEXT ->
                    TextTrace.read(
                            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)),
                            sink.apply(SymbolSource.NONE));
                case CASEMATE -> CasemateReader.readNamed(in, casemate, sink);
            }
        } catch (TraceFormatException e) {
            throw CommandFailure.usage(file + ": " + e.getMessage(), "the trace was not judged");
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(file + ": not a possible run: " + e.getMessage(), "the trace was not judged");
        }
    }
}
