package dev.breakmake.benchmarks.queue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A scheduler in a process of its own, on an embedded PostgreSQL that writes through to the disk as one in production does. */
final class SchedulerProcess implements AutoCloseable {

    private static final int READY_TRIES = 600;

    final int port;
    private final EmbeddedPostgres postgres;
    private final Process scheduler;

    private SchedulerProcess(int port, EmbeddedPostgres postgres, Process scheduler) {
        this.port = port;
        this.postgres = postgres;
        this.scheduler = scheduler;
    }

    /**
     * Starts both and waits until the scheduler is ready.
     *
     * @param jar quarkus-run.jar of scheduler-service/app
     * @param log where the scheduler's output goes
     */
    static SchedulerProcess start(Path jar, Path log) throws IOException, InterruptedException {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database lab");
        } catch (SQLException e) {
            throw new IOException("cannot create the lab database", e);
        }
        int port = freePort();
        Process scheduler = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Dbreakmake.lab.database.url=" + postgres.getJdbcUrl("postgres", "lab"),
                        "-Dbreakmake.lab.database.user=postgres",
                        "-Dbreakmake.port=" + port,
                        "-jar",
                        jar.toString())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(new File(log.toString())))
                .start();
        SchedulerProcess started = new SchedulerProcess(port, postgres, scheduler);
        started.awaitReady(log);
        return started;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady(Path log) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int i = 0; i < READY_TRIES && scheduler.isAlive(); i++) {
                try {
                    if (client.send(request, BodyHandlers.discarding()).statusCode() == 200) {
                        return;
                    }
                } catch (IOException e) {
                    // Not listening yet.
                }
                Thread.sleep(100);
            }
        }
        close();
        throw new IOException("the scheduler does not get ready; its log:\n" + Files.readString(log));
    }

    /** A connection to the lab database. */
    Connection connect() throws SQLException {
        return postgres.getDatabase("postgres", "lab").getConnection();
    }

    @Override
    public void close() throws IOException {
        scheduler.destroy();
        scheduler.onExit().join();
        postgres.close();
    }
}
