package dev.breakmake.cli.boot;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.finding.Finding;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What a boot is doing right now; written by the thread that runs it, read by the one that shows it. */
public final class BootProgress implements EventSink {

    private static final int CONSOLE_LINES = 3;

    private final boolean shown;
    private final AtomicLong events = new AtomicLong();
    private final Deque<String> console = new ArrayDeque<>();
    private volatile AtomicLongArray instructions = new AtomicLongArray(0);
    private volatile String phase = "preparing";
    private volatile List<Finding> findings = List.of();

    private BootProgress(boolean shown) {
        this.shown = shown;
    }

    /** Progress that somebody looks at, or only the count of events. */
    public static BootProgress of(boolean shown) {
        return new BootProgress(shown);
    }

    @Override
    public void accept(TranslationEvent event) {
        events.setPlain(events.getPlain() + 1);
        if (!shown) {
            return;
        }
        switch (event) {
            case TraceHeader header -> {
                instructions = new AtomicLongArray(header.peCount());
                phase = "MMU off";
            }
            case PeState state -> phase(state);
            case Marker marker -> {
                if (marker.kind() == Marker.Kind.CONSOLE_LINE) {
                    line(marker.text());
                }
            }
            default -> {}
        }
        AtomicLongArray counts = instructions;
        if (event.pe() < counts.length()) {
            counts.setOpaque(event.pe(), event.instructions());
        }
    }

    private void phase(PeState state) {
        String pe = "PE" + state.pe();
        switch (state.change()) {
            case MMU_ON -> phase = pe + " switched its MMU on";
            case MMU_OFF -> phase = pe + " switched its MMU off";
            case CPU_ON -> phase = pe + " was started";
            case EL_CHANGE -> phase = pe + " at " + state.el();
            default -> {}
        }
    }

    private synchronized void line(String text) {
        console.add(text);
        if (console.size() > CONSOLE_LINES) {
            console.remove();
        }
    }

    /** Whether somebody looks. */
    boolean isShown() {
        return shown;
    }

    /** Takes the findings so far. */
    void findings(List<Finding> now) {
        findings = List.copyOf(now);
    }

    /** Events so far. */
    public long events() {
        return events.getOpaque();
    }

    /** Instructions so far, all PEs together. */
    public long instructions() {
        AtomicLongArray counts = instructions;
        long sum = 0;
        for (int pe = 0; pe < counts.length(); pe++) {
            sum += counts.getOpaque(pe);
        }
        return sum;
    }

    /** What the boot does, in words. */
    public String phase() {
        return phase;
    }

    /** The last console lines, oldest first. */
    public synchronized List<String> console() {
        return new ArrayList<>(console);
    }

    /** The findings so far. */
    public List<Finding> findings() {
        return findings;
    }
}
