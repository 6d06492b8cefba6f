package dev.breakmake.lab.scheduler.storage;

import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** Short transactions on the lab database. Deadlocks and serialisation failures are repeated, outages become errors callers understand. */
public final class Database {

    private static final int ATTEMPTS = 5;

    private final DataSource source;
    private final LabClock clock;

    /** Works on {@code source} by {@code clock}. */
    public Database(DataSource source, LabClock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** Something done within a transaction. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Tx tx) throws SQLException;
    }

    /** Runs {@code work} in a transaction and returns what it returns; everything is undone when it throws. */
    public <T> T transact(Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(work);
            } catch (SQLException e) {
                if (attempt < ATTEMPTS && isTransient(e)) {
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(1_000_000L, 20_000_000L * attempt));
                    continue;
                }
                throw translate(e);
            }
        }
    }

    /**
     * Removes what ended transactions left behind in tables that change all the time, and tells the planner how full they are. Outside of any transaction; a
     * table that somebody else is vacuuming is passed over.
     */
    public void vacuum(String... tables) {
        vacuum("analyze, skip_locked", tables);
    }

    /** Removes what ended transactions left behind in those of the tables that hold {@code dead} such rows or more. Neither locks a table nor looks at the others. */
    public void sweep(long dead, String... tables) {
        List<String> full = transact(tx -> tx.query(
                "select relname from pg_stat_user_tables where relname = any (?) and n_dead_tup >= ?",
                row -> row.getString(1),
                tables,
                dead));
        if (!full.isEmpty()) {
            vacuum("truncate off, skip_locked", full.toArray(String[]::new));
        }
    }

    private void vacuum(String options, String... tables) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            statement.execute("vacuum (" + options + ") " + String.join(", ", tables));
        } catch (SQLException e) {
            throw translate(e);
        }
    }

    private <T> T once(Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                Tx tx = new Tx(connection, clock);
                T result = work.run(tx);
                tx.finish();
                connection.commit();
                done = true;
                tellPlanner(connection, tx.grown());
                return result;
            } finally {
                if (!done) {
                    rollback(connection);
                }
            }
        }
    }

    /** How full tables are that many rows came into at once: until its own next look, the planner takes them for few. */
    private static void tellPlanner(Connection connection, Set<String> tables) {
        if (tables.isEmpty()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("analyze (skip_locked) " + String.join(", ", tables));
            connection.commit();
        } catch (SQLException hint) {
            // Only a hint, and the work before it has been committed: the server's own look comes within a minute.
            rollback(connection);
        }
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException lost) {
            // The connection is gone, and with it the transaction: the server has undone it.
            return;
        }
    }

    private static boolean isTransient(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.equals("40001") || state.equals("40P01");
    }

    private static LabException translate(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith("53")) {
            return new LabException(
                    Reason.STORAGE_LOW, "the lab database is out of space or connections; try again later", e);
        }
        if (state.startsWith("08") || state.startsWith("57P") || state.equals("null")) {
            return new LabException(Reason.DATABASE_DOWN, "the lab database cannot be reached; try again later", e);
        }
        if (state.equals("22021") || state.equals("22P05")) {
            return new LabException(Reason.SCHEMA_INVALID, "a text contains a NUL character", e);
        }
        throw new IllegalStateException("lab database: " + e.getMessage() + " (" + state + ")", e);
    }
}
