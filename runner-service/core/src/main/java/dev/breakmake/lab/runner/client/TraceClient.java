package dev.breakmake.lab.runner.client;

import dev.breakmake.trace.v1.AppendTraceRequest;
import dev.breakmake.trace.v1.AppendTraceResponse;
import dev.breakmake.trace.v1.SealTraceRequest;
import dev.breakmake.trace.v1.SealTraceResponse;
import dev.breakmake.trace.v1.TraceIngestServiceGrpc;
import dev.breakmake.trace.v1.TraceIngestServiceGrpc.TraceIngestServiceBlockingStub;
import io.grpc.Channel;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** breakmake.trace.v1.TraceIngestService. Failures are StatusRuntimeException; see {@link CallErrors}. */
public final class TraceClient {

    private static final int APPEND_SECONDS = 30;
    private static final int SEAL_SECONDS = 600;

    private final TraceIngestServiceBlockingStub stub;

    /** A client over {@code channel}. */
    public TraceClient(Channel channel) {
        this.stub = TraceIngestServiceGrpc.newBlockingStub(channel);
    }

    private TraceClient(TraceIngestServiceBlockingStub stub) {
        this.stub = stub;
    }

    /** The same with a W3C trace context on every call. */
    public TraceClient within(Map<String, String> traceContext) {
        return new TraceClient(stub.withInterceptors(Channels.traceContext(traceContext)));
    }

    /** Appends a piece. */
    public AppendTraceResponse append(AppendTraceRequest request) {
        return stub.withDeadlineAfter(APPEND_SECONDS, TimeUnit.SECONDS).appendTrace(request);
    }

    /** Ends the trace. */
    public SealTraceResponse seal(SealTraceRequest request) {
        return stub.withDeadlineAfter(SEAL_SECONDS, TimeUnit.SECONDS).sealTrace(request);
    }
}
