package dev.breakmake.cli.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.cli.image.XenImage;
import dev.breakmake.cli.report.SampleReports;
import dev.breakmake.translation.finding.Finding;
import dev.breakmake.translation.rule.RuleId;
import dev.breakmake.translation.rule.Severity;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExpectationsTest {

    private static final Finding SWITCH =
            SampleReports.finding(RuleId.REG_TTBR, Severity.ERROR, "switch_ttbr+0x18", null);
    private static final Outcome REACHED = new Outcome("REACHED", "", 0, null, null, List.of(), List.of());

    private static Expectations parse(String findings) {
        return Expectations.parse("known.json", "{\"findings\": [" + findings + "]}");
    }

    @Test
    void anUnexpectedErrorFailsTheTarget() {
        Expectations.Judgement judgement =
                Expectations.NONE.judge(REACHED, List.of(SWITCH), Set.of(), 1, Severity.ERROR);
        assertThat(judgement.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(judgement.cause()).isEqualTo(Cause.TARGET);
    }

    @Test
    void anExpectedErrorPassesAndCarriesItsReason() {
        Expectations.Judgement judgement = parse(
                        "{\"rule\":\"REG-TTBR\",\"symbol\":\"switch_ttbr\",\"why\":\"the bug\"}")
                .judge(REACHED, List.of(SWITCH), Set.of(), 1, Severity.ERROR);
        assertThat(judgement.verdict()).isEqualTo(Verdict.PASSED);
        assertThat(judgement.findings().getFirst().expectation())
                .extracting(Expectation::why)
                .isEqualTo("the bug");
    }

    @Test
    void theSameRuleElsewhereIsUnexpected() {
        assertThat(parse("{\"rule\":\"REG-TTBR\",\"symbol\":\"other\",\"optional\":true,\"why\":\"x\"}")
                        .judge(REACHED, List.of(SWITCH), Set.of(), 1, Severity.ERROR)
                        .verdict())
                .isEqualTo(Verdict.FAILED);
    }

    @Test
    void aMissingExpectationIsMissedUnlessOptionalOrForMorePes() {
        assertThat(parse("{\"rule\":\"BBM-OA\",\"why\":\"x\"}")
                        .judge(REACHED, List.of(), Set.of(), 1, Severity.ERROR)
                        .verdict())
                .isEqualTo(Verdict.MISSED);
        assertThat(parse("{\"rule\":\"BBM-OA\",\"optional\":true,\"why\":\"x\"},"
                                + "{\"rule\":\"BBM-OA\",\"minPes\":2,\"why\":\"x\"}")
                        .judge(REACHED, List.of(), Set.of(), 1, Severity.ERROR)
                        .verdict())
                .isEqualTo(Verdict.PASSED);
    }

    @Test
    void aMildFindingPassesUnlessAskedToFail() {
        Finding mild = SampleReports.finding(RuleId.TLB_PERM, Severity.WARNING, null, null);
        assertThat(Expectations.NONE
                        .judge(REACHED, List.of(mild), Set.of(), 1, Severity.ERROR)
                        .verdict())
                .isEqualTo(Verdict.PASSED);
        assertThat(Expectations.NONE
                        .judge(REACHED, List.of(mild), Set.of(), 1, Severity.WARNING)
                        .verdict())
                .isEqualTo(Verdict.FAILED);
    }

    @Test
    void whatTheEngineDoesNotModelIsItsFaultNotTheTargets() {
        Outcome unimplemented = new Outcome("UNIMPLEMENTED", "", 0, null, null, List.of(), List.of());
        Expectations.Judgement judgement =
                Expectations.NONE.judge(unimplemented, List.of(SWITCH), Set.of(), 1, Severity.ERROR);
        assertThat(judgement.verdict()).isEqualTo(Verdict.ERRORED);
        assertThat(judgement.cause()).isEqualTo(Cause.ENGINE);
    }

    @Test
    void errorsNameTheFileTheFieldAndThePlace() {
        assertThatThrownBy(() -> Expectations.parse("known.json", "{\"findings\": [\n  oops]}"))
                .hasMessageContaining("known.json:2:");
        assertThatThrownBy(() -> Expectations.parse("known.json", "{}"))
                .hasMessageContaining("'findings' must be an array");
        assertThatThrownBy(() -> parse("{\"rule\":\"NO-SUCH\",\"why\":\"x\"}"))
                .hasMessageContaining("findings[0].rule")
                .hasMessageContaining("NO-SUCH");
        assertThatThrownBy(() -> parse("{\"rule\":\"BBM-OA\"}")).hasMessageContaining("findings[0].why is missing");
        assertThatThrownBy(() -> parse("{\"rule\":\"BBM-OA\",\"simbol\":\"x\",\"why\":\"x\"}"))
                .hasMessageContaining("unknown field 'simbol'");
    }

    @Test
    void everyKnownImageHasCommittedExpectations() {
        for (XenImage image : XenImage.ALL) {
            assertThat(Expectations.committed(image.name()).entries())
                    .as(image.name())
                    .isNotEmpty();
        }
        assertThat(Expectations.committed("9.99-arm64").entries()).isEmpty();
    }

    @Test
    void whatABackendCannotObserveIsNotMissed() {
        Expectations known = Expectations.parse(
                "known.json", "{\"findings\": [{\"rule\": \"CMO-PTOFF\", \"why\": \"caches are off\"}]}");
        assertThat(known.judge(REACHED, List.of(), Set.of(), 1, Severity.ERROR).verdict())
                .isEqualTo(Verdict.MISSED);
        assertThat(known.judge(REACHED, List.of(), Set.of("CMO-PTOFF"), 1, Severity.ERROR)
                        .verdict())
                .isEqualTo(Verdict.PASSED);
    }
}
