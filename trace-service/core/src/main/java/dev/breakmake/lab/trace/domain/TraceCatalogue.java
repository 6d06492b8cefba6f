package dev.breakmake.lab.trace.domain;

import com.google.protobuf.Timestamp;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.lab.trace.storage.Chunks;
import dev.breakmake.lab.trace.storage.FindingReads;
import dev.breakmake.lab.trace.storage.FindingReads.FindingFilter;
import dev.breakmake.lab.trace.storage.FindingReads.FindingRow;
import dev.breakmake.lab.trace.storage.FindingReads.OccurrenceFilter;
import dev.breakmake.lab.trace.storage.FindingReads.OccurrenceRow;
import dev.breakmake.lab.trace.storage.TraceReads;
import dev.breakmake.lab.trace.storage.TraceRow;
import dev.breakmake.lab.trace.storage.Transactions;
import dev.breakmake.lab.v1.Severity;
import dev.breakmake.trace.v1.FindingCounts;
import dev.breakmake.trace.v1.KnownFinding;
import dev.breakmake.trace.v1.ListKnownFindingsRequest;
import dev.breakmake.trace.v1.ListKnownFindingsResponse;
import dev.breakmake.trace.v1.ListTracesRequest;
import dev.breakmake.trace.v1.ListTracesResponse;
import dev.breakmake.trace.v1.Trace;
import dev.breakmake.trace.v1.TraceOrigin;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists traces, findings and where they were seen. */
public final class TraceCatalogue {

    private static final int STANDARD = 50;
    private static final int MOST = 1000;
    private static final Pattern TRACE = Pattern.compile("traces/([0-9]{1,18})");
    private static final Pattern FINDING =
            Pattern.compile("projects/([A-Za-z0-9._-]{1,128})/findings/([0-9a-f]{8,64})");

    private final Transactions transactions;

    /** Reads through {@code transactions}. */
    public TraceCatalogue(Transactions transactions) {
        this.transactions = transactions;
    }

    /** An occurrence with the findings of its trace as the JSON of docs/schema/finding-v1.json. */
    public record Seen(TraceRow trace, String fingerprint, String findingsJson) {}

    /** Some occurrences and the token of the next page. */
    public record SeenPage(List<Seen> occurrences, String nextPageToken) {}

    /** Id in a trace's resource name. */
    public static long traceId(String name) {
        Matcher matcher = TRACE.matcher(name);
        if (!matcher.matches()) {
            throw new TraceException(Reason.ARGUMENT_INVALID, "'" + Texts.shorten(name) + "' is not traces/{number}");
        }
        return Long.parseLong(matcher.group(1));
    }

    /** A trace by its own name or its attempt's. */
    public Trace trace(String name) {
        return transactions.read(connection -> {
            var row = name.startsWith("traces/")
                    ? TraceReads.byId(connection, traceId(name))
                    : TraceReads.byAttempt(connection, AttemptName.parse(name).value());
            return trace(row.orElseThrow(
                    () -> new TraceException(Reason.NOT_FOUND, "there is no trace " + Texts.shorten(name))));
        });
    }

    /** Traces, newest first. */
    public ListTracesResponse traces(ListTracesRequest request) {
        int size = Pages.size(request.getPageSize(), STANDARD, MOST);
        long before = Pages.keys(request.getPageToken(), 1)[0];
        int state = switch (request.getState()) {
            case TRACE_STATE_OPEN -> TraceState.OPEN.code();
            case TRACE_STATE_SEALED -> TraceState.SEALED.code();
            case TRACE_STATE_REJECTED -> TraceState.REJECTED.code();
            case TRACE_STATE_UNSPECIFIED -> 0;
            case UNRECOGNIZED -> throw new TraceException(Reason.ARGUMENT_INVALID, "state: no such state");
        };
        var filter = new TraceReads.Filter(
                text("parent", request.getParent()),
                state,
                text("image_name", request.getImageName()),
                text("rule", request.getRule()),
                before);
        List<TraceRow> rows = transactions.read(connection -> TraceReads.list(connection, filter, size + 1));
        ListTracesResponse.Builder result = ListTracesResponse.newBuilder();
        rows.stream().limit(size).forEach(row -> result.addTraces(trace(row)));
        if (rows.size() > size) {
            result.setNextPageToken(Pages.token(rows.get(size - 1).id()));
        }
        return result.build();
    }

    /** Findings across traces, newest first. */
    public ListKnownFindingsResponse findings(ListKnownFindingsRequest request) {
        int size = Pages.size(request.getPageSize(), STANDARD, MOST);
        String project = request.getParent().startsWith("projects/")
                ? request.getParent().substring("projects/".length())
                : request.getParent();
        FindingFilter filter = new FindingFilter(
                text("parent", project),
                text("rule", request.getRule()),
                text("region", request.getRegion()),
                text("symbol", request.getSymbol()),
                Math.max(0, request.getSeverityValue()),
                Pages.keys(request.getPageToken(), 1)[0]);
        List<FindingRow> rows = transactions.read(connection -> FindingReads.findings(connection, filter, size + 1));
        ListKnownFindingsResponse.Builder result = ListKnownFindingsResponse.newBuilder();
        rows.stream().limit(size).forEach(row -> result.addFindings(finding(row)));
        if (rows.size() > size) {
            result.setNextPageToken(Pages.token(rows.get(size - 1).id()));
        }
        return result.build();
    }

