package dev.breakmake.lab.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A real PostgreSQL on the lab's own data directory. It is started by {@code pg_ctl}, so it has a session of its own: Ctrl-C reaches the lab
 * and not the database, and a killed lab leaves a database that goes on. The next start finds it by its pid file and stops it first.
 */
final class LabPostgres {

    static final String USER = "breakmake";
    static final String LAB = "lab";
    static final String TRACE = "trace";

    /** Another program may take the port first, and processes of a killed server need a moment to notice. */
    private static final int START_TRIES = 8;

    private static final long TRY_PAUSE_MILLIS = 150;
    private static final int SUPERUSER_ONLY = 3;
    /** Recovery after a kill in the middle of much writing takes its time. */
    private static final String START_SECONDS = "300";

    private static final String STOP_SECONDS = "60";
    /** What a server that must not lose anything needs, whatever its defaults become. */
    private static final List<String> SETTINGS = List.of(
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            "max_connections=80",
            "superuser_reserved_connections=" + SUPERUSER_ONLY,
            "shared_buffers=128MB",
            "max_wal_size=1GB",
            "wal_compression=on",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "log_min_messages=warning",
            "log_line_prefix=%m [%p] ");

    private final Path home;
    private final Path binaries;
    private final Path data;
    private final String password;
    /** 0 until a port is known; from then on the same, because the services know it too. */
    private volatile int port;

    /**
     * A server that is not running.
     *
     * @param home the lab's folder
     * @param binaries the unpacked PostgreSQL
     * @param password of the user {@link #USER}
     * @param port to listen on; 0: a free one, the same at every later start
     */
    LabPostgres(Path home, Path binaries, String password, int port) {
        this.port = port;
        this.home = home;
        this.binaries = binaries;
        this.data = home.resolve("data");
        this.password = password;
    }

    /** Starts it, making the data directory and the two databases on first use; returns its port. */
    int start(Consumer<String> progress) throws LabFailure {
        if (!Files.exists(data)) {
            progress.accept("making the databases (first start)");
            initialize();
        }
        checkVersion();
        if (stopOrphan()) {
            progress.accept("stopped the database that a killed lab had left running");
        }
        progress.accept("starting PostgreSQL");
        Result last = new Result(1, "");
        for (int i = 0; i < START_TRIES; i++) {
            pause(i * TRY_PAUSE_MILLIS);
            int tried = port == 0 ? freePort() : port;
            last = control(List.of("start", "-w", "-t", START_SECONDS, "-l", log().toString(), "-o", options(tried)));
            if (last.code() == 0) {
                port = tried;
                createDatabases(tried);
                return tried;
            }
        }
        throw new LabFailure(
                "PostgreSQL does not start (" + last.output().strip() + "); the end of " + log() + ":\n" + tail(log()));
    }

