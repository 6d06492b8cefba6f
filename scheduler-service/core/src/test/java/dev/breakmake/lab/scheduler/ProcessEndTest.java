package dev.breakmake.lab.scheduler;

import static dev.breakmake.lab.scheduler.TestLab.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.GetRunnerRequest;
import dev.breakmake.lab.v1.ListCellsRequest;
import dev.breakmake.lab.v1.ProcessEnd;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.Runner;
import dev.breakmake.lab.v1.RunnerFault;
import dev.breakmake.lab.v1.RunnerHealth;
import dev.breakmake.lab.v1.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A runner's process ends while it executes: who is to blame depends on how. */
class ProcessEndTest {

    private static final String EIGHT_CELLS =
            "{boot: {flow: arm64/base}, matrix: {axes: [{name: pes, values: [1, 2, 3, 4, 5, 6, 7, 8]}]}}";

    private final TestLab lab = new TestLab();

    @BeforeEach
    void start() {
        lab.register("one");
    }

    private static AttemptResult ended(ProcessEnd how, String detail) {
        return AttemptResult.newBuilder()
                .setFault(RunnerFault.newBuilder()
                        .setCause(Cause.CAUSE_INFRASTRUCTURE)
                        .setProcessEnd(how)
                        .setDetail(detail))
                .build();
    }

    private Runner runner() {
        return lab.parts
                .runners()
                .get(ADMIN, GetRunnerRequest.newBuilder().setName("runners/one").build());
    }

    @Test
    void a_runner_that_was_stopped_is_not_to_blame_however_often_and_the_cell_goes_on() {
        Run run = lab.run("{boot: {flow: arm64/base}}");
        for (int i = 0; i < 5; i++) {
            lab.pass(Duration.ofMinutes(5));
            Assignment work = lab.claim("one", 1).getFirst();
            assertThat(lab.complete(work, ended(ProcessEnd.PROCESS_END_SHUT_DOWN, "stopped"))
                            .getRetried())
                    .isTrue();
        }
        assertThat(runner().getConsecutiveFailures()).isZero();
        lab.pass(Duration.ofMinutes(5));
        Assignment work = lab.claim("one", 1).getFirst();
        lab.complete(work, TestLab.reached(work));
        assertThat(lab.settled(run).getVerdict()).isEqualTo(Verdict.VERDICT_PASSED);
    }

    @Test
    void one_death_of_a_runner_is_one_failure_of_it_whatever_it_took_along() {
        lab.run(EIGHT_CELLS);
        List<Assignment> held = lab.claim("one", 8);
        assertThat(held).hasSize(8);
        held.forEach(work -> lab.complete(work, ended(ProcessEnd.PROCESS_END_KILLED, "died, found at 12:00")));
        assertThat(runner().getConsecutiveFailures()).isEqualTo(1);
        assertThat(runner().getHealth()).isEqualTo(RunnerHealth.RUNNER_HEALTH_UNKNOWN);
        lab.pass(Duration.ofMinutes(1));
        held = lab.claim("one", 2);
        held.forEach(work -> lab.complete(work, ended(ProcessEnd.PROCESS_END_KILLED, "died, found at 12:01")));
        assertThat(runner().getConsecutiveFailures()).isEqualTo(2);
    }

    @Test
    void leases_that_run_out_together_are_one_failure_of_their_runner() {
        lab.run(EIGHT_CELLS);
        List<Assignment> held = lab.claim("one", 8);
        lab.sync("one", 0, held.toArray(Assignment[]::new));
        lab.pass(Duration.ofMinutes(2));
        assertThat(lab.parts.upkeep().reap()).isEqualTo(8);
        assertThat(runner().getConsecutiveFailures()).isEqualTo(1);
    }

    @Test
    void a_cell_that_kills_its_runner_again_and_again_is_quarantined_even_if_the_runner_is_back_at_once() {
        Run run = lab.run("{boot: {flow: arm64/base}, retry: {maxAttempts: 9}}");
        lab.register("two");
        for (int i = 0; i < 3; i++) {
            lab.pass(Duration.ofMinutes(20));
            String runner = i % 2 == 0 ? "one" : "two";
            lab.complete(lab.claim(runner, 1).getFirst(), ended(ProcessEnd.PROCESS_END_KILLED, "died " + i));
        }
        var cell = lab.parts
                .runViews()
                .listCells(
                        ADMIN,
                        ListCellsRequest.newBuilder().setParent(run.getName()).build())
                .getCells(0);
        assertThat(cell.getVerdict()).isEqualTo(Verdict.VERDICT_ERRORED);
        assertThat(cell.getDetail()).startsWith("quarantined: 3 runners were lost");
    }
}
