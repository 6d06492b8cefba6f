package dev.breakmake.lab.scheduler.api.grpc;

import dev.breakmake.lab.scheduler.domain.Comparisons;
import dev.breakmake.lab.scheduler.domain.LogTails;
import dev.breakmake.lab.scheduler.domain.RunControl;
import dev.breakmake.lab.scheduler.domain.RunViews;
import dev.breakmake.lab.scheduler.domain.RunWatches;
import dev.breakmake.lab.scheduler.domain.Runs;
import dev.breakmake.lab.v1.Baseline;
import dev.breakmake.lab.v1.CancelRunRequest;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.CompareRunsRequest;
import dev.breakmake.lab.v1.CompareRunsResponse;
import dev.breakmake.lab.v1.CreateRunRequest;
import dev.breakmake.lab.v1.GetBaselineRequest;
import dev.breakmake.lab.v1.GetCellRequest;
import dev.breakmake.lab.v1.GetRunRequest;
import dev.breakmake.lab.v1.ListAttemptsRequest;
import dev.breakmake.lab.v1.ListAttemptsResponse;
import dev.breakmake.lab.v1.ListBaselinesRequest;
import dev.breakmake.lab.v1.ListBaselinesResponse;
import dev.breakmake.lab.v1.ListCellsRequest;
import dev.breakmake.lab.v1.ListCellsResponse;
import dev.breakmake.lab.v1.ListRunsRequest;
import dev.breakmake.lab.v1.ListRunsResponse;
import dev.breakmake.lab.v1.LogChunk;
import dev.breakmake.lab.v1.PinRunRequest;
import dev.breakmake.lab.v1.ReadLogRequest;
import dev.breakmake.lab.v1.RetryRunRequest;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunEvent;
import dev.breakmake.lab.v1.RunServiceGrpc;
import dev.breakmake.lab.v1.SetBaselineRequest;
import dev.breakmake.lab.v1.TailLogRequest;
import dev.breakmake.lab.v1.WatchRunRequest;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.common.annotation.RunOnVirtualThread;
import java.util.Optional;

/** Adapter of breakmake.lab.v1.RunService. */
@GrpcService
@RunOnVirtualThread
@RegisterInterceptor(AuthInterceptor.class)
public class RunServiceGrpcApi extends RunServiceGrpc.RunServiceImplBase {

    private static final long WAIT_MILLIS = 1_000;

    private final Runs runs;
    private final RunViews views;
    private final LogTails tails;
    private final RunControl control;
    private final Comparisons comparisons;
    private final RunWatches watches;

    RunServiceGrpcApi(
            Runs runs,
            RunViews views,
            LogTails tails,
            RunControl control,
            Comparisons comparisons,
            RunWatches watches) {
        this.runs = runs;
        this.views = views;
        this.tails = tails;
        this.control = control;
        this.comparisons = comparisons;
        this.watches = watches;
    }

    @Override
    public void createRun(CreateRunRequest request, StreamObserver<Run> observer) {
        Calls.unary(observer, caller -> runs.create(caller, request));
    }

    @Override
    public void getRun(GetRunRequest request, StreamObserver<Run> observer) {
        Calls.unary(observer, caller -> views.getRun(caller, request));
    }

    @Override
    public void listRuns(ListRunsRequest request, StreamObserver<ListRunsResponse> observer) {
        Calls.unary(observer, caller -> views.listRuns(caller, request));
    }

    @Override
    public void cancelRun(CancelRunRequest request, StreamObserver<Run> observer) {
        Calls.unary(observer, caller -> control.cancel(caller, request));
    }

    @Override
    public void retryRun(RetryRunRequest request, StreamObserver<Run> observer) {
        Calls.unary(observer, caller -> control.retry(caller, request));
    }

    @Override
    public void pinRun(PinRunRequest request, StreamObserver<Run> observer) {
        Calls.unary(observer, caller -> control.pin(caller, request));
    }

    @Override
    public void getCell(GetCellRequest request, StreamObserver<Cell> observer) {
        Calls.unary(observer, caller -> views.getCell(caller, request));
    }

    @Override
    public void listCells(ListCellsRequest request, StreamObserver<ListCellsResponse> observer) {
        Calls.unary(observer, caller -> views.listCells(caller, request));
    }

    @Override
    public void listAttempts(ListAttemptsRequest request, StreamObserver<ListAttemptsResponse> observer) {
        Calls.unary(observer, caller -> views.listAttempts(caller, request));
    }

    @Override
    public void compareRuns(CompareRunsRequest request, StreamObserver<CompareRunsResponse> observer) {
        Calls.unary(observer, caller -> comparisons.compare(caller, request));
    }

    @Override
    public void readLog(ReadLogRequest request, StreamObserver<LogChunk> observer) {
        Calls.unary(observer, caller -> views.readLog(caller, request));
    }

    @Override
    public void setBaseline(SetBaselineRequest request, StreamObserver<Baseline> observer) {
        Calls.unary(observer, caller -> comparisons.setBaseline(caller, request));
    }

    @Override
    public void getBaseline(GetBaselineRequest request, StreamObserver<Baseline> observer) {
        Calls.unary(observer, caller -> comparisons.getBaseline(caller, request));
    }

    @Override
    public void listBaselines(ListBaselinesRequest request, StreamObserver<ListBaselinesResponse> observer) {
        Calls.unary(observer, caller -> comparisons.listBaselines(caller, request));
    }

    @Override
    public void watchRun(WatchRunRequest request, StreamObserver<RunEvent> observer) {
        Calls.stream(observer, (caller, sink) -> {
            try (RunWatches.Watch watch = watches.open(caller, request)) {
                while (!watch.isEnded() && !sink.isGone()) {
                    for (RunEvent event : watch.next(WAIT_MILLIS)) {
                        if (!sink.send(event)) {
                            return;
                        }
                    }
                }
            }
        });
    }

    @Override
    public void tailLog(TailLogRequest request, StreamObserver<LogChunk> observer) {
        Calls.stream(observer, (caller, sink) -> {
            try (LogTails.Tail tail = tails.open(caller, request.getName(), request.getOffset())) {
                while (!tail.isEnded() && !sink.isGone()) {
                    Optional<LogChunk> chunk = tail.next();
                    if (chunk.isPresent() && !sink.send(chunk.get())) {
                        return;
                    }
                }
            }
        });
    }
}
