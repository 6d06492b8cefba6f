package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.platform.BootModule;
import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.FakeGuest;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.Architecture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real images of both architectures, damaged or misplaced: each boot ends as BAD_IMAGE with one sentence that says what is wrong. */
class BadImagesTest {

    private static final long MIB = 1L << 20;

    private static boolean wide(final String version) {
        return version.endsWith("arm64");
    }

    private static Platform board(final String version, final long bytes) {
        return Platform.virt(wide(version) ? CpuModel.CORTEX_A57 : CpuModel.CORTEX_A15, 1, bytes, 2);
    }

    private static String refused(final byte[] image, final Platform board, final BootOptions options) {
        final BootResult result =
                Boot.run(BootSpecification.of("xen", image, board).withOptions(options), null);
        assertThat(result.kind()).as(result.message()).isEqualTo(OutcomeKind.BAD_IMAGE);
        assertThat(result.totalInstructions()).isZero();
        assertThat(result.message()).doesNotContain("\n");
        return result.message();
    }

    @ParameterizedTest
    @CsvSource({
        "4.17-arm64, xen, 70000, headers describe 983048 bytes",
        "4.17-arm64, xen-syms, 70000, headers describe",
        "4.17-arm64, xen, 40, 'headers describe 64 bytes, the file has 40'",
        "4.14-armhf, xen-syms, 70000, headers describe",
        "4.14-armhf, xen, 40, 'neither arm64 Image, zImage nor ELF'",
    })
    void aTruncatedFile(final String version, final String file, final int bytes, final String says) {
        final byte[] part = Arrays.copyOf(XenImages.file(version, file), bytes);

        assertThat(refused(part, board(version, 128 * MIB), BootOptions.DEFAULT))
                .contains("truncated")
                .contains(says);
    }

    /** A plain zImage does not say how long its file is, only how much memory it takes: inside gzip its end is missed. */
    @ParameterizedTest
    @ValueSource(strings = {"4.20-arm64", "4.14-armhf"})
    void aTruncatedPackedFile(final String version) throws IOException {
        final ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(XenImages.image(version));
        }
        final byte[] part = Arrays.copyOf(packed.toByteArray(), 70_000);

        assertThat(refused(part, board(version, 128 * MIB), BootOptions.DEFAULT))
                .isEqualTo("xen: truncated: its gzip stream ends early");
    }

    @ParameterizedTest
    @CsvSource({
        "4.20-arm64, 4.14-armhf, AARCH64 image on a platform of AARCH32 PEs",
        "4.14-armhf, 4.20-arm64, AARCH32 image on a platform of AARCH64 PEs",
    })
    void theWrongArchitecture(final String version, final String board, final String says) {
        assertThat(refused(XenImages.image(version), board(board, 128 * MIB), BootOptions.DEFAULT))
                .contains(says);
    }

    @ParameterizedTest
    @CsvSource({"4.17-arm64, 24, big-endian arm64 Image", "4.17-armhf, 36, big-endian zImage"})
    void theWrongEndianness(final String version, final int offset, final String says) {
        final byte[] image = XenImages.image(version).clone();
        final ByteBuffer header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        if (wide(version)) {
            image[offset] |= 1;
        } else {
            header.putInt(offset, Integer.reverseBytes(header.getInt(offset)));
        }

        assertThat(refused(image, board(version, 128 * MIB), BootOptions.DEFAULT))
                .contains(says);
    }

    @ParameterizedTest
    @CsvSource({"2, 16 KiB", "3, 64 KiB"})
    void theWrongPageSize(final int flag, final String says) {
        final byte[] image = XenImages.image("4.20-arm64").clone();
        image[24] = (byte) (flag << 1);

        assertThat(refused(image, board("4.20-arm64", 128 * MIB), BootOptions.DEFAULT))
                .contains("built for " + says + " pages");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.14-arm64", "4.14-armhf"})
    void anImageLargerThanRam(final String version) {
        assertThat(refused(XenImages.image(version), board(version, MIB / 2), BootOptions.DEFAULT))
                .contains("needs ")
                .contains("the largest RAM bank has 524288");
    }

    @ParameterizedTest
    @CsvSource({"4.14-arm64, 0x40200000", "4.14-armhf, 0x40010000"})
    void aModuleOrADeviceTreeInTheImage(final String version, final String image) {
        final Architecture architecture = wide(version) ? Architecture.AARCH64 : Architecture.AARCH32;
        final long inside = Long.decode(image) + 0x1000;
        final BootModule module =
                new BootModule("dom0", BootModule.Kind.KERNEL, FakeGuest.of(architecture), "", inside);

        assertThat(refused(
                        XenImages.image(version),
                        board(version, 128 * MIB),
                        BootOptions.DEFAULT.withModules(List.of(module))))
                .contains("dom0 [0x%x".formatted(inside))
                .contains("overlaps image [" + image);
        assertThat(refused(
                        XenImages.image(version),
                        board(version, 128 * MIB),
                        new BootOptions(null, null, inside, 0, List.of(), "", 0, null)))
                .contains("device tree [0x%x".formatted(inside))
                .contains("overlaps image [" + image);
    }

    @ParameterizedTest
    @CsvSource({
        "4.14-arm64, 0x40301000, is not a multiple of 0x200000",
        "4.14-armhf, 0x40200800, is not a multiple of 0x1000",
        "4.14-arm64, 0x47f00000, is not a multiple of 0x200000",
        "4.14-arm64, 0x48000000, does not lie in RAM",
        "4.14-armhf, 0x47ff0000, does not lie in RAM",
    })
    void aLoadAddressThatIsUnalignedOrOutsideOfRam(final String version, final String address, final String says) {
        assertThat(refused(
                        XenImages.image(version),
                        board(version, 128 * MIB),
                        BootOptions.DEFAULT.withLoadAddress(Long.decode(address))))
                .contains(address)
                .contains(says);
    }
}
