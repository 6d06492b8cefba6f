package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.matrix.Expansion;
import dev.breakmake.lab.scheduler.matrix.JobSpecCheck;
import dev.breakmake.lab.scheduler.storage.Audit;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.Idempotency;
import dev.breakmake.lab.scheduler.storage.ImageStore;
import dev.breakmake.lab.scheduler.storage.JobStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.CreateJobRequest;
import dev.breakmake.lab.v1.CreateProjectRequest;
import dev.breakmake.lab.v1.DeleteJobRequest;
import dev.breakmake.lab.v1.ExpandJobRequest;
import dev.breakmake.lab.v1.ExpandJobResponse;
import dev.breakmake.lab.v1.GetJobRequest;
import dev.breakmake.lab.v1.GetProjectRequest;
import dev.breakmake.lab.v1.Job;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.ListJobsRequest;
import dev.breakmake.lab.v1.ListJobsResponse;
import dev.breakmake.lab.v1.ListPlatformsRequest;
import dev.breakmake.lab.v1.ListPlatformsResponse;
import dev.breakmake.lab.v1.ListProjectsRequest;
import dev.breakmake.lab.v1.ListProjectsResponse;
import dev.breakmake.lab.v1.Platform;
import dev.breakmake.lab.v1.Project;
import dev.breakmake.lab.v1.UpdateJobRequest;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Projects, platforms and job definitions. */
public final class Jobs {

    private static final Set<String> CHANGEABLE = Set.of("display_name", "displayName", "labels", "spec");

    private final Database database;
    private final List<Platform> platforms;

    /** Puts it together. */
    public Jobs(Database database, List<Platform> platforms) {
        this.database = database;
        this.platforms = List.copyOf(platforms);
    }

    /** See JobService.CreateProject. */
    public Project createProject(Caller caller, CreateProjectRequest request) {
        caller.require(Role.ADMIN);
        String id = Names.id("projectId", request.getProjectId());
        return database.transact(tx ->
                Idempotency.once(tx, caller, "CreateProject", request.getRequestId(), request, Project.parser(), () -> {
                    if (!JobStore.insertProject(tx, id, request.getProject())) {
                        throw exists("projects/" + id);
                    }
                    Audit.note(tx, caller, "CreateProject", "projects/" + id, "");
                    return project(tx, id);
                }));
    }

    /** See JobService.GetProject. */
    public Project getProject(Caller caller, GetProjectRequest request) {
        caller.require(Role.VIEWER);
        String id = Names.project(request.getName());
        return database.transact(tx -> project(tx, id));
    }

    /** See JobService.ListProjects. */
    public ListProjectsResponse listProjects(Caller caller, ListProjectsRequest request) {
        caller.require(Role.VIEWER);
        int size = Paging.size(request.getPageSize());
        String after = Paging.key(request.getPageToken(), "projects", "");
        Paging.Page<Project> page = Paging.page(
                database.transact(tx -> JobStore.projects(tx, after, size + 1)),
                size,
                "projects",
                p -> Names.project(p.getName()));
        return ListProjectsResponse.newBuilder()
                .addAllProjects(page.items())
                .setNextPageToken(page.nextToken())
                .build();
    }

    /** See JobService.CreateJob. */
    public Job createJob(Caller caller, CreateJobRequest request) {
        caller.require(Role.SUBMITTER);
        String project = Names.project(request.getParent());
        String id = Names.id("jobId", request.getJobId());
        JobSpecCheck.check(request.getJob().getSpec());
        String name = "projects/" + project + "/jobs/" + id;
        return database.transact(tx -> {
            project(tx, project);
            if (request.getValidateOnly()) {
                return request.getJob().toBuilder().setName(name).build();
            }
            return Idempotency.once(tx, caller, "CreateJob", request.getRequestId(), request, Job.parser(), () -> {
                if (!JobStore.insert(tx, project, id, request.getJob())) {
                    throw exists(name);
                }
                Audit.note(tx, caller, "CreateJob", name, "");
                return job(tx, project, id);
            });
        });
    }

    /** See JobService.GetJob. */
    public Job getJob(Caller caller, GetJobRequest request) {
        caller.require(Role.VIEWER);
        Names.Child name = Names.job(request.getName());
        return database.transact(tx -> job(tx, name.project(), name.id()));
    }

    /** See JobService.ListJobs. */
    public ListJobsResponse listJobs(Caller caller, ListJobsRequest request) {
        caller.require(Role.VIEWER);
        String project = Names.project(request.getParent());
        int size = Paging.size(request.getPageSize());
        String scope = "jobs of " + project;
        String after = Paging.key(request.getPageToken(), scope, "");
        List<JobStore.Stored> rows = database.transact(tx -> {
            project(tx, project);
            return JobStore.list(tx, project, after, size + 1);
        });
        Paging.Page<JobStore.Stored> page = Paging.page(
                rows, size, scope, row -> Names.job(row.job().getName()).id());
        return ListJobsResponse.newBuilder()
                .addAllJobs(page.items().stream().map(JobStore.Stored::job).toList())
                .setNextPageToken(page.nextToken())
                .build();
    }

