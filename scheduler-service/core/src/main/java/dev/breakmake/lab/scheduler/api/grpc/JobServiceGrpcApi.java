package dev.breakmake.lab.scheduler.api.grpc;

import com.google.protobuf.Empty;
import dev.breakmake.lab.scheduler.domain.Jobs;
import dev.breakmake.lab.scheduler.domain.Runs;
import dev.breakmake.lab.v1.CreateJobRequest;
import dev.breakmake.lab.v1.CreateProjectRequest;
import dev.breakmake.lab.v1.DeleteJobRequest;
import dev.breakmake.lab.v1.ExpandJobRequest;
import dev.breakmake.lab.v1.ExpandJobResponse;
import dev.breakmake.lab.v1.GetJobRequest;
import dev.breakmake.lab.v1.GetProjectRequest;
import dev.breakmake.lab.v1.Job;
import dev.breakmake.lab.v1.JobServiceGrpc;
import dev.breakmake.lab.v1.ListJobsRequest;
import dev.breakmake.lab.v1.ListJobsResponse;
import dev.breakmake.lab.v1.ListPlatformsRequest;
import dev.breakmake.lab.v1.ListPlatformsResponse;
import dev.breakmake.lab.v1.ListProjectsRequest;
import dev.breakmake.lab.v1.ListProjectsResponse;
import dev.breakmake.lab.v1.Project;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunJobRequest;
import dev.breakmake.lab.v1.UpdateJobRequest;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.common.annotation.RunOnVirtualThread;

/** Adapter of breakmake.lab.v1.JobService. */
@GrpcService
@RunOnVirtualThread
@RegisterInterceptor(AuthInterceptor.class)
public class JobServiceGrpcApi extends JobServiceGrpc.JobServiceImplBase {

    private final Jobs jobs;
    private final Runs runs;

    JobServiceGrpcApi(Jobs jobs, Runs runs) {
        this.jobs = jobs;
        this.runs = runs;
    }

    @Override
    public void createProject(CreateProjectRequest request, StreamObserver<Project> observer) {
        Calls.unary(observer, caller -> jobs.createProject(caller, request));
    }

    @Override
    public void getProject(GetProjectRequest request, StreamObserver<Project> observer) {
        Calls.unary(observer, caller -> jobs.getProject(caller, request));
    }

    @Override
    public void listProjects(ListProjectsRequest request, StreamObserver<ListProjectsResponse> observer) {
        Calls.unary(observer, caller -> jobs.listProjects(caller, request));
    }

    @Override
    public void createJob(CreateJobRequest request, StreamObserver<Job> observer) {
        Calls.unary(observer, caller -> jobs.createJob(caller, request));
    }

    @Override
    public void getJob(GetJobRequest request, StreamObserver<Job> observer) {
        Calls.unary(observer, caller -> jobs.getJob(caller, request));
    }

    @Override
    public void listJobs(ListJobsRequest request, StreamObserver<ListJobsResponse> observer) {
        Calls.unary(observer, caller -> jobs.listJobs(caller, request));
    }

    @Override
    public void updateJob(UpdateJobRequest request, StreamObserver<Job> observer) {
        Calls.unary(observer, caller -> jobs.updateJob(caller, request));
    }

    @Override
    public void deleteJob(DeleteJobRequest request, StreamObserver<Empty> observer) {
        Calls.unary(observer, caller -> {
            jobs.deleteJob(caller, request);
            return Empty.getDefaultInstance();
        });
    }

    @Override
    public void expandJob(ExpandJobRequest request, StreamObserver<ExpandJobResponse> observer) {
        Calls.unary(observer, caller -> jobs.expand(caller, request));
    }

    @Override
    public void runJob(RunJobRequest request, StreamObserver<Run> observer) {
        Calls.unary(observer, caller -> runs.runJob(caller, request));
    }

    @Override
    public void listPlatforms(ListPlatformsRequest request, StreamObserver<ListPlatformsResponse> observer) {
        Calls.unary(observer, caller -> jobs.listPlatforms(caller, request));
    }
}
