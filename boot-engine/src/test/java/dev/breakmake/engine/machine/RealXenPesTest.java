package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real hypervisor on many PEs, both interrupt controllers, and PEs interleaved by a seed. */
class RealXenPesTest {

    private static BootSpecification xen(final String version, final int pes, final int gic) {
        return BootSpecification.of(
                "xen", XenImages.image(version), Platform.virt(CpuModel.CORTEX_A57, pes, 128 << 20, gic));
    }

    @ParameterizedTest
    @CsvSource({"4.14-arm64, 8, 2", "4.20-arm64, 8, 2", "4.14-arm64, 2, 3", "4.17-arm64, 8, 3", "4.20-arm64, 2, 3"})
    void everyPeComesUp(final String version, final int pes, final int gic) {
        final BootResult result = Boot.run(xen(version, pes, gic), null);

        assertThat(result.kind()).as(result.message()).isEqualTo(OutcomeKind.REACHED);
        assertThat(result.console())
                .contains("(XEN) Brought up " + pes + " CPUs")
                .contains("(XEN) Could not set up DOM0 guest OS");
    }

    /** Every version with every number of PEs, amount of memory and interrupt controller at least once, each pair of the last two. */
    @ParameterizedTest
    @CsvSource({
        "4.17-arm64, 1, 256, 3", "4.17-arm64, 2, 512, 2", "4.17-arm64, 4, 1024, 3", "4.17-arm64, 8, 2048, 2",
        "4.17-arm64, 1, 4096, 2", "4.17-arm64, 4, 6144, 2", "4.20-arm64, 8, 256, 2", "4.20-arm64, 4, 512, 3",
        "4.20-arm64, 1, 1024, 2", "4.20-arm64, 2, 2048, 3", "4.20-arm64, 8, 4096, 3", "4.20-arm64, 2, 6144, 3",
        "4.14-arm64, 4, 256, 3", "4.14-arm64, 8, 512, 3", "4.14-arm64, 1, 2048, 3",
    })
    void bootsWithAnyAmountOfMemory(final String version, final int pes, final long mib, final int gic) {
        final BootSpecification specification = BootSpecification.of(
                "xen", XenImages.image(version), Platform.virt(CpuModel.CORTEX_A57, pes, mib << 20, gic));
        final BootResult result = Boot.run(specification, null);

        assertThat(result.kind()).as(result.message()).isEqualTo(OutcomeKind.REACHED);
        assertThat(result.console()).contains("(XEN) Brought up " + pes + " CPUs");
    }

    @ParameterizedTest
    @CsvSource({"4.17-arm64, 4, 99", "4.20-arm64, 2, 7"})
    void aSeedInterleavesPesInAnotherWayAndTheHeaderSaysSo(final String version, final int pes, final long seed) {
        final BootSpecification seeded = xen(version, pes, 2).withTlbPolicy(TlbPolicy.FLUSH_EAGERLY, seed);
        final List<TranslationEvent> first = new ArrayList<>();
        final List<TranslationEvent> second = new ArrayList<>();

        final BootResult result = Boot.run(seeded, first::add);
        Boot.run(seeded, second::add);

        assertThat(result.kind()).as(result.message()).isEqualTo(OutcomeKind.REACHED);
        assertThat(result.console()).contains("(XEN) Brought up " + pes + " CPUs");
        assertThat(second).isEqualTo(first);
        assertThat(((TraceHeader) first.getFirst()).interleaving())
                .isEqualTo("seeded 0x%x, turns of 1 to 2000".formatted(seed));
    }

    @Test
    void withoutASeedSecondariesThatIdleHaveShortTurns() {
        final List<TranslationEvent> events = new ArrayList<>();
        final BootResult result = Boot.run(xen("4.17-arm64", 4, 2), events::add);

        assertThat(((TraceHeader) events.getFirst()).interleaving()).isEqualTo("round-robin 1000, idle 62");
        assertThat(result.instructions().get(3))
                .isLessThan(result.instructions().getFirst());
    }
}
