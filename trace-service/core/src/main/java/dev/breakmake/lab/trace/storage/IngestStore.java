package dev.breakmake.lab.trace.storage;

import dev.breakmake.lab.trace.domain.AttemptName;
import dev.breakmake.lab.trace.domain.Lease;
import dev.breakmake.lab.trace.domain.Origin;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.lab.trace.domain.TraceState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the bytes of trace files. Every method runs in its own transaction; what it returned is durable. */
public final class IngestStore {

    private static final byte[] NOTHING = {};

    private final Transactions transactions;

    /** Stores through {@code transactions}. */
    public IngestStore(Transactions transactions) {
        this.transactions = transactions;
    }

    /** A trace while bytes arrive. */
    public record OpenTrace(long id, Lease lease, TraceState state, long sizeBytes) {}

    /** What one append did: the durable end, bytes that were new, and bytes that the database did not have in any trace. */
    public record Appended(long nextOffset, long freshBytes, long storedBytes) {}

    /**
     * Appends {@code data} at {@code offset} unless it is there already; creates the trace with its first piece.
     *
     * @param traceBytes largest file allowed
     */
    public Appended append(AttemptName attempt, Lease lease, Origin origin, long offset, byte[] data, long traceBytes) {
        return transactions.write(connection -> {
            OpenTrace trace = lock(connection, attempt).orElse(null);
            if (trace == null) {
                requireStart(offset);
                create(connection, attempt, lease, origin);
                trace = lock(connection, attempt).orElseThrow();
            }
            requireLease(trace, lease, attempt);
            return appendTo(connection, trace, offset, data, traceBytes);
        });
    }

    private static Appended appendTo(Connection connection, OpenTrace trace, long offset, byte[] data, long traceBytes)
            throws SQLException {
        long end = trace.sizeBytes();
        if (data.length == 0 || (offset <= end && end - offset >= data.length)) {
            return new Appended(end, 0, 0);
        }
        requireOpen(trace);
        if (offset > end) {
            throw gap(offset, end);
        }
        if (end + (data.length - (end - offset)) > traceBytes) {
            throw new TraceException(
                    Reason.TRACE_TOO_LARGE, "the trace would exceed the limit of " + traceBytes + " bytes");
        }
        byte[] tail = tail(connection, trace.id());
        Segments.Cut cut = Segments.cut(tail, data, Math.toIntExact(end - offset));
        long fresh = data.length - (end - offset);
        long stored = storePieces(connection, trace.id(), end - tail.length, cut.full());
        setTail(connection, trace.id(), tail, cut.rest());
        grow(connection, trace.id(), fresh, stored);
        return new Appended(end + fresh, fresh, stored);
    }

    /** Stores what does not fill a piece; called in the transaction that ends the trace. Returns bytes new to the database. */
    static long flushTail(Connection connection, OpenTrace trace) throws SQLException {
        byte[] tail = tail(connection, trace.id());
        if (tail.length == 0) {
            return 0;
        }
        long stored = storePieces(connection, trace.id(), trace.sizeBytes() - tail.length, List.of(tail));
        setTail(connection, trace.id(), tail, NOTHING);
        return stored;
    }

