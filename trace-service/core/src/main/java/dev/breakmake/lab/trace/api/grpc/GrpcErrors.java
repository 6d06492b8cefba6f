package dev.breakmake.lab.trace.api.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Turns refusals into google.rpc.Status with exactly one ErrorInfo, and RetryInfo where trying again helps. */
final class GrpcErrors {

    private static final Logger LOG = Logger.getLogger(GrpcErrors.class);
    private static final int RETRY_SECONDS = 1;

    private GrpcErrors() {}

    /** Answers one call about an attempt: its log lines carry the attempt's ids. */
    static <T> void answer(StreamObserver<T> observer, String attempt, Supplier<T> work) {
        try (LogIds _ = LogIds.of(attempt, AccessInterceptor.traceParent())) {
            answer(observer, work);
        }
    }

    /** Answers one call. */
    static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
        T result;
        try {
            result = work.get();
        } catch (TraceException e) {
            LOG.debugf("refused: %s: %s", e.reason(), e.detail());
            observer.onError(toStatus(e));
            return;
        } catch (RuntimeException e) {
            LOG.error("a call failed for a reason of our own", e);
            observer.onError(StatusProto.toStatusRuntimeException(Status.newBuilder()
                    .setCode(Code.INTERNAL_VALUE)
                    .setMessage("the trace service failed: see its log")
                    .addDetails(Any.pack(info("INTERNAL").build()))
                    .build()));
            return;
        }
        observer.onNext(result);
        observer.onCompleted();
    }

    /** The status of a refusal. */
    static StatusRuntimeException toStatus(TraceException e) {
        Status.Builder status = Status.newBuilder()
                .setCode(code(e.reason()).getNumber())
                .setMessage(e.detail())
                .addDetails(Any.pack(
                        info(e.reason().name()).putAllMetadata(e.metadata()).build()));
        if (isWorthRetrying(e.reason())) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder().setSeconds(RETRY_SECONDS))
                    .build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private static ErrorInfo.Builder info(String reason) {
        return ErrorInfo.newBuilder().setDomain("trace").setReason(reason);
    }

    private static boolean isWorthRetrying(Reason reason) {
        return switch (reason) {
            case OVERLOADED, STORAGE_LOW, DATABASE_DOWN -> true;
            default -> false;
        };
    }

    private static Code code(Reason reason) {
        return switch (reason) {
            case ARGUMENT_INVALID, TRACE_GAP, TRACE_CORRUPT -> Code.INVALID_ARGUMENT;
            case NOT_FOUND -> Code.NOT_FOUND;
            case LEASE_LOST -> Code.ABORTED;
            case TRACE_SEALED, TRACE_NOT_SEALED -> Code.FAILED_PRECONDITION;
            case TRACE_TOO_LARGE, OVERLOADED -> Code.RESOURCE_EXHAUSTED;
            case UNAUTHENTICATED -> Code.UNAUTHENTICATED;
            case ROLE_MISSING -> Code.PERMISSION_DENIED;
            case STORAGE_LOW, DATABASE_DOWN -> Code.UNAVAILABLE;
        };
    }
}
