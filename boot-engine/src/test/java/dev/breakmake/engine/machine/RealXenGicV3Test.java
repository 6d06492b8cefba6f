package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.OutcomeKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Boots the real hypervisor on a platform with a GICv3. */
class RealXenGicV3Test {

    @ParameterizedTest
    @CsvSource({"4.14-arm64, 1", "4.17-arm64, 4", "4.20-arm64, 2"})
    void xenFindsEveryRedistributorAndBootsToThePanicThatMissesADom0(final String version, final int pes) {
        final Platform platform = Platform.virt(CpuModel.CORTEX_A57, pes, 128L << 20, 3);
        final BootResult result = Boot.run(BootSpecification.of("xen", XenImages.image(version), platform), null);

        assertThat(result.kind()).as(result.message()).isEqualTo(OutcomeKind.REACHED);
        assertThat(result.console())
                .contains("(XEN) GICv3: 256 lines, (IID 0000043b).")
                .contains("(XEN) GICv3: CPU%d: Found redistributor in region 0".formatted(pes - 1))
                .contains("(XEN) Brought up " + pes + " CPUs");
    }
}
