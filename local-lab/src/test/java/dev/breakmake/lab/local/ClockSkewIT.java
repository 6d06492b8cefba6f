package dev.breakmake.lab.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services whose machine's clock and the database's disagree while they run: they say so, work on, and are well again when the clocks agree. */
class ClockSkewIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path directory;

    @Test
    void services_say_that_the_clocks_disagree_and_work_on() throws Exception {
        try (LabSystem lab = new LabSystem(directory, Map.of())) {
            Rest runner = new Rest(lab.firstRunner().url());
            awaitHealthy(lab.rest());
            awaitHealthy(runner);

            // No clock of a test's machine may be set: the database tells another time instead.
            execute(
                    lab,
                    "create schema skewed",
                    "create function skewed.clock_timestamp() returns timestamptz language sql as"
                            + " 'select pg_catalog.clock_timestamp() + interval ''10 minutes'''",
                    "alter database " + LabPostgres.LAB + " set search_path = skewed, pg_catalog, public");
            newConnections(lab);

            awaitTrouble(lab.rest(), "this machine's clock is \\d+ s behind the database's: set it");
            awaitTrouble(runner, "this machine's clock is \\d+ s behind the lab's: set it");
            String run = lab.rest()
                    .yaml("/v1/projects/default/runs", "spec: {boot: {flow: arm64/base}}")
                    .path("name")
                    .asText();
            assertThat(lab.rest().awaitEnd(run, PATIENCE).path("state").asText())
                    .as(lab.logs())
                    .isEqualTo("SUCCEEDED");

            execute(lab, "alter database " + LabPostgres.LAB + " reset search_path");
            newConnections(lab);
            awaitHealthy(lab.rest());
            awaitHealthy(runner);
        }
    }

    private static void execute(LabSystem lab, String... statements) throws Exception {
        try (Connection connection = lab.connect(LabPostgres.LAB);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** A setting of a database holds for connections made after it. */
    private static void newConnections(LabSystem lab) throws Exception {
        execute(
                lab,
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + LabPostgres.LAB
                        + "' and pid <> pg_backend_pid()");
    }

    private static void awaitHealthy(Rest service) throws InterruptedException {
        Await.until("the service is ready", PATIENCE, () -> health(service).statusCode() == 200);
    }

    private static void awaitTrouble(Rest service, String pattern) throws InterruptedException {
        Await.until("health says: " + pattern, PATIENCE, () -> {
            HttpResponse<String> health = health(service);
            return health.statusCode() == 503 && health.body().matches("(?s).*" + pattern + ".*");
        });
    }

    private static HttpResponse<String> health(Rest service) throws Exception {
        return service.send(service.request("/health/ready").build());
    }
}
