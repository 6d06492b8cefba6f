package dev.breakmake.lab.trace.api.grpc;

import dev.breakmake.lab.trace.domain.AttemptName;
import dev.breakmake.lab.trace.domain.Lease;
import dev.breakmake.lab.trace.domain.Origin;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import dev.breakmake.lab.trace.domain.TraceIngest;
import dev.breakmake.lab.trace.domain.TraceSeal;
import dev.breakmake.trace.v1.AppendTraceRequest;
import dev.breakmake.trace.v1.AppendTraceResponse;
import dev.breakmake.trace.v1.SealTraceRequest;
import dev.breakmake.trace.v1.SealTraceResponse;
import dev.breakmake.trace.v1.TraceIngestServiceGrpc;
import dev.breakmake.trace.v1.TraceOrigin;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;

/** breakmake.trace.v1.TraceIngestService. */
@GrpcService
@RegisterInterceptor(AccessInterceptor.class)
public class TraceIngestGrpc extends TraceIngestServiceGrpc.TraceIngestServiceImplBase {

    private final TraceIngest ingest;
    private final TraceSeal seal;

    /** Serves from the domain. */
    @Inject
    public TraceIngestGrpc(TraceIngest ingest, TraceSeal seal) {
        this.ingest = ingest;
        this.seal = seal;
    }

    @Override
    @RunOnVirtualThread
    public void appendTrace(AppendTraceRequest request, StreamObserver<AppendTraceResponse> observer) {
        GrpcErrors.answer(
                observer,
                request.getAttempt(),
                () -> AppendTraceResponse.newBuilder()
                        .setNextOffset(ingest.append(
                                AttemptName.parse(request.getAttempt()),
                                lease(request.getLeaseId(), request.getFence()),
                                origin(request.getOrigin()),
                                request.getOffset(),
                                request.getData().toByteArray()))
                        .build());
    }

    @Override
    @RunOnVirtualThread
    public void sealTrace(SealTraceRequest request, StreamObserver<SealTraceResponse> observer) {
        GrpcErrors.answer(
                observer,
                request.getAttempt(),
                () -> SealTraceResponse.newBuilder()
                        .setReceipt(seal.seal(
                                AttemptName.parse(request.getAttempt()),
                                lease(request.getLeaseId(), request.getFence()),
                                request.getSizeBytes(),
                                request.getFileSha256().toByteArray(),
                                request.getSymbolsList(),
                                request.getSectionsList()))
                        .build());
    }

    private static Lease lease(String id, long fence) {
        if (id.isEmpty() || id.length() > 64) {
            throw new TraceException(Reason.ARGUMENT_INVALID, "lease_id: 1 to 64 characters are needed");
        }
        return new Lease(id, fence);
    }

    private static Origin origin(TraceOrigin origin) {
        return new Origin(
                bounded("origin.image_sha256", origin.getImageSha256()),
                bounded("origin.image_name", origin.getImageName()),
                bounded("origin.platform", origin.getPlatform()),
                bounded("origin.cell_key", origin.getCellKey()),
                bounded("origin.retention_class", origin.getRetentionClass()));
    }

    private static String bounded(String field, String value) {
        if (value.length() > 200 || value.indexOf('\0') >= 0) {
            throw new TraceException(Reason.ARGUMENT_INVALID, field + ": at most 200 characters, none of them NUL");
        }
        return value;
    }
}
