package dev.breakmake.lab.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** One PostgreSQL server per JVM, stopped when the JVM ends. */
public final class PostgresServer {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final String host;
    private final int port;
    private final String user;
    private final String password;

    private PostgresServer(String host, int port, String user, String password) {
        this.host = host;
        this.port = port;
        this.user = user;
        this.password = password;
    }

    /** The server of this JVM, started on first use. */
    public static PostgresServer shared() {
        return Holder.SERVER;
    }

    /** Creates an empty database whose name begins with {@code prefix}. */
    public Database freshDatabase(String prefix) {
        String name = prefix + "_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(url("postgres"), user, password);
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + statement.enquoteIdentifier(name, true));
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create database " + name, e);
        }
        return new Database(url(name), user, password);
    }

    private String url(String database) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database;
    }

    private static PostgresServer start() {
        String mode = System.getProperty("breakmake.test.postgres", "auto");
        return switch (mode) {
            case "container" -> startContainer();
            case "embedded" -> startEmbedded();
            case "auto" -> containerEngineAnswers() ? startContainer() : startEmbedded();
            default ->
                throw new IllegalArgumentException(
                        "breakmake.test.postgres is '" + mode + "'; use auto, container or embedded");
        };
    }

    /** The cheap test comes first: without it Testcontainers logs every strategy it tried as an error. */
    private static boolean containerEngineAnswers() {
        boolean plausible = System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
        return plausible && DockerClientFactory.instance().isDockerAvailable();
    }

    @SuppressWarnings("resource") // lives as long as the JVM; the shutdown hook stops it
    private static PostgresServer startContainer() {
        DockerImageName image = DockerImageName.parse(
                        System.getProperty("breakmake.test.postgres.image", "postgres:18"))
                .asCompatibleSubstituteFor("postgres");
        PostgreSQLContainer container = new PostgreSQLContainer(image);
        container.start();
        Runtime.getRuntime().addShutdownHook(new Thread(container::stop, "stop-postgres"));
        return new PostgresServer(
                container.getHost(),
                container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
                container.getUsername(),
                container.getPassword());
    }

    private static PostgresServer startEmbedded() {
        try {
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "200")
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(postgres), "stop-postgres"));
            return new PostgresServer("localhost", postgres.getPort(), "postgres", "postgres");
        } catch (IOException e) {
            throw new UncheckedIOException("embedded PostgreSQL does not start", e);
        }
    }

    private static void stop(EmbeddedPostgres postgres) {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException("embedded PostgreSQL does not stop", e);
        }
    }

    /** How to reach one database. */
    public record Database(String url, String user, String password) {

        /** A source without pooling: every connection is new. */
        public DataSource dataSource() {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setUrl(url);
            source.setUser(user);
            source.setPassword(password);
            return source;
        }
    }

    private static final class Holder {
        static final PostgresServer SERVER = start();
    }
}
