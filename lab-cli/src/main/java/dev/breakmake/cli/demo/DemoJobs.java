package dev.breakmake.cli.demo;

import dev.breakmake.cli.boot.Expectation;
import dev.breakmake.cli.boot.Expectations;
import dev.breakmake.cli.image.XenImage;
import dev.breakmake.cli.matrix.LocalImages;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The demo as job files: the text is what a user could submit. */
public final class DemoJobs {

    /** Rules that full observation of QEMU must find where the engine does. */
    private static final Set<String> SEEN_BY_QEMU = Set.of("REG-TTBR");

    private DemoJobs() {}

    /** The series' flows, before and after. */
    public static String flows() {
        try (InputStream in = DemoJobs.class.getResourceAsStream("/dev/breakmake/cli/flows.job.yaml")) {
            if (in == null) {
                throw new IllegalStateException("flows.job.yaml is missing from the lab-cli jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Real Xen on PEs, memory and backends, with the committed expectations of each image.
     *
     * @param qemu whether QEMU cells are wanted
     */
    public static String images(List<XenImage> images, boolean qemu) {
        String names = images.stream().map(LocalImages::tag).collect(Collectors.joining(", "));
        StringBuilder text = new StringBuilder("""
                displayName: Real Xen before and after the series
                spec:
                  matrix:
                    axes:
                      - name: image
                        values: [%s]
                      - name: pes
                        values: [1, 2]
                      - name: memory
                        values: [128MiB, 1GiB]
                      - name: backend
                        values: [%s]
                """.formatted(names, qemu ? "ENGINE, QEMU" : "ENGINE"));
        if (qemu) {
            // On QEMU one cell per arm64 image: a boot of arm32 Xen takes up to 20,000 stops to observe.
            text.append("    exclude:\n");
            text.append("      - parameters: {backend: QEMU, pes: 2}\n");
            text.append("      - parameters: {backend: QEMU, memory: 1GiB}\n");
            images.stream()
                    .filter(image -> image.debianArchitecture().equals("armhf"))
                    .forEach(image -> text.append("      - parameters: {backend: QEMU, image: ")
                            .append(LocalImages.tag(image))
                            .append("}\n"));
        }
        text.append("  failOn: LINT\n  expectations:\n");
        images.forEach(image -> expectations(text, image));
        return text.toString();
    }

    private static void expectations(StringBuilder text, XenImage image) {
        for (Expectation known : Expectations.committed(image.name()).entries()) {
            String cells = "image: " + LocalImages.tag(image) + (known.minPes() > 1 ? ", pes: " + known.minPes() : "");
            expectation(text, known, cells + ", backend: ENGINE", !known.optional());
            expectation(text, known, cells + ", backend: QEMU", SEEN_BY_QEMU.contains(known.rule()));
        }
    }

    private static void expectation(StringBuilder text, Expectation known, String cells, boolean required) {
        text.append("    - rule: ").append(known.rule()).append('\n');
        if (known.symbol() != null) {
            text.append("      symbol: \"").append(known.symbol()).append("\"\n");
        }
        text.append("      cells: {").append(cells).append("}\n");
        text.append("      required: ").append(required).append('\n');
        text.append("      reason: \"").append(known.why().replace("\"", "'")).append("\"\n");
    }
}
