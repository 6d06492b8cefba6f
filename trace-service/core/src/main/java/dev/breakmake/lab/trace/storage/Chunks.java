package dev.breakmake.lab.trace.storage;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.TreeMap;

/** Content-addressed bytes with reference counts. */
public final class Chunks {

    private static final String UPSERT = """
            insert into chunk (sha256, body, reference_count) values (?, ?, ?)
            on conflict (sha256) do update set reference_count = chunk.reference_count + excluded.reference_count
            returning chunk_id, xmax = 0 as inserted""";

    private Chunks() {}

    /**
     * Chunks on their way into the database. Collected first and stored in one order of digests, so that two transactions that
     * store the same chunks never wait for each other in a circle.
     */
    public static final class Batch {

        private final TreeMap<String, Pending> pending = new TreeMap<>();

        private static final class Pending {
            final byte[] sha256;
            final byte[] body;
            int references;
            long id;

            Pending(byte[] sha256, byte[] body) {
                this.sha256 = sha256;
                this.body = body;
            }
        }

        /** Adds a reference to these bytes; the answer names them to {@link #id} after {@link #store}. */
        public String add(byte[] body) {
            byte[] sha256 = sha256(body);
            String key = java.util.HexFormat.of().formatHex(sha256);
            pending.computeIfAbsent(key, k -> new Pending(sha256, body)).references++;
            return key;
        }

        /** Stores all; returns the bytes that were not in the database before. */
        public long store(Connection connection) throws SQLException {
            long fresh = 0;
            try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
                for (Pending chunk : pending.values()) {
                    upsert.setBytes(1, chunk.sha256);
                    upsert.setBytes(2, chunk.body);
                    upsert.setInt(3, chunk.references);
                    try (ResultSet row = upsert.executeQuery()) {
                        row.next();
                        chunk.id = row.getLong(1);
                        if (row.getBoolean(2)) {
                            fresh += chunk.body.length;
                        }
                    }
                }
            }
            return fresh;
        }

        /** Database id of the bytes that {@link #add} called {@code key}. */
        public long id(String key) {
            Pending chunk = pending.get(key);
            if (chunk == null || chunk.id == 0) {
                throw new IllegalStateException("chunk " + key + " is not stored");
            }
            return chunk.id;
        }
    }

    /** The bytes of a chunk. */
    public static byte[] body(Connection connection, long chunkId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select body from chunk where chunk_id = ?")) {
            select.setLong(1, chunkId);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("chunk " + chunkId + " is missing");
                }
                return row.getBytes(1);
            }
        }
    }

    /** Gives references back, one per element, and deletes what nobody refers to any more; returns the bytes freed. */
    public static long release(Connection connection, Collection<Long> chunkIds) throws SQLException {
        TreeMap<Long, Integer> counts = new TreeMap<>();
        chunkIds.forEach(id -> counts.merge(id, 1, Integer::sum));
        long freed = 0;
        try (PreparedStatement update = connection.prepareStatement(
                        "update chunk set reference_count = reference_count - ? where chunk_id = ? returning reference_count, octet_length(body)");
                PreparedStatement delete =
                        connection.prepareStatement("delete from chunk where chunk_id = ? and reference_count = 0")) {
            for (var entry : counts.entrySet()) {
                update.setInt(1, entry.getValue());
                update.setLong(2, entry.getKey());
                try (ResultSet row = update.executeQuery()) {
                    if (row.next() && row.getInt(1) == 0) {
                        freed += row.getInt(2);
                        delete.setLong(1, entry.getKey());
                        delete.executeUpdate();
                    }
                }
            }
        }
        return freed;
    }

    /** SHA-256, 32 bytes. */
    public static byte[] sha256(byte[] body) {
        return newDigest().digest(body);
    }

    /** A SHA-256 in progress. */
    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
