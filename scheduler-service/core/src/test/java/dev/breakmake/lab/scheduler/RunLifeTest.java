package dev.breakmake.lab.scheduler;

import static dev.breakmake.lab.scheduler.TestLab.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.lab.v1.Assignment;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.CellChange;
import dev.breakmake.lab.v1.CellComparison;
import dev.breakmake.lab.v1.CompareRunsRequest;
import dev.breakmake.lab.v1.CompareRunsResponse;
import dev.breakmake.lab.v1.FindingSummary;
import dev.breakmake.lab.v1.ListCellsRequest;
import dev.breakmake.lab.v1.Run;
import dev.breakmake.lab.v1.RunState;
import dev.breakmake.lab.v1.Severity;
import dev.breakmake.lab.v1.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunLifeTest {

    private static final String SIX_CELLS = """
            boot: {flow: arm64/enable-mmu}
            matrix:
              axes:
                - {name: pes, values: [1, 2]}
                - {name: memory, values: [256MiB, 1GiB, 2GiB]}
            expectations:
              - {rule: LINT-*, reason: "known habit"}
            """;
    private static final FindingSummary BBM = FindingSummary.newBuilder()
            .setRule("BBM-OA")
            .setFingerprint("f1")
            .setSeverity(Severity.SEVERITY_ERROR)
            .setSymbol("xen_pt_update")
            .setMessage("output address changed while valid")
            .build();

    @Test
    void a_matrix_goes_from_job_to_verdicts_and_compares_with_its_baseline() {
        TestLab lab = new TestLab();
        lab.register("one");
        Run first = finish(lab, lab.run(SIX_CELLS), "none");
        assertThat(first.getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
        assertThat(first.getVerdict()).isEqualTo(Verdict.VERDICT_PASSED);
        assertThat(first.getCounts().getPassed()).isEqualTo(6);

        Run second = finish(lab, lab.run(TestLab.spec(SIX_CELLS), first.getName()), "2147483648");
        assertThat(second.getVerdict()).isEqualTo(Verdict.VERDICT_FAILED);
        assertThat(second.getCounts().getFailed()).isEqualTo(2);
        assertThat(second.getCounts().getPassed()).isEqualTo(4);

        CompareRunsResponse comparison = lab.parts
                .comparisons()
                .compare(
                        ADMIN,
                        CompareRunsRequest.newBuilder()
                                .setName(second.getName())
                                .build());
        assertThat(comparison.getBaseRun()).isEqualTo(first.getName());
        assertThat(comparison.getCounts().getNewCount()).isEqualTo(2);
        assertThat(comparison.getCounts().getUnchangedCount()).isEqualTo(4);
        assertThat(comparison.getCellsList())
                .extracting(CellComparison::getChange)
                .containsOnly(CellChange.CELL_CHANGE_NEW)
                .hasSize(2);
        assertThat(comparison.getCells(0).getNewFindingsList()).containsExactly("f1");
        assertThat(comparison.getCells(0).getParametersMap()).containsEntry("memory", "2147483648");
    }

    /** Completes every cell of a run; cells with that memory show a violation. */
    private static Run finish(TestLab lab, Run run, String brokenMemory) {
        List<Assignment> work = lab.claim("one", 16);
        assertThat(work).hasSize(6);
        for (Assignment assignment : work) {
            boolean broken = assignment.getParametersOrThrow("memory").equals(brokenMemory);
            lab.complete(assignment, broken ? TestLab.reached(assignment, BBM) : TestLab.reached(assignment));
        }
        return lab.settled(run);
    }

    @Test
    void cells_carry_boot_findings_and_verdict_with_cause() {
        TestLab lab = new TestLab();
        lab.register("one");
        Run run = lab.run(SIX_CELLS);
        FindingSummary lint =
                BBM.toBuilder().setRule("LINT-X").setFingerprint("f2").build();
        for (Assignment assignment : lab.claim("one", 16)) {
            assertThat(assignment.getBoot().getFlow()).isEqualTo("arm64/enable-mmu");
            lab.complete(assignment, TestLab.reached(assignment, BBM, lint));
        }
        var cells = lab.parts
                .runViews()
                .listCells(
                        ADMIN,
                        ListCellsRequest.newBuilder()
                                .setParent(run.getName())
                                .setFilter("verdict = FAILED AND cause = TARGET")
                                .build())
                .getCellsList();
        assertThat(cells).hasSize(6);
        assertThat(cells.getFirst().getDetail())
                .isEqualTo("BBM-OA in xen_pt_update: output address changed while valid");
        assertThat(cells.getFirst().getCause()).isEqualTo(Cause.CAUSE_TARGET);
        assertThat(cells.getFirst().getBoot().getMemory()).isEqualTo(256L << 20);
        assertThat(cells.getFirst().getFindingsList())
                .extracting(finding -> finding.getFinding().getRule() + " " + finding.getExpected())
                .containsExactly("BBM-OA false", "LINT-X true");
        assertThat(cells.getFirst().getTraceDigest()).hasSize(64);
    }
}
