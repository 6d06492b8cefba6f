package dev.breakmake.lab.start;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;

/**
 * A database before its service uses it. A database that is not up yet is waited for; one that refuses, or holds what this version does not know, ends the start.
 *
 * @param name what it is, for example "lab database"
 * @param key prefix of its configuration, for example {@code breakmake.lab.database}
 * @param url JDBC URL; one whose host is {@link #UNSET} stands for none
 * @param user role
 * @param password of the role
 */
public record DatabaseStart(String name, String key, String url, String user, String password) {

    /** Host of the URL that stands for a missing one: configuration needs a default to get as far as a clear message. */
    public static final String UNSET = "unset.invalid";

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Never shows the password. */
    @Override
    public String toString() {
        return name + " at " + url + " as " + user;
    }

    /**
     * Waits for the database at most {@code patience}, checks its schema against {@code flyway}'s migrations and brings it up to date. Throws StartRefusedException.
     */
    public void prepare(Flyway flyway, Duration patience) {
        checkUrl();
        connect(patience);
        checkVersion(flyway);
        try {
            flyway.migrate();
        } catch (FlywayException e) {
            throw new StartRefusedException("the " + name + " cannot be brought up to date: " + firstLine(e)
                    + ". Nothing was changed by the step that failed; see docs/operations.md, Upgrade");
        }
    }

    private void checkUrl() {
        String variable = (key + ".url").toUpperCase(java.util.Locale.ROOT).replaceAll("[.-]", "_");
        if (url.isBlank() || url.contains("//" + UNSET)) {
            throw new StartRefusedException(key + ".url is not set: say where the " + name
                    + " is, for example jdbc:postgresql://db:5432/lab (environment variable " + variable + ")");
        }
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new StartRefusedException(
                    key + ".url is '" + url + "', which is no URL of PostgreSQL; it begins with jdbc:postgresql://");
        }
    }

    private void connect(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try (Connection connection = DriverManager.getConnection(url, user, password)) {
                if (connection.isValid(5)) {
                    return;
                }
            } catch (SQLException e) {
                String state = String.valueOf(e.getSQLState());
                boolean notUp = state.startsWith("08") || state.equals("57P03");
                if (!notUp) {
                    throw new StartRefusedException(refusal(state, e));
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new StartRefusedException("the " + name + " at " + url + " cannot be reached: " + firstLine(e)
                            + " Is the server up, and is " + key + ".url right?");
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private String refusal(String state, SQLException e) {
        return switch (state) {
            case "28P01", "28000" ->
                "the " + name + " at " + url + " refuses the role '" + user + "': " + firstLine(e) + ". Check " + key
                        + ".user and " + key + ".password";
            case "3D000" ->
                "the " + name + " at " + url + " does not exist: " + firstLine(e)
                        + ". Create it (deploy/postgres/init.sh shows how), or correct " + key + ".url";
            default -> "the " + name + " at " + url + " cannot be used (" + state + "): " + firstLine(e);
        };
    }

    private void checkVersion(Flyway flyway) {
        MigrationInfo[] all;
        try {
            all = flyway.info().all();
        } catch (FlywayException e) {
            throw new StartRefusedException("the " + name + " cannot be examined: " + firstLine(e));
        }
        Optional<MigrationVersion> known = newest(all, false);
        Optional<MigrationVersion> applied = newest(all, true);
        if (applied.isPresent() && known.isPresent() && applied.get().compareTo(known.get()) > 0) {
            throw new StartRefusedException(
                    "the " + name + " is at version " + applied.get()
                            + ", and this program knows versions up to " + known.get()
                            + ": it was used by a newer release. Start that release, or restore the backup made before the upgrade");
        }
        if (applied.isEmpty() && holdsForeignTables(flyway)) {
            throw new StartRefusedException("the " + name + " at " + url
                    + " holds tables that are not the lab's, and no history of its versions. Give the lab a database of its own, or correct "
                    + key
                    + ".url");
        }
        for (MigrationInfo migration : all) {
            if (migration.getState() == MigrationState.FAILED) {
                throw new StartRefusedException("version " + migration.getVersion() + " of the " + name
                        + " failed half-way in an earlier start: restore the backup made before the upgrade");
            }
        }
    }

    private static Optional<MigrationVersion> newest(MigrationInfo[] all, boolean applied) {
        return Arrays.stream(all)
                .filter(migration -> migration.getVersion() != null)
                .filter(migration -> applied
                        ? migration.getState().isApplied()
                        : migration.getState().isResolved())
                .map(MigrationInfo::getVersion)
                .filter(Objects::nonNull)
                .max(MigrationVersion::compareTo);
    }

    private boolean holdsForeignTables(Flyway flyway) {
        String history = flyway.getConfiguration().getTable();
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select count(*) from pg_tables where schemaname = current_schema() and tablename <> "
                                + statement.enquoteLiteral(history))) {
            row.next();
            return row.getLong(1) > 0;
        } catch (SQLException e) {
            throw new StartRefusedException("the " + name + " cannot be examined: " + firstLine(e));
        }
    }

    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage()).strip();
        return message.lines().findFirst().orElse(message);
    }
}