    /** The trace of an attempt, locked against everybody else until the transaction ends. */
    static Optional<OpenTrace> lock(Connection connection, AttemptName attempt) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select trace_id, lease_id, fence, state, size_bytes from trace where attempt = ? for update")) {
            select.setString(1, attempt.value());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(openTrace(row)) : Optional.empty();
            }
        }
    }

    private static OpenTrace openTrace(ResultSet row) throws SQLException {
        return new OpenTrace(
                row.getLong(1),
                new Lease(row.getString(2), row.getLong(3)),
                TraceState.of(row.getInt(4)),
                row.getLong(5));
    }

    private static void create(Connection connection, AttemptName attempt, Lease lease, Origin origin)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into trace (attempt, project, lease_id, fence, image_sha256, image_name, platform, cell_key, retention_class)
                values (?, ?, ?, ?, nullif(?, ''), nullif(?, ''), nullif(?, ''), nullif(?, ''), coalesce(nullif(?, ''), 'default'))
                on conflict (attempt) do nothing""")) {
            insert.setString(1, attempt.value());
            insert.setString(2, attempt.project());
            insert.setString(3, lease.id());
            insert.setLong(4, lease.fence());
            insert.setString(5, origin.imageSha256());
            insert.setString(6, origin.imageName());
            insert.setString(7, origin.platform());
            insert.setString(8, origin.cellKey());
            insert.setString(9, origin.retentionClass());
            insert.executeUpdate();
        }
    }

    private static long storePieces(Connection connection, long traceId, long fileOffset, List<byte[]> pieces)
            throws SQLException {
        if (pieces.isEmpty()) {
            return 0;
        }
        Chunks.Batch batch = new Chunks.Batch();
        List<String> keys = new ArrayList<>();
        pieces.forEach(piece -> keys.add(batch.add(piece)));
        long stored = batch.store(connection);
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into trace_chunk (trace_id, file_offset, chunk_id) values (?, ?, ?)")) {
            long at = fileOffset;
            for (int i = 0; i < pieces.size(); i++) {
                insert.setLong(1, traceId);
                insert.setLong(2, at);
                insert.setLong(3, batch.id(keys.get(i)));
                insert.addBatch();
                at += pieces.get(i).length;
            }
            insert.executeBatch();
        }
        return stored;
    }

    private static byte[] tail(Connection connection, long traceId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select body from trace_tail where trace_id = ?")) {
            select.setLong(1, traceId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getBytes(1) : NOTHING;
            }
        }
    }

    private static void setTail(Connection connection, long traceId, byte[] old, byte[] rest) throws SQLException {
        if (rest.length == 0) {
            if (old.length != 0) {
                try (PreparedStatement delete =
                        connection.prepareStatement("delete from trace_tail where trace_id = ?")) {
                    delete.setLong(1, traceId);
                    delete.executeUpdate();
                }
            }
            return;
        }
        try (PreparedStatement upsert = connection.prepareStatement(
                "insert into trace_tail (trace_id, body) values (?, ?) on conflict (trace_id) do update set body = excluded.body")) {
            upsert.setLong(1, traceId);
            upsert.setBytes(2, rest);
            upsert.executeUpdate();
        }
    }

    private static void grow(Connection connection, long traceId, long fresh, long stored) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update trace set size_bytes = size_bytes + ?, stored_bytes = stored_bytes + ?, update_time = now() where trace_id = ?")) {
            update.setLong(1, fresh);
            update.setLong(2, stored);
            update.setLong(3, traceId);
            update.executeUpdate();
        }
    }

    private static void requireStart(long offset) {
        if (offset != 0) {
            throw gap(offset, 0);
        }
    }

    static void requireLease(OpenTrace trace, Lease lease, AttemptName attempt) {
        if (!trace.lease().equals(lease)) {
            throw new TraceException(
                    Reason.LEASE_LOST,
                    "the trace of " + attempt.value() + " belongs to the lease with fence "
                            + trace.lease().fence() + ", not to the one with fence " + lease.fence()
                            + ": stop the attempt and discard its bytes");
        }
    }

    private static void requireOpen(OpenTrace trace) {
        switch (trace.state()) {
            case OPEN -> {}
            case SEALED ->
                throw new TraceException(
                        Reason.TRACE_SEALED,
                        "the trace is sealed at " + trace.sizeBytes() + " bytes: nothing can follow");
            case REJECTED ->
                throw new TraceException(Reason.TRACE_CORRUPT, "the trace was rejected when it was sealed");
        }
    }

    private static TraceException gap(long offset, long end) {
        return new TraceException(
                Reason.TRACE_GAP,
                "bytes from " + end + " to " + offset + " are missing: continue at offset " + end,
                Map.of("next_offset", Long.toString(end)));
    }
}
