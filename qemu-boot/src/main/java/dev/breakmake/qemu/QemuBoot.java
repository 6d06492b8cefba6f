package dev.breakmake.qemu;

import dev.breakmake.qemu.link.Deadline;
import dev.breakmake.qemu.log.MalformedLogException;
import dev.breakmake.qemu.process.GuardedProcess;
import dev.breakmake.qemu.process.QemuException;
import dev.breakmake.qemu.process.RunDirectory;
import dev.breakmake.qemu.qmp.QmpEvent;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.EventSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Boots an image on stock QEMU. */
public final class QemuBoot {

    /** How often the console file is looked at. */
    private static final long CONSOLE_NANOS = 2_000_000;

    /** The longest wait before limits are looked at again. */
    static final long SLICE_NANOS = 100_000_000;

    private static final long DUMP_MILLIS = 60_000;

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
        return specification.observation() == Observation.FULL
                ? observed(specification, sink, onLine, start)
                : plain(specification, onLine, start);
    }

    private static QemuBootResult observed(
            QemuBootSpecification specification, EventSink sink, Consumer<String> onLine, long start)
            throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(specification.limits().wallClock());
        ObservedBoot boot = new ObservedBoot(specification, Scout.addresses(specification, deadline), sink, onLine);
        try {
            return boot.run(deadline, start);
        } catch (MalformedLogException e) {
            if (boot.isSeen()) {
                throw new QemuException(QemuException.Kind.ENVIRONMENT, String.valueOf(e.getMessage()));
            }
            // A QEMU or a kernel with other habits than known: what the log cannot tell, stops do.
            return new ObservedBoot(specification, Set.of(), sink, onLine).run(deadline, start);
        } catch (IOException | RuntimeException e) {
            boot.show();
            throw e;
        }
    }

    /** The same without a scout: the gdb stub stops the machine everywhere. The tests hold one against the other. */
    static QemuBootResult stoppedEverywhere(QemuBootSpecification specification, EventSink sink)
            throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(specification.limits().wallClock());
        return new ObservedBoot(specification, Set.of(), sink, line -> {}).run(deadline, System.nanoTime());
    }

    /**
     * The device tree QEMU hands to this guest, as it lies in guest memory: unused space at its end included. Another backend needs it
     * to boot the same machine.
     */
    public static byte[] deviceTree(QemuBootSpecification specification) throws IOException, InterruptedException {
        specification.check();
        if (!specification.isVirt()) {
            throw new QemuException(
                    QemuException.Kind.BAD_INPUT,
                    "machine '%s' has no device tree to dump; only virt has".formatted(specification.machine()));
        }
        try (RunDirectory directory = RunDirectory.create(Path.of(System.getProperty("java.io.tmpdir")))) {
            Path file = directory.file("tree.dtb");
            List<String> command = QemuCommand.deviceTree(QemuSession.binary(specification), specification, file);
            long memory = specification.memoryBytes() + specification.limits().extraMemoryBytes();
            try (GuardedProcess process = GuardedProcess.start(command, directory.path(), memory, 64L << 20)) {
                if (!process.await(DUMP_MILLIS) || process.exitStatus() != 0 || !Files.exists(file)) {
                    throw new QemuException(QemuException.Kind.DIED, "QEMU wrote no device tree: " + process.errors());
                }
                return Files.readAllBytes(file);
            }
        }
    }

    private static QemuBootResult plain(QemuBootSpecification specification, Consumer<String> onLine, long start)
            throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(specification.limits().wallClock());
        Console console = Console.of(specification, onLine);
        try (QemuSession session = QemuSession.start(specification, console)) {
            long slice = specification.observation() == Observation.NONE ? SLICE_NANOS : CONSOLE_NANOS;
            QemuOutcome outcome = ended(session, console, deadline);
            while (outcome == null) {
                session.hub().pump(Math.min(slice, Math.max(1, deadline.remainingNanos())));
                // After the hub: what was printed before a shutdown is seen before the shutdown.
                session.readConsole();
                console.lookAtPrompt();
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
                    match == ConsoleExpectation.Match.REACHED ? OutcomeKind.REACHED : OutcomeKind.PANICKED,
                    line == null ? "" : line);
        }
        if (console.limitReached()) {
            return new QemuOutcome(OutcomeKind.LIMIT, "console output limit reached");
        }
        for (QmpEvent event = session.monitor().pollEvent();
                event != null;
                event = session.monitor().pollEvent()) {
            if (event.name().equals("SHUTDOWN")) {
                return new QemuOutcome(
                        OutcomeKind.HUNG, event.data().textAt("reason").orElse("shutdown"));
            }
        }
        if (session.monitor().isClosed()) {
            throw session.died();
        }
        if (deadline.passed()) {
            return new QemuOutcome(OutcomeKind.LIMIT, "time limit of %s reached".formatted(deadline.length()));
        }
        return null;
    }
}
