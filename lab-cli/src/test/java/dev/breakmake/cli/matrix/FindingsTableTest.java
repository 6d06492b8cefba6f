package dev.breakmake.cli.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.cli.report.SampleReports;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTableTest {

    @Test
    void countsTheCellsOfEachImageInWhichAFindingWasMade() {
        List<String> lines =
                FindingsTable.of(List.of(SampleReports.failed(), SampleReports.failed(), SampleReports.passed()));
        assertThat(lines.getFirst()).contains("xen <4.17>").contains("xen-4.20");
        assertThat(lines).anySatisfy(line -> assertThat(line).matches("REG-TTBR +switch_ttbr +2 of 2 +\\."));
    }

    @Test
    void noFindingsLeaveTheHeadOnly() {
        assertThat(FindingsTable.of(List.of(SampleReports.passed()))).hasSize(1);
    }
}
