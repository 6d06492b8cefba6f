package dev.breakmake.cli;

import dev.breakmake.engine.flow.FlowName;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Patch;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which flow. */
final class FlowOptionsMixin {

    @Parameters(paramLabel = "ARCH", description = "arm64 or arm32.")
    private String architecture = "";

    @Option(
            names = "--preset",
            defaultValue = "base",
            description =
                    "base (before the series), series (as posted), merged (as it ended up) or fixed; default: base.")
    private String preset = "base";

    @Option(
            names = "--with",
            paramLabel = "OPTION",
            split = ",",
            description = "Takes a decision too, by name or patch number (breakmake flow list).")
    private List<String> with = List.of();

    @Option(names = "--without", paramLabel = "OPTION", split = ",", description = "Leaves a decision out.")
    private List<String> without = List.of();

    @Option(
            names = "--load-address",
            converter = Sizes.Address.class,
            paramLabel = "PA",
            description = "Physical address of the image; default: 0x40200000.")
    private @Nullable Long loadAddress;

    @Option(names = "--pes", defaultValue = "1", description = "Number of PEs, 1 to 8; default: 1.")
    private int pes = 1;

    /** The flow asked for. */
    FlowSpecification specification() {
        try {
            FlowSpecification specification =
                    FlowSpecification.of(FlowName.architecture(architecture), FlowName.preset(preset), pes);
            for (String option : with) {
                specification = specification.with(Patch.of(option), true);
            }
            for (String option : without) {
                specification = specification.with(Patch.of(option), false);
            }
            return loadAddress == null ? specification : specification.at(loadAddress);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "breakmake flow list shows what there is");
        }
    }
}
