package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.matrix.Expansion;
import dev.breakmake.lab.scheduler.matrix.JobSpecCheck;
import dev.breakmake.lab.scheduler.storage.Audit;
import dev.breakmake.lab.scheduler.storage.Database;
import dev.breakmake.lab.scheduler.storage.Idempotency;
import dev.breakmake.lab.scheduler.storage.JobStore;
import dev.breakmake.lab.scheduler.storage.RunStore;
import dev.breakmake.lab.scheduler.storage.ScheduleStore;
import dev.breakmake.lab.scheduler.storage.Tx;
import dev.breakmake.lab.v1.CreateScheduleRequest;
import dev.breakmake.lab.v1.DeleteScheduleRequest;
import dev.breakmake.lab.v1.GetScheduleRequest;
import dev.breakmake.lab.v1.Job;
import dev.breakmake.lab.v1.ListSchedulesRequest;
import dev.breakmake.lab.v1.ListSchedulesResponse;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.Schedule;
import dev.breakmake.lab.v1.TriggerScheduleRequest;
import dev.breakmake.lab.v1.UpdateScheduleRequest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs by the clock. A turn missed while no scheduler was up is taken once, late, not once per turn missed. */
public final class Schedules {

    private final Database database;
    private final Runs runs;
    private final WorkSignal signal;

    /** Puts it together. */
    public Schedules(Database database, Runs runs, WorkSignal signal) {
        this.database = database;
        this.runs = runs;
        this.signal = signal;
    }

    /** See ScheduleService.CreateSchedule. */
    public Schedule create(Caller caller, CreateScheduleRequest request) {
        caller.require(Role.SUBMITTER);
        String project = Names.project(request.getParent());
        String id = Names.id("scheduleId", request.getScheduleId());
        String name = "projects/" + project + "/schedules/" + id;
        return database.transact(tx -> Idempotency.once(
                tx, caller, "CreateSchedule", request.getRequestId(), request, Schedule.parser(), () -> {
                    String job = checked(tx, project, request.getSchedule());
                    if (!ScheduleStore.insert(
                            tx, project, id, job, request.getSchedule(), next(tx, request.getSchedule()))) {
                        throw new LabException(
                                Reason.ALREADY_EXISTS,
                                "'" + name + "' exists already",
                                List.of(),
                                Map.of("resource", name));
                    }
                    Audit.note(
                            tx,
                            caller,
                            "CreateSchedule",
                            name,
                            request.getSchedule().getCron());
                    return find(tx, project, id).schedule();
                }));
    }

    /** See ScheduleService.GetSchedule. */
    public Schedule get(Caller caller, GetScheduleRequest request) {
        caller.require(Role.VIEWER);
        Names.Child name = Names.schedule(request.getName());
        return database.transact(tx -> find(tx, name.project(), name.id()).schedule());
    }

    /** See ScheduleService.ListSchedules. */
    public ListSchedulesResponse list(Caller caller, ListSchedulesRequest request) {
        caller.require(Role.VIEWER);
        String project = Names.project(request.getParent());
        int size = Paging.size(request.getPageSize());
        String scope = "schedules of " + project;
        String after = Paging.key(request.getPageToken(), scope, "");
        Paging.Page<ScheduleStore.Stored> page = Paging.page(
                database.transact(tx -> ScheduleStore.list(tx, project, after, size + 1)),
                size,
                scope,
                ScheduleStore.Stored::id);
        return ListSchedulesResponse.newBuilder()
                .addAllSchedules(page.items().stream()
                        .map(ScheduleStore.Stored::schedule)
                        .toList())
                .setNextPageToken(page.nextToken())
                .build();
    }

    /** See ScheduleService.UpdateSchedule. */
    public Schedule update(Caller caller, UpdateScheduleRequest request) {
        caller.require(Role.SUBMITTER);
        Schedule wanted = request.getSchedule();
        Names.Child name = Names.schedule(wanted.getName());
        return database.transact(tx -> {
            ScheduleStore.Stored stored = ScheduleStore.lock(tx, name.project(), name.id())
                    .orElseThrow(() -> LabException.notFound(wanted.getName()));
            Etags.check(wanted.getName(), wanted.getEtag(), stored.version());
            String job = checked(tx, name.project(), wanted);
            ScheduleStore.update(tx, name.project(), name.id(), job, wanted, next(tx, wanted));
            Audit.note(tx, caller, "UpdateSchedule", wanted.getName(), wanted.getCron());
            return find(tx, name.project(), name.id()).schedule();
        });
    }

    /** See ScheduleService.DeleteSchedule. */
    public void delete(Caller caller, DeleteScheduleRequest request) {
        caller.require(Role.SUBMITTER);
        Names.Child name = Names.schedule(request.getName());
        database.transact(tx -> {
            find(tx, name.project(), name.id());
            ScheduleStore.delete(tx, name.project(), name.id());
            Audit.note(tx, caller, "DeleteSchedule", request.getName(), "");
            return true;
        });
    }

