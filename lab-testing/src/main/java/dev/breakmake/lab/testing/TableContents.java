package dev.breakmake.lab.testing;

import dev.breakmake.lab.testing.PostgresServer.Database;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * All rows of a database's own tables as PostgreSQL's COPY writes them: to bring what a lab of today holds into the schema of an older release, and to see that an upgrade changed
 * no value. What the migrations keep for themselves is left out.
 */
public record TableContents(Map<String, Table> tables) {

    private static final String HISTORY = "flyway_schema_history";

    /** Columns in their order, and rows as text, sorted by their first columns. */
    public record Table(List<String> columns, String rows) {}

    /** What {@code database} holds. */
    public static TableContents of(Database database) {
        return read(database, Map.of());
    }

    /** What {@code database} holds in those columns alone that {@code like} has, table by table. */
    public static TableContents of(Database database, TableContents like) {
        return read(database, like.tables());
    }

    private static TableContents read(Database database, Map<String, Table> like) {
        Map<String, Table> tables = new TreeMap<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
            for (String table : names(statement)) {
                List<String> columns = like.containsKey(table) ? like.get(table).columns() : columns(statement, table);
                if (like.isEmpty() || like.containsKey(table)) {
                    StringWriter rows = new StringWriter();
                    copies.copyOut(
                            "copy (select " + list(columns) + " from " + table + " order by "
                                    + primaryKey(statement, table, columns) + ") to stdout",
                            rows);
                    tables.put(table, new Table(columns, rows.toString()));
                }
            }
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("cannot read " + database.url(), e);
        }
        return new TableContents(tables);
    }

    /** Replaces the rows of {@code database} by these, as far as it has the tables and columns: those an older schema lacks are lost. */
    public void putInto(Database database) {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
            // No triggers, and foreign keys are triggers: the rows belong together already, whatever their order.
            statement.execute("set session_replication_role = replica");
            for (String table : names(statement)) {
                statement.execute("truncate " + table + " cascade");
            }
            for (String table : names(statement)) {
                Table mine = tables.get(table);
                if (mine != null) {
                    List<String> there = columns(statement, table);
                    // All columns go to a table of their own first, so that those the older schema lacks fall away.
                    statement.execute("create temporary table incoming ("
                            + String.join(" text, ", quoted(mine.columns())) + " text)");
                    copies.copyIn("copy incoming from stdin", new StringReader(mine.rows()));
                    insertCommon(statement, table, mine.columns(), there);
                    statement.execute("drop table incoming");
                }
            }
            restartIdentities(statement);
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("cannot fill " + database.url(), e);
        }
    }

    private static void insertCommon(Statement statement, String table, List<String> mine, List<String> there)
            throws SQLException {
        List<String> common = mine.stream().filter(there::contains).toList();
        StringBuilder values = new StringBuilder();
        for (String column : common) {
            values.append(values.isEmpty() ? "" : ", ")
                    .append('"')
                    .append(column)
                    .append("\"::")
                    .append(type(statement, table, column));
        }
        statement.execute("insert into " + table + " (" + list(common) + ") overriding system value select " + values
                + " from incoming");
    }

    private static String type(Statement statement, String table, String column) throws SQLException {
        try (ResultSet row =
                statement.executeQuery("select format_type(atttypid, atttypmod) from pg_attribute where attrelid = '"
                        + table + "'::regclass and attname = '" + column + "'")) {
            row.next();
            return row.getString(1);
        }
    }

    /** New rows continue after the copied ones. */
    private static void restartIdentities(Statement statement) throws SQLException {
        List<List<String>> identities = strings(
                statement,
                "select table_name, column_name from information_schema.columns where table_schema = current_schema()"
                        + " and is_identity = 'YES'");
        for (List<String> identity : identities) {
            statement.execute("select setval(pg_get_serial_sequence('" + identity.get(0) + "', '" + identity.get(1)
                    + "'), coalesce((select max(" + identity.get(1) + ") from " + identity.get(0) + "), 0) + 1)");
        }
    }

    private static List<String> names(Statement statement) throws SQLException {
        return strings(
                        statement,
                        "select tablename from pg_tables where schemaname = current_schema() and tablename <> '"
                                + HISTORY + "' order by 1")
                .stream()
                .map(List::getFirst)
                .toList();
    }

    private static List<String> columns(Statement statement, String table) throws SQLException {
        return strings(
                        statement,
                        "select column_name from information_schema.columns where table_schema = current_schema() and"
                                + " table_name = '" + table + "' order by ordinal_position")
                .stream()
                .map(List::getFirst)
                .toList();
    }

    private static String primaryKey(Statement statement, String table, List<String> columns) throws SQLException {
        List<String> key = strings(
                        statement,
                        "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum ="
                                + " any (i.indkey) where i.indisprimary and i.indrelid = '" + table
                                + "'::regclass order by a.attnum")
                .stream()
                .map(List::getFirst)
                .toList();
        return list(key.isEmpty() ? columns : key);
    }

    private static List<List<String>> strings(Statement statement, String query) throws SQLException {
        List<List<String>> rows = new java.util.ArrayList<>();
        try (ResultSet row = statement.executeQuery(query)) {
            int width = row.getMetaData().getColumnCount();
            while (row.next()) {
                List<String> values = new java.util.ArrayList<>();
                for (int i = 1; i <= width; i++) {
                    values.add(String.valueOf(row.getString(i)));
                }
                rows.add(values);
            }
        }
        return rows;
    }

    private static List<String> quoted(List<String> columns) {
        return columns.stream().map(column -> '"' + column + '"').toList();
    }

    private static String list(List<String> columns) {
        return String.join(", ", quoted(columns));
    }
}
