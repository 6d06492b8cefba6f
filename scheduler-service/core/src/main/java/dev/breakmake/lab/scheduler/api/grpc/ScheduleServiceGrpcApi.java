package dev.breakmake.lab.scheduler.api.grpc;

import com.google.protobuf.Empty;
import dev.breakmake.lab.scheduler.domain.Schedules;
import dev.breakmake.lab.v1.CreateScheduleRequest;
import dev.breakmake.lab.v1.DeleteScheduleRequest;
import dev.breakmake.lab.v1.GetScheduleRequest;
import dev.breakmake.lab.v1.ListSchedulesRequest;
import dev.breakmake.lab.v1.ListSchedulesResponse;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.Schedule;
import dev.breakmake.lab.v1.ScheduleServiceGrpc;
import dev.breakmake.lab.v1.TriggerScheduleRequest;
import dev.breakmake.lab.v1.UpdateScheduleRequest;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.common.annotation.RunOnVirtualThread;

/** Adapter of breakmake.lab.v1.ScheduleService. */
@GrpcService
@RunOnVirtualThread
@RegisterInterceptor(AuthInterceptor.class)
public class ScheduleServiceGrpcApi extends ScheduleServiceGrpc.ScheduleServiceImplBase {

    private final Schedules schedules;

    ScheduleServiceGrpcApi(Schedules schedules) {
        this.schedules = schedules;
    }

    @Override
    public void createSchedule(CreateScheduleRequest request, StreamObserver<Schedule> observer) {
        Calls.unary(observer, caller -> schedules.create(caller, request));
    }

    @Override
    public void getSchedule(GetScheduleRequest request, StreamObserver<Schedule> observer) {
        Calls.unary(observer, caller -> schedules.get(caller, request));
    }

    @Override
    public void listSchedules(ListSchedulesRequest request, StreamObserver<ListSchedulesResponse> observer) {
        Calls.unary(observer, caller -> schedules.list(caller, request));
    }

    @Override
    public void updateSchedule(UpdateScheduleRequest request, StreamObserver<Schedule> observer) {
        Calls.unary(observer, caller -> schedules.update(caller, request));
    }

    @Override
    public void deleteSchedule(DeleteScheduleRequest request, StreamObserver<Empty> observer) {
        Calls.unary(observer, caller -> {
            schedules.delete(caller, request);
            return Empty.getDefaultInstance();
        });
    }

    @Override
    public void triggerSchedule(TriggerScheduleRequest request, StreamObserver<Run> observer) {
        Calls.unary(observer, caller -> schedules.trigger(caller, request));
    }
}
