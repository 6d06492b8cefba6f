package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.flow.Flow;
import dev.breakmake.engine.flow.FlowName;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Mutation;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.engine.study.BootShape;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.layout.Layout;
import dev.breakmake.translation.layout.LayoutFile;
import dev.breakmake.translation.layout.Region;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A flow has the shape of the binary it describes: the same roots in the same order with the MMU on or off, the same life of the identity
 * map, on the boot PE and on a secondary; what the final roots map may differ only where docs/flows says why. Its pages are
 * written by this test: run it with {@code -Dbreakmake.regenerate=true}.
 */
class FlowAgainstBinaryTest {

    private static final Path FOLDER = Path.of("..", "docs", "flows");
    private static final int PES = 2;
    private static final long MEMORY = 128L << 20;
    private static final long SLOT = 1L << 39;
    private static final long FLOW_SLOT = 4;

    /** Why the final map of a region may differ. A region that is not here must be mapped alike. */
    private static final Map<String, String> EXPLAINED = Map.of(
            "XEN", "the flow's image has code and data, no read-only data",
            "FIXMAP", "Xen clears its slots again; the flow leaves the serial port mapped",
            "BOOT_FDT", "4.17 and later map the device tree read-only; the flow maps it as 4.14 does",
            "VMAP", "ioremap comes after the life that flows describe",
            "FRAMETABLE", "comes after the life that flows describe",
            "XENHEAP", "comes after the life that flows describe");

    @ParameterizedTest
    @CsvSource({
        "4.14-arm64, arm64/base, xen-4.17-arm64",
        "4.17-arm64, arm64/base, xen-4.17-arm64",
        "4.20-arm64, arm64/merged, xen-4.20-arm64",
        "4.14-armhf, arm32/base, xen-4.17-arm32",
        "4.17-armhf, arm32/base, xen-4.17-arm32"
    })
    void aFlowHasTheShapeOfItsBinary(final String version, final String flow, final String layoutName)
            throws IOException {
        final BootShape binary = binary(version);
        final FlowSpecification specification = FlowName.parse(flow, Map.of(), null, PES);
        final BootShape written = new BootShape();
        Flow.run(specification, Mutation.NONE, written);
        final Layout layout = LayoutFile.bundled(layoutName);

        for (int pe = 0; pe < PES; pe++) {
            assertThat(written.turns(pe)).as("PE%d of %s", pe, flow).isEqualTo(binary.turns(pe));
        }
        final Map<String, List<String>> real = binary.regions(0, layout);
        final Map<String, List<String>> ours = written.regions(0, layoutOfFlow(layout));
        for (final String region : real.keySet()) {
            if (!EXPLAINED.containsKey(region)) {
                assertThat(ours.get(region)).as(region).isEqualTo(real.get(region));
            }
        }
        compareDocument(version, flow, binary, real, ours);
    }

    private static BootShape binary(final String version) {
        final CpuModel model = version.endsWith("armhf") ? CpuModel.CORTEX_A15 : CpuModel.CORTEX_A57;
        final BootShape shape = new BootShape();
        final BootResult result = Boot.run(
                BootSpecification.of("xen", XenImages.image(version), Platform.virt(model, PES, MEMORY, 2)), shape);
        assertThat(result.kind()).as(result.message()).isEqualTo(OutcomeKind.REACHED);
        return shape;
    }

    /** The flows put the image of the reworked layout into slot 4 as the series did, with an image of 2 MiB. */
    private static Layout layoutOfFlow(final Layout layout) {
        if (layout.first(Region.Kind.IDENTITY).isEmpty()) {
            return layout;
        }
        final Layout old = LayoutFile.bundled("xen-4.17-arm64");
        final List<Region> regions = new ArrayList<>();
        regions.add(
                LayoutFile.bundled("xen-4.18-arm64").first(Region.Kind.IDENTITY).orElseThrow());
        for (final Region region : old.regions()) {
            final long shift = region.range().start() < SLOT ? FLOW_SLOT * SLOT : 0;
            regions.add(new Region(
                    region.name(),
                    new AddressRange(
                            region.range().start() + shift, region.range().end() + shift),
                    region.kind(),
                    region.purpose()));
        }
        return new Layout("flow", old.architecture(), old.granule(), old.addressBits(), old.clashLevel(), regions);
    }

    private static void compareDocument(
            final String version,
            final String flow,
            final BootShape shape,
            final Map<String, List<String>> real,
            final Map<String, List<String>> ours)
            throws IOException {
        final List<String> lines = new ArrayList<>();
        lines.add("# Xen %s and flow %s".formatted(version, flow));
        lines.add("");
        lines.add("Roots, MMU and identity map of both, in this order (roots are named by order of appearance):");
        for (int pe = 0; pe < PES; pe++) {
            lines.add("");
            lines.add("PE%d".formatted(pe));
            lines.add("");
            shape.turns(pe).forEach(turn -> lines.add("1. " + turn));
        }
        lines.add("");
        lines.add("What the boot PE's final root maps:");
        lines.add("");
        lines.add("| region | Xen %s | flow | |".formatted(version));
        lines.add("|---|---|---|---|");
        real.forEach((region, kinds) -> {
            final List<String> mine = ours.getOrDefault(region, List.of());
            final String why = kinds.equals(mine) ? "same" : EXPLAINED.getOrDefault(region, "");
            lines.add("| %s | %s | %s | %s |".formatted(region, text(kinds), text(mine), why));
        });
        lines.add("");
        final String document = String.join("\n", lines);
        final Path file = FOLDER.resolve(version + ".md");
        if (Boolean.getBoolean("breakmake.regenerate")) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, document);
        }
        assertThat(Files.readString(file))
                .as("%s is stale: run with -Dbreakmake.regenerate=true", file)
                .isEqualTo(document);
    }

    private static String text(final List<String> kinds) {
        return kinds.isEmpty() ? "nothing" : String.join(", ", kinds);
    }
}