    private static void pause(long millis) throws LabFailure {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while PostgreSQL was starting", e);
        }
    }

    private static String options(int port) {
        StringBuilder options = new StringBuilder("-p " + port);
        SETTINGS.forEach(setting -> options.append(" -c '").append(setting).append('\''));
        return options.toString();
    }

    /** Stops it; what is in flight is rolled back, what was committed stays. */
    void stop() throws LabFailure {
        Result fast = control(List.of("stop", "-m", "fast", "-w", "-t", STOP_SECONDS));
        if (fast.code() != 0 && isRunning()) {
            // Immediate is what a power cut would be: the next start recovers from the log.
            Result immediate = control(List.of("stop", "-m", "immediate", "-w", "-t", STOP_SECONDS));
            if (immediate.code() != 0 && isRunning()) {
                throw new LabFailure(
                        "PostgreSQL does not stop: " + immediate.output().strip());
            }
        }
    }

    /** Stops a server that an earlier, killed lab left on this data directory; returns whether there was one. */
    boolean stopOrphan() throws LabFailure {
        Optional<ProcessHandle> process = pidFile().flatMap(ProcessHandle::of).filter(ProcessHandle::isAlive);
        if (process.isEmpty()) {
            return false;
        }
        if (process.get()
                .info()
                .command()
                .filter(command -> command.endsWith("postgres"))
                .isEmpty()) {
            // After a restart of the machine the number may belong to anybody, and PostgreSQL would refuse to start.
            forgetPidFile();
            return false;
        }
        stop();
        return true;
    }

    private void forgetPidFile() throws LabFailure {
        try {
            Files.deleteIfExists(data.resolve("postmaster.pid"));
        } catch (IOException e) {
            throw new LabFailure("cannot remove the stale " + data.resolve("postmaster.pid") + ": " + e, e);
        }
    }

    /** Whether its main process is there, without starting a program to ask. */
    boolean isAlive() {
        return pidFile()
                .flatMap(ProcessHandle::of)
                .filter(ProcessHandle::isAlive)
                .isPresent();
    }

    private boolean isRunning() throws LabFailure {
        return control(List.of("status")).code() == 0;
    }

    /** Process id of the server of this data directory, running or not. */
    Optional<Long> pidFile() {
        try (Stream<String> lines = Files.lines(data.resolve("postmaster.pid"))) {
            return lines.findFirst()
                    .map(String::strip)
                    .filter(line -> line.matches("[0-9]{1,9}"))
                    .map(Long::valueOf);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The JDBC address of one of its databases. */
    static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private Path log() {
        return home.resolve("postgresql.log");
    }

    /** In a folder of another name first: an interrupted initdb leaves nothing that looks like a database. */
    private void initialize() throws LabFailure {
        Path fresh = home.resolve("data.new");
        Path secret = home.resolve("initdb.password");
        try {
            PostgresBinaries.deleteTree(fresh);
            Files.writeString(secret, password);
            Result result = run(List.of(
                    binaries.resolve("bin/initdb").toString(),
                    "-D",
                    fresh.toString(),
                    "-U",
                    USER,
                    "-A",
                    "scram-sha-256",
                    "--pwfile=" + secret,
                    "-E",
                    "UTF8",
                    "--locale=C"));
            if (result.code() != 0) {
                throw new LabFailure(
                        "PostgreSQL's initdb failed: " + result.output().strip());
            }
            Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new LabFailure("cannot make the databases in " + data + ": " + e, e);
        } finally {
            deleteQuietly(secret);
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It lies in the lab's own folder, beside the secret itself.
        }
    }

    private void checkVersion() throws LabFailure {
        try {
            String made = Files.readString(data.resolve("PG_VERSION")).strip();
            Result version = run(List.of(binaries.resolve("bin/postgres").toString(), "--version"));
            if (!version.output().contains(" " + made + ".")
                    && !version.output().contains(" " + made + "\n")) {
                throw new LabFailure(data + " was made by PostgreSQL " + made + " and this lab has "
                        + version.output().strip()
                        + ": dump it with the old version, or move the folder away to begin anew");
            }
        } catch (IOException e) {
            throw new LabFailure(data + " is no data directory of PostgreSQL: " + e + "; move it away", e);
        }
    }

    private void createDatabases(int port) throws LabFailure {
        Path done = home.resolve("databases.made");
        if (Files.exists(done)) {
            return;
        }
        try (Connection connection = DriverManager.getConnection(url(port, "postgres"), USER, password);
                Statement statement = connection.createStatement()) {
            for (String name : List.of(LAB, TRACE)) {
                try (var found = statement.executeQuery("select 1 from pg_database where datname = '" + name + "'")) {
                    if (!found.next()) {
                        statement.execute("create database " + name);
                    }
                }
            }
            Files.writeString(done, "");
        } catch (SQLException | IOException e) {
            throw new LabFailure("cannot make the databases: " + e.getMessage(), e);
        }
    }

    private static int freePort() throws LabFailure {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new LabFailure("no free port for PostgreSQL: " + e.getMessage(), e);
        }
    }

    private record Result(int code, String output) {}

    private Result control(List<String> arguments) throws LabFailure {
        List<String> command =
                new ArrayList<>(List.of(binaries.resolve("bin/pg_ctl").toString(), "-D", data.toString()));
        command.addAll(arguments);
        return run(command);
    }

    /** PostgreSQL refuses to run as root: there it gets a user namespace in which its user is nobody in particular. */
    private Result run(List<String> command) throws LabFailure {
        List<String> whole = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            whole.addAll(List.of("unshare", "-U"));
        }
        whole.addAll(command);
        Path output = home.resolve("postgresql-command.out");
        try {
            // Into a file and not a pipe: the server inherits the output and would keep a pipe open for ever.
            Process process = new ProcessBuilder(whole)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
            int code = process.waitFor();
            return new Result(code, Files.readString(output));
        } catch (IOException e) {
            throw new LabFailure("cannot run " + String.join(" ", whole) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while PostgreSQL was starting or stopping", e);
        }
    }

    private static String tail(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - 10), all.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
