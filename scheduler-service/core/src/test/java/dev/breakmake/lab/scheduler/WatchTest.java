package dev.breakmake.lab.scheduler;

import static dev.breakmake.lab.scheduler.TestLab.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.LabLimits;
import dev.breakmake.lab.scheduler.domain.LogTails;
import dev.breakmake.lab.scheduler.domain.Reason;
import dev.breakmake.lab.scheduler.domain.RunWatches;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunEvent;
import dev.breakmake.lab.v1.SyncRunnerRequest;
import dev.breakmake.lab.v1.SyncRunnerResponse;
import dev.breakmake.lab.v1.Verdict;
import dev.breakmake.lab.v1.WatchRunRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Streams of a run's changes: complete, no more than there are places for. */
class WatchTest {

    private static final String FOUR_CELLS =
            "{boot: {flow: arm64/enable-mmu}, matrix: {axes: [{name: pes, values: [1, 2, 4, 8]}]}}";

    private static LabLimits places(int streams) {
        LabLimits standard = LabLimits.DEFAULTS;
        return new LabLimits(
                standard.lease(),
                standard.idleSync(),
                standard.busySync(),
                standard.longPoll(),
                standard.maxExpirations(),
                standard.imageBytes(),
                standard.logBytes(),
                standard.queuedCells(),
                streams);
    }

    private static RunWatches.Watch watch(TestLab lab, Run run, String token) {
        return lab.parts
                .watches()
                .open(
                        ADMIN,
                        WatchRunRequest.newBuilder()
                                .setName(run.getName())
                                .setResumeToken(token)
                                .build());
    }

    private static List<RunEvent> next(TestLab lab, RunWatches.Watch watch) throws InterruptedException {
        lab.parts.upkeep().settleRuns();
        lab.parts.watches().poll();
        return watch.next(10_000);
    }

    private static Map<String, Verdict> cells(List<RunEvent> events) {
        Map<String, Verdict> verdicts = new HashMap<>();
        events.stream()
                .filter(RunEvent::hasCell)
                .forEach(event ->
                        verdicts.put(event.getCell().getName(), event.getCell().getVerdict()));
        return verdicts;
    }

    @Test
    void whoever_finds_no_place_is_told_the_limit_and_finds_one_when_another_leaves() {
        TestLab lab = new TestLab(places(2));
        Run run = lab.run(FOUR_CELLS);
        RunWatches.Watch first = watch(lab, run, "");
        LogTails.Tail second = lab.parts.logTails().open(ADMIN, run.getName() + "/cells/1/attempts/1", 0);
        assertThatThrownBy(() -> watch(lab, run, "")).isInstanceOfSatisfying(LabException.class, e -> {
            assertThat(e.reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
            assertThat(e.reason().retryable()).isTrue();
            assertThat(e.detail()).contains("2 streams").contains("breakmake.scheduler.streams");
        });
        assertThat(lab.meters.get("lab.streams").gauge().value()).isEqualTo(2);
        first.close();
        first.close();
        RunWatches.Watch third = watch(lab, run, "");
        assertThatThrownBy(() -> watch(lab, run, "")).isInstanceOf(LabException.class);
        third.close();
        second.close();
        assertThat(lab.meters.get("lab.streams").gauge().value()).isZero();
    }

    @Test
    void every_change_is_seen_and_nothing_that_did_not_change_is_sent_again() throws InterruptedException {
        TestLab lab = new TestLab();
        lab.register("one");
        Run run = lab.run(FOUR_CELLS);
        try (RunWatches.Watch watch = watch(lab, run, "")) {
            List<RunEvent> snapshot = next(lab, watch);
            assertThat(snapshot.getFirst().getRun().getName()).isEqualTo(run.getName());
            assertThat(cells(snapshot)).hasSize(4);

            Map<String, Verdict> seen = new HashMap<>();
            List<Assignment> work = new ArrayList<>(lab.claim("one", 4));
            assertThat(work).hasSize(4);
            String token = "";
            while (!work.isEmpty()) {
                Assignment assignment = work.removeLast();
                lab.complete(assignment, TestLab.reached(assignment));
                List<RunEvent> events = next(lab, watch);
                while (events.stream()
                        .noneMatch(event -> event.hasCell()
                                && assignment
                                        .getAttempt()
                                        .startsWith(event.getCell().getName() + "/")
                                && event.getCell().getVerdict() == Verdict.VERDICT_PASSED)) {
                    events = next(lab, watch);
                }
                seen.putAll(cells(events));
                token = events.getLast().getResumeToken();
            }
            while (!watch.isEnded()) {
                seen.putAll(cells(next(lab, watch)));
            }
            assertThat(seen.values()).hasSize(4).containsOnly(Verdict.VERDICT_PASSED);

            try (RunWatches.Watch resumed = watch(lab, run, token)) {
                List<RunEvent> rest = next(lab, resumed);
                assertThat(rest.getLast().getEnd()).isTrue();
                assertThat(cells(rest)).hasSizeLessThan(4);
            }
        }
    }

    @Test
    void a_stop_ends_what_only_waits() throws InterruptedException {
        LabLimits defaults = LabLimits.DEFAULTS;
        Duration anHour = Duration.ofHours(1);
        TestLab lab = new TestLab(new LabLimits(
                anHour,
                anHour,
                anHour,
                anHour,
                3,
                defaults.imageBytes(),
                defaults.logBytes(),
                defaults.queuedCells(),
                8));
        lab.register("idle");
        SyncRunnerRequest request = SyncRunnerRequest.newBuilder()
                .setRunner("runners/idle")
                .setFreeSlots(1)
                .setMaxWait(com.google.protobuf.Duration.newBuilder().setSeconds(anHour.toSeconds()))
                .build();
        Run run = lab.run(FOUR_CELLS);
        lab.claim("idle", 4).forEach(assignment -> lab.complete(assignment, TestLab.reached(assignment)));
        List<Object> ended = Collections.synchronizedList(new ArrayList<>());
        try (RunWatches.Watch watch = watch(lab, run, "")) {
            watch.next(0);
            Thread poll = waiting(() -> ended.add(lab.parts.leases().sync(ADMIN, request)));
            Thread reader = waiting(() -> {
                while (!watch.isEnded()) {
                    ended.addAll(watch.next(anHour.toMillis()));
                }
            });
            lab.parts.endWaits();
            assertThat(poll.join(Duration.ofMinutes(1))).isTrue();
            assertThat(reader.join(Duration.ofMinutes(1))).isTrue();
        }
        assertThat(ended).hasAtLeastOneElementOfType(SyncRunnerResponse.class);
    }

    private interface Waits {
        void run() throws InterruptedException;
    }

    /** A thread that does this and has come to wait. */
    private static Thread waiting(Waits work) {
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                work.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return thread;
    }
}