    /** See ScheduleService.TriggerSchedule. */
    public Run trigger(Caller caller, TriggerScheduleRequest request) {
        caller.require(Role.SUBMITTER);
        Names.Child name = Names.schedule(request.getName());
        Run run = database.transact(tx -> {
            ScheduleStore.Stored stored = ScheduleStore.lock(tx, name.project(), name.id())
                    .orElseThrow(() -> LabException.notFound(request.getName()));
            Run made = make(tx, caller, stored)
                    .orElseThrow(() -> LabException.notFound(stored.schedule().getJob()));
            ScheduleStore.turn(
                    tx,
                    stored.project(),
                    stored.id(),
                    made.getName(),
                    "triggered by " + caller.name(),
                    next(tx, stored.schedule()));
            return made;
        });
        signal.raise();
        return run;
    }

    /** Takes every turn that has come; returns how many were looked at. Leaderless: each turn is taken by whoever locks its row. */
    public int takeTurns() {
        int turns = 0;
        while (turns < 1000 && database.transact(this::takeTurn)) {
            turns++;
        }
        if (turns > 0) {
            signal.raise();
        }
        return turns;
    }

    private boolean takeTurn(Tx tx) throws SQLException {
        Optional<ScheduleStore.Stored> due = ScheduleStore.due(tx);
        if (due.isEmpty()) {
            return false;
        }
        ScheduleStore.Stored schedule = due.get();
        String run = "";
        String detail;
        try {
            if (schedule.schedule().getSkipIfUnchanged() && isUnchanged(tx, schedule)) {
                detail = "left out: job and images are those of "
                        + schedule.schedule().getLastRun();
            } else {
                Optional<Run> made = make(tx, Caller.SCHEDULER, schedule);
                run = made.map(Run::getName).orElse("");
                detail = made.isPresent() ? "ran" : "left out: the job does not exist any more";
            }
        } catch (LabException e) {
            // One schedule that cannot run must not hold up the others: the reason is shown with it.
            detail = "failed: " + e.detail();
        }
        ScheduleStore.turn(tx, schedule.project(), schedule.id(), run, detail, next(tx, schedule.schedule()));
        return true;
    }

    private boolean isUnchanged(Tx tx, ScheduleStore.Stored schedule) throws SQLException {
        Optional<RunStore.Stored> last = RunStore.lastOfSchedule(tx, schedule.project(), schedule.id());
        Optional<JobStore.Stored> job = JobStore.find(tx, schedule.project(), schedule.job());
        if (last.isEmpty() || job.isEmpty()) {
            return false;
        }
        return plan(tx, Caller.SCHEDULER, schedule, job.get().job(), "")
                .run()
                .inputDigest()
                .equals(last.get().run().getInputDigest());
    }

    private Optional<Run> make(Tx tx, Caller caller, ScheduleStore.Stored schedule) throws SQLException {
        Optional<JobStore.Stored> job = JobStore.find(tx, schedule.project(), schedule.job());
        if (job.isEmpty()) {
            return Optional.empty();
        }
        String baseline = schedule.schedule().getBaseline();
        if (baseline.isEmpty()) {
            baseline = RunStore.lastOfSchedule(tx, schedule.project(), schedule.id())
                    .map(run -> run.run().getName())
                    .orElse("");
        }
        Run run = runs.insert(tx, plan(tx, caller, schedule, job.get().job(), baseline));
        Audit.note(tx, caller, "RunSchedule", run.getName(), schedule.schedule().getName());
        return Optional.of(run);
    }

    private Runs.Plan plan(Tx tx, Caller caller, ScheduleStore.Stored schedule, Job job, String baseline)
            throws SQLException {
        Expansion expansion = JobSpecCheck.check(job.getSpec());
        return runs.plan(
                tx,
                schedule.project(),
                schedule.job(),
                schedule.id(),
                job.getSpec(),
                expansion,
                0,
                job.getLabelsMap(),
                caller,
                baseline);
    }

    private static String checked(Tx tx, String project, Schedule schedule) throws SQLException {
        Names.Child job = Names.job(schedule.getJob());
        if (!job.project().equals(project)) {
            throw LabException.invalid("schedule.job", "is in another project than the schedule");
        }
        if (JobStore.find(tx, project, job.id()).isEmpty()) {
            throw LabException.notFound(schedule.getJob());
        }
        if (!schedule.getBaseline().isEmpty()
                && !Names.baseline(schedule.getBaseline()).project().equals(project)) {
            throw LabException.invalid("schedule.baseline", "is in another project than the schedule");
        }
        return job.id();
    }

    private static @Nullable Instant next(Tx tx, Schedule schedule) throws SQLException {
        return CronTurns.next(schedule.getCron(), schedule.getTimeZone(), tx.now());
    }

    private static ScheduleStore.Stored find(Tx tx, String project, String id) throws SQLException {
        return ScheduleStore.find(tx, project, id)
                .orElseThrow(() -> LabException.notFound("projects/" + project + "/schedules/" + id));
    }
}
