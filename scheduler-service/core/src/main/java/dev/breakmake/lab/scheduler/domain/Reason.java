package dev.breakmake.lab.scheduler.domain;

import com.google.rpc.Code;

/** Why a request is refused: the stable, machine-readable part of every error. */
public enum Reason {
    SCHEMA_INVALID(Code.INVALID_ARGUMENT, 400),
    MATRIX_EMPTY(Code.INVALID_ARGUMENT, 400),
    FILTER_INVALID(Code.INVALID_ARGUMENT, 400),
    DIGEST_MISMATCH(Code.INVALID_ARGUMENT, 400),
    UPLOAD_GAP(Code.INVALID_ARGUMENT, 400),
    RECEIPT_INVALID(Code.INVALID_ARGUMENT, 400),
    MATRIX_TOO_LARGE(Code.RESOURCE_EXHAUSTED, 429),
    QUOTA_EXCEEDED(Code.RESOURCE_EXHAUSTED, 429),
    QUEUE_FULL(Code.RESOURCE_EXHAUSTED, 429),
    BODY_TOO_LARGE(Code.RESOURCE_EXHAUSTED, 413),
    NOT_FOUND(Code.NOT_FOUND, 404),
    METHOD_NOT_ALLOWED(Code.UNIMPLEMENTED, 405),
    MEDIA_TYPE_UNSUPPORTED(Code.INVALID_ARGUMENT, 415),
    ALREADY_EXISTS(Code.ALREADY_EXISTS, 409),
    IDEMPOTENCY_MISMATCH(Code.ALREADY_EXISTS, 409),
    ETAG_MISMATCH(Code.ABORTED, 409),
    LEASE_LOST(Code.ABORTED, 409),
    IMAGE_UNKNOWN(Code.FAILED_PRECONDITION, 400),
    IMAGE_IN_USE(Code.FAILED_PRECONDITION, 400),
    RUN_ALREADY_FINISHED(Code.FAILED_PRECONDITION, 400),
    RUN_NOT_FINISHED(Code.FAILED_PRECONDITION, 400),
    RUNNER_DRAINING(Code.FAILED_PRECONDITION, 400),
    UNAUTHENTICATED(Code.UNAUTHENTICATED, 401),
    ROLE_MISSING(Code.PERMISSION_DENIED, 403),
    STORAGE_LOW(Code.UNAVAILABLE, 503),
    DATABASE_DOWN(Code.UNAVAILABLE, 503),
    INTERNAL(Code.INTERNAL, 500);

    private final Code code;
    private final int httpStatus;

    Reason(Code code, int httpStatus) {
        this.code = code;
        this.httpStatus = httpStatus;
    }

    /** The canonical code, as gRPC sends it. */
    public Code code() {
        return code;
    }

    /** The HTTP status, as REST sends it. */
    public int httpStatus() {
        return httpStatus;
    }

    /** Whether the same request may succeed later. */
    public boolean retryable() {
        return code == Code.UNAVAILABLE || this == QUEUE_FULL || this == QUOTA_EXCEEDED;
    }
}
