package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.Architecture;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real Xen as a flat binary: what objcopy leaves of it, without the header a loader looks for. */
class FlatBinaryTest {

    @ParameterizedTest
    @CsvSource({
        "4.14-armhf, AARCH32, 36, 0x40200000",
        "4.17-armhf, AARCH32, 36, 0x40200000",
        "4.20-arm64, AARCH64, 56, 0x40400000",
    })
    void bootsFromItsFirstByteWhenItsArchitectureIsGiven(
            final String version, final Architecture architecture, final int magic, final String address) {
        final byte[] headless = XenImages.image(version).clone();
        Arrays.fill(headless, magic, magic + 4, (byte) 0);
        if (architecture == Architecture.AARCH64) {
            // "MZ" too; as an instruction it does nothing that matters.
            assertThat(headless[0]).isEqualTo((byte) 'M');
            System.arraycopy(new byte[] {0x1f, 0x20, 0x03, (byte) 0xd5}, 0, headless, 0, 4);
        }
        final BootSpecification specification = BootSpecification.of(
                        "xen", headless, Platform.virt(CpuModel.of(architecture), 1, 128 << 20, 2))
                .withOptions(BootOptions.DEFAULT.withLoadAddress(Long.decode(address)));

        final BootResult refused = Boot.run(specification, null);
        final BootResult booted =
                Boot.run(specification.withOptions(specification.options().withFlat(architecture)), null);

        assertThat(refused.kind()).isEqualTo(OutcomeKind.BAD_IMAGE);
        assertThat(refused.message()).contains("flat binary whose architecture must be given");
        assertThat(booted.kind()).as(booted.message()).isEqualTo(OutcomeKind.REACHED);
        assertThat(booted.console()).contains("(XEN) Could not set up DOM0 guest OS");
    }
}
