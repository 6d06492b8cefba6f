package dev.breakmake.lab.scheduler.config;

import dev.breakmake.lab.start.DatabaseStart;
import dev.breakmake.lab.start.RequestHeads;
import dev.breakmake.lab.start.StartRefusedException;
import io.quarkus.flyway.FlywayDataSource;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;

/**
 * Before anything else: may this process listen where it is told to, and is its database one it can use? What is wrong is said in one message; a
 * ConfigurationException is the one Quarkus prints without a stack trace.
 */
@Singleton
public final class StartGate {

    /** Before every other observer of the start, scheduled work included. */
    static final int FIRST = -1;

    private final Flyway flyway;
    private final SchedulerSettings settings;
    private final Tokens tokens;
    private final String host;
    private final DatabaseStart database;

    StartGate(
            @FlywayDataSource("lab") Flyway flyway,
            SchedulerSettings settings,
            Tokens tokens,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.datasource.lab.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.lab.username") Optional<String> user,
            @ConfigProperty(name = "quarkus.datasource.lab.password") Optional<String> password) {
        this.flyway = flyway;
        this.settings = settings;
        this.tokens = tokens;
        this.host = host;
        this.database =
                new DatabaseStart("lab database", "breakmake.lab.database", url, user.orElse(""), password.orElse(""));
    }

    void check(@Observes @Priority(FIRST) StartupEvent event) {
        RequestHeads.measure();
        try {
            BindGuard.check(host, tokens);
            database.prepare(flyway, settings.databasePatience());
        } catch (StartRefusedException | IllegalStateException e) {
            throw new ConfigurationException("The scheduler does not start: " + e.getMessage());
        }
    }
}
