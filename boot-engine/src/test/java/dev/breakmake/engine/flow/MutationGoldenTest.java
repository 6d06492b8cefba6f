package dev.breakmake.engine.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.study.MutationReport;
import dev.breakmake.engine.study.MutationStudy;
import dev.breakmake.engine.study.MutationText;
import dev.breakmake.translation.event.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every single-operation mutation of every preset is detected or explained, and which is which stands in files that are compared. Run with
 * {@code -Dbreakmake.regenerate=true} to write them.
 */
class MutationGoldenTest {

    private static final Path FOLDER = Path.of("src", "test", "resources", "mutations");
    private static final int PES = 2;

    static List<Arguments> flows() {
        final List<Arguments> flows = new ArrayList<>();
        for (final Architecture architecture : Architecture.values()) {
            for (final Preset preset : Preset.values()) {
                flows.add(Arguments.of(architecture, preset));
            }
        }
        return flows;
    }

    /** With one PE a broadcast invalidate that no DSB completes can be made up for by a local one of everything. */
    @ParameterizedTest
    @MethodSource("flows")
    void theMutationsOfOneProcessingElementAreToo(final Architecture architecture, final Preset preset) {
        assertThat(MutationStudy.of(FlowSpecification.of(architecture, preset, 1))
                        .undetected())
                .isEmpty();
    }

    /** With three, what one secondary has left open meets another one that begins. */
    @ParameterizedTest
    @EnumSource(Architecture.class)
    void theMutationsOfThreeProcessingElementsAreToo(final Architecture architecture) {
        assertThat(MutationStudy.of(FlowSpecification.of(architecture, Preset.SERIES, 3))
                        .undetected())
                .isEmpty();
    }

    @Tag("deep")
    @ParameterizedTest
    @MethodSource("flows")
    void theMutationsOfFourProcessingElementsAreToo(final Architecture architecture, final Preset preset) {
        assertThat(MutationStudy.of(FlowSpecification.of(architecture, preset, 4))
                        .undetected())
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("flows")
    void theMutationsOfAPresetAreDetectedOrExplained(final Architecture architecture, final Preset preset)
            throws IOException {
        final MutationReport report = MutationStudy.of(FlowSpecification.of(architecture, preset, PES));
        final String name = "%s-%s.txt".formatted(FlowName.of(architecture), preset.id());
        final String lines = String.join("\n", MutationText.lines(report)) + "\n";
        if (Boolean.getBoolean("breakmake.regenerate")) {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve(name), lines);
        }

        assertThat(report.undetected()).isEmpty();
        assertThat(report.total())
                .isEqualTo(report.detected().size() + report.harmless().size());
        assertThat(lines)
                .as("%s is stale: run with -Dbreakmake.regenerate=true", name)
                .isEqualTo(Files.readString(FOLDER.resolve(name)));
    }
}
