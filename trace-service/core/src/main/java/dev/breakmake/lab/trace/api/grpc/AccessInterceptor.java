package dev.breakmake.lab.trace.api.grpc;

import dev.breakmake.lab.trace.domain.Access;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.trace.v1.TraceIngestServiceGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Finds out who calls before anything of the call is read. */
@Singleton
public final class AccessInterceptor implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TRACE_PARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> CALL_TRACE = Context.key("trace-parent");

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
        String parent = headers.get(TRACE_PARENT);
        return parent == null
                ? next.startCall(call, headers)
                : Contexts.interceptCall(Context.current().withValue(CALL_TRACE, parent), call, headers, next);
    }

    /** W3C trace context of the current call, as it came; null if it came without one. */
    static @Nullable String traceParent() {
        return CALL_TRACE.get();
    }
}
