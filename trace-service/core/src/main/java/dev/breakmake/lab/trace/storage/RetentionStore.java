package dev.breakmake.lab.trace.storage;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Deletes traces that nobody needs any more. */
public final class RetentionStore {

    private final Transactions transactions;

    /** Deletes through {@code transactions}. */
    public RetentionStore(Transactions transactions) {
        this.transactions = transactions;
    }

    /** What one sweep removed. */
    public record Swept(int traces, long chunkBytes) {}

    /**
     * Deletes sealed and rejected traces of a class (or of all classes but {@code others}, if {@code retentionClass} is empty) that were created longer
     * ago than {@code age}. Traces that a person pinned, and the first and latest evidence of every finding, stay.
     */
    public Swept sweep(String retentionClass, Set<String> others, Duration age, int batch) {
        return transactions.write(connection -> delete(connection, select(connection, """
                select trace_id from trace t
                where state <> 1 and pinned_reason is null and create_time < now() - ? * interval '1 second'
                  and (retention_class = ? or (? = '' and retention_class <> all (?)))
                  and not exists (select from finding f where f.first_trace_id = t.trace_id)
                  and not exists (select from finding f where f.last_trace_id = t.trace_id)
                order by trace_id limit ? for update skip locked""", statement -> {
            statement.setLong(1, age.toSeconds());
            statement.setString(2, retentionClass);
            statement.setString(3, retentionClass);
            Array named = connection.createArrayOf("text", others.toArray());
            statement.setArray(4, named);
            statement.setInt(5, batch);
        })));
    }

    /** Deletes open traces that received nothing for longer than {@code age}: their attempt is long over. */
    public Swept sweepAbandoned(Duration age, int batch) {
        return transactions.write(connection -> delete(connection, select(connection, """
                select trace_id from trace
                where state = 1 and pinned_reason is null and update_time < now() - ? * interval '1 second'
                order by trace_id limit ? for update skip locked""", statement -> {
            statement.setLong(1, age.toSeconds());
            statement.setInt(2, batch);
        })));
    }

    @FunctionalInterface
    private interface Binding {
        void on(PreparedStatement statement) throws SQLException;
    }

    private static List<Long> select(Connection connection, String sql, Binding binding) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            binding.on(select);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
        }
        return ids;
    }

    private static Swept delete(Connection connection, List<Long> traces) throws SQLException {
        if (traces.isEmpty()) {
            return new Swept(0, 0);
        }
        Array ids = connection.createArrayOf("bigint", traces.toArray());
        List<Long> chunks = select(connection, """
                select chunk_id from trace_chunk where trace_id = any (?)
                union all select c from trace, unnest(array[findings_chunk_id, milestones_chunk_id, symbols_chunk_id, track_chunk_id]) c
                          where trace_id = any (?) and c is not null""", statement -> {
            statement.setArray(1, ids);
            statement.setArray(2, ids);
        });
        // Occurrences go with their trace; the finding's own count of traces is history and stays.
        try (PreparedStatement delete = connection.prepareStatement("delete from trace where trace_id = any (?)")) {
            delete.setArray(1, ids);
            delete.executeUpdate();
        }
        return new Swept(traces.size(), Chunks.release(connection, chunks));
    }
}