    /** See JobService.UpdateJob. */
    public Job updateJob(Caller caller, UpdateJobRequest request) {
        caller.require(Role.SUBMITTER);
        Names.Child name = Names.job(request.getJob().getName());
        Set<String> paths = new TreeSet<>(request.getUpdateMask().getPathsList());
        for (String path : paths) {
            if (!CHANGEABLE.contains(path)) {
                throw LabException.invalid(
                        "updateMask",
                        "'" + Names.abbreviate(path) + "' cannot be changed; only displayName, labels and spec can");
            }
        }
        boolean all = paths.isEmpty();
        if (all || paths.contains("spec")) {
            JobSpecCheck.check(request.getJob().getSpec());
        }
        return database.transact(tx -> {
            JobStore.Stored stored = JobStore.lock(tx, name.project(), name.id())
                    .orElseThrow(() -> LabException.notFound(request.getJob().getName()));
            Etags.check(request.getJob().getName(), request.getJob().getEtag(), stored.version());
            Job.Builder changed = stored.job().toBuilder();
            if (all || paths.contains("display_name") || paths.contains("displayName")) {
                changed.setDisplayName(request.getJob().getDisplayName());
            }
            if (all || paths.contains("labels")) {
                changed.clearLabels().putAllLabels(request.getJob().getLabelsMap());
            }
            if (all || paths.contains("spec")) {
                changed.setSpec(request.getJob().getSpec());
            }
            if (request.getValidateOnly()) {
                return changed.build();
            }
            JobStore.update(tx, name.project(), name.id(), changed.build());
            Audit.note(tx, caller, "UpdateJob", request.getJob().getName(), String.join(",", paths));
            return job(tx, name.project(), name.id());
        });
    }

    /** See JobService.DeleteJob. */
    public void deleteJob(Caller caller, DeleteJobRequest request) {
        caller.require(Role.SUBMITTER);
        Names.Child name = Names.job(request.getName());
        database.transact(tx -> {
            JobStore.Stored stored = JobStore.lock(tx, name.project(), name.id())
                    .orElseThrow(() -> LabException.notFound(request.getName()));
            Etags.check(request.getName(), request.getEtag(), stored.version());
            JobStore.delete(tx, name.project(), name.id());
            Audit.note(tx, caller, "DeleteJob", request.getName(), "");
            return true;
        });
    }

    /** See JobService.ExpandJob. */
    public ExpandJobResponse expand(Caller caller, ExpandJobRequest request) {
        caller.require(Role.VIEWER);
        if (request.getJob().isEmpty() == !request.hasSpec()) {
            throw LabException.invalid("job", "give either job or spec");
        }
        JobSpec spec = request.hasSpec()
                ? request.getSpec()
                : getJob(
                                caller,
                                GetJobRequest.newBuilder()
                                        .setName(request.getJob())
                                        .build())
                        .getSpec();
        String project = request.hasSpec()
                ? Names.project(request.getParent())
                : Names.job(request.getJob()).project();
        int size = Paging.size(request.getPageSize());
        String scope = "expansion " + Digests.sha256Hex(spec.toByteArray());
        int from = (int) Paging.numericKey(request.getPageToken(), scope, 0);
        Expansion expansion = JobSpecCheck.check(spec);
        List<Cell> cells = new java.util.ArrayList<>();
        List<Expansion.Point> points = expansion.points();
        for (int i = Math.min(from, points.size()); i < Math.min(points.size(), from + size + 1); i++) {
            cells.add(cell(i + 1, points.get(i), spec.getBoot()));
        }
        Paging.Page<Cell> page =
                Paging.page(cells, size, scope, cell -> cell.getName().substring("cells/".length()));
        Set<String> references = references(spec, expansion);
        Map<String, ImageStore.Resolved> known = database.transact(tx -> ImageStore.resolve(tx, project, references));
        references.removeAll(known.keySet());
        return ExpandJobResponse.newBuilder()
                .addAllCells(page.items())
                .setTotalSize(points.size())
                .addAllExclusions(expansion.exclusions())
                .addAllUnknownImages(references)
                .setNextPageToken(page.nextToken())
                .build();
    }

    /** See JobService.ListPlatforms. */
    public ListPlatformsResponse listPlatforms(Caller caller, ListPlatformsRequest request) {
        caller.require(Role.VIEWER);
        int size = Paging.size(request.getPageSize());
        int from = (int) Paging.numericKey(request.getPageToken(), "platforms", 0);
        List<Platform> rest = platforms.subList(Math.min(Math.max(from, 0), platforms.size()), platforms.size());
        Paging.Page<Platform> page =
                Paging.page(rest, size, "platforms", p -> Integer.toString(platforms.indexOf(p) + 1));
        return ListPlatformsResponse.newBuilder()
                .addAllPlatforms(page.items())
                .setNextPageToken(page.nextToken())
                .build();
    }

    private static Cell cell(int number, Expansion.Point point, BootSpec base) {
        return Cell.newBuilder()
                .setName("cells/" + number)
                .setCellKey(point.cellKey())
                .putAllParameters(point.parameters())
                .setBoot(point.boot(base))
                .build();
    }

    /** Every image tag or digest the cells and their modules name. */
    static Set<String> references(JobSpec spec, Expansion expansion) {
        Set<String> references = new TreeSet<>();
        for (Expansion.Point point : expansion.points()) {
            String image = point.parameters()
                    .getOrDefault(
                            "image",
                            point.overlay().getOrDefault("image", spec.getBoot().getImage()));
            references.add(image);
        }
        spec.getBoot().getModulesList().forEach(module -> references.add(module.getImage()));
        references.remove("");
        return references;
    }

    private static Project project(Tx tx, String id) throws SQLException {
        return JobStore.project(tx, id).orElseThrow(() -> LabException.notFound("projects/" + id));
    }

    private static Job job(Tx tx, String project, String id) throws SQLException {
        return JobStore.find(tx, project, id)
                .orElseThrow(() -> LabException.notFound("projects/" + project + "/jobs/" + id))
                .job();
    }

    private static LabException exists(String name) {
        return new LabException(
                Reason.ALREADY_EXISTS, "'" + name + "' exists already", List.of(), Map.of("resource", name));
    }
}
