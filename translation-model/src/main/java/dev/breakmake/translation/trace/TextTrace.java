package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.trace.TraceFormatException.BadField;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text form of a trace: one event per line, {@code SEQUENCE peN EL TYPE i=N pc=0xN field=value ...}; empty lines and lines that
 * start with {@code #} are skipped. Writing and reading round-trip exactly. Texts that are not plain words stand in double quotes
 * with backslash escapes.
 */
public final class TextTrace {
    private static final EventType[] TYPES = EventType.values();

    private TextTrace() {}

    /** The line of an event, without line end. */
    public static String line(TranslationEvent event) {
        EventType type = EventType.of(event);
        StringBuilder line = new StringBuilder(96).append(event.sequence());
        if (type != EventType.HEADER) {
            line.append(" pe").append(event.pe()).append(' ').append(event.el().name());
        }
        line.append(' ').append(type.word());
        if (type != EventType.HEADER) {
            line.append(" i=").append(Long.toUnsignedString(event.instructions()));
            line.append(" pc=0x").append(Long.toHexString(event.pc()));
        }
        EventCodec.write(type, event, new Fields(line));
        return line.toString();
    }

    /** A sink that writes lines. */
    public static EventSink writer(Appendable out) {
        return event -> {
            try {
                out.append(line(event)).append('\n');
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write the trace: " + e.getMessage(), e);
            }
        };
    }

    /** Parses a whole text. */
    public static List<TranslationEvent> parse(String text) throws TraceFormatException {
        List<TranslationEvent> events = new ArrayList<>();
        try {
            read(new StringReader(text), events::add);
        } catch (TraceFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return events;
    }

    /** Reads lines up to the end and gives their events to the sink; sequences must be dense from 0. Returns their number. */
    public static long read(Reader in, EventSink sink) throws IOException {
        BufferedReader lines = new BufferedReader(in);
        long number = 0;
        long events = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            LineParser parser = new LineParser(line);
            try {
                TranslationEvent event = parse(parser);
                if (event.sequence() != events) {
                    throw new BadField("event %d stands where event %d belongs".formatted(event.sequence(), events));
                }
                events++;
                sink.accept(event);
            } catch (BadField e) {
                throw new TraceFormatException(
                        "line %d, column %d".formatted(number, parser.column()), number, e.reason());
            }
        }
        return events;
    }

    private static TranslationEvent parse(LineParser in) throws BadField {
        long sequence = in.decimal(in.word("a sequence number"));
        String next = in.word("a PE or 'header'");
        if (next.equals(EventType.HEADER.word())) {
            EventCodec.Common common = new EventCodec.Common(sequence, 0, 0, 0, ExceptionLevel.EL0);
            TranslationEvent event = EventCodec.read(EventType.HEADER, common, in);
            in.end();
            return event;
        }
        if (!next.startsWith("pe")) {
            throw new BadField("expected a PE such as pe0, found '" + next + "'");
        }
        long pe = in.decimal(next.substring(2));
        if (pe != (int) pe) {
            throw new BadField("PE number %s is too large".formatted(next));
        }
        ExceptionLevel level = level(in.word("an exception level"));
        EventType type = type(in.word("an event type"));
        long instructions = in.decimal(in.value("i"));
        long pc = Lists.hex(in.value("pc"));
        TranslationEvent event =
                EventCodec.read(type, new EventCodec.Common(sequence, (int) pe, instructions, pc, level), in);
        in.end();
        return event;
    }

    private static ExceptionLevel level(String name) throws BadField {
        for (ExceptionLevel level : ExceptionLevel.values()) {
            if (level.name().equals(name)) {
                return level;
            }
        }
        throw new BadField("unknown exception level '" + name + "'");
    }

    private static EventType type(String word) throws BadField {
        for (EventType type : TYPES) {
            if (type != EventType.HEADER && type.word().equals(word)) {
                return type;
            }
        }
        throw new BadField("unknown event type '" + word + "'");
    }

    /** Appends fields to a line. */
    private record Fields(StringBuilder line) implements FieldSink {
        @Override
        public void number(Field field, long value) {
            line.append(' ').append(field.word()).append('=');
            switch (field.shape()) {
                case HEX -> line.append("0x").append(Long.toHexString(value));
                case DECIMAL, FLAG -> line.append(Long.toUnsignedString(value));
                case SIGNED -> line.append(value);
                case NAME -> line.append(field.nameOf((int) value));
                case TEXT -> throw new IllegalArgumentException(field + " is text");
            }
        }

        @Override
        public void text(Field field, String value) {
            line.append(' ').append(field.word()).append('=');
            LineParser.quote(value, line);
        }
    }

    /** Whether a text looks like this form: its first event line starts with {@code 0 header}. */
    public static boolean recognises(@Nullable String firstLine) {
        return firstLine != null && (firstLine.startsWith("0 header") || firstLine.startsWith("#"));
    }
}
