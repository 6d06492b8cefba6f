package dev.breakmake.cli.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.FindingSummary;
import dev.breakmake.lab.v1.JudgedFinding;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FindingsTableTest {

    private static Cell cell(String image, String... symbols) {
        return Cell.newBuilder()
                .setBoot(BootSpec.newBuilder().setImage(image))
                .addAllFindings(Stream.of(symbols)
                        .map(symbol -> JudgedFinding.newBuilder()
                                .setFinding(FindingSummary.newBuilder()
                                        .setRule("REG-TTBR")
                                        .setSymbol(symbol))
                                .build())
                        .toList())
                .build();
    }

    @Test
    void countsInHowManyCellsOfAnImageEachFindingWasMade() {
        List<String> lines = FindingsTable.of(
                List.of(
                        cell("before", "switch_ttbr", "head.o#secondary"),
                        cell("before", "switch_ttbr"),
                        cell("after")),
                100);
        assertThat(lines.getFirst()).contains("before").contains("after");
        assertThat(lines)
                .anySatisfy(line -> assertThat(line).matches("REG-TTBR +switch_ttbr +2 of 2 +\\."))
                .anySatisfy(line -> assertThat(line).matches("REG-TTBR +secondary +1 of 2 +\\."));
    }

    @Test
    void aNarrowTerminalGetsSeveralTables() {
        List<Cell> cells = Stream.of("one", "two", "three", "four", "five", "six", "seven")
                .map(image -> cell(image, "switch_ttbr"))
                .toList();
        assertThat(FindingsTable.of(cells, 60))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(60));
        assertThat(String.join("\n", FindingsTable.of(cells, 60))).contains("one", "seven");
    }

    @Test
    void nothingFoundIsSaidInWords() {
        assertThat(FindingsTable.of(List.of(cell("clean")), 100)).containsExactly("no findings");
    }
}
