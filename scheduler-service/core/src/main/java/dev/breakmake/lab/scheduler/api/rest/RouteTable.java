package dev.breakmake.lab.scheduler.api.rest;

import com.google.protobuf.Empty;
import dev.breakmake.lab.scheduler.domain.Comparisons;
import dev.breakmake.lab.scheduler.domain.Images;
import dev.breakmake.lab.scheduler.domain.Jobs;
import dev.breakmake.lab.scheduler.domain.RunControl;
import dev.breakmake.lab.scheduler.domain.RunViews;
import dev.breakmake.lab.scheduler.domain.Runners;
import dev.breakmake.lab.scheduler.domain.Runs;
import dev.breakmake.lab.scheduler.domain.Schedules;
import dev.breakmake.lab.scheduler.webhook.Subscriptions;
import dev.breakmake.lab.v1.BeginImageUploadRequest;
import dev.breakmake.lab.v1.CancelRunRequest;
import dev.breakmake.lab.v1.CompareRunsRequest;
import dev.breakmake.lab.v1.CreateJobRequest;
import dev.breakmake.lab.v1.CreateProjectRequest;
import dev.breakmake.lab.v1.CreateRunRequest;
import dev.breakmake.lab.v1.CreateScheduleRequest;
import dev.breakmake.lab.v1.DeleteImageRequest;
import dev.breakmake.lab.v1.DeleteJobRequest;
import dev.breakmake.lab.v1.DeleteScheduleRequest;
import dev.breakmake.lab.v1.DrainRunnerRequest;
import dev.breakmake.lab.v1.ExpandJobRequest;
import dev.breakmake.lab.v1.GetBaselineRequest;
import dev.breakmake.lab.v1.GetCellRequest;
import dev.breakmake.lab.v1.GetImageRequest;
import dev.breakmake.lab.v1.GetJobRequest;
import dev.breakmake.lab.v1.GetProjectRequest;
import dev.breakmake.lab.v1.GetQueueRequest;
import dev.breakmake.lab.v1.GetRunRequest;
import dev.breakmake.lab.v1.GetRunnerRequest;
import dev.breakmake.lab.v1.GetScheduleRequest;
import dev.breakmake.lab.v1.ListAttemptsRequest;
import dev.breakmake.lab.v1.ListAuditEventsRequest;
import dev.breakmake.lab.v1.ListBaselinesRequest;
import dev.breakmake.lab.v1.ListCellsRequest;
import dev.breakmake.lab.v1.ListImagesRequest;
import dev.breakmake.lab.v1.ListJobsRequest;
import dev.breakmake.lab.v1.ListPlatformsRequest;
import dev.breakmake.lab.v1.ListProjectsRequest;
import dev.breakmake.lab.v1.ListRunnersRequest;
import dev.breakmake.lab.v1.ListRunsRequest;
import dev.breakmake.lab.v1.ListSchedulesRequest;
import dev.breakmake.lab.v1.PinRunRequest;
import dev.breakmake.lab.v1.ReadLogRequest;
import dev.breakmake.lab.v1.RetryRunRequest;
import dev.breakmake.lab.v1.RunJobRequest;
import dev.breakmake.lab.v1.SetBaselineRequest;
import dev.breakmake.lab.v1.SetRunnerHealthRequest;
import dev.breakmake.lab.v1.TagImageRequest;
import dev.breakmake.lab.v1.TriggerScheduleRequest;
import dev.breakmake.lab.v1.UndrainRunnerRequest;
import dev.breakmake.lab.v1.UpdateJobRequest;
import dev.breakmake.lab.v1.UpdateScheduleRequest;
import java.util.ArrayList;
import java.util.List;

/** REST's surface, one line per method. Streams and uploads are in classes of their own. */
final class RouteTable {

    private final List<Route> routes;

    RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    List<Route> routes() {
        return routes;
    }

