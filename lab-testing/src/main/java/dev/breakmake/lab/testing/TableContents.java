package dev.breakmake.lab.testing;

import dev.breakmake.lab.testing.PostgresServer.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All rows of a database's own tables as JSON: to bring what a lab of today holds into the schema of an older release, and to see that an upgrade changed no value.
 * What the migrations keep for themselves is left out.
 */
public record TableContents(Map<String, Table> tables) {

    private static final String HISTORY = "flyway_schema_history";

    /** Columns in their order, and one JSON object per row, in the order of the primary key. */
    public record Table(List<String> columns, List<String> rows) {}

    /** What {@code database} holds. */
    public static TableContents of(Database database) {
        return read(database, Map.of());
    }

    /** What {@code database} holds in those tables and columns alone that {@code like} has. */
    public static TableContents of(Database database, TableContents like) {
        return read(database, like.tables());
    }

    /** The rows of a table that is there. */
    public List<String> rows(String table) {
        Table found = tables.get(table);
        if (found == null) {
            throw new IllegalArgumentException("there is no table " + table + " among " + tables.keySet());
        }
        return found.rows();
    }

    private static TableContents read(Database database, Map<String, Table> like) {
        Map<String, Table> tables = new TreeMap<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : names(statement)) {
                Table wanted = like.get(table);
                if (like.isEmpty() || wanted != null) {
                    List<String> columns = wanted == null ? columns(statement, table) : wanted.columns();
                    List<String> rows = column(
                            statement,
                            "select to_jsonb(t)::text from (select " + list(columns) + " from " + table + " order by "
                                    + list(key(statement, table, columns)) + ") t");
                    tables.put(table, new Table(columns, rows));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot read " + database.url(), e);
        }
        return new TableContents(tables);
    }

    /** Replaces the rows of {@code database} by these, as far as it has the tables and columns: what an older schema lacks is lost. */
    public void putInto(Database database) {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            // No triggers, and foreign keys are triggers: the rows belong together already, whatever their order.
            statement.execute("set session_replication_role = replica");
            for (String table : names(statement)) {
                statement.execute("truncate " + table + " cascade");
            }
            for (String table : names(statement)) {
                Table mine = tables.get(table);
                if (mine != null) {
                    put(connection, table, mine, columns(statement, table));
                }
            }
            restartIdentities(statement);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot fill " + database.url(), e);
        }
    }

    private static void put(Connection connection, String table, Table mine, List<String> there) throws SQLException {
        String common = list(mine.columns().stream().filter(there::contains).toList());
        try (PreparedStatement insert = connection.prepareStatement("insert into " + table + " (" + common
                + ") overriding system value select " + common + " from jsonb_populate_recordset(null::" + table
                + ", ?::jsonb)")) {
            insert.setString(1, "[" + String.join(",", mine.rows()) + "]");
            insert.executeUpdate();
        }
    }

    /** New rows continue after the copied ones. */
    private static void restartIdentities(Statement statement) throws SQLException {
        List<String> sequences = column(
                statement,
                "select format('select setval(pg_get_serial_sequence(%L, %L), coalesce((select max(%I) from %I), 0) + 1)',"
                        + " table_name, column_name, column_name, table_name) from information_schema.columns"
                        + " where table_schema = current_schema() and is_identity = 'YES'");
        for (String sequence : sequences) {
            statement.execute(sequence);
        }
    }

    private static List<String> names(Statement statement) throws SQLException {
        return column(
                statement,
                "select tablename from pg_tables where schemaname = current_schema() and tablename <> '" + HISTORY
                        + "' order by 1");
    }

    private static List<String> columns(Statement statement, String table) throws SQLException {
        return column(
                statement,
                "select column_name from information_schema.columns where table_schema = current_schema() and"
                        + " table_name = '" + table + "' order by ordinal_position");
    }

    private static List<String> key(Statement statement, String table, List<String> columns) throws SQLException {
        List<String> key = column(
                statement,
                "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum ="
                        + " any (i.indkey) where i.indisprimary and i.indrelid = '" + table
                        + "'::regclass order by a.attnum");
        return key.isEmpty() ? columns : key;
    }

    private static List<String> column(Statement statement, String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        }
        return values;
    }

    private static String list(List<String> columns) {
        return '"' + String.join("\", \"", columns) + '"';
    }
}
