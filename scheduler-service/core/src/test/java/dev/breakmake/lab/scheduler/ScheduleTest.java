package dev.breakmake.lab.scheduler;

import static dev.breakmake.lab.scheduler.TestLab.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.lab.v1.CreateJobRequest;
import dev.breakmake.lab.v1.CreateScheduleRequest;
import dev.breakmake.lab.v1.DeleteJobRequest;
import dev.breakmake.lab.v1.GetScheduleRequest;
import dev.breakmake.lab.v1.Job;
import dev.breakmake.lab.v1.ListRunsRequest;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.Schedule;
import dev.breakmake.lab.v1.UpdateJobRequest;
import dev.breakmake.lab.v1.UpdateScheduleRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Runs by the clock, with the lab's clock moved on by hand. */
class ScheduleTest {

    private static final String SPEC = "{boot: {image: xen-nightly}, matrix: {axes: [{name: pes, values: [1, 2]}]}}";
    private static final Duration DAY = Duration.ofDays(1);

    private final TestLab lab = new TestLab();

    private void image(String content) {
        lab.upload(content.repeat(100).getBytes(StandardCharsets.UTF_8), 1 << 20, "xen-nightly");
    }

    private Job job(String spec) {
        return lab.parts
                .jobs()
                .createJob(
                        ADMIN,
                        CreateJobRequest.newBuilder()
                                .setParent("projects/default")
                                .setJobId("nightly")
                                .setJob(Job.newBuilder().setSpec(TestLab.spec(spec)))
                                .build());
    }

    private Schedule schedule(Job job, boolean skipIfUnchanged) {
        return lab.parts
                .schedules()
                .create(
                        ADMIN,
                        CreateScheduleRequest.newBuilder()
                                .setParent("projects/default")
                                .setScheduleId("every-night")
                                .setSchedule(Schedule.newBuilder()
                                        .setJob(job.getName())
                                        .setCron("0 1 * * *")
                                        .setTimeZone("America/New_York")
                                        .setSkipIfUnchanged(skipIfUnchanged))
                                .build());
    }

    private Schedule now(Schedule schedule) {
        return lab.parts
                .schedules()
                .get(
                        ADMIN,
                        GetScheduleRequest.newBuilder()
                                .setName(schedule.getName())
                                .build());
    }

    private List<Run> runs() {
        return lab.parts
                .runViews()
                .listRuns(
                        ADMIN,
                        ListRunsRequest.newBuilder()
                                .setParent("projects/default")
                                .build())
                .getRunsList();
    }

    private int nextDay() {
        lab.pass(DAY);
        return lab.parts.schedules().takeTurns();
    }

    @Test
    void an_unchanged_job_is_left_out_and_says_of_which_run_it_would_be_the_repetition() {
        image("first build");
        Schedule schedule = schedule(job(SPEC), true);
        assertThat(nextDay()).isEqualTo(1);
        assertThat(runs()).hasSize(1);
        String first = runs().getFirst().getName();

        assertThat(nextDay()).isEqualTo(1);
        assertThat(runs()).hasSize(1);
        assertThat(now(schedule).getLastDetail()).isEqualTo("left out: job and images are those of " + first);
        assertThat(now(schedule).getLastRun()).isEqualTo(first);

        // Another image under the same tag, then another matrix: each is a change.
        image("second build");
        assertThat(nextDay()).isEqualTo(1);
        assertThat(runs()).hasSize(2);
        Job changed = Job.newBuilder()
                .setName("projects/default/jobs/nightly")
                .setSpec(TestLab.spec(SPEC.replace("[1, 2]", "[1, 2, 4]")))
                .build();
        var _ = lab.parts
                .jobs()
                .updateJob(ADMIN, UpdateJobRequest.newBuilder().setJob(changed).build());
        assertThat(nextDay()).isEqualTo(1);
        assertThat(runs()).hasSize(3);
        assertThat(nextDay()).isEqualTo(1);
        assertThat(runs()).hasSize(3);
    }

    @Test
    void without_the_option_an_unchanged_job_runs_every_night_against_the_night_before() {
        image("a build");
        schedule(job(SPEC), false);
        nextDay();
        nextDay();
        assertThat(runs()).hasSize(2);
        assertThat(runs())
                .filteredOn(run -> !run.getBaselineRun().isEmpty())
                .singleElement()
                .satisfies(run -> assertThat(runs().stream().map(Run::getName)).contains(run.getBaselineRun()));
    }

    @Test
    void turns_come_by_the_time_zone_and_those_missed_are_taken_once() {
        image("a build");
        Schedule schedule = schedule(job(SPEC), false);
        ZonedDateTime next = Instant.ofEpochSecond(
                        now(schedule).getNextRunTime().getSeconds())
                .atZone(ZoneId.of("America/New_York"));
        assertThat(next.getHour()).isEqualTo(1);
        assertThat(next.getMinute()).isZero();
        lab.pass(DAY.multipliedBy(5));
        assertThat(lab.parts.schedules().takeTurns()).isEqualTo(1);
        assertThat(lab.parts.schedules().takeTurns()).isZero();
        assertThat(runs()).hasSize(1);
    }

    @Test
    void a_paused_schedule_waits_and_one_whose_job_is_gone_says_so() {
        image("a build");
        Schedule schedule = schedule(job(SPEC), false);
        Schedule paused = lab.parts
                .schedules()
                .update(
                        ADMIN,
                        UpdateScheduleRequest.newBuilder()
                                .setSchedule(now(schedule).toBuilder().setPaused(true))
                                .build());
        assertThat(nextDay()).isZero();
        var _ = lab.parts
                .schedules()
                .update(
                        ADMIN,
                        UpdateScheduleRequest.newBuilder()
                                .setSchedule(now(paused).toBuilder().setPaused(false))
                                .build());
        lab.parts
                .jobs()
                .deleteJob(
                        ADMIN,
                        DeleteJobRequest.newBuilder()
                                .setName("projects/default/jobs/nightly")
                                .build());
        assertThat(nextDay()).isEqualTo(1);
        assertThat(runs()).isEmpty();
        assertThat(now(schedule).getLastDetail()).isEqualTo("left out: the job does not exist any more");
    }

    @Test
    void many_schedulers_take_a_turn_once() throws InterruptedException {
        image("a build");
        schedule(job(SPEC), false);
        lab.pass(DAY);
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch together = new CountDownLatch(1);
        List<Thread> schedulers = java.util.stream.IntStream.range(0, 8)
                .mapToObj(i -> Thread.startVirtualThread(() -> {
                    try {
                        together.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    taken.addAndGet(lab.parts.schedules().takeTurns());
                }))
                .toList();
        together.countDown();
        for (Thread scheduler : schedulers) {
            scheduler.join();
        }
        assertThat(taken).hasValue(1);
        assertThat(runs()).hasSize(1);
    }
}