    /** Occurrences below a trace, a run (or any other prefix of attempts) or a finding. */
    public SeenPage occurrences(String parent, String rule, int pageSize, String pageToken) {
        int size = Pages.size(pageSize, STANDARD, MOST);
        long[] keys = Pages.keys(pageToken, 2);
        Matcher finding = FINDING.matcher(parent);
        boolean isFinding = finding.matches();
        boolean isTrace = parent.startsWith("traces/");
        if (parent.isEmpty()) {
            throw new TraceException(
                    Reason.ARGUMENT_INVALID,
                    "parent: a trace, a run or a finding is needed: traces/{trace}, projects/{p}/runs/{r} or projects/{p}/findings/{f}");
        }
        OccurrenceFilter filter = new OccurrenceFilter(
                isTrace ? traceId(parent) : 0,
                isTrace || isFinding ? "" : text("parent", parent),
                isFinding ? finding.group(1) : "",
                isFinding ? finding.group(2) : "",
                text("rule", rule),
                keys[0],
                keys[1]);
        return transactions.read(connection -> {
            List<OccurrenceRow> rows = FindingReads.occurrences(connection, filter, size + 1);
            Map<Long, String> evidence = new HashMap<>();
            List<Seen> result = new ArrayList<>();
            for (OccurrenceRow row : rows.subList(0, Math.min(size, rows.size()))) {
                String json = evidence.get(row.trace().findingsChunk());
                if (json == null) {
                    json = findingsJson(connection, row.trace());
                    evidence.put(row.trace().findingsChunk(), json);
                }
                result.add(new Seen(row.trace(), row.fingerprint(), json));
            }
            OccurrenceRow last = rows.size() > size ? rows.get(size - 1) : null;
            return new SeenPage(
                    result, last == null ? "" : Pages.token(last.trace().id(), last.findingId()));
        });
    }

    /** All findings of a trace as a JSON array after docs/schema/finding-v1.json. */
    public String findingsJson(long traceId) {
        return transactions.read(connection -> findingsJson(
                connection,
                TraceReads.byId(connection, traceId)
                        .orElseThrow(
                                () -> new TraceException(Reason.NOT_FOUND, "there is no trace traces/" + traceId))));
    }

    private static String findingsJson(Connection connection, TraceRow trace) throws SQLException {
        return trace.findingsChunk() == 0
                ? "[]"
                : new String(
                        Compression.unpack(Chunks.body(connection, trace.findingsChunk())), StandardCharsets.UTF_8);
    }

    private static String text(String field, String value) {
        if (value.length() > 400 || value.indexOf('\0') >= 0) {
            throw new TraceException(Reason.ARGUMENT_INVALID, field + ": at most 400 characters, none of them NUL");
        }
        return value;
    }

    private static Trace trace(TraceRow row) {
        Trace.Builder result = Trace.newBuilder()
                .setName(row.name())
                .setAttempt(row.attempt())
                .setStateValue(row.state().code())
                .setOrigin(TraceOrigin.newBuilder()
                        .setImageSha256(row.imageSha256())
                        .setImageName(row.imageName())
                        .setPlatform(row.platform())
                        .setCellKey(row.cellKey())
                        .setRetentionClass(row.retentionClass()))
                .setArchitecture(row.architecture())
                .setBackend(row.backend())
                .setPeCount(row.peCount())
                .setSizeBytes(row.sizeBytes())
                .setStoredBytes(row.storedBytes())
                .setEventCount(row.eventCount())
                .setStepCount(row.stepCount())
                .setDescriptorWriteCount(row.writeCount())
                .setDigest(row.digest())
                .setProblem(row.problem())
                .setCreateTime(timestamp(row.createTime()));
        if (row.state() == TraceState.SEALED) {
            result.setFindings(FindingCounts.newBuilder()
                    .setErrors(row.errors())
                    .setWarnings(row.warnings())
                    .setLints(row.lints()));
        }
        if (row.sealTime() != null) {
            result.setSealTime(timestamp(row.sealTime()));
        }
        return result.build();
    }

    private static KnownFinding finding(FindingRow row) {
        return KnownFinding.newBuilder()
                .setName("projects/" + row.project() + "/findings/" + row.fingerprint())
                .setRule(row.rule())
                .setSeverity(Severity.forNumber(row.severity()))
                .setFingerprint(row.fingerprint())
                .setMessage(row.message())
                .setSymbol(row.symbol())
                .setRegion(row.region())
                .setRegime(row.regime())
                .setTraceCount(row.traceCount())
                .setFirstTrace("traces/" + row.firstTrace())
                .setFirstImageName(row.firstImageName())
                .setFirstSeenTime(timestamp(row.firstSeen()))
                .setLastSeenTime(timestamp(row.lastSeen()))
                .build();
    }

    /** A time on the wire. */
    public static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
