package dev.breakmake.cli;

import dev.breakmake.engine.flow.FlowName;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Patch;
import dev.breakmake.engine.flow.TableOptions;
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

    @Option(
            names = "--granule",
            paramLabel = "SIZE",
            description = "Size of pages and tables: 4k, 16k or 64k; default: 4k, the only one of arm32.")
    private @Nullable String granule;

    @Option(
            names = "--walks",
            paramLabel = "ATTRIBUTE",
            description = "Cacheability of table walks: write-back or non-cacheable; default: write-back.")
    private @Nullable String walks;

    @Option(
            names = "--sharing",
            paramLabel = "DOMAIN",
            description = "Shareability of walks and normal memory: inner or outer; default: inner.")
    private @Nullable String sharing;

    /** The flow asked for. */
    FlowSpecification specification() {
        try {
            FlowSpecification specification = FlowSpecification.of(
                            FlowName.architecture(architecture), FlowName.preset(preset), pes)
                    .with(tables());
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

    private TableOptions tables() {
        TableOptions tables = TableOptions.DEFAULT;
        tables = granule == null ? tables : tables.with("granule", granule);
        tables = walks == null ? tables : tables.with("walks", walks);
        return sharing == null ? tables : tables.with("sharing", sharing);
    }
}
