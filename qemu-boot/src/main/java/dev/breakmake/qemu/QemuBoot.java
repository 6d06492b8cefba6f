package dev.breakmake.qemu;

import dev.breakmake.qemu.link.Deadline;
import dev.breakmake.qemu.qmp.QmpEvent;
import dev.breakmake.translation.event.EventSink;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Boots an image on stock QEMU. */
public final class QemuBoot {

    /** Console bytes arrive one by one; looking at them in portions leaves the processor to QEMU. */
    private static final long COALESCE_MILLIS = 1;

    private static final long SLICE_NANOS = 100_000_000;

    private QemuBoot() {}

    /**
     * Runs one boot to its end.
     *
     * @param sink takes the translation events; receives none unless observation is full, so that an unobserved boot cannot be
     *     mistaken for a clean one
     * @param onLine takes console lines as they come
     */
    public static QemuBootResult run(QemuBootSpecification specification, EventSink sink, Consumer<String> onLine)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        return plain(specification, onLine, start);
    }

    private static QemuBootResult plain(QemuBootSpecification specification, Consumer<String> onLine, long start)
            throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(specification.limits().wallClock());
        Console console = new Console(
                specification.limits().consoleBytes(), new ConsoleExpectation(specification.until()), onLine);
        try (QemuSession session = QemuSession.start(specification, console)) {
            QemuOutcome outcome = ended(session, console, deadline);
            while (outcome == null) {
                if (session.hub().pump(Math.min(SLICE_NANOS, deadline.remainingNanos()))) {
                    Thread.sleep(COALESCE_MILLIS);
                }
                outcome = ended(session, console, deadline);
            }
            console.finish();
            return new QemuBootResult(
                    outcome,
                    console.lines(),
                    session.monitor().version(),
                    session.sandboxed(),
                    0,
                    0,
                    Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /** How the boot ended, or null while it goes on. */
    static @Nullable QemuOutcome ended(QemuSession session, Console console, Deadline deadline)
            throws IOException, InterruptedException {
        ConsoleExpectation.Match match = console.match();
        if (match != null) {
            String line = console.matchedLine();
            return new QemuOutcome(
                    match == ConsoleExpectation.Match.REACHED ? QemuOutcome.Kind.REACHED : QemuOutcome.Kind.PANICKED,
                    line == null ? "" : line);
        }
        if (console.limitReached()) {
            return new QemuOutcome(QemuOutcome.Kind.LIMIT, "console output limit reached");
        }
        for (QmpEvent event = session.monitor().pollEvent();
                event != null;
                event = session.monitor().pollEvent()) {
            if (event.name().equals("SHUTDOWN")) {
                return new QemuOutcome(
                        QemuOutcome.Kind.GUEST_ENDED,
                        event.data().textAt("reason").orElse("shutdown"));
            }
        }
        if (session.monitor().isClosed() || !session.isAlive()) {
            throw session.died();
        }
        if (deadline.passed()) {
            return new QemuOutcome(QemuOutcome.Kind.LIMIT, "time limit of %s reached".formatted(deadline.length()));
        }
        return null;
    }
}
