package dev.breakmake.lab.trace.storage;

import dev.breakmake.lab.trace.domain.TraceState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * One row of table {@code trace}. Texts are empty and counts 0 where the trace has not come that far.
 *
 * @param digest SHA-256 of the events, lower-case hex
 * @param findingsChunk chunk of the findings with their evidence, 0 if none
 * @param milestonesChunk chunk of the milestones, 0 if none
 * @param symbolsChunk chunk of the symbol names, 0 if none
 * @param trackChunk chunk of what moves tables and registers, 0 if none
 */
public record TraceRow(
        long id,
        String attempt,
        String project,
        TraceState state,
        String imageSha256,
        String imageName,
        String platform,
        String cellKey,
        String retentionClass,
        long sizeBytes,
        long storedBytes,
        String architecture,
        String backend,
        int peCount,
        long eventCount,
        long stepCount,
        long writeCount,
        int errors,
        int warnings,
        int lints,
        String digest,
        String problem,
        long findingsChunk,
        long milestonesChunk,
        long symbolsChunk,
        long trackChunk,
        Instant createTime,
        @Nullable Instant sealTime,
        boolean pinned) {

    static final String COLUMNS = """
            trace_id, attempt, project, state, coalesce(image_sha256, ''), coalesce(image_name, ''), coalesce(platform, ''),
            coalesce(cell_key, ''), retention_class, size_bytes, stored_bytes, coalesce(architecture, ''), coalesce(backend, ''),
            coalesce(pe_count, 0), coalesce(event_count, 0), coalesce(step_count, 0), coalesce(write_count, 0), coalesce(errors, 0),
            coalesce(warnings, 0), coalesce(lints, 0), coalesce(encode(digest, 'hex'), ''), coalesce(problem, ''),
            coalesce(findings_chunk_id, 0), coalesce(milestones_chunk_id, 0), coalesce(symbols_chunk_id, 0),
            coalesce(track_chunk_id, 0), create_time, seal_time, pinned_reason is not null""";

    static TraceRow of(ResultSet row) throws SQLException {
        OffsetDateTime sealed = row.getObject(28, OffsetDateTime.class);
        return new TraceRow(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                TraceState.of(row.getInt(4)),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getLong(10),
                row.getLong(11),
                row.getString(12),
                row.getString(13),
                row.getInt(14),
                row.getLong(15),
                row.getLong(16),
                row.getLong(17),
                row.getInt(18),
                row.getInt(19),
                row.getInt(20),
                row.getString(21),
                row.getString(22),
                row.getLong(23),
                row.getLong(24),
                row.getLong(25),
                row.getLong(26),
                row.getObject(27, OffsetDateTime.class).toInstant(),
                sealed == null ? null : sealed.toInstant(),
                row.getBoolean(29));
    }

    /** Resource name, {@code traces/{id}}. */
    public String name() {
        return "traces/" + id;
    }
}
