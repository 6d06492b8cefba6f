package dev.breakmake.lab.scheduler;

import static dev.breakmake.lab.scheduler.TestLab.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.scheduler.domain.Reason;
import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.Baseline;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.CellChange;
import dev.breakmake.lab.v1.CellComparison;
import dev.breakmake.lab.v1.CompareRunsRequest;
import dev.breakmake.lab.v1.CompareRunsResponse;
import dev.breakmake.lab.v1.FindingSummary;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.SetBaselineRequest;
import dev.breakmake.lab.v1.Severity;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Every kind of change between two runs, in one pair of them. */
class ComparisonTest {

    private static final FindingSummary FINDING = FindingSummary.newBuilder()
            .setRule("BBM-OA")
            .setFingerprint("f1")
            .setSeverity(Severity.SEVERITY_ERROR)
            .build();

    private final TestLab lab = new TestLab();

    ComparisonTest() {
        lab.register("one");
    }

    /** Runs cells with so many PEs; those in {@code broken} show a finding, those in {@code unable} cannot be decided. */
    private Run run(List<Integer> pes, List<Integer> broken, List<Integer> unable, String baseline) {
        Run run = lab.run(
                TestLab.spec("{boot: {flow: arm64/base}, matrix: {axes: [{name: pes, values: " + pes + "}]}}"),
                baseline);
        List<Assignment> work = lab.claim("one", 16);
        assertThat(work).hasSize(pes.size());
        for (Assignment assignment : work) {
            int number = Integer.parseInt(assignment.getParametersOrThrow("pes"));
            lab.complete(
                    assignment,
                    unable.contains(number)
                            ? TestLab.fault(Cause.CAUSE_CONFIGURATION, "no such board")
                            : broken.contains(number)
                                    ? TestLab.reached(assignment, FINDING)
                                    : TestLab.reached(assignment));
        }
        return lab.settled(run);
    }

    private CompareRunsResponse compare(Run run, CellChange only, int size, String token) {
        return lab.parts
                .comparisons()
                .compare(
                        ADMIN,
                        CompareRunsRequest.newBuilder()
                                .setName(run.getName())
                                .setChange(only)
                                .setPageSize(size)
                                .setPageToken(token)
                                .build());
    }

    private static Map<String, CellChange> changes(CompareRunsResponse response) {
        Map<String, CellChange> changes = new TreeMap<>();
        for (CellComparison cell : response.getCellsList()) {
            changes.put(cell.getParametersOrThrow("pes"), cell.getChange());
        }
        return changes;
    }

    @Test
    void every_cell_has_one_class_and_the_counts_are_those_of_the_cells() {
        Run base = run(List.of(1, 2, 3, 4, 5, 6), List.of(2, 4), List.of(), "");
        Run next = run(List.of(1, 2, 3, 4, 5, 7), List.of(3, 4), List.of(5), base.getName());

        CompareRunsResponse changed = compare(next, CellChange.CELL_CHANGE_UNSPECIFIED, 0, "");
        assertThat(changes(changed))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "2", CellChange.CELL_CHANGE_FIXED,
                        "3", CellChange.CELL_CHANGE_NEW,
                        "4", CellChange.CELL_CHANGE_NEVER_PASSED,
                        "5", CellChange.CELL_CHANGE_INCONCLUSIVE,
                        "6", CellChange.CELL_CHANGE_DISAPPEARED,
                        "7", CellChange.CELL_CHANGE_APPEARED));
        assertThat(changes(compare(next, CellChange.CELL_CHANGE_UNCHANGED, 0, "")))
                .isEqualTo(Map.of("1", CellChange.CELL_CHANGE_UNCHANGED));
        var counts = changed.getCounts();
        assertThat(List.of(
                        counts.getNewCount(),
                        counts.getFixedCount(),
                        counts.getUnchangedCount(),
                        counts.getAppearedCount(),
                        counts.getDisappearedCount(),
                        counts.getNeverPassedCount(),
                        counts.getInconclusiveCount()))
                .containsOnly(1L);
        for (CellComparison cell : changed.getCellsList()) {
            switch (cell.getChange()) {
                case CELL_CHANGE_NEW -> assertThat(cell.getNewFindingsList()).containsExactly("f1");
                case CELL_CHANGE_FIXED ->
                    assertThat(cell.getFixedFindingsList()).containsExactly("f1");
                default -> assertThat(cell.getFixedFindingsList()).isEmpty();
            }
        }
    }

    @Test
    void what_fails_again_after_it_has_passed_in_an_earlier_run_is_unchanged_and_no_cell_that_never_passed() {
        run(List.of(1, 2), List.of(), List.of(), "");
        Run base = run(List.of(1, 2), List.of(1), List.of(), "");
        Run next = run(List.of(1, 2), List.of(1), List.of(), base.getName());
        assertThat(changes(compare(next, CellChange.CELL_CHANGE_UNCHANGED, 0, "")))
                .containsKeys("1", "2");
    }

    @Test
    void pages_of_a_comparison_hold_every_cell_once() {
        Run base = run(List.of(1, 2, 3, 4, 5), List.of(), List.of(), "");
        Run next = run(List.of(1, 2, 3, 4, 5), List.of(1, 2, 3, 4, 5), List.of(), base.getName());
        Map<String, CellChange> all = new TreeMap<>();
        String token = "";
        int pages = 0;
        do {
            CompareRunsResponse page = compare(next, CellChange.CELL_CHANGE_UNSPECIFIED, 2, token);
            assertThat(page.getCellsCount()).isLessThanOrEqualTo(2);
            assertThat(page.getCounts().getNewCount()).isEqualTo(5);
            Map<String, CellChange> fresh = changes(page);
            assertThat(all).doesNotContainKeys(fresh.keySet().toArray(String[]::new));
            all.putAll(fresh);
            token = page.getNextPageToken();
            pages++;
        } while (!token.isEmpty());
        assertThat(pages).isEqualTo(3);
        assertThat(all).hasSize(5);
    }

    @Test
    void a_baseline_moves_with_its_version_and_only_to_runs_that_have_ended() {
        Run first = run(List.of(1), List.of(), List.of(), "");
        Run second = run(List.of(1), List.of(1), List.of(), "");
        Baseline baseline = set("projects/default/baselines/main", first.getName(), "");
        assertThat(set(baseline.getName(), second.getName(), baseline.getEtag()).getRun())
                .isEqualTo(second.getName());
        assertThatThrownBy(() -> set(baseline.getName(), first.getName(), baseline.getEtag()))
                .isInstanceOfSatisfying(
                        LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ETAG_MISMATCH));
        Run open = lab.run("{boot: {flow: arm64/base}}");
        assertThatThrownBy(() -> set(baseline.getName(), open.getName(), ""))
                .isInstanceOfSatisfying(
                        LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.RUN_NOT_FINISHED));
        // A run that names the baseline is held against what it points at when the run begins.
        lab.claim("one", 16).forEach(assignment -> lab.complete(assignment, TestLab.reached(assignment)));
        Run against = run(List.of(1), List.of(), List.of(), baseline.getName());
        assertThat(against.getBaselineRun()).isEqualTo(second.getName());
    }

    private Baseline set(String name, String run, String etag) {
        return lab.parts
                .comparisons()
                .setBaseline(
                        ADMIN,
                        SetBaselineRequest.newBuilder()
                                .setBaseline(Baseline.newBuilder()
                                        .setName(name)
                                        .setRun(run)
                                        .setEtag(etag))
                                .build());
    }
}
