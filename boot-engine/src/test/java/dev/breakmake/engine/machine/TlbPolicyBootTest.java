package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real hypervisor on TLBs that keep what they may. */
class TlbPolicyBootTest {

    private static BootSpecification xen(final String version, final int pes) {
        return BootSpecification.of(
                "xen", XenImages.image(version), Platform.virt(CpuModel.CORTEX_A57, pes, 128 << 20, 2));
    }

    @ParameterizedTest
    @CsvSource({"KEEP_STALE, 0", "PREFER_OLD, 0x5eed", "CONFLICT_ABORT, 0", "CONFLICT_ABORT, 11"})
    void xen420BootsUnderEveryPolicy(final TlbPolicy policy, final String seed) {
        final BootResult result = Boot.run(xen("4.20-arm64", 2).withTlbPolicy(policy, Long.decode(seed)), null);

        assertThat(result.kind()).as(result.message()).isEqualTo(OutcomeKind.REACHED);
    }

    @Test
    void theSameSeedGivesTheSameEvents() {
        final BootSpecification specification = xen("4.20-arm64", 2).withTlbPolicy(TlbPolicy.PREFER_OLD, 42);
        final List<TranslationEvent> first = new ArrayList<>();
        final List<TranslationEvent> second = new ArrayList<>();
        final List<TranslationEvent> another = new ArrayList<>();
        Boot.run(specification, first::add);
        Boot.run(specification, second::add);
        Boot.run(specification.withTlbPolicy(TlbPolicy.PREFER_OLD, 43), another::add);

        assertThat(second).isEqualTo(first);
        assertThat(another).isNotEqualTo(first);
    }
}
