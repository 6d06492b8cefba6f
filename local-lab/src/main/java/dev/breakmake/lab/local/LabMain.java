package dev.breakmake.lab.local;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The lab as a process. Without arguments it starts PostgreSQL and the services and runs until SIGTERM or Ctrl-C;
 * {@code stop-database} only stops a database that a killed lab left running.
 *
 * <p>Exit codes: 0 stopped as asked, 2 this machine lacks something or something is in the way; the last line on standard error says what.
 */
@QuarkusMain
public final class LabMain {

    private static final int FAULT = 2;
    private static final int USAGE = 3;
    private static final int STOP_SECONDS = 90;
    private static final int STANDARD_PORT = 7400;
    private static final int HIGHEST_PORT = 65_535;

    private LabMain() {}

    /** See the class. */
    public static void main(String... arguments) {
        Locale.setDefault(Locale.US); // what is said, verdicts included, does not depend on where
        int code;
        try {
            code = run(arguments);
        } catch (LabFailure e) {
            System.err.println("breakmake-lab: " + e.getMessage());
            code = FAULT;
        }
        System.exit(code);
    }

    private static int run(String... arguments) throws LabFailure {
        Path root = LabHome.folder(System.getProperty("breakmake.lab.home"), System.getenv());
        if (arguments.length == 1 && arguments[0].equals("stop-database")) {
            try (LabHome home = LabHome.take(root)) {
                boolean stopped = postgres(home).stopOrphan();
                System.out.println(stopped ? "stopped" : "none");
            }
            return 0;
        }
        if (arguments.length > 0) {
            System.err.println(
                    "breakmake-lab: '" + arguments[0] + "' is no argument of the lab; it knows stop-database");
            return USAGE;
        }
        return serve(LabHome.take(root));
    }

    private static LabPostgres postgres(LabHome home) throws LabFailure {
        Path programs = setting("breakmake.lab.programs").map(Path::of).orElse(home.root());
        return new LabPostgres(home.root(), PostgresBinaries.unpack(programs), home.secret("database.secret"), 0);
    }

    private static int serve(LabHome home) throws LabFailure {
        String host = setting("breakmake.host").orElse("127.0.0.1");
        int port = usablePort(host);
        System.setProperty("breakmake.port", Integer.toString(port));
        LabState state = new LabState(home.root(), "http://" + reachable(host) + ":" + port);
        state.say(LabState.Phase.STARTING, "starting");
        Optional<LabPostgres> postgres;
        try {
            postgres = isDatabaseElsewhere() ? Optional.empty() : Optional.of(postgres(home));
        } catch (LabFailure e) {
            state.remove();
            throw e;
        }
        CountDownLatch quiet = new CountDownLatch(1);
        AtomicReference<LabPostgresKeeper> keeper = new AtomicReference<>();
        // Hooks run side by side: the database must outlive the services, so its hook waits for them.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> stopLast(quiet, keeper.get(), postgres, state, home), "stop-postgresql"));
        AtomicInteger code = new AtomicInteger();
        try {
            if (postgres.isPresent()) {
                useDatabase(home, postgres.get().start(progress -> state.say(LabState.Phase.STARTING, progress)));
                keeper.set(LabPostgresKeeper.of(postgres.get()));
            }
            state.say(LabState.Phase.STARTING, "starting the services");
            configure(home, reachable(host) + ":" + port);
            LabApplication.use(state);
            Quarkus.run(LabApplication.class, (exit, failure) -> {
                code.set(failure == null ? exit : FAULT);
                if (failure != null) {
                    System.err.println("breakmake-lab: the services do not start: " + rootCause(failure));
                }
            });
            return code.get();
        } finally {
            quiet.countDown();
        }
    }

    private static void stopLast(
            CountDownLatch quiet,
            @Nullable LabPostgresKeeper keeper,
            Optional<LabPostgres> postgres,
            LabState state,
            LabHome home) {
        try {
            if (!quiet.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.err.println(
                        "breakmake-lab: the services did not stop in time; the database is stopped under them");
            }
            if (keeper != null) {
                keeper.close();
            }
            if (postgres.isPresent()) {
                postgres.get().stop();
            }
            state.remove();
            home.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (LabFailure e) {
            System.err.println("breakmake-lab: " + e.getMessage());
        }
    }

    private static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Whether a PostgreSQL of the user's own is configured: then both databases are. */
    private static boolean isDatabaseElsewhere() throws LabFailure {
        boolean lab = setting("breakmake.lab.database.url").isPresent();
        if (lab != setting("breakmake.trace-database.url").isPresent()) {
            throw new LabFailure(
                    "one database is configured and the other is not: set both breakmake.lab.database.url and"
                            + " breakmake.trace-database.url, or neither");
        }
        return lab;
    }

    private static void useDatabase(LabHome home, int port) throws LabFailure {
        String secret = home.secret("database.secret");
        for (String prefix : new String[] {"breakmake.lab.database.", "breakmake.trace-database."}) {
            String name = prefix.contains("trace") ? LabPostgres.TRACE : LabPostgres.LAB;
            System.setProperty(prefix + "url", LabPostgres.url(port, name));
            System.setProperty(prefix + "user", LabPostgres.USER);
            System.setProperty(prefix + "password", secret);
        }
    }

    /** What the services cannot know by themselves. A value that is set already, by property or environment, stays. */
    private static void configure(LabHome home, String self) throws LabFailure {
        String key = home.secret("receipt.key");
        propose("breakmake.scheduler.receipt-key", key);
        propose("breakmake.trace.receipt-key", key);
        propose("breakmake.runner.scheduler", self);
        propose("breakmake.runner.traces", self);
        propose("breakmake.runner.directory", home.root().resolve("runner").toString());
    }

    private static void propose(String key, String value) {
        if (setting(key).isEmpty()) {
            System.setProperty(key, value);
        }
    }

    /** A setting from a system property or its environment variable, which is how the services read theirs. */
    private static Optional<String> setting(String key) {
        String property = System.getProperty(key);
        if (property != null) {
            return Optional.of(property);
        }
        return Optional.ofNullable(
                System.getenv(key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(java.util.Locale.ROOT)));
    }

    /** The port to listen on, found free: 0 in the configuration takes any. Better a clear word now than after the databases are up. */
    private static int usablePort(String host) throws LabFailure {
        String text = setting("breakmake.port").orElse(Integer.toString(STANDARD_PORT));
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > HIGHEST_PORT) {
            throw new LabFailure(
                    "breakmake.port is '" + text + "'; use a number from 0 (any free port) to " + HIGHEST_PORT);
        }
        int wanted = Integer.parseInt(text);
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), wanted));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new LabFailure(
                    "port " + wanted + " on " + host + " cannot be had (" + e.getMessage()
                            + "): another program listens there; use 'breakmake up --port N'",
                    e);
        }
    }

    private static String reachable(String host) {
        return host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    }
}
