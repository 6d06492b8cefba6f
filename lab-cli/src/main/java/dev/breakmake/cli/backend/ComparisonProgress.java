package dev.breakmake.cli.backend;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.concurrent.atomic.AtomicLong;

/** What a comparison is doing right now; written by the thread that runs it, read by the one that shows it. */
public final class ComparisonProgress implements EventSink {

    private volatile String phase = "";
    private volatile String console = "";
    private final AtomicLong events = new AtomicLong();

    /** Enters a phase; its events are counted from 0. */
    void phase(String name) {
        phase = name;
        console = "";
        events.set(0);
    }

    @Override
    public void accept(TranslationEvent event) {
        events.setPlain(events.getPlain() + 1);
        if (event instanceof Marker marker && marker.kind() == Marker.Kind.CONSOLE_LINE) {
            console = marker.text();
        }
    }

    /** One line for people. */
    public String text() {
        return "%s  %,d events  %s".formatted(phase, events.getOpaque(), console);
    }
}
