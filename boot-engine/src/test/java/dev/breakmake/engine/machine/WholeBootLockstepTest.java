package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.engine.platform.Platform;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every register after every instruction, from reset to the panic text: minutes, because QEMU prints every state. */
@Tag("deep")
class WholeBootLockstepTest {

    @TempDir
    Path scratch = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "4.14-arm64, 2, 12000000",
        "4.17-arm64, 2, 2000000",
        "4.17-arm64, 3, 2000000",
        "4.20-arm64, 2, 2000000",
        "4.20-arm64, 3, 2000000",
        "4.14-armhf, 2, 12000000",
        "4.17-armhf, 2, 3000000"
    })
    void everyRegisterEqualsQemusUpToThePanic(final String version, final int gic, final long least)
            throws IOException, BadImageException {
        final byte[] image = XenImages.image(version);
        final CpuModel cpu = version.endsWith("armhf") ? CpuModel.CORTEX_A15 : CpuModel.CORTEX_A57;
        final BootSpecification specification =
                BootSpecification.of("xen", image, Platform.virt(cpu, 1, 128 << 20, gic));
        final Machine machine =
                new Machine(Lockstep.plan(specification, ImageReader.read("xen", image, null)), specification, null);

        final long instructions = Lockstep.compare(machine, QemuStepLog.model(machine.plan()), scratch, Long.MAX_VALUE);

        System.out.printf("%s, GICv%d: %,d instructions equal%n", version, gic, instructions);
        assertThat(machine.stopped()).as("the boot came to its end").isTrue();
        assertThat(instructions).isGreaterThan(least);
    }
}
