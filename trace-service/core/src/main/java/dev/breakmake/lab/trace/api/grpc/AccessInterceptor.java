package dev.breakmake.lab.trace.api.grpc;

import dev.breakmake.lab.trace.domain.Access;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.trace.v1.TraceIngestServiceGrpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import jakarta.inject.Singleton;

/** Finds out who calls before anything of the call is read. */
@Singleton
public final class AccessInterceptor implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Access access;

    AccessInterceptor(Access access) {
        this.access = access;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        boolean ingest = TraceIngestServiceGrpc.SERVICE_NAME.equals(
                call.getMethodDescriptor().getServiceName());
        try {
            access.require(headers.get(AUTHORIZATION), ingest ? Access.Action.INGEST : Access.Action.READ);
        } catch (TraceException e) {
            StatusRuntimeException error = GrpcErrors.toStatus(e);
            Metadata trailers = error.getTrailers();
            call.close(Status.fromThrowable(error), trailers == null ? new Metadata() : trailers);
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(call, headers);
    }
}
