package dev.breakmake.lab.scheduler;

import static dev.breakmake.lab.scheduler.TestLab.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.breakmake.lab.scheduler.domain.Digests;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Reason;
import dev.breakmake.lab.v1.AppendLogRequest;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.AttemptState;
import dev.breakmake.lab.v1.CancelRunRequest;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.CreateProjectRequest;
import dev.breakmake.lab.v1.CreateRunRequest;
import dev.breakmake.lab.v1.DrainRunnerRequest;
import dev.breakmake.lab.v1.GetCellRequest;
import dev.breakmake.lab.v1.GetRunnerRequest;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.ListAttemptsRequest;
import dev.breakmake.lab.v1.PendingReason;
import dev.breakmake.lab.v1.Project;
import dev.breakmake.lab.v1.ReadLogRequest;
import dev.breakmake.lab.v1.RetryRunRequest;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunState;
import dev.breakmake.lab.v1.RunnerHealth;
import dev.breakmake.lab.v1.SignedTraceReceipt;
import dev.breakmake.lab.v1.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseTest {

    private static final String ONE_CELL = "boot: {flow: arm64/enable-mmu}";
    private static final Duration LEASE = Duration.ofSeconds(45);

    private TestLab lab;

    @BeforeEach
    void start() {
        lab = new TestLab();
        lab.register("one");
        lab.register("two");
    }

    private Cell cell(Run run) {
        return lab.parts
                .runViews()
                .getCell(
                        ADMIN,
                        GetCellRequest.newBuilder()
                                .setName(run.getName() + "/cells/1")
                                .build());
    }

    @Test
    void a_lost_lease_gives_the_cell_to_another_runner_and_refuses_the_late_result() {
        Run run = lab.run(ONE_CELL);
        Assignment first = lab.claim("one", 1).getFirst();
        assertThat(lab.sync("one", 0, first).getLostList()).isEmpty();
        lab.pass(LEASE.plusSeconds(1));
        assertThat(lab.parts.upkeep().reap()).isEqualTo(1);
        lab.pass(Duration.ofSeconds(10));
        Assignment second = lab.claim("two", 1).getFirst();
        assertThat(second.getAttempt()).endsWith("/attempts/2");
        assertThat(second.getLease().getFence()).isGreaterThan(first.getLease().getFence());

        assertThatThrownBy(() -> lab.complete(first, TestLab.reached(first)))
                .isInstanceOfSatisfying(
                        LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LEASE_LOST));
        assertThat(lab.sync("one", 0, first).getLostList()).containsExactly(first.getAttempt());
        assertThat(cell(run).getVerdict()).isEqualTo(Verdict.VERDICT_UNSPECIFIED);

        assertThat(lab.complete(second, TestLab.reached(second)).getVerdict()).isEqualTo(Verdict.VERDICT_PASSED);
        assertThat(lab.settled(run).getCounts().getPassed()).isEqualTo(1);
        var attempts = lab.parts
                .runViews()
                .listAttempts(
                        ADMIN,
                        ListAttemptsRequest.newBuilder()
                                .setParent(run.getName() + "/cells/1")
                                .build())
                .getAttemptsList();
        assertThat(attempts)
                .extracting(a -> a.getState())
                .containsExactly(AttemptState.ATTEMPT_STATE_EXPIRED, AttemptState.ATTEMPT_STATE_COMPLETED);
    }

    @Test
    void a_result_after_expiry_is_refused_even_before_the_reaper_came() {
        lab.run(ONE_CELL);
        Assignment work = lab.claim("one", 1).getFirst();
        lab.pass(LEASE.plusSeconds(1));
        assertThatThrownBy(() -> lab.complete(work, TestLab.reached(work))).hasMessageContaining("lost");
    }

    @Test
    void results_that_arrive_together_each_get_their_own_answer() throws Exception {
        Run late = lab.run(ONE_CELL);
        Assignment lost = lab.claim("one", 1).getFirst();
        lab.pass(LEASE.plusSeconds(1));
        Run run = lab.run("""
                boot: {flow: arm64/enable-mmu}
                matrix: {axes: [{name: seed, values: [%s]}]}
                """.formatted(
                        IntStream.rangeClosed(1, 40).mapToObj(Integer::toString).collect(Collectors.joining(", "))));
        List<Assignment> work = lab.claim("two", 40);
        assertThat(work).hasSize(40);
        List<Callable<Verdict>> reports = new ArrayList<>();
        for (Assignment assignment : work) {
            // Every one twice: whoever lost the answer asks again.
            reports.add(
                    () -> lab.complete(assignment, TestLab.reached(assignment)).getVerdict());
            reports.add(
                    () -> lab.complete(assignment, TestLab.reached(assignment)).getVerdict());
        }
        reports.add(() -> lab.complete(lost, TestLab.reached(lost)).getVerdict());
        try (ExecutorService runners = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Verdict>> answers = runners.invokeAll(reports);
            for (Future<Verdict> answer : answers.subList(0, 80)) {
                assertThat(answer.get()).isEqualTo(Verdict.VERDICT_PASSED);
            }
            assertThatThrownBy(answers.get(80)::get).hasMessageContaining("is lost");
        }
        assertThat(lab.settled(run).getCounts().getPassed()).isEqualTo(40);
        assertThat(lab.settled(late).getCounts().getPassed()).isZero();
    }

    @Test
    void syncing_keeps_a_lease_for_as_long_as_the_attempt_takes() {
        lab.run(ONE_CELL);
        Assignment work = lab.claim("one", 1).getFirst();
        for (int i = 0; i < 10; i++) {
            lab.pass(Duration.ofSeconds(30));
            assertThat(lab.sync("one", 0, work).getLostList()).isEmpty();
            assertThat(lab.parts.upkeep().reap()).isZero();
        }
        assertThat(lab.complete(work, TestLab.reached(work)).getVerdict()).isEqualTo(Verdict.VERDICT_PASSED);
    }

    @Test
    void a_cell_that_loses_three_runners_is_quarantined() {
        Run run = lab.run("{boot: {flow: arm64/enable-mmu}, retry: {maxAttempts: 10}}");
        for (int i = 0; i < 3; i++) {
            Assignment work = lab.claim(i % 2 == 0 ? "one" : "two", 1).getFirst();
            lab.sync(i % 2 == 0 ? "one" : "two", 0, work);
            lab.pass(LEASE.plusSeconds(1));
            lab.parts.upkeep().reap();
            lab.pass(Duration.ofMinutes(1));
        }
        assertThat(cell(run).getVerdict()).isEqualTo(Verdict.VERDICT_ERRORED);
        assertThat(cell(run).getDetail()).startsWith("quarantined: 3 runners were lost");
        assertThat(lab.settled(run).getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    }

    @Test
    void a_lease_whose_answer_was_lost_does_not_count_against_the_cell() {
        Run run = lab.run(ONE_CELL);
        for (int i = 0; i < 4; i++) {
            assertThat(lab.claim("one", 1)).hasSize(1);
            lab.pass(LEASE.plusSeconds(1));
            lab.parts.upkeep().reap();
            lab.pass(Duration.ofMinutes(2));
        }
        assertThat(cell(run).getVerdict()).isEqualTo(Verdict.VERDICT_UNSPECIFIED);
        assertThat(cell(run).getState()).isEqualTo(AttemptState.ATTEMPT_STATE_QUEUED);
    }

    @Test
    void infrastructure_failures_are_retried_with_back_off_and_only_they() {
        Run run = lab.run(ONE_CELL);
        Assignment work = lab.claim("one", 1).getFirst();
        assertThat(lab.complete(work, TestLab.fault(Cause.CAUSE_INFRASTRUCTURE, "disk full"))
                        .getRetried())
                .isTrue();
        assertThat(lab.claim("two", 1)).isEmpty();
        assertThat(cell(run).getPendingReason()).isEqualTo(PendingReason.PENDING_REASON_BACKOFF);
        lab.pass(Duration.ofSeconds(6));
        Assignment again = lab.claim("two", 1).getFirst();
        assertThat(lab.complete(again, TestLab.fault(Cause.CAUSE_CONFIGURATION, "no such DTB"))
                        .getRetried())
                .isFalse();
        assertThat(cell(run).getVerdict()).isEqualTo(Verdict.VERDICT_ERRORED);
        assertThat(cell(run).getAttemptCount()).isEqualTo(2);
    }

    @Test
    void three_infrastructure_failures_end_missed_and_can_be_retried_by_hand() {
        Run run = lab.run(ONE_CELL);
        for (int i = 0; i < 3; i++) {
            lab.pass(Duration.ofMinutes(2));
            String runner = i % 2 == 0 ? "one" : "two";
            lab.complete(lab.claim(runner, 1).getFirst(), TestLab.fault(Cause.CAUSE_INFRASTRUCTURE, "network"));
        }
        assertThat(lab.settled(run).getVerdict()).isEqualTo(Verdict.VERDICT_MISSED);
        Run again = lab.parts
                .runControl()
                .retry(
                        ADMIN,
                        RetryRunRequest.newBuilder().setName(run.getName()).build());
        assertThat(again.getState()).isEqualTo(RunState.RUN_STATE_RUNNING);
        Assignment work = lab.claim("two", 1).getFirst();
        lab.complete(work, TestLab.reached(work));
        assertThat(lab.settled(run).getVerdict()).isEqualTo(Verdict.VERDICT_PASSED);
        assertThat(lab.settled(run).getCounts().getMissed()).isZero();
    }

    @Test
    void a_runner_with_three_failures_in_a_row_gets_nothing_until_an_administrator_acts() {
        lab.run("{boot: {flow: arm64/enable-mmu}, matrix: {axes: [{name: pes, values: [1, 2, 3, 4, 5]}]}}");
        for (int i = 0; i < 3; i++) {
            lab.complete(lab.claim("one", 1).getFirst(), TestLab.fault(Cause.CAUSE_INFRASTRUCTURE, "disk full"));
        }
        assertThat(lab.claim("one", 1)).isEmpty();
        var runner = lab.parts
                .runners()
                .get(ADMIN, GetRunnerRequest.newBuilder().setName("runners/one").build());
        assertThat(runner.getHealth()).isEqualTo(RunnerHealth.RUNNER_HEALTH_BAD);
        assertThat(lab.claim("two", 1)).hasSize(1);
    }

    @Test
    void a_draining_runner_keeps_what_it_has_and_gets_nothing_new() {
        lab.run("{boot: {flow: arm64/enable-mmu}, matrix: {axes: [{name: pes, values: [1, 2]}]}}");
        Assignment work = lab.claim("one", 1).getFirst();
        lab.parts
                .runners()
                .drain(
                        ADMIN,
                        DrainRunnerRequest.newBuilder().setName("runners/one").build());
        var answer = lab.sync("one", 4, work);
        assertThat(answer.getDraining()).isTrue();
        assertThat(answer.getStartList()).isEmpty();
        assertThat(answer.getLostList()).isEmpty();
        assertThat(lab.complete(work, TestLab.reached(work)).getVerdict()).isEqualTo(Verdict.VERDICT_PASSED);
    }

    @Test
    void cancelling_skips_what_waits_and_stops_what_runs() {
        Run run = lab.run("{boot: {flow: arm64/enable-mmu}, matrix: {axes: [{name: pes, values: [1, 2, 3]}]}}");
        Assignment work = lab.claim("one", 1).getFirst();
        Run cancelling = lab.parts
                .runControl()
                .cancel(
                        ADMIN,
                        CancelRunRequest.newBuilder().setName(run.getName()).build());
        assertThat(cancelling.getState()).isEqualTo(RunState.RUN_STATE_CANCELLING);
        assertThat(cancelling.getCounts().getSkipped()).isEqualTo(2);
        assertThat(lab.sync("one", 0, work).getCancelList()).containsExactly(work.getAttempt());
        lab.complete(work, TestLab.fault(Cause.CAUSE_CANCELLED, "stopped"));
        Run cancelled = lab.settled(run);
        assertThat(cancelled.getState()).isEqualTo(RunState.RUN_STATE_CANCELLED);
        assertThat(cancelled.getCounts().getSkipped()).isEqualTo(3);
    }

    @Test
    void a_forged_receipt_is_refused_and_changes_nothing() {
        Run run = lab.run(ONE_CELL);
        Assignment work = lab.claim("one", 1).getFirst();
        SignedTraceReceipt forged = TestLab.receipt(work).toBuilder()
                .setSignature(ByteString.copyFromUtf8("not a signature"))
                .build();
        assertThatThrownBy(() -> lab.complete(
                        work,
                        TestLab.reached(work).toBuilder().setReceipt(forged).build()))
                .isInstanceOfSatisfying(
                        LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.RECEIPT_INVALID));
        assertThat(cell(run).getVerdict()).isEqualTo(Verdict.VERDICT_UNSPECIFIED);
        assertThat(lab.complete(work, TestLab.reached(work)).getVerdict()).isEqualTo(Verdict.VERDICT_PASSED);
    }

    @Test
    void an_outcome_without_a_trace_is_no_evidence() {
        lab.run(ONE_CELL);
        Assignment work = lab.claim("one", 1).getFirst();
        var response = lab.complete(
                work, TestLab.reached(work).toBuilder().clearReceipt().build());
        assertThat(response.getVerdict()).isEqualTo(Verdict.VERDICT_MISSED);
        assertThat(response.getCause()).isEqualTo(Cause.CAUSE_INFRASTRUCTURE);
    }

    @Test
    void logs_take_repetitions_and_refuse_gaps() {
        lab.run(ONE_CELL);
        Assignment work = lab.claim("one", 1).getFirst();
        assertThat(append(work, 0, "Xen ver").getNextOffset()).isEqualTo(7);
        assertThat(append(work, 0, "Xen version 4.17").getNextOffset()).isEqualTo(16);
        assertThat(append(work, 4, "ver").getNextOffset()).isEqualTo(16);
        assertThatThrownBy(() -> append(work, 20, "x"))
                .isInstanceOfSatisfying(
                        LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UPLOAD_GAP));
        var chunk = lab.parts
                .runViews()
                .readLog(
                        ADMIN,
                        ReadLogRequest.newBuilder()
                                .setName(work.getAttempt())
                                .setOffset(4)
                                .build());
        assertThat(chunk.getData().toStringUtf8()).isEqualTo("version 4.17");
        assertThat(chunk.getEnd()).isFalse();
    }

    private dev.breakmake.lab.v1.AppendLogResponse append(Assignment work, long offset, String text) {
        return lab.parts
                .leases()
                .appendLog(
                        ADMIN,
                        AppendLogRequest.newBuilder()
                                .setAttempt(work.getAttempt())
                                .setLease(work.getLease())
                                .setOffset(offset)
                                .setData(ByteString.copyFromUtf8(text))
                                .build());
    }

    @Test
    void many_runners_share_a_matrix_and_no_cell_goes_to_two() throws InterruptedException {
        Run run = lab.run("""
                boot: {flow: arm64/enable-mmu}
                matrix:
                  axes:
                    - {name: pes, values: [1, 2, 3, 4, 5, 6, 7, 8]}
                    - {name: seed, values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]}
                """);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Set<String> twice = ConcurrentHashMap.newKeySet();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String name = "crowd" + i;
            lab.register(name);
            threads.add(Thread.startVirtualThread(() -> {
                List<Assignment> work = lab.claim(name, 5);
                while (!work.isEmpty()) {
                    for (Assignment assignment : work) {
                        if (!seen.add(assignment.getAttempt())) {
                            twice.add(assignment.getAttempt());
                        }
                        lab.complete(assignment, TestLab.reached(assignment));
                    }
                    work = lab.claim(name, 5);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(twice).isEmpty();
        assertThat(seen).hasSize(200);
        Run done = lab.settled(run);
        assertThat(done.getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
        assertThat(done.getCounts().getPassed()).isEqualTo(200);
    }

    @Test
    void higher_priority_goes_first_and_waiting_a_minute_is_worth_a_point() {
        Run low = lab.run("{boot: {flow: arm64/enable-mmu}, priority: 10}");
        lab.pass(Duration.ofMinutes(5));
        Run high = lab.run("{boot: {flow: arm64/enable-mmu}, priority: 20}");
        assertThat(lab.claim("one", 1).getFirst().getAttempt()).startsWith(high.getName() + "/");
        lab.pass(Duration.ofMinutes(6));
        lab.run("{boot: {flow: arm64/enable-mmu}, priority: 20}");
        assertThat(lab.claim("one", 1).getFirst().getAttempt()).startsWith(low.getName() + "/");
    }

    @Test
    void a_project_runs_no_more_attempts_than_it_may_and_others_are_not_held_up() {
        small(TestLab.spec(ONE_CELL.replace("boot:", "matrix: {axes: [{name: seed, values: [1, 2, 3, 4]}]}\nboot:")));
        Run other = lab.run(ONE_CELL);
        List<Assignment> first = lab.claim("one", 16);
        List<Assignment> second = lab.claim("two", 16);
        assertThat(first)
                .hasSize(3)
                .filteredOn(work -> work.getAttempt().startsWith(other.getName() + "/"))
                .hasSize(1);
        assertThat(second).isEmpty();
        Assignment ended = first.stream()
                .filter(work -> work.getAttempt().startsWith("projects/small/"))
                .findFirst()
                .orElseThrow();
        lab.complete(ended, TestLab.reached(ended));
        assertThat(lab.claim("two", 16)).hasSize(1);
    }

    @Test
    void runners_that_claim_at_the_same_time_do_not_share_the_room_of_a_project() throws Exception {
        small(TestLab.spec(ONE_CELL.replace(
                "boot:",
                "matrix: {axes: [{name: seed, values: [%s]}]}\nboot:"
                        .formatted(IntStream.rangeClosed(1, 64)
                                .mapToObj(Integer::toString)
                                .collect(Collectors.joining(", "))))));
        List<Callable<Integer>> claims = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String runner = i % 2 == 0 ? "one" : "two";
            claims.add(() -> lab.claim(runner, 4).size());
        }
        int taken = 0;
        try (ExecutorService runners = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> claim : runners.invokeAll(claims)) {
                taken += claim.get();
            }
        }
        assertThat(taken).isEqualTo(2);
    }

    /** A run in a project that may run two attempts at a time. */
    private void small(JobSpec spec) {
        lab.parts
                .jobs()
                .createProject(
                        ADMIN,
                        CreateProjectRequest.newBuilder()
                                .setProjectId("small")
                                .setProject(Project.newBuilder().setMaxRunningAttempts(2))
                                .build());
        lab.parts
                .runs()
                .create(
                        ADMIN,
                        CreateRunRequest.newBuilder()
                                .setParent("projects/small")
                                .setSpec(spec)
                                .build());
    }

    @Test
    void an_uploaded_image_is_pinned_by_digest_in_the_assignment() {
        byte[] content = "not really Xen".repeat(1000).getBytes(StandardCharsets.UTF_8);
        lab.upload(content, 5000, "xen-test");
        lab.run("boot: {image: xen-test}");
        assertThat(lab.claim("one", 1).getFirst().getBoot().getImageDigest()).isEqualTo(Digests.sha256Hex(content));
    }

    @Test
    void cells_say_why_they_wait() {
        Run run = lab.run("boot: {flow: arm64/enable-mmu, backend: QEMU}");
        lab.parts.upkeep().explainWaiting();
        assertThat(cell(run).getPendingReason()).isEqualTo(PendingReason.PENDING_REASON_NO_CAPABLE_RUNNER);
        assertThat(cell(run).getPendingDetail())
                .isEqualTo("none of 2 runners online offers QEMU on virt with 1024 MiB");
        lab.pass(Duration.ofMinutes(5));
        lab.parts.upkeep().explainWaiting();
        assertThat(cell(run).getPendingReason()).isEqualTo(PendingReason.PENDING_REASON_NO_RUNNER_ONLINE);
        lab.pass(Duration.ofHours(24));
        lab.parts.upkeep().reap();
        assertThat(cell(run).getVerdict()).isEqualTo(Verdict.VERDICT_MISSED);
        assertThat(cell(run).getCause()).isEqualTo(Cause.CAUSE_TIMEOUT);
    }
}
