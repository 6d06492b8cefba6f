package dev.breakmake.engine.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.translation.event.Architecture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ImageReaderTest {

    private static byte[] guest64() {
        return FakeGuest.of(Architecture.AARCH64);
    }

    private static byte[] elf(int machine, boolean wide, Consumer<ByteBuffer> change) {
        ByteBuffer elf = ByteBuffer.allocate(0x2000).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0, 0x464c457f).put(4, (byte) (wide ? 2 : 1)).put(5, (byte) 1);
        elf.putShort(18, (short) machine);
        int header = wide ? 64 : 52;
        if (wide) {
            elf.putLong(24, 0x20_0010)
                    .putLong(32, header)
                    .putShort(54, (short) 56)
                    .putShort(56, (short) 1);
            elf.putInt(header, 1).putLong(header + 8, 0x1000).putLong(header + 16, 0x20_0000);
            elf.putLong(header + 24, 0x20_0000).putLong(header + 32, 0x1000).putLong(header + 40, 0x5000);
        } else {
            elf.putInt(24, 0x20_0010)
                    .putInt(28, header)
                    .putShort(42, (short) 32)
                    .putShort(44, (short) 1);
            elf.putInt(header, 1).putInt(header + 4, 0x1000).putInt(header + 8, 0x20_0000);
            elf.putInt(header + 12, 0x20_0000).putInt(header + 16, 0x1000).putInt(header + 20, 0x5000);
        }
        elf.put(0x1000, (byte) 0x42);
        change.accept(elf);
        return elf.array();
    }

    private static BootImage read(byte[] file) throws BadImageException {
        return ImageReader.read("xen", file, null);
    }

    @Test
    void recognisesAnArm64Image() throws BadImageException {
        BootImage image = read(guest64());
        assertThat(image.format()).isEqualTo(BootImage.Format.ARM64_IMAGE);
        assertThat(image.architecture()).isEqualTo(Architecture.AARCH64);
        assertThat(image.memoryBytes()).isEqualTo(4096);
    }

    @Test
    void recognisesAZImageAndCountsItsZeroData() throws BadImageException {
        byte[] file = FakeGuest.of(Architecture.AARCH32);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(44, 0x11_0000);
        BootImage image = read(file);
        assertThat(image.format()).isEqualTo(BootImage.Format.ZIMAGE);
        assertThat(image.memoryBytes()).isEqualTo(0x11_0000);
    }

    @Test
    void unpacksGzipAroundAnything() throws Exception {
        BootImage image = read(gzip(guest64()));
        assertThat(image.format()).isEqualTo(BootImage.Format.ARM64_IMAGE);
        assertThat(image.bytes()).isEqualTo(guest64());
    }

    @Test
    void loadsTheSegmentsOfAnElfWithItsEntry() throws BadImageException {
        for (boolean wide : new boolean[] {true, false}) {
            BootImage image = read(elf(wide ? 183 : 40, wide, buffer -> {}));
            assertThat(image.format()).isEqualTo(BootImage.Format.ELF);
            assertThat(image.entryOffset()).isEqualTo(0x10);
            assertThat(image.linkedAt()).isEqualTo(0x20_0000);
            assertThat(image.memoryBytes()).isEqualTo(0x5000);
            assertThat(image.bytes()).hasSize(0x1000);
            assertThat(image.bytes()[0]).isEqualTo((byte) 0x42);
        }
    }

    @Test
    void aFlatBinaryNeedsItsArchitecture() throws BadImageException {
        byte[] code = new byte[128];
        assertThatThrownBy(() -> read(code)).hasMessageContaining("flat binary whose architecture must be given");
        assertThat(ImageReader.read("xen", code, Architecture.AARCH32).format()).isEqualTo(BootImage.Format.FLAT);
    }

    @Test
    void refusesOtherMachinesByName() {
        assertThatThrownBy(() -> read(elf(62, true, buffer -> {})))
                .hasMessage("xen: ELF for x86-64 (offset 18), not for Arm");
        byte[] efi = new byte[512];
        ByteBuffer.wrap(efi)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(0, (short) 0x5a4d)
                .putInt(60, 128)
                .putInt(128, 0x4550)
                .putShort(132, (short) 0x8664);
        assertThatThrownBy(() -> read(efi)).hasMessage("xen: EFI image for x86-64, not for Arm");
    }

    @Test
    void refusesBigEndianImages() {
        assertThatThrownBy(() -> read(elf(183, true, buffer -> buffer.put(5, (byte) 2))))
                .hasMessageContaining("big-endian ELF");
        byte[] image = guest64();
        image[24] |= 1;
        assertThatThrownBy(() -> read(image)).hasMessageContaining("big-endian arm64 Image (flags bit 0 at offset 24)");
        byte[] zImage = FakeGuest.of(Architecture.AARCH32);
        ByteBuffer.wrap(zImage).order(ByteOrder.BIG_ENDIAN).putInt(36, 0x016f2818);
        assertThatThrownBy(() -> read(zImage)).hasMessageContaining("big-endian zImage");
    }

    @Test
    void refusesOtherPageSizes() {
        byte[] image = guest64();
        image[24] = 3 << 1;
        assertThatThrownBy(() -> read(image))
                .hasMessageContaining("built for 64 KiB pages (flags bits 2:1 at offset 24)");
    }

    @Test
    void namesTheMissingBytesOfATruncatedFile() throws Exception {
        byte[] whole = elf(183, true, buffer -> {});
        assertThatThrownBy(() -> read(Arrays.copyOf(whole, 0x1800)))
                .hasMessage("xen: truncated: its headers describe 8192 bytes, the file has 6144");
        assertThatThrownBy(() -> read(Arrays.copyOf(whole, 60))).hasMessageContaining("truncated");
        byte[] packed = gzip(guest64());
        assertThatThrownBy(() -> read(Arrays.copyOf(packed, packed.length - 9)))
                .hasMessageContaining("gzip stream ends early");
        assertThatThrownBy(() -> read(new byte[2])).hasMessageContaining("2 bytes are no image");
    }

    @Test
    void damagedFilesGiveOneClearErrorAndNeverMore() {
        long seed = 414;
        SplittableRandom random = new SplittableRandom(seed);
        byte[][] wholes = {
            elf(183, true, buffer -> {}), elf(40, false, buffer -> {}), guest64(), FakeGuest.of(Architecture.AARCH32)
        };
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = wholes[round % wholes.length].clone();
            for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
                damaged[random.nextInt(128)] = (byte) random.nextInt();
            }
            try {
                read(damaged);
            } catch (BadImageException e) {
                refused++;
                assertThat(e).hasMessageStartingWith("xen: ");
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(1000);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
