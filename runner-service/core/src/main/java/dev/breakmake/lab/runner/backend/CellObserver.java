package dev.breakmake.lab.runner.backend;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Stands between a backend and the spool: passes events on, collects the code addresses they carry and unwinds the boot when it shall
 * stop.
 */
public final class CellObserver implements EventSink {

    /** As many names as SealTrace takes. */
    private static final int NAME_LIMIT = 65_536;

    private final EventSink trace;
    private final Consumer<String> console;
    private final BooleanSupplier stop;
    private final Set<Long> codeAddresses = new HashSet<>();

    /** Passes events to {@code trace} and console lines to {@code console} until {@code stop} says so. */
    public CellObserver(EventSink trace, Consumer<String> console, BooleanSupplier stop) {
        this.trace = trace;
        this.console = console;
        this.stop = stop;
    }

    @Override
    public void accept(TranslationEvent event) {
        if (stop.getAsBoolean()) {
            throw new StoppedException();
        }
        trace.accept(event);
        if (codeAddresses.size() < NAME_LIMIT) {
            codeAddresses.add(event.pc());
        }
        if (event instanceof Marker marker && marker.kind() == Marker.Kind.CONSOLE_LINE) {
            console.accept(marker.text());
        }
    }

    /** Whether the boot shall stop: for backends that wait without events. */
    public boolean shallStop() {
        return stop.getAsBoolean();
    }

    /** Code addresses seen. */
    public Set<Long> codeAddresses() {
        return codeAddresses;
    }
}
