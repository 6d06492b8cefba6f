package dev.breakmake.lab.trace.domain;

import java.util.Map;

/** A request that cannot be served, with what the caller can do about it. */
public final class TraceException extends RuntimeException {

    private final Reason reason;
    private final Map<String, String> metadata;

    /** What went wrong; the names are part of the contract (ErrorInfo.reason, problem {@code reason}). */
    public enum Reason {
        ARGUMENT_INVALID,
        NOT_FOUND,
        TRACE_GAP,
        LEASE_LOST,
        TRACE_SEALED,
        TRACE_NOT_SEALED,
        TRACE_CORRUPT,
        TRACE_TOO_LARGE,
        UNAUTHENTICATED,
        ROLE_MISSING,
        OVERLOADED,
        STORAGE_LOW,
        DATABASE_DOWN
    }

    /** A refusal for {@code reason}; {@code metadata} carries values a program needs, such as {@code next_offset}. */
    public TraceException(Reason reason, String detail, Map<String, String> metadata) {
        super(detail);
        this.reason = reason;
        this.metadata = Map.copyOf(metadata);
    }

    /** A refusal without metadata. */
    public TraceException(Reason reason, String detail) {
        this(reason, detail, Map.of());
    }

    /** A refusal caused by something below. */
    public TraceException(Reason reason, String detail, Throwable cause) {
        super(detail, cause);
        this.reason = reason;
        this.metadata = Map.of();
    }

    /** What went wrong. */
    public Reason reason() {
        return reason;
    }

    /** Values a program needs. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The detail text, never null here. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
