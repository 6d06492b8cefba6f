package dev.breakmake.lab.scheduler.api.grpc;

import dev.breakmake.lab.scheduler.config.Tokens;
import dev.breakmake.lab.scheduler.domain.Caller;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Reason;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import jakarta.inject.Singleton;

/** Finds out who calls, before anything else happens. What they may do is decided where it is done. */
@Singleton
public final class AuthInterceptor implements ServerInterceptor {

    private static final Context.Key<Caller> CALLER = Context.key("lab-caller");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TRACE_PARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private final Tokens tokens;

    AuthInterceptor(Tokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Caller caller;
        try {
            caller = tokens.caller(headers.get(AUTHORIZATION)).within(headers.get(TRACE_PARENT));
        } catch (LabException e) {
            StatusRuntimeException error = GrpcErrors.of(e);
            Metadata trailers = error.getTrailers();
            call.close(Status.fromThrowable(error), trailers == null ? new Metadata() : trailers);
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, headers, next);
    }

    /** Who makes the current call. */
    static Caller caller() {
        Caller caller = CALLER.get();
        if (caller == null) {
            throw new LabException(Reason.UNAUTHENTICATED, "the call came without an identity");
        }
        return caller;
    }
}
