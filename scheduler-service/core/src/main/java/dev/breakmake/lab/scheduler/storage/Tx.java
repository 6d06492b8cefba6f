package dev.breakmake.lab.scheduler.storage;

import dev.breakmake.lab.scheduler.domain.LabException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/** One transaction: prepared statements with positional arguments. {@code @now} in a statement is the lab's clock. */
public final class Tx {

    private static final int MANY_ROWS = 1_000;

    private final Connection connection;
    private final LabClock clock;
    private final List<Statement> written = new ArrayList<>();
    private final Set<String> grown = new TreeSet<>();

    private record Statement(String sql, @Nullable Object[] arguments) {}

    Tx(Connection connection, LabClock clock) {
        this.connection = connection;
        this.clock = clock;
    }

    /** Reads one row. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** All rows of a query. */
    public <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = execute(sql, arguments);
                ResultSet rows = statement.getResultSet()) {
            List<T> result = new ArrayList<>();
            while (rows.next()) {
                result.add(reader.read(rows));
            }
            return result;
        }
    }

    /** The first row of a query. */
    public <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... arguments) throws SQLException {
        List<T> rows = query(sql, reader, arguments);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
    }

    /** The first row of a query; NOT_FOUND with {@code name} when there is none. */
    public <T> T one(String name, String sql, RowReader<T> reader, @Nullable Object... arguments) throws SQLException {
        return first(sql, reader, arguments).orElseThrow(() -> LabException.notFound(name));
    }

    /** Executes a statement and returns the number of rows it touched. */
    public int update(String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement statement = execute(sql, arguments)) {
            return statement.getUpdateCount();
        }
    }

    /**
     * Executes a statement whose result nobody asks for, at the latest with the commit: it travels together with the next one whose result somebody does ask
     * for, so that a transaction of many writes costs few round trips. Order is kept; an error comes out of the statement it travels with.
     */
    public void write(String sql, @Nullable Object... arguments) {
        written.add(new Statement(sql, arguments));
    }

    /** Executes what {@link #write} left to do. */
    void finish() throws SQLException {
        if (!written.isEmpty()) {
            Statement last = written.removeLast();
            update(last.sql(), last.arguments());
        }
    }

    /** Executes a statement once per item, in one round trip. */
    public <T> void updateAll(String sql, List<T> items, Function<T, @Nullable Object[]> arguments)
            throws SQLException {
        if (items.isEmpty()) {
            return;
        }
        if (items.size() == 1) {
            write(sql, arguments.apply(items.getFirst()));
            return;
        }
        finish();
        try (PreparedStatement statement = prepare(sql)) {
            for (T item : items) {
                bind(statement, 0, arguments.apply(item));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Notes that rows came into a table: when they are many, the planner is told with the commit. */
    void grew(String table, int rows) {
        if (rows >= MANY_ROWS) {
            grown.add(table);
        }
    }

    /** Tables that many rows came into. */
    Set<String> grown() {
        return grown;
    }

    /** The lab's time. */
    public Instant now() throws SQLException {
        return one("now", "select @now", row -> instant(row, 1));
    }

    /** Executes {@code sql} behind all that is written, at its result. The caller closes the statement. */
    private PreparedStatement execute(String sql, @Nullable Object... arguments) throws SQLException {
        written.add(new Statement(sql, arguments));
        List<Statement> all = List.copyOf(written);
        written.clear();
        String text = all.stream().map(Statement::sql).collect(Collectors.joining(";\n"));
        PreparedStatement statement = prepare(text);
        try {
            int index = 0;
            for (Statement one : all) {
                index = bind(statement, index, one.arguments());
            }
            statement.execute();
            for (int i = 1; i < all.size(); i++) {
                statement.getMoreResults();
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql.replace("@now", clock.expression()));
    }

    private static OffsetDateTime time(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    /** Binds arguments behind the first {@code index}; returns how many are bound then. */
    private int bind(PreparedStatement statement, int index, @Nullable Object[] arguments) throws SQLException {
        int bound = index;
        for (Object argument : arguments) {
            bind(statement, ++bound, argument);
        }
        return bound;
    }

    private void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
        switch (value) {
            case null -> statement.setNull(index, Types.NULL);
            case Instant instant -> statement.setObject(index, time(instant));
            case byte[] bytes -> statement.setBytes(index, bytes);
            case String[] array -> statement.setArray(index, connection.createArrayOf("text", array));
            case Integer[] array -> statement.setArray(index, connection.createArrayOf("int4", array));
            case Long[] array -> statement.setArray(index, connection.createArrayOf("int8", array));
            case Instant[] array ->
                statement.setArray(
                        index,
                        connection.createArrayOf(
                                "timestamptz",
                                Arrays.stream(array).map(Tx::time).toArray()));
            case java.util.UUID[] array -> statement.setArray(index, connection.createArrayOf("uuid", array));
            case Json json -> {
                PGobject object = new PGobject();
                object.setType("jsonb");
                object.setValue(json.text());
                statement.setObject(index, object);
            }
            default -> statement.setObject(index, value);
        }
    }

    /** An instant; throws when the column is null. */
    public static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /** An instant by name, or null. */
    public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    /** A text array by name, in order. */
    public static List<String> texts(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    /** A jsonb column that holds a flat object of texts. */
    public static Map<String, String> map(ResultSet row, String column) throws SQLException {
        return Json.map(row.getString(column));
    }
}
