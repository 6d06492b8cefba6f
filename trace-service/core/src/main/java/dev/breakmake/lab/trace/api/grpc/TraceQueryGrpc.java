package dev.breakmake.lab.trace.api.grpc;

import com.google.protobuf.ByteString;
import dev.breakmake.lab.trace.domain.Pages;
import dev.breakmake.lab.trace.domain.TraceCatalogue;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.domain.TraceQueries;
import dev.breakmake.trace.v1.AddressMap;
import dev.breakmake.trace.v1.CompareMapsRequest;
import dev.breakmake.trace.v1.ExportTraceRequest;
import dev.breakmake.trace.v1.ExportTraceResponse;
import dev.breakmake.trace.v1.GetMapRequest;
import dev.breakmake.trace.v1.GetStepDiffRequest;
import dev.breakmake.trace.v1.GetTraceRequest;
import dev.breakmake.trace.v1.ListAddressChangesRequest;
import dev.breakmake.trace.v1.ListAddressChangesResponse;
import dev.breakmake.trace.v1.ListKnownFindingsRequest;
import dev.breakmake.trace.v1.ListKnownFindingsResponse;
import dev.breakmake.trace.v1.ListMilestonesRequest;
import dev.breakmake.trace.v1.ListMilestonesResponse;
import dev.breakmake.trace.v1.ListOccurrencesRequest;
import dev.breakmake.trace.v1.ListOccurrencesResponse;
import dev.breakmake.trace.v1.ListStepsRequest;
import dev.breakmake.trace.v1.ListStepsResponse;
import dev.breakmake.trace.v1.ListTracesRequest;
import dev.breakmake.trace.v1.ListTracesResponse;
import dev.breakmake.trace.v1.MapComparison;
import dev.breakmake.trace.v1.StepDiff;
import dev.breakmake.trace.v1.Trace;
import dev.breakmake.trace.v1.TraceServiceGrpc;
import dev.breakmake.trace.v1.Walk;
import dev.breakmake.trace.v1.WalkAddressRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import java.util.OptionalLong;

/** breakmake.trace.v1.TraceService. */
@GrpcService
@RegisterInterceptor(AccessInterceptor.class)
public class TraceQueryGrpc extends TraceServiceGrpc.TraceServiceImplBase {

    private static final int EXPORT_BYTES = 256 * 1024;
    private static final int READY_WAIT_MILLIS = 5;

    private final TraceCatalogue catalogue;
    private final TraceQueries queries;

    /** Serves from the domain. */
    @Inject
    public TraceQueryGrpc(TraceCatalogue catalogue, TraceQueries queries) {
        this.catalogue = catalogue;
        this.queries = queries;
    }

    @Override
    @RunOnVirtualThread
    public void getTrace(GetTraceRequest request, StreamObserver<Trace> observer) {
        GrpcErrors.answer(observer, () -> catalogue.trace(request.getName()));
    }

    @Override
    @RunOnVirtualThread
    public void listTraces(ListTracesRequest request, StreamObserver<ListTracesResponse> observer) {
        GrpcErrors.answer(observer, () -> catalogue.traces(request));
    }

    @Override
    @RunOnVirtualThread
    public void listSteps(ListStepsRequest request, StreamObserver<ListStepsResponse> observer) {
        GrpcErrors.answer(
                observer,
                () -> queries.steps(
                        TraceCatalogue.traceId(request.getTrace()),
                        request.getFirstStep(),
                        Pages.size(request.getPageSize(), 200, 5000),
                        request.getChangesOnly()));
    }

    @Override
    @RunOnVirtualThread
    public void listMilestones(ListMilestonesRequest request, StreamObserver<ListMilestonesResponse> observer) {
        GrpcErrors.answer(observer, () -> queries.milestones(TraceCatalogue.traceId(request.getTrace())));
    }

    @Override
    @RunOnVirtualThread
    public void getStepDiff(GetStepDiffRequest request, StreamObserver<StepDiff> observer) {
        GrpcErrors.answer(
                observer,
                () -> queries.diff(
                        TraceCatalogue.traceId(request.getTrace()),
                        request.getStep(),
                        request.hasBaseStep() ? OptionalLong.of(request.getBaseStep()) : OptionalLong.empty()));
    }

