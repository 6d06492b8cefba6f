package dev.breakmake.lab.trace.storage;

import com.google.protobuf.ByteString;
import dev.breakmake.lab.trace.domain.AttemptName;
import dev.breakmake.lab.trace.domain.Lease;
import dev.breakmake.lab.trace.domain.SeenFinding;
import dev.breakmake.lab.trace.domain.TraceAnalysis;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.lab.trace.domain.TraceState;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The end of a trace in the database. */
public final class SealStore {

    private final Transactions transactions;

    /** Stores through {@code transactions}. */
    public SealStore(Transactions transactions) {
        this.transactions = transactions;
    }

    /** A trace whose bytes are complete; {@code receipt} if it was sealed before. */
    public record Ready(
            long traceId,
            AttemptName attempt,
            long sizeBytes,
            @Nullable SignedTraceReceipt receipt) {}

    /**
     * What the analysis leaves behind.
     *
     * @param findingsJson packed findings with evidence
     * @param milestones packed milestones, nothing if the trace is short
     * @param track packed track, nothing if the trace is short
     * @param symbols packed symbol names, nothing if there are none
     */
    public record Outcome(
            Ready ready,
            AttemptName attempt,
            Lease lease,
            TraceAnalysis analysis,
            java.util.List<SeenFinding> findings,
            byte[] findingsJson,
            byte[] milestones,
            byte[] track,
            byte[] symbols,
            SignedTraceReceipt receipt) {}

    /**
     * The end of a trace as it is now stored.
     *
     * @param first whether this call sealed it, not an earlier or concurrent one
     * @param newFingerprints fingerprints that the project had never shown before
     * @param storedBytes bytes of summaries that were new to the database
     */
    public record Sealed(SignedTraceReceipt receipt, boolean first, Set<String> newFingerprints, long storedBytes) {}

    /** Checks that the trace can be sealed: known, same lease, all bytes there. */
    public Ready begin(AttemptName attempt, Lease lease, long sizeBytes) {
        return transactions.write(connection -> {
            IngestStore.OpenTrace trace = IngestStore.lock(connection, attempt)
                    .orElseThrow(() -> new TraceException(
                            Reason.NOT_FOUND, "no byte of a trace of " + attempt.value() + " has arrived"));
            IngestStore.requireLease(trace, lease, attempt);
            if (trace.state() == TraceState.REJECTED) {
                throw new TraceException(Reason.TRACE_CORRUPT, "the trace was rejected when it was sealed before");
            }
            if (trace.sizeBytes() < sizeBytes) {
                throw new TraceException(
                        Reason.TRACE_GAP,
                        "bytes from " + trace.sizeBytes() + " to " + sizeBytes + " are missing: append them first",
                        Map.of("next_offset", Long.toString(trace.sizeBytes())));
            }
            if (trace.sizeBytes() > sizeBytes) {
                throw new TraceException(
                        Reason.ARGUMENT_INVALID,
                        "size_bytes: " + sizeBytes + ", but " + trace.sizeBytes() + " bytes were appended");
            }
            return new Ready(
                    trace.id(),
                    attempt,
                    sizeBytes,
                    trace.state() == TraceState.SEALED ? receipt(connection, trace.id()) : null);
        });
    }

