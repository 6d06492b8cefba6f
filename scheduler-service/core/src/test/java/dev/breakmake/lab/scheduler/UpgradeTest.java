package dev.breakmake.lab.scheduler;

import static dev.breakmake.lab.scheduler.TestLab.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.breakmake.lab.scheduler.domain.LabLimits;
import dev.breakmake.lab.testing.Migrations;
import dev.breakmake.lab.testing.TableContents;
import dev.breakmake.lab.v1.AppendLogRequest;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.Baseline;
import dev.breakmake.lab.v1.CompareRunsRequest;
import dev.breakmake.lab.v1.CreateJobRequest;
import dev.breakmake.lab.v1.CreateScheduleRequest;
import dev.breakmake.lab.v1.FindingSummary;
import dev.breakmake.lab.v1.Job;
import dev.breakmake.lab.v1.ListAttemptsRequest;
import dev.breakmake.lab.v1.ListAuditEventsRequest;
import dev.breakmake.lab.v1.ListBaselinesRequest;
import dev.breakmake.lab.v1.ListCellsRequest;
import dev.breakmake.lab.v1.ListJobsRequest;
import dev.breakmake.lab.v1.ListRunnersRequest;
import dev.breakmake.lab.v1.ListRunsRequest;
import dev.breakmake.lab.v1.ListSchedulesRequest;
import dev.breakmake.lab.v1.ReadLogRequest;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunJobRequest;
import dev.breakmake.lab.v1.Schedule;
import dev.breakmake.lab.v1.SetBaselineRequest;
import dev.breakmake.lab.v1.Severity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A lab in use, brought up from every version its database ever had: no value changes, the same questions get the same answers, and work goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpgradeTest {

    private static final Migrations MIGRATIONS = new Migrations("db/lab");
    /** Databases made by these files exist: a file of this list never changes again, the next change is a file of its own. */
    private static final Map<String, String> LANDED = Map.of(
            "V1__lab.sql", "733d9ba84a4fa3da3a2674a46ba0d7e84d8ced23ffa0a1a4f4ab285f3c1d22db",
            "V2__image_architecture.sql", "2a2b853d1727206af11f57dd711d18c96b19c79fc41262eba693df3f8c3e79b5",
            "V3__views.sql", "be890cd7909dffe5c171e7b90152a688e9a9fbd14982702c54654d71b30a04d6",
            "V4__webhooks.sql", "537e8ee10c2a9ffaf1ea5d092ce55d653ae36eeecfde486017ec8bdfee6abf83",
            "V5__lease_index.sql", "96ed5f110c64a84e02772f53ab8797e11298e9400b9801bf4a170d7528811229");

    private static final String JOB = """
            boot: {image: xen-test}
            matrix:
              axes:
                - {name: pes, values: [1, 2, 4]}
            """;
    private static final FindingSummary BBM = FindingSummary.newBuilder()
            .setRule("BBM-OA")
            .setFingerprint("f1")
            .setSeverity(Severity.SEVERITY_ERROR)
            .setSymbol("xen_pt_update")
            .build();

    private final TestLab lab = usedLab();
    private final TableContents contents = TableContents.of(lab.database);

    /** Two runs of a job that end, one of them the baseline; a third half way: one cell done, one leased, one waiting. */
    private static TestLab usedLab() {
        TestLab lab = new TestLab();
        lab.register("one");
        lab.upload("not really Xen".repeat(1000).getBytes(StandardCharsets.UTF_8), 5000, "xen-test");
        Job job = lab.parts
                .jobs()
                .createJob(
                        ADMIN,
                        CreateJobRequest.newBuilder()
                                .setParent("projects/default")
                                .setJobId("nightly")
                                .setJob(Job.newBuilder().setSpec(TestLab.spec(JOB)))
                                .build());
        var _ = lab.parts
                .schedules()
                .create(
                        ADMIN,
                        CreateScheduleRequest.newBuilder()
                                .setParent("projects/default")
                                .setScheduleId("every-night")
                                .setSchedule(Schedule.newBuilder()
                                        .setJob(job.getName())
                                        .setCron("0 1 * * *")
                                        .setTimeZone("Europe/London"))
                                .build());
        Run first = lab.settled(complete(lab, run(lab, job, ""), 3));
        var _ = lab.parts
                .comparisons()
                .setBaseline(
                        ADMIN,
                        SetBaselineRequest.newBuilder()
                                .setBaseline(Baseline.newBuilder()
                                        .setName("projects/default/baselines/release")
                                        .setRun(first.getName())
                                        .setReason("4.20.1"))
                                .build());
        var _ = lab.settled(complete(lab, run(lab, job, first.getName()), 3, BBM));
        var _ = lab.settled(complete(lab, run(lab, job, first.getName()), 1));
        assertThat(lab.claim("one", 1)).hasSize(1);
        return lab;
    }

    private static Run run(TestLab lab, Job job, String baseline) {
        return lab.parts
                .runs()
                .runJob(
                        ADMIN,
                        RunJobRequest.newBuilder()
                                .setName(job.getName())
                                .setBaseline(baseline)
                                .build());
    }

    private static Run complete(TestLab lab, Run run, int cells, FindingSummary... findings) {
        for (Assignment work : lab.claim("one", cells)) {
            assertThat(work.getAttempt()).startsWith(run.getName() + "/");
            var _ = lab.parts
                    .leases()
                    .appendLog(
                            ADMIN,
                            AppendLogRequest.newBuilder()
                                    .setAttempt(work.getAttempt())
                                    .setLease(work.getLease())
                                    .setData(ByteString.copyFromUtf8("Xen version 4.20"))
                                    .build());
            lab.complete(work, TestLab.reached(work, findings));
        }
        return run;
    }

    static List<String> versions() {
        return MIGRATIONS.versions();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void a_lab_of_version(String version) {
        Migrations.Older older = MIGRATIONS.older(version, contents);
        assertThat(older.before().rows("cell")).hasSize(9);

        TestLab upgraded = new TestLab(LabLimits.DEFAULTS, older.database());

        assertThat(older.now()).isEqualTo(older.before());
        assertThat(answers(upgraded)).isEqualTo(answers(lab));
        // What waited is still given out, what was leased still ends, and the schedule's turn still comes.
        List<Assignment> rest = upgraded.claim("one", 16);
        assertThat(rest)
                .singleElement()
                .satisfies(work -> assertThat(
                                upgraded.complete(work, TestLab.reached(work)).getVerdictValue())
                        .isPositive());
        upgraded.pass(java.time.Duration.ofDays(1));
        assertThat(upgraded.parts.schedules().takeTurns()).isEqualTo(1);
    }

    private static List<Message> answers(TestLab lab) {
        List<Message> answers = new ArrayList<>();
        var runs = lab.parts
                .runViews()
                .listRuns(
                        ADMIN,
                        ListRunsRequest.newBuilder()
                                .setParent("projects/default")
                                .build());
        answers.add(runs);
        assertThat(runs.getRunsList()).hasSize(3);
        for (Run run : runs.getRunsList()) {
            var cells = lab.parts
                    .runViews()
                    .listCells(
                            ADMIN,
                            ListCellsRequest.newBuilder()
                                    .setParent(run.getName())
                                    .build());
            answers.add(cells);
            if (run.hasEndTime() && !run.getBaselineRun().isEmpty()) {
                answers.add(lab.parts
                        .comparisons()
                        .compare(
                                ADMIN,
                                CompareRunsRequest.newBuilder()
                                        .setName(run.getName())
                                        .build()));
            }
            cells.getCellsList().stream()
                    .filter(cell -> cell.getAttemptCount() > 0)
                    .forEach(cell -> {
                        answers.add(lab.parts
                                .runViews()
                                .listAttempts(
                                        ADMIN,
                                        ListAttemptsRequest.newBuilder()
                                                .setParent(cell.getName())
                                                .build()));
                        answers.add(lab.parts
                                .runViews()
                                .readLog(
                                        ADMIN,
                                        ReadLogRequest.newBuilder()
                                                .setName(cell.getName() + "/attempts/1")
                                                .build()));
                    });
        }
        answers.add(lab.parts
                .jobs()
                .listJobs(
                        ADMIN,
                        ListJobsRequest.newBuilder()
                                .setParent("projects/default")
                                .build()));
        answers.add(lab.parts
                .schedules()
                .list(
                        ADMIN,
                        ListSchedulesRequest.newBuilder()
                                .setParent("projects/default")
                                .build()));
        answers.add(lab.parts
                .comparisons()
                .listBaselines(
                        ADMIN,
                        ListBaselinesRequest.newBuilder()
                                .setParent("projects/default")
                                .build()));
        answers.add(lab.parts.runners().list(ADMIN, ListRunnersRequest.getDefaultInstance()));
        answers.add(lab.parts.runners().auditEvents(ADMIN, ListAuditEventsRequest.getDefaultInstance()));
        return answers;
    }

    @Test
    void migrations_that_have_landed_never_change() {
        assertThat(MIGRATIONS.digests(lab.database))
                .as("a new migration is added to this list when it lands; a landed one is never edited")
                .isEqualTo(LANDED);
    }
}