    @Override
    @RunOnVirtualThread
    public void walkAddress(WalkAddressRequest request, StreamObserver<Walk> observer) {
        GrpcErrors.answer(
                observer,
                () -> queries.walk(
                        TraceCatalogue.traceId(request.getTrace()),
                        request.getStep(),
                        request.getPe(),
                        request.getRegime(),
                        request.getVa()));
    }

    @Override
    @RunOnVirtualThread
    public void getMap(GetMapRequest request, StreamObserver<AddressMap> observer) {
        GrpcErrors.answer(
                observer,
                () -> queries.map(
                        TraceCatalogue.traceId(request.getTrace()),
                        request.getStep(),
                        request.getPe(),
                        request.getRegime()));
    }

    @Override
    @RunOnVirtualThread
    public void listAddressChanges(
            ListAddressChangesRequest request, StreamObserver<ListAddressChangesResponse> observer) {
        GrpcErrors.answer(
                observer,
                () -> queries.changes(
                        TraceCatalogue.traceId(request.getTrace()),
                        request.getVa(),
                        request.getRegime(),
                        request.getFirstStep(),
                        Pages.size(request.getPageSize(), 100, 1000)));
    }

    @Override
    @RunOnVirtualThread
    public void compareMaps(CompareMapsRequest request, StreamObserver<MapComparison> observer) {
        GrpcErrors.answer(observer, () -> queries.compare(question(request.getBase()), question(request.getTarget())));
    }

    private static TraceQueries.MapQuestion question(GetMapRequest request) {
        return new TraceQueries.MapQuestion(
                TraceCatalogue.traceId(request.getTrace()), request.getStep(), request.getPe(), request.getRegime());
    }

    @Override
    @RunOnVirtualThread
    public void listKnownFindings(
            ListKnownFindingsRequest request, StreamObserver<ListKnownFindingsResponse> observer) {
        GrpcErrors.answer(observer, () -> catalogue.findings(request));
    }

    @Override
    @RunOnVirtualThread
    public void listOccurrences(ListOccurrencesRequest request, StreamObserver<ListOccurrencesResponse> observer) {
        GrpcErrors.answer(observer, () -> {
            TraceCatalogue.SeenPage page = catalogue.occurrences(
                    request.getParent(), request.getRule(), request.getPageSize(), request.getPageToken());
            ListOccurrencesResponse.Builder result =
                    ListOccurrencesResponse.newBuilder().setNextPageToken(page.nextPageToken());
            page.occurrences().forEach(seen -> result.addOccurrences(FindingMessages.occurrence(seen)));
            return result.build();
        });
    }

    @Override
    @RunOnVirtualThread
    public void exportTrace(ExportTraceRequest request, StreamObserver<ExportTraceResponse> observer) {
        try {
            long traceId = TraceCatalogue.traceId(request.getTrace());
            long offset = Math.max(0, request.getOffset());
            for (byte[] piece = queries.export(traceId, offset, EXPORT_BYTES);
                    piece.length > 0;
                    piece = queries.export(traceId, offset, EXPORT_BYTES)) {
                if (!awaitReady(observer)) {
                    return;
                }
                observer.onNext(ExportTraceResponse.newBuilder()
                        .setOffset(offset)
                        .setData(ByteString.copyFrom(piece))
                        .build());
                offset += piece.length;
            }
            observer.onCompleted();
        } catch (TraceException e) {
            observer.onError(GrpcErrors.toStatus(e));
        }
    }

    /** Waits until the client takes more; a slow reader must not fill our memory. False if it went away. */
    private static boolean awaitReady(StreamObserver<ExportTraceResponse> observer) {
        if (observer instanceof ServerCallStreamObserver<ExportTraceResponse> call) {
            while (!call.isReady()) {
                if (call.isCancelled()) {
                    return false;
                }
                try {
                    Thread.sleep(READY_WAIT_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return !call.isCancelled();
        }
        return true;
    }
}
