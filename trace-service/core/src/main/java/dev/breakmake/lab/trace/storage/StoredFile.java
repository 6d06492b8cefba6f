package dev.breakmake.lab.trace.storage;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A trace file as it stands in the database, read through one connection, piece by piece. Only pieces that are touched are fetched; the last
 * one is kept.
 */
public final class StoredFile {

    private final Connection connection;
    private final TreeMap<Long, Long> chunks = new TreeMap<>();
    private final long size;
    private byte[] piece = {};
    private long pieceOffset = -1;
    private byte[] tail = {};
    private long tailOffset;

    private StoredFile(Connection connection, long size) {
        this.connection = connection;
        this.size = size;
    }

    /** Opens the file of a trace; valid as long as the connection's transaction. */
    public static StoredFile open(Connection connection, long traceId, long size) throws SQLException {
        StoredFile file = new StoredFile(connection, size);
        try (PreparedStatement select =
                connection.prepareStatement("select file_offset, chunk_id from trace_chunk where trace_id = ?")) {
            select.setLong(1, traceId);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    file.chunks.put(rows.getLong(1), rows.getLong(2));
                }
            }
        }
        try (PreparedStatement select = connection.prepareStatement("select body from trace_tail where trace_id = ?")) {
            select.setLong(1, traceId);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    file.tail = row.getBytes(1);
                }
            }
        }
        file.tailOffset = size - file.tail.length;
        return file;
    }

    /** Bytes of the file. */
    public long size() {
        return size;
    }

    /** Copies up to {@code length} bytes from {@code position}; -1 at the end of the file. */
    public int read(long position, byte[] target, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, target.length);
        if (position >= size) {
            return -1;
        }
        if (length == 0) {
            return 0;
        }
        if (pieceOffset < 0 || position < pieceOffset || position >= pieceOffset + piece.length) {
            load(position);
        }
        int start = Math.toIntExact(position - pieceOffset);
        int count = Math.min(length, piece.length - start);
        System.arraycopy(piece, start, target, from, count);
        return count;
    }

    private void load(long position) throws IOException {
        if (position >= tailOffset) {
            piece = tail;
            pieceOffset = tailOffset;
            return;
        }
        var entry = chunks.floorEntry(position);
        if (entry == null) {
            throw new IOException("the stored trace has no byte " + position);
        }
        try {
            piece = Chunks.body(connection, entry.getValue());
        } catch (SQLException e) {
            throw new IOException("cannot read the stored trace at byte " + position + ": " + e.getMessage(), e);
        }
        pieceOffset = entry.getKey();
        if (position >= pieceOffset + piece.length) {
            throw new IOException("the stored trace has no byte " + position);
        }
    }

    /** The bytes from {@code position} on. */
    public InputStream stream(long position) {
        return new Stream(position);
    }

    private final class Stream extends InputStream {

        private final byte[] one = new byte[1];
        private long position;

        Stream(long position) {
            this.position = position;
        }

        @Override
        public int read() throws IOException {
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            int count = StoredFile.this.read(position, target, from, length);
            if (count > 0) {
                position += count;
            }
            return count;
        }
    }
}
