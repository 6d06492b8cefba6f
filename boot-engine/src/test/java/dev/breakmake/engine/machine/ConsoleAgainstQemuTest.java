package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.testkit.Programs;
import dev.breakmake.translation.OutcomeKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same image with the same device tree prints the same text here and on a stock QEMU. */
class ConsoleAgainstQemuTest {

    private static final Pattern SECONDARY = Pattern.compile("\\(XEN\\) (?:GICv\\d: )?CPU ?(\\d+)\\b");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "4.14-arm64, CORTEX_A57, 128, 2",
        "4.17-arm64, CORTEX_A57, 128, 3",
        "4.20-arm64, CORTEX_A57, 256, 2",
        "4.20-arm64, CORTEX_A57, 1024, 3",
        "4.14-arm64, CORTEX_A57, 256, 3",
        "4.17-arm64, CORTEX_A57, 3072, 2",
        "4.14-armhf, CORTEX_A15, 128, 2",
        "4.17-armhf, CORTEX_A15, 128, 2",
        "4.17-armhf, CORTEX_A15, 3072, 2",
    })
    void printsWhatQemuPrints(final String version, final CpuModel cpu, final int mib, final int gic) throws Exception {
        final Platform platform = Platform.virt(cpu, 1, (long) mib << 20, gic);

        assertThat(ours(version, platform)).isEqualTo(qemus(version, platform));
    }

    /**
     * Xen prints debug messages while the boot PE waits for another one to come up. Whether the other PE's last ones still fall into
     * that time is a race between the two, on hardware as here: they are left out, and warnings that several PEs add count once.
     */
    @ParameterizedTest
    @CsvSource({
        "4.14-arm64, CORTEX_A57, 2, 2",
        "4.17-arm64, CORTEX_A57, 2, 2",
        "4.20-arm64, CORTEX_A57, 4, 3",
        "4.17-arm64, CORTEX_A57, 8, 3",
        "4.14-armhf, CORTEX_A15, 4, 2",
        "4.17-armhf, CORTEX_A15, 2, 2",
    })
    void onSeveralPesEachPrintsTheSameLinesInTheSameOrderAsOnQemu(
            final String version, final CpuModel cpu, final int pes, final int gic) throws Exception {
        final Platform platform = Platform.virt(cpu, pes, 128L << 20, gic);
        final List<String> ours = ours(version, platform);
        final List<String> qemus = qemus(version, platform);

        for (int pe = 0; pe < pes; pe++) {
            assertThat(linesOf(pe, ours)).as("PE %d", pe).isEqualTo(linesOf(pe, qemus));
        }
    }

    /** A PE's own lines in order: those of another than the boot PE say which it is. */
    private static List<String> linesOf(final int pe, final List<String> lines) {
        return lines.stream()
                .filter(line -> writer(line) == pe)
                .filter(line -> !line.matches("\\(XEN\\) CPU ?[1-9]\\d*( booted\\.|: Guest atomics will try .*)"))
                .distinct()
                .toList();
    }

    private static int writer(final String line) {
        final Matcher matcher = SECONDARY.matcher(line);
        return matcher.lookingAt() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    private static List<String> ours(final String version, final Platform platform) {
        final BootResult result = Boot.run(BootSpecification.of("xen", XenImages.image(version), platform), null);
        assertThat(result.kind()).as(result.message()).isEqualTo(OutcomeKind.REACHED);
        return result.console().replace("\r", "").lines().toList();
    }

    private List<String> qemus(final String version, final Platform platform) throws Exception {
        final boolean wide = platform.cpu() == CpuModel.CORTEX_A57;
        final String program = wide ? "qemu-system-aarch64" : "qemu-system-arm";
        Programs.require(program, "qemu-system-arm");
        final byte[] image = XenImages.image(version);
        final BootPlan plan = BootPlan.of(platform, ImageReader.read("xen", image, null), BootOptions.DEFAULT);
        final Path kernel = Files.write(folder.resolve("xen"), image);
        final Path tree =
                Files.write(folder.resolve("tree.dtb"), plan.loads().getLast().bytes());
        return qemu(
                program,
                "-M",
                wide ? "virt,virtualization=on,gic-version=" + platform.gic().version() : "virt,virtualization=on",
                "-cpu",
                wide ? "cortex-a57" : "cortex-a15",
                "-smp",
                Integer.toString(platform.pes()),
                "-m",
                (platform.ramBytes() >> 20) + "M",
                "-nic",
                "none",
                "-nographic",
                "-kernel",
                kernel.toString(),
                "-dtb",
                tree.toString());
    }

    /** The lines QEMU prints up to and including the panic text. */
    private static List<String> qemu(final String... command) throws IOException {
        final Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader console = process.inputReader(StandardCharsets.ISO_8859_1)) {
            final List<String> lines = new ArrayList<>();
            for (String line = console.readLine(); line != null; line = console.readLine()) {
                if (!line.isEmpty() || !lines.isEmpty()) {
                    lines.add(line);
                }
                if (line.contains("Could not set up")) {
                    break;
                }
            }
            return lines;
        } finally {
            process.destroy();
        }
    }
}
