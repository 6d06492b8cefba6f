package dev.breakmake.lab.trace.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads rows of table {@code trace}. */
public final class TraceReads {

    private TraceReads() {}

    /**
     * Which traces; an empty text or 0 means "all".
     *
     * @param parent attempts below this name, e.g. {@code projects/p/runs/r}
     * @param beforeId only traces with a smaller id: the keyset of the page
     */
    public record Filter(String parent, int state, String imageName, String rule, long beforeId) {}

    /** The trace with this id. */
    public static Optional<TraceRow> byId(Connection connection, long id) throws SQLException {
        return one(connection, "trace_id = ?", statement -> statement.setLong(1, id));
    }

    /** The trace of this attempt. */
    public static Optional<TraceRow> byAttempt(Connection connection, String attempt) throws SQLException {
        return one(connection, "attempt = ?", statement -> statement.setString(1, attempt));
    }

    @FunctionalInterface
    private interface Binding {
        void on(PreparedStatement statement) throws SQLException;
    }

    private static Optional<TraceRow> one(Connection connection, String condition, Binding binding)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select " + TraceRow.COLUMNS + " from trace where " + condition)) {
            binding.on(select);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(TraceRow.of(row)) : Optional.empty();
            }
        }
    }

    /** Traces that match, newest first, at most {@code limit}. */
    public static List<TraceRow> list(Connection connection, Filter filter, int limit) throws SQLException {
        StringBuilder sql = new StringBuilder("select " + TraceRow.COLUMNS + " from trace t where true");
        List<Object> values = new ArrayList<>();
        if (!filter.parent().isEmpty()) {
            // Names of the same parent are one range of the "C" collated index; '0' follows '/' in ASCII.
            sql.append(" and (attempt = ? or (attempt >= ? and attempt < ?))");
            values.add(filter.parent());
            values.add(filter.parent() + "/");
            values.add(filter.parent() + "0");
        }
        if (filter.state() != 0) {
            sql.append(" and state = ?");
            values.add(filter.state());
        }
        if (!filter.imageName().isEmpty()) {
            sql.append(" and image_name = ?");
            values.add(filter.imageName());
        }
        if (!filter.rule().isEmpty()) {
            sql.append(" and exists (select from occurrence o join finding f using (finding_id)"
                    + " where o.trace_id = t.trace_id and f.rule = ?)");
            values.add(filter.rule());
        }
        if (filter.beforeId() > 0) {
            sql.append(" and trace_id < ?");
            values.add(filter.beforeId());
        }
        sql.append(" order by trace_id desc limit ?");
        values.add(limit);
        List<TraceRow> result = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql.toString())) {
            for (int i = 0; i < values.size(); i++) {
                select.setObject(i + 1, values.get(i));
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    result.add(TraceRow.of(rows));
                }
            }
        }
        return result;
    }
}
