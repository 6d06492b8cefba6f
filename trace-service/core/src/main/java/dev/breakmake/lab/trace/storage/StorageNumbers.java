package dev.breakmake.lab.trace.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the trace database occupies.
 *
 * @param databaseBytes the whole of it
 * @param openTraces traces that still receive
 * @param deadTuples tuples vacuum has still to remove, by table
 */
public record StorageNumbers(long databaseBytes, long openTraces, Map<String, Long> deadTuples) {

    /** Before anything was read. */
    public static final StorageNumbers NONE = new StorageNumbers(0, 0, Map.of());

    /** Copies the map. */
    public StorageNumbers {
        deadTuples = Map.copyOf(deadTuples);
    }

    /** Reads the numbers; cheap enough for every few seconds. */
    public static StorageNumbers read(Transactions transactions) {
        return transactions.read(connection -> {
            Map<String, Long> dead = new TreeMap<>();
            try (PreparedStatement tables = connection.prepareStatement("""
                            select relname, n_dead_tup from pg_stat_user_tables
                            where schemaname = current_schema() and relname in ('trace', 'trace_tail', 'trace_chunk', 'chunk', 'finding', 'occurrence')""");
                    ResultSet rows = tables.executeQuery()) {
                while (rows.next()) {
                    dead.put(rows.getString(1), rows.getLong(2));
                }
            }
            return new StorageNumbers(
                    number(connection, "select pg_database_size(current_database())"),
                    number(connection, "select count(*) from trace where state = 1"),
                    dead);
        });
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
