package dev.breakmake.translation.finding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.rule.Clock;
import dev.breakmake.translation.rule.Profile;
import dev.breakmake.translation.rule.Reporter.Place;
import dev.breakmake.translation.rule.RuleId;
import dev.breakmake.translation.rule.Severity;
import dev.breakmake.translation.rule.Violation;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Occurrences at one place are one finding, told by its worst case. */
final class FindingCollectorTest {
    private static final Place HERE = new Place("EL2", "", 3, 0x400, 1, 0x1000, 0x1000);
    private static final Place NEXT = new Place("EL2", "", 3, 0x400, 2, 0x2000, 0x1000);

    private static FindingCollector collector() {
        return new FindingCollector(Profile.DEFAULT, SymbolSource.NONE, new Clock());
    }

    @Test
    void occurrencesAtOnePlaceAreCountedAndTheirRangesJoined() {
        FindingCollector collector = collector();
        assertThat(collector.report(RuleId.BBM_OA, null, HERE)).isNotNull();
        assertThat(collector.report(RuleId.BBM_OA, null, NEXT)).isNull();
        Finding finding = collector.findings().getFirst();
        assertThat(finding.count()).isEqualTo(2);
        assertThat(finding.pes()).containsExactly(0, 1);
        assertThat(finding.vaRanges()).singleElement().asString().isEqualTo("[0x1000, 0x3000)");
    }

    @Test
    void theWorseOfTwoGradingsIsTold() {
        FindingCollector collector = collector();
        Violation mild = collector.report(RuleId.BBM_SIZE, Severity.WARNING, HERE);
        assertThat(mild).isNotNull();
        Violation severe = Objects.requireNonNull(collector.report(RuleId.BBM_SIZE, null, HERE));
        severe.message("the severe case");
        assertThat(collector.report(RuleId.BBM_SIZE, Severity.WARNING, HERE)).isNull();
        Finding finding = collector.findings().getFirst();
        assertThat(finding.severity()).isEqualTo(Severity.ERROR);
        assertThat(finding.message()).isEqualTo("the severe case");
        assertThat(finding.count()).isEqualTo(3);
    }
}
