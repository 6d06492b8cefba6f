package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Boots the real, unmodified hypervisor. */
class RealXenBootTest {

    private static final long MIB = 1 << 20;

    private static BootSpecification xen(final String version, final int pes, final long bytes) {
        return BootSpecification.of("xen", XenImages.image(version), Platform.virt(CpuModel.CORTEX_A57, pes, bytes, 2));
    }

    @ParameterizedTest
    @CsvSource({"4.14-arm64, 1", "4.17-arm64, 1", "4.17-arm64, 2", "4.17-arm64, 4", "4.20-arm64, 1", "4.20-arm64, 2"})
    void xenBootsToThePanicThatMissesADom0(final String version, final int pes) {
        final BootResult result = Boot.run(xen(version, pes, 128 * MIB), null);

        assertThat(result.kind()).as(result.message()).isEqualTo(OutcomeKind.REACHED);
        assertThat(result.console())
                .contains("(XEN) Brought up " + pes + " CPUs")
                .contains("(XEN) GICv2: 288 lines, " + pes + " cpu")
                .contains("(XEN) Could not set up DOM0 guest OS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.17-arm64", "4.20-arm64"})
    void eventsAreDenselyNumberedAndBeginWithTheHeader(final String version) {
        final List<TranslationEvent> events = new ArrayList<>();
        Boot.run(xen(version, 2, 128 * MIB), events::add);

        assertThat(events.getFirst()).isInstanceOf(TraceHeader.class);
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).sequence()).isEqualTo(i);
        }
        assertThat(events).anyMatch(DescriptorWrite.class::isInstance).anyMatch(TlbInvalidate.class::isInstance);
    }

    @ParameterizedTest
    @CsvSource({"4.14-arm64, true", "4.17-arm64, true", "4.20-arm64, false"})
    void theBootPeSwitchesItsRootWithTheMmuOnUntilTheSeries(final String version, final boolean switches) {
        final List<TranslationEvent> events = new ArrayList<>();
        Boot.run(xen(version, 1, 128 * MIB), events::add);

        boolean on = false;
        int switched = 0;
        for (final TranslationEvent event : events) {
            if (event instanceof RegisterWrite write) {
                if (write.register() == TranslationRegister.SCTLR_EL2) {
                    on = (write.value() & 1) != 0;
                } else if (write.register() == TranslationRegister.TTBR0_EL2 && on) {
                    switched++;
                }
            }
        }
        assertThat(switched > 0).isEqualTo(switches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.17-arm64", "4.20-arm64"})
    void equalSpecificationsGiveEqualEvents(final String version) {
        final List<TranslationEvent> first = new ArrayList<>();
        final List<TranslationEvent> second = new ArrayList<>();
        Boot.run(xen(version, 4, 128 * MIB), first::add);
        Boot.run(xen(version, 4, 128 * MIB), second::add);

        assertThat(second).isEqualTo(first);
    }
}
