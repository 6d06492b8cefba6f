package dev.breakmake.lab.trace.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** Reads findings and where they were seen. */
public final class FindingReads {

    private FindingReads() {}

    /** A finding across traces; {@code severity} 1 lint, 2 warning, 3 error. */
    public record FindingRow(
            long id,
            String project,
            String fingerprint,
            String rule,
            int severity,
            String message,
            String symbol,
            String region,
            String regime,
            long traceCount,
            long firstTrace,
            String firstImageName,
            Instant firstSeen,
            Instant lastSeen) {}

    /** Which findings; an empty text or 0 means "all". {@code beforeId} is the keyset of the page. */
    public record FindingFilter(
            String project, String rule, String region, String symbol, int severity, long beforeId) {}

    /** A finding seen in a trace. */
    public record OccurrenceRow(TraceRow trace, String fingerprint, long findingId) {}

    /** Which occurrences; exactly one of the first three is set (0 or empty otherwise). Keyset: below (beforeTrace, beforeFinding). */
    public record OccurrenceFilter(
            long trace,
            String attemptsBelow,
            String project,
            String fingerprint,
            String rule,
            long beforeTrace,
            long beforeFinding) {}

    /** Findings that match, newest first. */
    public static List<FindingRow> findings(Connection connection, FindingFilter filter, int limit)
            throws SQLException {
        Query query = new Query("""
                select f.finding_id, f.project, f.fingerprint, f.rule, f.severity, f.message, f.symbol, f.region, f.regime, f.trace_count,
                       f.first_trace_id, coalesce(t.image_name, ''), f.first_seen, f.last_seen
                from finding f join trace t on t.trace_id = f.first_trace_id where true""");
        query.whenSet(" and f.project = ?", filter.project());
        query.whenSet(" and f.rule = ?", filter.rule());
        query.whenSet(" and f.region = ?", filter.region());
        query.whenSet(" and f.symbol = ?", filter.symbol());
        query.whenSet(" and f.severity = ?", filter.severity());
        query.whenSet(" and f.finding_id < ?", filter.beforeId());
        query.add(" order by f.finding_id desc limit ?", limit);
        return query.list(
                connection,
                row -> new FindingRow(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getInt(5),
                        row.getString(6),
                        row.getString(7),
                        row.getString(8),
                        row.getString(9),
                        row.getLong(10),
                        row.getLong(11),
                        row.getString(12),
                        row.getObject(13, OffsetDateTime.class).toInstant(),
                        row.getObject(14, OffsetDateTime.class).toInstant()));
    }

    /** Occurrences that match, newest trace first, then newest finding. */
    public static List<OccurrenceRow> occurrences(Connection connection, OccurrenceFilter filter, int limit)
            throws SQLException {
        Query query = new Query(
                "select " + TraceRow.COLUMNS.replace("trace_id,", "t.trace_id,").replace(" project,", " t.project,")
                        + ", f.fingerprint, f.finding_id"
                        + " from occurrence o join finding f using (finding_id) join trace t on t.trace_id = o.trace_id where true");
        query.whenSet(" and o.trace_id = ?", filter.trace());
        if (!filter.attemptsBelow().isEmpty()) {
            query.add(" and t.attempt >= ?", filter.attemptsBelow() + "/");
            query.add(" and t.attempt < ?", filter.attemptsBelow() + "0");
        }
        query.whenSet(" and f.project = ?", filter.project());
        query.whenSet(" and f.fingerprint = ?", filter.fingerprint());
        query.whenSet(" and f.rule = ?", filter.rule());
        if (filter.beforeTrace() > 0) {
            query.add(" and (o.trace_id, o.finding_id) < (?, ", filter.beforeTrace());
            query.add("?)", filter.beforeFinding());
        }
        query.add(" order by o.trace_id desc, o.finding_id desc limit ?", limit);
        return query.list(
                connection,
                row -> new OccurrenceRow(TraceRow.of(row), row.getString("fingerprint"), row.getLong("finding_id")));
    }

    private static final class Query {

        private final StringBuilder sql;
        private final List<Object> values = new ArrayList<>();

        Query(String start) {
            sql = new StringBuilder(start);
        }

        void add(String text, Object value) {
            sql.append(text);
            values.add(value);
        }

        void whenSet(String text, String value) {
            if (!value.isEmpty()) {
                add(text, value);
            }
        }

        void whenSet(String text, long value) {
            if (value > 0) {
                add(text, value);
            }
        }

        interface RowReader<T> {
            T read(ResultSet row) throws SQLException;
        }

        <T> List<T> list(Connection connection, RowReader<T> reader) throws SQLException {
            List<T> result = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(sql.toString())) {
                for (int i = 0; i < values.size(); i++) {
                    select.setObject(i + 1, values.get(i));
                }
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        result.add(reader.read(rows));
                    }
                }
            }
            return result;
        }
    }
}
