package dev.breakmake.lab.scheduler.api.grpc;

import dev.breakmake.lab.scheduler.domain.Runners;
import dev.breakmake.lab.v1.DrainRunnerRequest;
import dev.breakmake.lab.v1.GetQueueRequest;
import dev.breakmake.lab.v1.GetRunnerRequest;
import dev.breakmake.lab.v1.ListAuditEventsRequest;
import dev.breakmake.lab.v1.ListAuditEventsResponse;
import dev.breakmake.lab.v1.ListRunnersRequest;
import dev.breakmake.lab.v1.ListRunnersResponse;
import dev.breakmake.lab.v1.Queue;
import dev.breakmake.lab.v1.Runner;
import dev.breakmake.lab.v1.RunnerAdminServiceGrpc;
import dev.breakmake.lab.v1.SetRunnerHealthRequest;
import dev.breakmake.lab.v1.UndrainRunnerRequest;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.common.annotation.RunOnVirtualThread;

/** Adapter of breakmake.lab.v1.RunnerAdminService. */
@GrpcService
@RunOnVirtualThread
@RegisterInterceptor(AuthInterceptor.class)
public class RunnerAdminGrpcApi extends RunnerAdminServiceGrpc.RunnerAdminServiceImplBase {

    private final Runners runners;

    RunnerAdminGrpcApi(Runners runners) {
        this.runners = runners;
    }

    @Override
    public void getRunner(GetRunnerRequest request, StreamObserver<Runner> observer) {
        Calls.unary(observer, caller -> runners.get(caller, request));
    }

    @Override
    public void listRunners(ListRunnersRequest request, StreamObserver<ListRunnersResponse> observer) {
        Calls.unary(observer, caller -> runners.list(caller, request));
    }

    @Override
    public void drainRunner(DrainRunnerRequest request, StreamObserver<Runner> observer) {
        Calls.unary(observer, caller -> runners.drain(caller, request));
    }

    @Override
    public void undrainRunner(UndrainRunnerRequest request, StreamObserver<Runner> observer) {
        Calls.unary(observer, caller -> runners.undrain(caller, request));
    }

    @Override
    public void setRunnerHealth(SetRunnerHealthRequest request, StreamObserver<Runner> observer) {
        Calls.unary(observer, caller -> runners.setHealth(caller, request));
    }

    @Override
    public void getQueue(GetQueueRequest request, StreamObserver<Queue> observer) {
        Calls.unary(observer, caller -> runners.queue(caller, request));
    }

    @Override
    public void listAuditEvents(ListAuditEventsRequest request, StreamObserver<ListAuditEventsResponse> observer) {
        Calls.unary(observer, caller -> runners.auditEvents(caller, request));
    }
}