    private static SignedTraceReceipt receipt(Connection connection, long traceId) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select receipt, receipt_signature from trace where trace_id = ?")) {
            select.setLong(1, traceId);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return SignedTraceReceipt.newBuilder()
                        .setReceipt(ByteString.copyFrom(row.getBytes(1)))
                        .setSignature(ByteString.copyFrom(row.getBytes(2)))
                        .build();
            }
        }
    }

    /** Reads the file with {@code work}, after comparing its digest with the runner's. */
    public <T> T read(Ready ready, byte[] fileSha256, Function<StoredFile, T> work) {
        return transactions.read(connection -> {
            StoredFile file = StoredFile.open(connection, ready.traceId(), ready.sizeBytes());
            if (fileSha256.length != 0) {
                requireDigest(file, fileSha256);
            }
            return work.apply(file);
        });
    }

    private static void requireDigest(StoredFile file, byte[] expected) throws SQLException {
        MessageDigest digest = Chunks.newDigest();
        byte[] buffer = new byte[Segments.BYTES];
        try (InputStream in = file.stream(0)) {
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        } catch (IOException e) {
            throw new SQLException(e.getMessage(), e);
        }
        byte[] actual = digest.digest();
        if (!MessageDigest.isEqual(expected, actual)) {
            throw new TraceException(
                    Reason.TRACE_CORRUPT,
                    "file_sha256: the bytes stored have digest "
                            + HexFormat.of().formatHex(actual) + ", the runner's file has "
                            + HexFormat.of().formatHex(expected),
                    Map.of("offset", "0"));
        }
    }

    /** Keeps the bytes of a trace that is none, and why. */
    public void reject(Ready ready, String problem) {
        transactions.write(connection -> {
            IngestStore.OpenTrace trace =
                    IngestStore.lock(connection, ready.attempt()).orElseThrow();
            if (trace.state() == TraceState.OPEN) {
                long stored = IngestStore.flushTail(connection, trace);
                try (PreparedStatement update = connection.prepareStatement(
                        "update trace set state = 3, problem = ?, stored_bytes = stored_bytes + ?, update_time = now()"
                                + " where trace_id = ?")) {
                    update.setString(1, problem.replace('\0', '?'));
                    update.setLong(2, stored);
                    update.setLong(3, trace.id());
                    update.executeUpdate();
                }
            }
            return true;
        });
    }

    /** Stores the outcome in one transaction, unless somebody else sealed the trace meanwhile. */
    public Sealed seal(Outcome outcome) {
        return transactions.write(connection -> {
            IngestStore.OpenTrace trace =
                    IngestStore.lock(connection, outcome.attempt()).orElseThrow();
            IngestStore.requireLease(trace, outcome.lease(), outcome.attempt());
            if (trace.state() != TraceState.OPEN) {
                return new Sealed(receipt(connection, trace.id()), false, Set.of(), 0);
            }
            long stored = IngestStore.flushTail(connection, trace);
            Chunks.Batch batch = new Chunks.Batch();
            Map<String, String> keys = new HashMap<>();
            keys.put("findings", batch.add(outcome.findingsJson()));
            Map.of("milestones", outcome.milestones(), "track", outcome.track(), "symbols", outcome.symbols())
                    .forEach((name, body) -> {
                        if (body.length > 0) {
                            keys.put(name, batch.add(body));
                        }
                    });
            long summaries = batch.store(connection);
            Map<String, Long> chunks = new HashMap<>();
            keys.forEach((name, key) -> chunks.put(name, batch.id(key)));
            updateTrace(connection, trace.id(), outcome, chunks, stored + summaries);
            Set<String> fresh =
                    addFindings(connection, trace.id(), outcome.attempt().project(), outcome.findings());
            return new Sealed(outcome.receipt(), true, fresh, stored + summaries);
        });
    }

    private static void updateTrace(
            Connection connection, long traceId, Outcome outcome, Map<String, Long> chunks, long stored)
            throws SQLException {
        TraceAnalysis analysis = outcome.analysis();
        try (PreparedStatement update = connection.prepareStatement("""
                update trace set state = 2, architecture = ?, backend = ?, pe_count = ?, event_count = ?, step_count = ?, write_count = ?,
                       errors = ?, warnings = ?, lints = ?, digest = ?, receipt = ?, receipt_signature = ?, findings_chunk_id = ?,
                       milestones_chunk_id = nullif(?, 0), symbols_chunk_id = nullif(?, 0), track_chunk_id = nullif(?, 0),
                       stored_bytes = stored_bytes + ?, seal_time = now(), update_time = now()
                where trace_id = ?""")) {
            update.setString(1, analysis.header().architecture().name());
            update.setString(2, analysis.header().backend().replace('\0', '?'));
            update.setInt(3, analysis.header().peCount());
            update.setLong(4, analysis.events());
            update.setLong(5, analysis.steps());
            update.setLong(6, analysis.writes());
            for (int severity = 3; severity >= 1; severity--) {
                int wanted = severity;
                update.setLong(
                        10 - severity,
                        outcome.findings().stream()
                                .filter(f -> f.severity() == wanted)
                                .count());
            }
            update.setBytes(10, HexFormat.of().parseHex(analysis.digest()));
            update.setBytes(11, outcome.receipt().getReceipt().toByteArray());
            update.setBytes(12, outcome.receipt().getSignature().toByteArray());
            update.setLong(13, chunks.getOrDefault("findings", 0L));
            update.setLong(14, chunks.getOrDefault("milestones", 0L));
            update.setLong(15, chunks.getOrDefault("symbols", 0L));
            update.setLong(16, chunks.getOrDefault("track", 0L));
            update.setLong(17, stored);
            update.setLong(18, traceId);
            update.executeUpdate();
        }
    }

    /**
     * Notes what a trace showed, and returns the fingerprints that were new. In order of fingerprints, so that two traces that show the same findings never wait
     * for each other in a circle; in one statement, because traces that show the same findings do wait for each other.
     */
    private static Set<String> addFindings(
            Connection connection, long traceId, String project, List<SeenFinding> findings) throws SQLException {
        Set<String> fresh = new HashSet<>();
        if (findings.isEmpty()) {
            return fresh;
        }
        try (PreparedStatement statement = connection.prepareStatement("""
                with seen as (
                    select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                        as t (fingerprint, rule, severity, message, symbol, region, regime, count, step)),
                noted as (
                    insert into finding (project, fingerprint, rule, severity, message, symbol, region, regime, trace_count, first_trace_id,
                                         last_trace_id, first_seen, last_seen)
                    select ?, fingerprint, rule, severity, message, symbol, region, regime, 1, ?, ?, now(), now() from seen order by fingerprint
                    on conflict (project, fingerprint) do update
                    set severity = excluded.severity, message = excluded.message, symbol = excluded.symbol, region = excluded.region,
                        trace_count = finding.trace_count + 1, last_trace_id = excluded.last_trace_id, last_seen = excluded.last_seen
                    returning finding_id, fingerprint, xmax = 0 as fresh),
                occurred as (
                    insert into occurrence (trace_id, finding_id, severity, count, step)
                    select ?, noted.finding_id, seen.severity, seen.count, seen.step from noted join seen using (fingerprint))
                select fingerprint from noted where fresh""")) {
            int at = 0;
            statement.setArray(++at, texts(connection, findings, SeenFinding::fingerprint));
            statement.setArray(++at, texts(connection, findings, SeenFinding::rule));
            statement.setArray(++at, numbers(connection, "int4", findings, SeenFinding::severity));
            statement.setArray(++at, texts(connection, findings, SeenFinding::message));
            statement.setArray(++at, texts(connection, findings, SeenFinding::symbol));
            statement.setArray(++at, texts(connection, findings, SeenFinding::region));
            statement.setArray(++at, texts(connection, findings, SeenFinding::regime));
            statement.setArray(++at, numbers(connection, "int8", findings, SeenFinding::count));
            statement.setArray(++at, numbers(connection, "int8", findings, SeenFinding::step));
            statement.setString(++at, project);
            statement.setLong(++at, traceId);
            statement.setLong(++at, traceId);
            statement.setLong(++at, traceId);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    fresh.add(rows.getString(1));
                }
            }
        }
        return fresh;
    }

    private static Array texts(Connection connection, List<SeenFinding> findings, Function<SeenFinding, String> text)
            throws SQLException {
        return connection.createArrayOf(
                "text",
                findings.stream()
                        .map(finding -> text.apply(finding).replace('\0', '?'))
                        .toArray());
    }

    private static Array numbers(
            Connection connection, String type, List<SeenFinding> findings, Function<SeenFinding, Object> number)
            throws SQLException {
        return connection.createArrayOf(type, findings.stream().map(number).toArray());
    }
}
