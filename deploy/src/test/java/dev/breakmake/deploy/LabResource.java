package dev.breakmake.deploy;

import dev.breakmake.lab.testing.PostgresServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** Two empty databases, the role dashboards read with (made before the services migrate, as deploy/postgres/init.sh does), a port and a folder. */
public final class LabResource implements QuarkusTestResourceLifecycleManager {

    static final String READER = "lab_reader";
    static final String READER_PASSWORD = "reads and nothing else";

    @Override
    public Map<String, String> start() {
        PostgresServer.Database lab = PostgresServer.shared().freshDatabase("lab");
        PostgresServer.Database trace = PostgresServer.shared().freshDatabase("trace");
        try (Connection connection = DriverManager.getConnection(lab.url(), lab.user(), lab.password());
                Statement statement = connection.createStatement()) {
            statement.execute("do $$ begin if not exists (select from pg_roles where rolname = '" + READER
                    + "') then create role " + READER + " login password '" + READER_PASSWORD + "'; end if; end $$");
        } catch (SQLException e) {
            throw new IllegalStateException("cannot make the role " + READER, e);
        }
        int port = freePort();
        return Map.ofEntries(
                Map.entry("quarkus.datasource.lab.jdbc.url", lab.url()),
                Map.entry("quarkus.datasource.lab.username", lab.user()),
                Map.entry("quarkus.datasource.lab.password", lab.password()),
                Map.entry("quarkus.datasource.trace.jdbc.url", trace.url()),
                Map.entry("quarkus.datasource.trace.username", trace.user()),
                Map.entry("quarkus.datasource.trace.password", trace.password()),
                Map.entry("quarkus.http.test-port", Integer.toString(port)),
                Map.entry("breakmake.runner.scheduler", "127.0.0.1:" + port),
                Map.entry("breakmake.runner.traces", "127.0.0.1:" + port),
                Map.entry("breakmake.runner.directory", folder().toString()));
    }

    /** Runner and services are in one process, so the runner must know the port before it is bound. */
    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory(Path.of("target"), "runner").toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        // The server is shared by all test classes of the JVM and ends with it.
    }
}
