package dev.breakmake.cli.boot;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.concurrent.atomic.AtomicLong;

/** What a boot is doing right now; written by the thread that runs it, read by the one that shows it. */
public final class BootProgress implements EventSink {

    private final AtomicLong events = new AtomicLong();
    private final AtomicLong instructions = new AtomicLong();
    private volatile String console = "";

    @Override
    public void accept(TranslationEvent event) {
        events.setPlain(events.getPlain() + 1);
        instructions.setOpaque(event.instructions());
        if (event instanceof Marker marker && marker.kind() == Marker.Kind.CONSOLE_LINE) {
            console = marker.text();
        }
    }

    /** Events so far. */
    public long events() {
        return events.getOpaque();
    }

    /** Instructions of the PE that caused the last event. */
    public long instructions() {
        return instructions.getOpaque();
    }

    /** The last console line. */
    public String console() {
        return console;
    }
}
