package dev.breakmake.qemu;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TranslationEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps the beginning of a boot back until it is known that QEMU's log can be looked at: until then the boot can be begun again in another way
 * and nobody has seen anything of it. A guest that prints without ever coming to an address of the log is shown after a while all the same.
 */
final class HoldBack implements EventSink {

    private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();

    private final EventSink sink;
    private final Consumer<String> onLine;
    private final List<TranslationEvent> events = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final long start = System.nanoTime();
    private boolean released;

    HoldBack(EventSink sink, Consumer<String> onLine) {
        this.sink = sink;
        this.onLine = onLine;
    }

    @Override
    public void accept(TranslationEvent event) {
        if (released) {
            sink.accept(event);
        } else {
            events.add(event);
        }
    }

    /** Takes a console line. */
    void line(String line) {
        if (released) {
            onLine.accept(line);
            return;
        }
        lines.add(line);
        if (System.nanoTime() - start > PATIENCE_NANOS) {
            release();
        }
    }

    /** Passes on what was kept back, and from now on everything at once. */
    void release() {
        if (!released) {
            released = true;
            events.forEach(sink::accept);
            lines.forEach(onLine);
            events.clear();
            lines.clear();
        }
    }

    /** Whether anything may have been passed on. */
    boolean isReleased() {
        return released;
    }
}
