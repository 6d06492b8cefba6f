package dev.breakmake.qemu;

import dev.breakmake.qemu.gdb.GdbClient;
import dev.breakmake.qemu.gdb.GdbConnection;
import dev.breakmake.qemu.link.Deadline;
import dev.breakmake.qemu.link.Hub;
import dev.breakmake.qemu.link.PeerGoneException;
import dev.breakmake.qemu.log.HeldLog;
import dev.breakmake.qemu.observe.GuestMemory;
import dev.breakmake.qemu.process.GuardedProcess;
import dev.breakmake.qemu.process.QemuException;
import dev.breakmake.qemu.process.QemuInstallation;
import dev.breakmake.qemu.process.QemuLimits;
import dev.breakmake.qemu.process.RunDirectory;
import dev.breakmake.qemu.qmp.QmpClient;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One running QEMU with the connections to it. Closing it ends QEMU and removes everything the run made. */
final class QemuSession implements Closeable {

    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration REPLY_LIMIT = Duration.ofSeconds(30);
    private static final long CONSOLE_SLACK_BYTES = 1 << 20;

    private final RunDirectory directory;
    private final Hub hub;
    private final GuardedProcess process;
    private final boolean sandboxed;
    private final QmpClient monitor;
    private final @Nullable ConsoleFile consoleFile;
    private final @Nullable SocketChannel console;
    private final @Nullable GdbClient gdb;
    private final @Nullable GuestMemory memory;
    private final @Nullable HeldLog log;

    private QemuSession(
            RunDirectory directory,
            Hub hub,
            GuardedProcess process,
            boolean sandboxed,
            QmpClient monitor,
            @Nullable ConsoleFile consoleFile,
            @Nullable SocketChannel console,
            @Nullable GdbClient gdb,
            @Nullable GuestMemory memory,
            @Nullable HeldLog log) {
        this.directory = directory;
        this.hub = hub;
        this.process = process;
        this.sandboxed = sandboxed;
        this.monitor = monitor;
        this.consoleFile = consoleFile;
        this.console = console;
        this.gdb = gdb;
        this.memory = memory;
        this.log = log;
    }

    /** Starts QEMU; an observed guest is stopped before its first instruction, any other runs. */
    static QemuSession start(QemuBootSpecification specification, Console console) throws IOException {
        return start(specification, console, List.of());
    }

    /**
     * Starts QEMU with a log of the blocks at some virtual addresses, which waits to be looked at. Without one where this machine has no pipes
     * of packets, see {@link #log()}.
     */
    static QemuSession start(QemuBootSpecification specification, Console console, Collection<Long> logged)
            throws IOException {
        specification.check();
        Path binary = binary(specification);
        try {
            return start(binary, specification, console, true, logged);
        } catch (NoPacketsException e) {
            return start(specification, console, List.of());
        } catch (QemuException e) {
            // A build without seccomp support refuses the option; the run is then marked as not sandboxed.
            if (e.kind() != QemuException.Kind.DIED
                    || !String.valueOf(e.getMessage()).contains("seccomp")) {
                throw e;
            }
            return start(binary, specification, console, false, logged);
        }
    }

    /** This machine has no pipes that take writes as packets. */
    private static final class NoPacketsException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** The binary the specification names, or the first in PATH. */
    static Path binary(QemuBootSpecification specification) throws QemuException {
        return specification.binary().isPresent()
                ? QemuInstallation.at(specification.binary().get()).binary()
                : QemuInstallation.find(
                                specification.architecture(), specification.memoryBytes(), System.getenv("PATH"))
                        .binary();
    }

    private static QemuSession start(
            Path binary, QemuBootSpecification specification, Console console, boolean sandbox, Collection<Long> logged)
            throws IOException {
        boolean observed = specification.observation() == Observation.FULL;
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        RunDirectory directory = observed
                ? RunDirectory.createForMemory(temporary, specification.memoryBytes())
                : RunDirectory.create(temporary);
        Hub hub = null;
        GuardedProcess process = null;
        ConsoleFile consoleFile = null;
        HeldLog log = null;
        SocketChannel consoleChannel = null;
        try {
            hub = new Hub();
            log = logged.isEmpty() ? null : new HeldLog(hub.turn(), hub::wake);
            ServerSocketChannel monitorServer = hub.listen(directory.file(QemuCommand.MONITOR_SOCKET));
            ServerSocketChannel consoleServer =
                    observed ? hub.listen(directory.file(QemuCommand.CONSOLE_SOCKET)) : null;
            ServerSocketChannel gdbServer = observed ? hub.listen(directory.file(QemuCommand.GDB_SOCKET)) : null;
            consoleFile = specification.observation() == Observation.CONSOLE
                    ? ConsoleFile.create(directory.file(QemuCommand.CONSOLE_FILE), console)
                    : null;
            process = start(
                    QemuCommand.build(binary, specification, directory, sandbox, logged),
                    specification,
                    directory,
                    log);
            Deadline deadline = Deadline.in(START_LIMIT);
            if (consoleServer != null) {
                consoleChannel = hub.accept(consoleServer, deadline, process::isAlive);
                hub.attach(consoleChannel, console);
            }
            SocketChannel monitorChannel = hub.accept(monitorServer, deadline, process::isAlive);
            QmpClient monitor = observed
                    ? QmpClient.greet(hub, monitorChannel, REPLY_LIMIT)
                    : QmpClient.connect(hub, monitorChannel, REPLY_LIMIT);
            GdbClient gdb = null;
            GuestMemory memory = null;
            if (gdbServer != null) {
                gdb = GdbClient.connect(
                        new GdbConnection(hub, hub.accept(gdbServer, deadline, process::isAlive), REPLY_LIMIT));
                Path file = directory.file(QemuCommand.MEMORY_FILE);
                memory = GuestMemory.map(file, VirtMachine.RAM_BASE, specification.memoryBytes());
                // Both sides have it mapped: without a name it cannot outlive them.
                Files.delete(file);
            }
            return new QemuSession(
                    directory, hub, process, sandbox, monitor, consoleFile, consoleChannel, gdb, memory, log);
        } catch (IOException | RuntimeException e) {
            if (consoleFile != null) {
                consoleFile.close();
            }
            if (log != null) {
                log.close();
            }
            throw explained(e, binary, directory, hub, process);
        }
    }

