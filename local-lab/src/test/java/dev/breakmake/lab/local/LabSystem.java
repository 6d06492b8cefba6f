package dev.breakmake.lab.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The lab as on servers: PostgreSQL, two schedulers on one database, a trace service and two runners, each a process; and networks between them. */
final class LabSystem implements AutoCloseable {

    static final String PASSWORD = "of the test only";

    private final Path directory;
    private final LabPostgres postgres;
    private final int database;
    private final List<ServiceProcess> schedulers = new ArrayList<>();
    private final List<ServiceProcess> runners = new ArrayList<>();
    private final ServiceProcess traces;
    private final TcpProxy toScheduler;
    private final TcpProxy toTraces;

    /** Starts everything; {@code schedulerProperties} are added to both schedulers. */
    LabSystem(Path directory, Map<String, String> schedulerProperties) throws Exception {
        this.directory = directory;
        int port = ServiceProcess.freePort();
        postgres = new LabPostgres(directory, PostgresBinaries.unpack(directory), PASSWORD, port);
        database = postgres.start(progress -> {});
        String key = "0123456789abcdef0123456789abcdef";
        traces = new ServiceProcess(
                "trace",
                ServiceProcess.jarOf("trace-service/app"),
                directory,
                ServiceProcess.freePort(),
                Map.of(
                        "breakmake.trace-database.url",
                        LabPostgres.url(database, LabPostgres.TRACE),
                        "breakmake.trace-database.user",
                        LabPostgres.USER,
                        "breakmake.trace-database.password",
                        PASSWORD,
                        "breakmake.trace.receipt-key",
                        key));
        for (int i = 1; i <= 2; i++) {
            Map<String, String> properties = new HashMap<>(Map.of(
                    "breakmake.lab.database.url",
                    LabPostgres.url(database, LabPostgres.LAB),
                    "breakmake.lab.database.user",
                    LabPostgres.USER,
                    "breakmake.lab.database.password",
                    PASSWORD,
                    "breakmake.scheduler.receipt-key",
                    key,
                    "breakmake.scheduler.lease",
                    "6s",
                    "breakmake.scheduler.busy-sync",
                    "1s",
                    "breakmake.scheduler.max-expirations",
                    "100"));
            properties.putAll(schedulerProperties);
            schedulers.add(new ServiceProcess(
                    "scheduler-" + i,
                    ServiceProcess.jarOf("scheduler-service/app"),
                    directory,
                    ServiceProcess.freePort(),
                    properties));
        }
        toScheduler = new TcpProxy(schedulers.get(1).port());
        toTraces = new TcpProxy(traces.port());
        // The first migrates; two at once would wait for each other's lock, which is fine and slow.
        schedulers.getFirst().start();
        traces.start();
        schedulers.getFirst().awaitListening();
        traces.awaitListening();
        schedulers.get(1).start().awaitListening();
        runners.add(runner(1, schedulers.getFirst().port(), traces.port()));
        runners.add(runner(2, toScheduler.port(), toTraces.port()));
        for (ServiceProcess runner : runners) {
            runner.start();
        }
        for (ServiceProcess runner : runners) {
            runner.awaitListening();
        }
    }

    private ServiceProcess runner(int number, int scheduler, int trace) throws IOException {
        return new ServiceProcess(
                "runner-" + number,
                ServiceProcess.jarOf("runner-service/app"),
                directory,
                ServiceProcess.freePort(),
                Map.of(
                        "breakmake.runner.id",
                        "runner-" + number,
                        "breakmake.runner.slots",
                        "2",
                        "breakmake.runner.scheduler",
                        "127.0.0.1:" + scheduler,
                        "breakmake.runner.traces",
                        "127.0.0.1:" + trace,
                        "breakmake.runner.directory",
                        directory.resolve("runner-" + number).toString(),
                        "breakmake.runner.reserve-bytes",
                        "1048576"));
    }

    /** REST of the first scheduler. */
    Rest rest() {
        return new Rest(schedulers.getFirst().url());
    }

    /** The runner at the first scheduler. */
    ServiceProcess firstRunner() {
        return runners.getFirst();
    }

    /** REST of the trace service. */
    Rest traceRest() {
        return new Rest(traces.url());
    }

    /** Runner 2's way to its scheduler. */
    TcpProxy toScheduler() {
        return toScheduler;
    }

    /** Runner 2's way to the trace service. */
    TcpProxy toTraces() {
        return toTraces;
    }

    /** Everything that may be killed: a name, and what kills and restarts it. */
    List<Victim> victims() {
        List<Victim> all = new ArrayList<>();
        for (ServiceProcess service :
                List.of(schedulers.getFirst(), runners.getFirst(), traces, runners.get(1), schedulers.get(1))) {
            all.add(new Victim(service.name(), () -> {
                service.kill();
                service.start();
            }));
        }
        all.add(new Victim("postgresql", this::killDatabase));
        return all;
    }

    /** Something that can be killed. */
    record Victim(String name, Killing killing) {}

    /** Kills and starts again. */
    @FunctionalInterface
    interface Killing {
        void run() throws Exception;
    }

    /** The postmaster and every process of it: nobody writes anything down any more. */
    private void killDatabase() throws Exception {
        ProcessHandle postmaster = postgres.pidFile().flatMap(ProcessHandle::of).orElseThrow();
        List<ProcessHandle> children = postmaster.descendants().toList();
        postmaster.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        postmaster.onExit().get(ServiceProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        postgres.start(progress -> {});
    }

    /** A connection to {@link LabPostgres#LAB} or {@link LabPostgres#TRACE}. */
    Connection connect(String name) throws SQLException {
        return DriverManager.getConnection(LabPostgres.url(database, name), LabPostgres.USER, PASSWORD);
    }

    /** The logs of all processes, for a failed test. */
    String logs() throws IOException {
        StringBuilder text = new StringBuilder();
        List<ServiceProcess> all = new ArrayList<>(schedulers);
        all.addAll(runners);
        all.add(traces);
        for (ServiceProcess service : all) {
            if (Files.exists(service.log())) {
                List<String> lines = Files.readAllLines(service.log());
                text.append("== ").append(service.name()).append('\n');
                lines.subList(Math.max(0, lines.size() - 30), lines.size())
                        .forEach(line -> text.append(line).append('\n'));
            }
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException, LabFailure {
        runners.forEach(ServiceProcess::close);
        schedulers.forEach(ServiceProcess::close);
        traces.close();
        toScheduler.close();
        toTraces.close();
        postgres.stop();
    }
}
