package dev.breakmake.lab.runner.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;

/** What a failed call means for a runner. */
public final class CallErrors {

    private CallErrors() {}

    /** The reason word of the error, or the status code's name if it carries none. */
    public static String reason(StatusRuntimeException e) {
        return info(e).map(ErrorInfo::getReason)
                .orElseGet(() -> e.getStatus().getCode().name());
    }

    /** A number among the error's metadata. */
    public static Optional<Long> number(StatusRuntimeException e, String key) {
        return info(e).map(info -> info.getMetadataMap().get(key)).map(Long::valueOf);
    }

    /** Whether the lease is gone: nothing that is sent under it will ever be accepted. */
    public static boolean leaseLost(StatusRuntimeException e) {
        return reason(e).equals("LEASE_LOST") || e.getStatus().getCode() == Status.Code.ABORTED;
    }

    /** Whether the same call may succeed later. */
    public static boolean transientFailure(StatusRuntimeException e) {
        return switch (e.getStatus().getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNKNOWN, INTERNAL, CANCELLED ->
                !reason(e).equals("TRACE_TOO_LARGE");
            default -> false;
        };
    }

    private static Optional<ErrorInfo> info(StatusRuntimeException e) {
        com.google.rpc.Status status = StatusProto.fromThrowable(e);
        if (status == null) {
            return Optional.empty();
        }
        return status.getDetailsList().stream()
                .filter(detail -> detail.is(ErrorInfo.class))
                .findFirst()
                .map(detail -> {
                    try {
                        return detail.unpack(ErrorInfo.class);
                    } catch (InvalidProtocolBufferException damaged) {
                        return ErrorInfo.getDefaultInstance();
                    }
                });
    }
}
