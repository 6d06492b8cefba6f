package dev.breakmake.lab.local;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One service as an operating-system process of its own, which a test may kill and start again. */
final class ServiceProcess implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final int DUMP_SECONDS = 30;
    private static final int LOWEST_PORT = 12_000;
    private static final int PORTS = 20_000;

    /** Test processes side by side begin at different ones. */
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 97 % PORTS));

    private final String name;
    private final Path jar;
    private final Path log;
    private final int port;
    private final Map<String, String> properties;
    private final List<String> prefix;
    private @Nullable Process process;

    ServiceProcess(String name, Path jar, Path directory, int port, Map<String, String> properties) {
        this(name, jar, directory, port, properties, List.of());
    }

    /** A process that the program {@code prefix} becomes, as {@code unshare} does. */
    ServiceProcess(
            String name, Path jar, Path directory, int port, Map<String, String> properties, List<String> prefix) {
        this.prefix = List.copyOf(prefix);
        this.name = name;
        this.jar = jar;
        this.log = directory.resolve(name + ".log");
        this.port = port;
        this.properties = new TreeMap<>(properties);
        this.properties.put("breakmake.port", Integer.toString(port));
    }

    /** The runnable jar a module's build made. */
    static Path jarOf(String module) {
        return built(module + "/target/quarkus-app/quarkus-run.jar");
    }

    /** A program of the JDK that runs the tests. */
    static String jdk(String program) {
        return Path.of(System.getProperty("java.home"), "bin", program).toString();
    }

    /** The root of the tree. */
    static Path tree() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    /** What a module's build made, by its path in the tree. */
    static Path built(String path) {
        Path jar = tree().resolve(path);
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is missing: run the tests by 'mvnw verify', which packages first");
        }
        return jar;
    }

    /**
     * A port nobody listens at, below those from which the system takes the near ends of connections: one of the many a lab makes could take it before the
     * service does.
     */
    static int freePort() throws IOException {
        IOException last = new IOException("no port was tried");
        for (int tries = 0; tries < 200; tries++) {
            int port = LOWEST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException inUse) {
                last = inUse;
            }
        }
        throw last;
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    Path log() {
        return log;
    }

    long pid() {
        Process running = process;
        return running == null ? -1 : running.pid();
    }

    ServiceProcess start() throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                jdk("java"),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-jar", jar.toString()));
        process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return this;
    }

    /** Waits until the process listens; what it needs may still be away. */
    ServiceProcess awaitListening() throws InterruptedException {
        Await.until(name + " listens, see " + log, PATIENCE, () -> {
            if (process == null || !process.isAlive()) {
                throw new IllegalStateException(name + " ended by itself: " + Files.readString(log));
            }
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create(url() + "/health/live").toURL().openConnection();
            connection.setConnectTimeout(2_000);
            connection.setReadTimeout(5_000);
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        });
        return this;
    }

    /** SIGKILL: the process gets no chance to say goodbye. */
    void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            awaitEnd(running);
        }
    }

    /** SIGTERM, and waits for the end; returns the exit code. A service that does not end fails the test with what its threads do. */
    int stop() throws InterruptedException {
        Process running = process;
        if (running == null) {
            return 0;
        }
        running.destroy();
        return awaitEnd(running);
    }

    private int awaitEnd(Process running) throws InterruptedException {
        if (!running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            String threads = threads(running);
            running.destroyForcibly();
            throw new AssertionError(name + " did not end within " + PATIENCE.toSeconds() + " s:\n" + threads);
        }
        return running.exitValue();
    }

    /** The stacks of a running JVM's threads, or why there are none. */
    private static String threads(Process running) throws InterruptedException {
        try {
            Path text = Files.createTempFile("threads", ".txt");
            Process jcmd = new ProcessBuilder(jdk("jcmd"), Long.toString(running.pid()), "Thread.print")
                    .redirectErrorStream(true)
                    .redirectOutput(text.toFile())
                    .start();
            if (!jcmd.waitFor(DUMP_SECONDS, TimeUnit.SECONDS)) {
                jcmd.destroyForcibly();
            }
            String stacks = Files.readString(text);
            Files.delete(text);
            return stacks;
        } catch (IOException e) {
            return "(no stacks: " + e + ")";
        }
    }

    @Override
    public void close() {
        Process running = process;
        if (running != null && running.isAlive()) {
            running.destroyForcibly();
        }
    }
}
