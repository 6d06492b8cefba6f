package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.BootModule;
import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.FakeGuest;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Boots past the point where no dom0 is found: stage 2 is built, init memory freed, a guest entered at EL1. */
class GuestBootTest {

    @ParameterizedTest
    @ValueSource(strings = {"4.14-arm64", "4.17-arm64", "4.20-arm64"})
    void aFakeDom0IsBuiltAndEnteredAtEl1(final String version) {
        final BootModule dom0 = BootModule.kernel("dom0", FakeGuest.of(Architecture.AARCH64), "console=hvc0");
        final BootSpecification specification = BootSpecification.of(
                        "xen", XenImages.image(version), Platform.virt(CpuModel.CORTEX_A57, 2, 256L << 20, 2))
                .withOptions(BootOptions.DEFAULT.withModules(List.of(dom0)).withBootArguments("dom0_mem=64M"))
                .withUntil(new Until.GuestEntry());
        final List<TranslationEvent> events = new ArrayList<>();

        final BootResult result = Boot.run(specification, events::add);

        assertThat(result.kind()).as(result.console()).isEqualTo(OutcomeKind.REACHED);
        assertThat(result.registers()).containsEntry("CURRENTEL", 4L);
        assertThat(result.console()).contains("Freed ").contains("init memory");
        assertThat(events)
                .anyMatch(e ->
                        e instanceof RegisterWrite w && w.register() == TranslationRegister.VTTBR_EL2 && w.value() != 0)
                .anyMatch(e -> e instanceof PeState s && s.el() == ExceptionLevel.EL1)
                .anyMatch(e -> e instanceof DescriptorWrite);
    }
}
