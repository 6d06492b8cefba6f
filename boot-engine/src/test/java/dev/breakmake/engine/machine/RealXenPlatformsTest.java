package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.AddressRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real hypervisor on boards that QEMU does not have, and from files of every format. */
class RealXenPlatformsTest {

    private static final long MIB = 1 << 20;

    private static Platform virt() {
        return Platform.virt(CpuModel.CORTEX_A57, 1, 128 * MIB, 2);
    }

    private static BootResult boot(final byte[] image, final Platform platform, final BootOptions options) {
        return Boot.run(BootSpecification.of("xen", image, platform).withOptions(options), null);
    }

    private static void reached(final BootResult result) {
        assertThat(result.kind()).as(result.message()).isEqualTo(OutcomeKind.REACHED);
        assertThat(result.console()).contains("(XEN) Could not set up DOM0 guest OS");
    }

    @ParameterizedTest
    @CsvSource({
        "4.17-arm64, 0x0",
        "4.17-arm64, 0x20000000000",
        "4.20-arm64, 0x0",
        "4.20-arm64, 0x30000000000",
    })
    void bootsWithRamAnywhere(final String version, final String base) {
        reached(boot(XenImages.image(version), virt().withRamBase(Long.decode(base)), BootOptions.DEFAULT));
    }

    @Test
    void bootsWithSeveralBanks() {
        final List<AddressRange> banks = List.of(
                new AddressRange(0x4000_0000L, 0x4800_0000L),
                new AddressRange(0x8000_0000L, 0x8400_0000L),
                new AddressRange(0x8_0000_0000L, 0x8_0400_0000L));
        reached(boot(XenImages.image("4.17-arm64"), virt().withRam("three banks", banks), BootOptions.DEFAULT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x40000000", "0x43e00000", "0x44000000", "0x47e00000"})
    void bootsFromAnyLoadAddress(final String address) {
        reached(boot(XenImages.image("4.20-arm64"), virt(), BootOptions.DEFAULT.withLoadAddress(Long.decode(address))));
    }

    private static byte[] packed(final byte[] file) throws IOException {
        final ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(file);
        }
        return packed.toByteArray();
    }

    @Test
    void bootsFromGzip() throws IOException {
        reached(boot(packed(XenImages.image("4.20-arm64")), virt(), BootOptions.DEFAULT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.14-arm64", "4.17-arm64", "4.20-arm64", "4.14-armhf", "4.17-armhf"})
    void bootsFromTheElfOfTheBuildAsFromItsImage(final String version) throws IOException {
        final CpuModel cpu = version.endsWith("armhf") ? CpuModel.CORTEX_A15 : CpuModel.CORTEX_A57;
        final Platform platform = Platform.virt(cpu, 1, 128 * MIB, 2);
        final byte[] elf = XenImages.file(version, "xen-syms");

        final BootResult fromElf = boot(elf, platform, BootOptions.DEFAULT);
        final BootResult fromPacked = boot(packed(elf), platform, BootOptions.DEFAULT);
        final BootResult fromImage = boot(XenImages.image(version), platform, BootOptions.DEFAULT);

        reached(fromElf);
        assertThat(fromElf.console()).isEqualTo(fromImage.console());
        assertThat(fromPacked).isEqualTo(fromElf);
    }
}
