package dev.breakmake.lab.trace.config;

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
    private final TraceSettings settings;
    private final StartCheck access;
    private final DatabaseStart database;

    StartGate(
            @FlywayDataSource("trace") Flyway flyway,
            TraceSettings settings,
            StartCheck access,
            @ConfigProperty(name = "quarkus.datasource.trace.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.trace.username") Optional<String> user,
            @ConfigProperty(name = "quarkus.datasource.trace.password") Optional<String> password) {
        this.flyway = flyway;
        this.settings = settings;
        this.access = access;
        this.database = new DatabaseStart(
                "trace database", "breakmake.trace-database", url, user.orElse(""), password.orElse(""));
    }

    void check(@Observes @Priority(FIRST) StartupEvent event) {
        RequestHeads.measure();
        try {
            access.check();
            database.prepare(flyway, settings.databasePatience());
        } catch (StartRefusedException | IllegalStateException e) {
            throw new ConfigurationException("The trace service does not start: " + e.getMessage());
        }
    }
}
