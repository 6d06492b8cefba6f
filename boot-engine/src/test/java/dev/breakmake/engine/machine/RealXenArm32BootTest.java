package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Boots the real, unmodified hypervisor on AArch32, entered in Hyp mode. */
class RealXenArm32BootTest {

    private static final long MIB = 1 << 20;

    private static BootSpecification xen(final String version, final int pes, final long bytes) {
        return BootSpecification.of("xen", XenImages.image(version), Platform.virt(CpuModel.CORTEX_A15, pes, bytes, 2));
    }

    @ParameterizedTest
    @CsvSource({"4.14-armhf, 1", "4.14-armhf, 2", "4.14-armhf, 4", "4.17-armhf, 1", "4.17-armhf, 2", "4.17-armhf, 4"})
    void xenBootsToThePanicThatMissesADom0(final String version, final int pes) {
        final BootResult result = Boot.run(xen(version, pes, 128 * MIB), null);

        assertThat(result.kind()).as(result.message()).isEqualTo(OutcomeKind.REACHED);
        assertThat(result.console())
                .contains("(XEN) Brought up " + pes + " CPUs")
                .contains("(XEN) GICv2: 288 lines, " + pes + " cpu")
                .contains("(XEN)   Processor Features: 00001131:00011001")
                .contains("(XEN) Could not set up DOM0 guest OS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.14-armhf", "4.17-armhf"})
    void everyPeSwitchesItsHypRootWithTheMmuOn(final String version) {
        final List<TranslationEvent> events = new ArrayList<>();
        Boot.run(xen(version, 2, 128 * MIB), events::add);

        final boolean[] on = new boolean[2];
        final boolean[] switched = new boolean[2];
        for (final TranslationEvent event : events) {
            if (event instanceof final RegisterWrite write) {
                switch (write.register()) {
                    case HSCTLR -> on[write.pe()] = (write.value() & 1) != 0;
                    case HTTBR -> switched[write.pe()] |= on[write.pe()];
                    default -> {}
                }
            }
        }
        assertThat(switched).containsExactly(true, true);
        assertThat(events)
                .filteredOn(RegisterWrite.class::isInstance)
                .extracting(event -> ((RegisterWrite) event).register())
                .contains(TranslationRegister.HTCR, TranslationRegister.HMAIR0, TranslationRegister.HMAIR1)
                .doesNotContain(TranslationRegister.TTBR0_EL2, TranslationRegister.SCTLR_EL2);
    }

    @Test
    void theSameBootGivesTheSameEvents() {
        final List<TranslationEvent> first = new ArrayList<>();
        final List<TranslationEvent> second = new ArrayList<>();
        Boot.run(xen("4.17-armhf", 2, 128 * MIB), first::add);
        Boot.run(xen("4.17-armhf", 2, 128 * MIB), second::add);

        assertThat(second).isEqualTo(first);
    }
}