    /** The table over the domain's services. */
    static RouteTable of(
            Jobs jobs,
            Runs runs,
            RunViews views,
            RunControl control,
            Comparisons comparisons,
            Images images,
            Runners runners,
            Schedules schedules,
            Subscriptions subscriptions) {
        List<Route> routes = new ArrayList<>(SubscriptionRoutes.of(subscriptions));
        routes.addAll(List.of(
                Route.of(
                        "POST",
                        "/v1/projects",
                        "project",
                        CreateProjectRequest.getDefaultInstance(),
                        CreateProjectRequest.class,
                        jobs::createProject),
                Route.of(
                        "GET",
                        "/v1/projects",
                        "",
                        ListProjectsRequest.getDefaultInstance(),
                        ListProjectsRequest.class,
                        jobs::listProjects),
                Route.of(
                        "GET",
                        "/v1/{name=projects/*}",
                        "",
                        GetProjectRequest.getDefaultInstance(),
                        GetProjectRequest.class,
                        jobs::getProject),
                Route.of(
                        "POST",
                        "/v1/{parent=projects/*}/jobs",
                        "job",
                        CreateJobRequest.getDefaultInstance(),
                        CreateJobRequest.class,
                        jobs::createJob),
                Route.of(
                        "GET",
                        "/v1/{parent=projects/*}/jobs",
                        "",
                        ListJobsRequest.getDefaultInstance(),
                        ListJobsRequest.class,
                        jobs::listJobs),
                Route.of(
                        "GET",
                        "/v1/{name=projects/*/jobs/*}",
                        "",
                        GetJobRequest.getDefaultInstance(),
                        GetJobRequest.class,
                        jobs::getJob),
                Route.of(
                        "PATCH",
                        "/v1/{job.name=projects/*/jobs/*}",
                        "job",
                        UpdateJobRequest.getDefaultInstance(),
                        UpdateJobRequest.class,
                        jobs::updateJob),
                Route.of(
                        "DELETE",
                        "/v1/{name=projects/*/jobs/*}",
                        "",
                        DeleteJobRequest.getDefaultInstance(),
                        DeleteJobRequest.class,
                        (caller, request) -> {
                            jobs.deleteJob(caller, request);
                            return Empty.getDefaultInstance();
                        }),
                Route.of(
                        "POST",
                        "/v1/{job=projects/*/jobs/*}:expand",
                        "*",
                        ExpandJobRequest.getDefaultInstance(),
                        ExpandJobRequest.class,
                        jobs::expand),
                Route.of(
                        "POST",
                        "/v1/{parent=projects/*}/jobs:expand",
                        "spec",
                        ExpandJobRequest.getDefaultInstance(),
                        ExpandJobRequest.class,
                        jobs::expand),
                Route.of(
                        "POST",
                        "/v1/{name=projects/*/jobs/*}:run",
                        "*",
                        RunJobRequest.getDefaultInstance(),
                        RunJobRequest.class,
                        runs::runJob),
                Route.of(
                        "GET",
                        "/v1/platforms",
                        "",
                        ListPlatformsRequest.getDefaultInstance(),
                        ListPlatformsRequest.class,
                        jobs::listPlatforms),
                Route.of(
                        "POST",
                        "/v1/{parent=projects/*}/runs",
                        "*",
                        CreateRunRequest.getDefaultInstance(),
                        CreateRunRequest.class,
                        runs::create),
                Route.of(
                        "GET",
                        "/v1/{parent=projects/*}/runs",
                        "",
                        ListRunsRequest.getDefaultInstance(),
                        ListRunsRequest.class,
                        views::listRuns),
                Route.of(
                        "GET",
                        "/v1/{name=projects/*/runs/*}",
                        "",
                        GetRunRequest.getDefaultInstance(),
                        GetRunRequest.class,
                        views::getRun),
                Route.of(
                        "POST",
                        "/v1/{name=projects/*/runs/*}:cancel",
                        "*",
                        CancelRunRequest.getDefaultInstance(),
                        CancelRunRequest.class,
                        control::cancel),
                Route.of(
                        "POST",
                        "/v1/{name=projects/*/runs/*}:retry",
                        "*",
                        RetryRunRequest.getDefaultInstance(),
                        RetryRunRequest.class,
                        control::retry),
                Route.of(
                        "POST",
                        "/v1/{name=projects/*/runs/*}:pin",
                        "*",
                        PinRunRequest.getDefaultInstance(),
                        PinRunRequest.class,
                        control::pin),
                Route.of(
                        "GET",
                        "/v1/{parent=projects/*/runs/*}/cells",
                        "",
                        ListCellsRequest.getDefaultInstance(),
                        ListCellsRequest.class,
                        views::listCells),
                Route.of(
                        "GET",
                        "/v1/{name=projects/*/runs/*/cells/*}",
                        "",
                        GetCellRequest.getDefaultInstance(),
                        GetCellRequest.class,
                        views::getCell),
                Route.of(
                        "GET",
                        "/v1/{parent=projects/*/runs/*/cells/*}/attempts",
                        "",
                        ListAttemptsRequest.getDefaultInstance(),
                        ListAttemptsRequest.class,
                        views::listAttempts),
                Route.of(
                        "GET",
                        "/v1/{name=projects/*/runs/*/cells/*/attempts/*}/log",
                        "",
                        ReadLogRequest.getDefaultInstance(),
                        ReadLogRequest.class,
                        views::readLog),
                Route.of(
                        "GET",
                        "/v1/{name=projects/*/runs/*}:compare",
                        "",
                        CompareRunsRequest.getDefaultInstance(),
                        CompareRunsRequest.class,
                        comparisons::compare),
                Route.of(
                        "PUT",
                        "/v1/{baseline.name=projects/*/baselines/*}",
                        "baseline",
                        SetBaselineRequest.getDefaultInstance(),
                        SetBaselineRequest.class,
                        comparisons::setBaseline),
                Route.of(
                        "GET",
                        "/v1/{name=projects/*/baselines/*}",
                        "",
                        GetBaselineRequest.getDefaultInstance(),
                        GetBaselineRequest.class,
                        comparisons::getBaseline),
                Route.of(
                        "GET",
                        "/v1/{parent=projects/*}/baselines",
                        "",
                        ListBaselinesRequest.getDefaultInstance(),
                        ListBaselinesRequest.class,
                        comparisons::listBaselines),
                Route.of(
                        "POST",
                        "/v1/{parent=projects/*}/images",
                        "*",
                        BeginImageUploadRequest.getDefaultInstance(),
                        BeginImageUploadRequest.class,
                        images::begin),
                Route.of(
                        "GET",
                        "/v1/{parent=projects/*}/images",
                        "",
                        ListImagesRequest.getDefaultInstance(),
                        ListImagesRequest.class,
                        images::list),
                Route.of(
                        "GET",
                        "/v1/{name=projects/*/images/*}",
                        "",
                        GetImageRequest.getDefaultInstance(),
                        GetImageRequest.class,
                        images::get),
                Route.of(
                        "POST",
                        "/v1/{name=projects/*/images/*}:tag",
                        "*",
                        TagImageRequest.getDefaultInstance(),
                        TagImageRequest.class,
                        images::tag),
                Route.of(
                        "DELETE",
                        "/v1/{name=projects/*/images/*}",
                        "",
                        DeleteImageRequest.getDefaultInstance(),
                        DeleteImageRequest.class,
                        (caller, request) -> {
                            images.delete(caller, request);
                            return Empty.getDefaultInstance();
                        }),
                Route.of(
                        "GET",
                        "/v1/runners",
                        "",
                        ListRunnersRequest.getDefaultInstance(),
                        ListRunnersRequest.class,
                        runners::list),
                Route.of(
                        "GET",
                        "/v1/{name=runners/*}",
                        "",
                        GetRunnerRequest.getDefaultInstance(),
                        GetRunnerRequest.class,
                        runners::get),
                Route.of(
                        "POST",
                        "/v1/{name=runners/*}:drain",
                        "*",
                        DrainRunnerRequest.getDefaultInstance(),
                        DrainRunnerRequest.class,
                        runners::drain),
                Route.of(
                        "POST",
                        "/v1/{name=runners/*}:undrain",
                        "*",
                        UndrainRunnerRequest.getDefaultInstance(),
                        UndrainRunnerRequest.class,
                        runners::undrain),
                Route.of(
                        "POST",
                        "/v1/{name=runners/*}:setHealth",
                        "*",
                        SetRunnerHealthRequest.getDefaultInstance(),
                        SetRunnerHealthRequest.class,
                        runners::setHealth),
                Route.of(
                        "GET",
                        "/v1/queues/{platform=*}",
                        "",
                        GetQueueRequest.getDefaultInstance(),
                        GetQueueRequest.class,
                        runners::queue),
                Route.of(
                        "GET",
                        "/v1/auditEvents",
                        "",
                        ListAuditEventsRequest.getDefaultInstance(),
                        ListAuditEventsRequest.class,
                        runners::auditEvents),
                Route.of(
                        "POST",
                        "/v1/{parent=projects/*}/schedules",
                        "schedule",
                        CreateScheduleRequest.getDefaultInstance(),
                        CreateScheduleRequest.class,
                        schedules::create),
                Route.of(
                        "GET",
                        "/v1/{parent=projects/*}/schedules",
                        "",
                        ListSchedulesRequest.getDefaultInstance(),
                        ListSchedulesRequest.class,
                        schedules::list),
                Route.of(
                        "GET",
                        "/v1/{name=projects/*/schedules/*}",
                        "",
                        GetScheduleRequest.getDefaultInstance(),
                        GetScheduleRequest.class,
                        schedules::get),
                Route.of(
                        "PUT",
                        "/v1/{schedule.name=projects/*/schedules/*}",
                        "schedule",
                        UpdateScheduleRequest.getDefaultInstance(),
                        UpdateScheduleRequest.class,
                        schedules::update),
                Route.of(
                        "DELETE",
                        "/v1/{name=projects/*/schedules/*}",
                        "",
                        DeleteScheduleRequest.getDefaultInstance(),
                        DeleteScheduleRequest.class,
                        (caller, request) -> {
                            schedules.delete(caller, request);
                            return Empty.getDefaultInstance();
                        }),
                Route.of(
                        "POST",
                        "/v1/{name=projects/*/schedules/*}:trigger",
                        "*",
                        TriggerScheduleRequest.getDefaultInstance(),
                        TriggerScheduleRequest.class,
                        schedules::trigger)));
        return new RouteTable(routes);
    }
}
