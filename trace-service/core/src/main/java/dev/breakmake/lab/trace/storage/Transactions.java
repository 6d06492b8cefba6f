package dev.breakmake.lab.trace.storage;

import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Runs work in one database transaction and translates what the database says into what a caller can act on. */
public final class Transactions {

    private static final int DEADLOCK_TRIES = 5;

    private final DataSource source;

    /** Transactions on connections of {@code source}. */
    public Transactions(DataSource source) {
        this.source = source;
    }

    /** Work on a connection. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it; the connection is neither committed nor closed here. */
        T on(Connection connection) throws SQLException;
    }

    /** Runs {@code work} and commits, or rolls back if it throws. Repeats after a deadlock or serialisation failure. */
    public <T> T write(Work<T> work) {
        return run(work, false);
    }

    /** Runs {@code work} against one snapshot that it cannot change. */
    public <T> T read(Work<T> work) {
        return run(work, true);
    }

    private <T> T run(Work<T> work, boolean readOnly) {
        for (int attempt = 1; ; attempt++) {
            try (Connection connection = source.getConnection()) {
                return once(connection, work, readOnly);
            } catch (SQLException e) {
                if (attempt >= DEADLOCK_TRIES || !isRepeatable(e)) {
                    throw translate(e);
                }
            }
        }
    }

    private static <T> T once(Connection connection, Work<T> work, boolean readOnly) throws SQLException {
        connection.setAutoCommit(false);
        connection.setReadOnly(readOnly);
        boolean done = false;
        try {
            if (readOnly) {
                // For this transaction alone: the connection's own level would have to be put back, one more exchange
                // each way.
                try (Statement snapshot = connection.createStatement()) {
                    snapshot.execute("set transaction isolation level repeatable read");
                }
            }
            T result = work.on(connection);
            connection.commit();
            done = true;
            return result;
        } finally {
            if (!done) {
                rollbackQuietly(connection);
            }
        }
    }

    private static void rollbackQuietly(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException closedAlready) {
            // The failure that brought us here says more than a dead connection does.
        }
    }

    private static boolean isRepeatable(SQLException e) {
        return "40P01".equals(e.getSQLState()) || "40001".equals(e.getSQLState());
    }

    /** Class 53 is "insufficient resources" (disk, memory, connections); class 08, 57 and 25 mean the server went away. */
    static TraceException translate(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("53") || state.equals("58030")) {
            return new TraceException(
                    Reason.STORAGE_LOW, "the trace database is out of space or connections: " + e.getMessage(), e);
        }
        return new TraceException(
                Reason.DATABASE_DOWN, "the trace database failed (" + state + "): " + e.getMessage(), e);
    }
}
