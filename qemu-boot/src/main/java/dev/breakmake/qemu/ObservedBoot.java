package dev.breakmake.qemu;

import dev.breakmake.qemu.gdb.StopReply;
import dev.breakmake.qemu.link.Deadline;
import dev.breakmake.qemu.log.HeldLog;
import dev.breakmake.qemu.log.LogEntry;
import dev.breakmake.qemu.log.MalformedLogException;
import dev.breakmake.qemu.observe.Observer;
import dev.breakmake.qemu.process.QemuException;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.NamedRegion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One boot that is watched from its first instruction to its end. */
final class ObservedBoot {

    private static final long INTERRUPT_MILLIS = 100;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    private final QemuBootSpecification specification;
    private final Set<Long> logged;
    private final HoldBack first;
    private final List<String> unseen = new ArrayList<>();
    private final Console console;
    private LogEntry.@Nullable Began waiting;
    private long stops;
    private long looks;

    /**
     * A boot that has not begun.
     *
     * @param logged virtual addresses at which QEMU's log is to be held instead of a breakpoint
     */
    ObservedBoot(QemuBootSpecification specification, Set<Long> logged, EventSink sink, Consumer<String> onLine) {
        this.specification = specification;
        this.logged = logged;
        this.first = new HoldBack(sink, onLine);
        this.console = Console.of(specification, ((Consumer<String>) unseen::add).andThen(first::line));
    }

    /**
     * Whether anything of the boot has been passed on. If not, it can be begun again after a {@link MalformedLogException}, without a log.
     */
    boolean isSeen() {
        return first.isReleased();
    }

    /** Passes on what was kept back of a boot that failed. */
    void show() {
        first.release();
    }

    QemuBootResult run(Deadline deadline, long start) throws IOException, InterruptedException {
        try (QemuSession session = QemuSession.start(specification, console, logged)) {
            Observer observer = Observer.attach(
                    session.gdb(),
                    session.memory(),
                    specification.architecture(),
                    session.log() == null ? Set.of() : logged,
                    specification.image(),
                    modules(),
                    "qemu " + session.monitor().version(),
                    first);
            HeldLog log = session.log();
            if (log == null) {
                first.release();
            } else {
                log.handle(entry -> logged(session, observer, entry));
            }
            QemuOutcome outcome = null;
            while (outcome == null) {
                observer.resume();
                outcome = awaitStop(session, observer, deadline);
            }
            if (log != null) {
                log.close();
            }
            // What the tables are at the end comes before the line that ends the boot: the guest made the one before it
            // printed the other.
            observer.finish();
            console.finish();
            unseen.forEach(observer::consoleLine);
            first.release();
            return new QemuBootResult(
                    outcome,
                    console.lines(),
                    session.monitor().version(),
                    session.sandboxed(),
                    observer.events(),
                    stops + looks,
                    looks,
                    session.gdb().packetsSent(),
                    Duration.ofNanos(System.nanoTime() - start));
        }
    }

    private @Nullable QemuOutcome stopped(
            QemuSession session, Observer observer, Deadline deadline, StopReply.Signal signal)
            throws IOException, InterruptedException {
        QemuOutcome outcome = QemuBoot.ended(session, console, deadline);
        if (outcome != null) {
            return outcome;
        }
        seeLines(observer);
        stops++;
        if (waiting != null) {
            observer.expectAt(waiting);
            waiting = null;
        }
        if (signal.signal() == StopReply.SIGTRAP) {
            observer.stopped(signal);
        } else {
            observer.interrupted();
        }
        return specification.untilGuest() && observer.guestEntered()
                ? new QemuOutcome(OutcomeKind.REACHED, "a guest was entered")
                : null;
    }

    private void seeLines(Observer observer) {
        unseen.forEach(observer::consoleLine);
        unseen.clear();
    }

    /**
     * Lets the machine run to its next stop and handles that; a stop is asked for when the console or a limit ends the boot. Returns how the
     * boot ended, or null if it goes on.
     */
    private @Nullable QemuOutcome awaitStop(QemuSession session, Observer observer, Deadline until)
            throws IOException, InterruptedException {
        Deadline deadline = until;
        boolean interrupted = false;
        while (true) {
            session.hub().pump(Math.min(QemuBoot.SLICE_NANOS, Math.max(1, deadline.remainingNanos())));
            if (session.gdb().isClosed()) {
                throw session.died();
            }
            checkLog(session);
            // What the log tells meanwhile waits: the machine is stopped, or it is not looked at any more.
            session.hub().turn().lock();
            try {
                console.lookAtPrompt();
                StopReply reply = session.gdb().pollStop();
                if (reply instanceof StopReply.Exited) {
                    return new QemuOutcome(OutcomeKind.HUNG, "guest reset or power off");
                }
                if (reply instanceof StopReply.Signal signal) {
                    return stopped(session, observer, until, signal);
                }
                boolean over = console.match() != null || console.limitReached() || deadline.passed();
                if (!interrupted && over) {
                    session.gdb().interrupt();
                    interrupted = true;
                    deadline = Deadline.in(STOP_PATIENCE);
                }
            } finally {
                session.hub().turn().unlock();
            }
            if (interrupted && deadline.passed()) {
                throw new QemuException(
                        QemuException.Kind.ENVIRONMENT,
                        "QEMU did not stop within %s when asked to".formatted(STOP_PATIENCE));
            }
        }
    }

    private static void checkLog(QemuSession session) throws IOException {
        HeldLog log = session.log();
        Exception failure = log == null ? null : log.failure();
        switch (failure) {
            case null -> {}
            case MalformedLogException malformed -> throw malformed;
            case UncheckedIOException unchecked -> throw unchecked.getCause();
            case RuntimeException unexpected -> throw unexpected;
            default -> throw new IOException(failure);
        }
    }

    /** Handles an entry of the log, on the thread that reads it, in its turn. */
    private void logged(QemuSession session, Observer observer, LogEntry entry) {
        try {
            if (entry instanceof LogEntry.Began) {
                session.lookAtConsole(console);
                seeLines(observer);
                looks++;
            }
            boolean goOn = observer.logged(entry);
            if (entry instanceof LogEntry.Registers) {
                first.release();
            }
            if (!goOn && entry instanceof LogEntry.Began began && waiting == null) {
                waiting = began;
                session.gdb().interrupt();
                // QEMU tells nobody that it has taken this; whether the PE was stopped here is looked at afterwards.
                TimeUnit.MILLISECONDS.sleep(INTERRUPT_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<NamedRegion> modules() throws IOException {
        if (specification.dom0().isEmpty()) {
            return List.of();
        }
        GuestModule module = specification.dom0().get();
        long end = module.address() + Files.size(module.file());
        return List.of(new NamedRegion("dom0", new AddressRange(module.address(), end)));
    }
}
