package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.engine.platform.Tools;
import dev.breakmake.testkit.Programs;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Firmware that is entered in Secure Supervisor mode and hands over to Hyp mode, on the engine and on QEMU. */
class SecureEntryTest {

    private static final int STEPS = 1000;

    @TempDir
    Path scratch = Path.of("");

    private byte[] program(final String name) throws Exception {
        final Path source = scratch.resolve(name);
        final Path object = scratch.resolve(name + ".o");
        final Path binary = scratch.resolve(name + ".bin");
        try (var in = SecureEntryTest.class.getResourceAsStream("/programs/" + name)) {
            Files.write(source, Objects.requireNonNull(in).readAllBytes());
        }
        Programs.require("arm-linux-gnueabihf-as", "binutils-arm-linux-gnueabihf");
        Tools.run("arm-linux-gnueabihf-as", "-o", object.toString(), source.toString());
        Tools.run("arm-linux-gnueabihf-objcopy", "-O", "binary", object.toString(), binary.toString());
        return Files.readAllBytes(binary);
    }

    @Test
    void everyRegisterEqualsQemusOnTheWayFromSecureSupervisorToHypMode() throws Exception {
        final byte[] image = program("secure-entry.S");
        final BootSpecification specification =
                BootSpecification.of("secure", image, board(CpuModel.CORTEX_A15_SECURE));
        final BootPlan plan = Lockstep.plan(specification, ImageReader.read("secure", image, null));

        assertThat(Lockstep.compare(plan, specification, scratch, STEPS)).isEqualTo(STEPS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.14-armhf", "4.17-armhf"})
    void xenBehindFirmwareThatSwitchesToHypModeBootsAsIfEnteredThere(final String version) throws Exception {
        final byte[] xen = XenImages.image(version);
        final byte[] image = Arrays.copyOf(program("to-hyp.S"), 0x1_0000 + xen.length);
        System.arraycopy(xen, 0, image, 0x1_0000, xen.length);
        final BootSpecification behind = BootSpecification.of("xen", image, board(CpuModel.CORTEX_A15_SECURE))
                .withOptions(BootOptions.DEFAULT.withLoadAddress(0x4020_0000L));
        final BootSpecification direct = BootSpecification.of("xen", xen, board(CpuModel.CORTEX_A15))
                .withOptions(BootOptions.DEFAULT.withLoadAddress(0x4021_0000L));
        final List<TranslationEvent> events = new ArrayList<>();

        final BootResult result = Boot.run(behind, events::add);

        assertThat(result.kind()).as(result.message() + result.console()).isEqualTo(OutcomeKind.REACHED);
        assertThat(settled(result)).isEqualTo(settled(Boot.run(direct, null)));
        assertThat(events)
                .filteredOn(RegisterWrite.class::isInstance)
                .extracting(event -> ((RegisterWrite) event).register())
                .contains(TranslationRegister.HTTBR, TranslationRegister.HSCTLR)
                .doesNotContain(TranslationRegister.SCTLR, TranslationRegister.TTBR0);
    }

    /** Without lines about firmware calls, which nobody answers here, and about features, which the Security Extensions are one of. */
    private static List<String> settled(final BootResult result) {
        return result.console()
                .lines()
                .filter(line -> !line.matches("(?i).*(psci|smccc|Processor Features|Extensions:).*"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.14-armhf", "4.17-armhf"})
    void xenItselfStopsInItsStartCodeWhenItIsNotEnteredInHypMode(final String version) {
        final BootSpecification specification = BootSpecification.of(
                        "xen", XenImages.image(version), board(CpuModel.CORTEX_A15_SECURE))
                .withSymbols(XenImages.symbols(version));

        final BootResult result = Boot.run(specification, null);

        assertThat(result.kind()).as(result.message()).isEqualTo(OutcomeKind.HUNG);
        assertThat(result.symbol()).isNotNull().contains("fail");
    }

    private static Platform board(final CpuModel cpu) {
        return Platform.virt(cpu, 1, 128 << 20, 2);
    }
}
