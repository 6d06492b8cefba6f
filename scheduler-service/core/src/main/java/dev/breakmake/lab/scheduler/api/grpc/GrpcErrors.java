package dev.breakmake.lab.scheduler.api.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.breakmake.lab.scheduler.domain.FieldError;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Reason;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.jboss.logging.Logger;

/** Errors as google.rpc.Status: always exactly one ErrorInfo, and what helps beside it (AIP-193). */
final class GrpcErrors {

    private static final Logger LOG = Logger.getLogger(GrpcErrors.class);
    private static final int RETRY_SECONDS = 5;

    private GrpcErrors() {}

    static StatusRuntimeException of(Throwable error) {
        if (error instanceof LabException known) {
            return of(known);
        }
        LOG.error("a request failed for a reason of the lab's own", error);
        return of(new LabException(Reason.INTERNAL, "the lab failed; its log says why", error));
    }

    static StatusRuntimeException of(LabException error) {
        Status.Builder status = Status.newBuilder()
                .setCode(error.reason().code().getNumber())
                .setMessage(error.detail())
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(error.reason().name())
                        .setDomain("lab")
                        .putAllMetadata(error.metadata())
                        .build()));
        if (!error.errors().isEmpty()) {
            BadRequest.Builder mistakes = BadRequest.newBuilder();
            for (FieldError mistake : error.errors()) {
                mistakes.addFieldViolationsBuilder().setField(mistake.field()).setDescription(mistake.detail());
            }
            status.addDetails(Any.pack(mistakes.build()));
        }
        if (error.reason().retryable()) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder().setSeconds(RETRY_SECONDS))
                    .build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }
}
