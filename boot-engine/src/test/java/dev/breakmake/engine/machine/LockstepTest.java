package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.engine.platform.Platform;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The engine against QEMU, register by register. The number of instructions compared is bounded here; {@code -Dlockstep.steps=N}
 * compares more, a whole boot takes minutes because QEMU prints every state.
 */
class LockstepTest {

    private static final long STEPS = Long.getLong("lockstep.steps", 20_000);

    @TempDir
    Path scratch = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "4.14-arm64, 2",
        "4.17-arm64, 2",
        "4.17-arm64, 3",
        "4.20-arm64, 2",
        "4.20-arm64, 3",
        "4.14-armhf, 2",
        "4.17-armhf, 2"
    })
    void everyRegisterEqualsQemusAfterEveryInstruction(final String version, final int gic)
            throws IOException, BadImageException {
        final byte[] image = XenImages.image(version);
        final CpuModel cpu = version.endsWith("armhf") ? CpuModel.CORTEX_A15 : CpuModel.CORTEX_A57;
        final BootSpecification specification =
                BootSpecification.of("xen", image, Platform.virt(cpu, 1, 128 << 20, gic));
        final BootPlan plan = Lockstep.plan(specification, ImageReader.read("xen", image, null));

        assertThat(Lockstep.compare(plan, specification, scratch, STEPS)).isPositive();
    }
}