    private static GuardedProcess start(
            List<String> command, QemuBootSpecification specification, RunDirectory directory, @Nullable HeldLog log)
            throws IOException {
        long memory = specification.memoryBytes() + specification.limits().extraMemoryBytes();
        return log == null
                ? GuardedProcess.start(command, directory.path(), memory, largestFile(specification))
                : GuardedProcess.start(command, directory.path(), memory, largestFile(specification), log, true);
    }

    /** The console limit is ours to enforce: QEMU may overshoot it until we look, but must not be killed by it. */
    private static long largestFile(QemuBootSpecification specification) {
        QemuLimits limits = specification.limits();
        return switch (specification.observation()) {
            case FULL -> Math.max(specification.memoryBytes(), limits.fileBytes());
            case CONSOLE -> Math.max(2 * limits.consoleBytes() + CONSOLE_SLACK_BYTES, limits.fileBytes());
            case NONE -> limits.fileBytes();
        };
    }

    /** Ends what was started and says why QEMU did not come up, with its own words where it left any. */
    private static IOException explained(
            Exception e, Path binary, RunDirectory directory, @Nullable Hub hub, @Nullable GuardedProcess process) {
        String errors = "";
        boolean ended = false;
        try {
            if (process != null) {
                ended = process.await(e instanceof PeerGoneException ? 1000 : 0);
                errors = process.errors();
                process.close();
            }
            if (hub != null) {
                hub.close();
            }
            directory.close();
        } catch (IOException closing) {
            e.addSuppressed(closing);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (process != null && ended) {
            if (process.exitStatus() == GuardedProcess.NO_PACKETS && errors.isEmpty()) {
                return new NoPacketsException();
            }
            return new QemuException(
                    QemuException.Kind.DIED,
                    "%s ended with status %d before the boot began: %s"
                            .formatted(binary, process.exitStatus(), errors.isEmpty() ? "it said nothing" : errors));
        }
        return e instanceof IOException io ? io : new IOException(e.toString(), e);
    }

    Hub hub() {
        return hub;
    }

    /** Delivers console output that came through a file; observed guests' comes through the hub. */
    void readConsole() throws IOException {
        if (consoleFile != null) {
            consoleFile.read();
        }
    }

    /** Delivers an observed guest's console output so far; for another thread, which holds the hub's turn. */
    void lookAtConsole(Console sink) throws IOException {
        if (console != null) {
            hub.look(console, sink);
        }
    }

    QmpClient monitor() {
        return monitor;
    }

    boolean sandboxed() {
        return sandboxed;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long processId() {
        return process.pid();
    }

    GdbClient gdb() {
        if (gdb == null) {
            throw new IllegalStateException("this run is not observed");
        }
        return gdb;
    }

    GuestMemory memory() {
        if (memory == null) {
            throw new IllegalStateException("this run is not observed");
        }
        return memory;
    }

    /** The log of an observed guest, if it has one. */
    @Nullable
    HeldLog log() {
        return log;
    }

    /** The error for a QEMU that ended in the middle of a boot. */
    QemuException died() throws InterruptedException {
        closeLog();
        boolean ended = process.await(1000);
        String errors = process.errors();
        return new QemuException(
                QemuException.Kind.DIED,
                "QEMU %s during the boot: %s"
                        .formatted(
                                ended ? "ended with status " + process.exitStatus() : "closed its connections",
                                errors.isEmpty() ? "it said nothing" : errors));
    }

    private void closeLog() {
        if (log != null) {
            log.close();
        }
    }

    @Override
    public void close() throws IOException {
        closeLog();
        try {
            process.close();
        } finally {
            try {
                hub.close();
                if (consoleFile != null) {
                    consoleFile.close();
                }
                if (memory != null) {
                    memory.close();
                }
            } finally {
                directory.close();
            }
        }
    }
}
