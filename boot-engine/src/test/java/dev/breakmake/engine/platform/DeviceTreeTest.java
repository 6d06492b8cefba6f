package dev.breakmake.engine.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.testkit.Programs;
import dev.breakmake.translation.event.AddressRange;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceTreeTest {

    @TempDir
    Path folder;

    private static DeviceTree sample() {
        DeviceTreeNode root = new DeviceTreeNode("").cells("#address-cells", 2).strings("compatible", "a,b", "c");
        root.child("memory@80000000").wide("reg", 0x8000_0000L, 0x1_0000_0000L).strings("device_type", "memory");
        root.child("soc").flag("ranges").child("uart@1").bytes("odd", new byte[] {1, 2, 3});
        return new DeviceTree(root, List.of(new AddressRange(0x1000, 0x3000)), 3);
    }

    @Test
    void whatIsWrittenReadsBackTheSame() throws DeviceTreeException {
        byte[] blob = DeviceTreeWriter.write(sample());
        DeviceTree read = DeviceTreeReader.read(blob);
        assertThat(read.bootCpu()).isEqualTo(3);
        assertThat(read.reservations()).containsExactly(new AddressRange(0x1000, 0x3000));
        assertThat(DeviceTreeWriter.write(read)).isEqualTo(blob);
        assertThat(read.root().string("compatible")).isEqualTo("a,b");
        assertThat(read.root().cell("#address-cells", 0, 9)).isEqualTo(2);
        assertThat(read.root().cell("missing", 0, 9)).isEqualTo(9);
    }

    @Test
    void dtcReadsWhatWeWrite() throws Exception {
        Programs.require("dtc", "device-tree-compiler");
        Path blob = Files.write(folder.resolve("t.dtb"), DeviceTreeWriter.write(sample()));
        String source = Tools.run("dtc", "-q", "-I", "dtb", "-O", "dts", blob.toString());
        assertThat(source)
                .contains("/memreserve/\t0x0000000000001000 0x0000000000002000;")
                .contains("compatible = \"a,b\\0c\";")
                .contains("reg = <0x00 0x80000000 0x01 0x00>;")
                .contains("odd = [01 02 03];");
    }

    @Test
    void weReadWhatDtcWrites() throws Exception {
        Programs.require("dtc", "device-tree-compiler");
        Path source = Files.writeString(
                folder.resolve("s.dts"),
                "/dts-v1/; /memreserve/ 0x40000000 0x1000; / { #address-cells = <1>; #size-cells = <1>; a { b = \"x\", \"y\"; c = <1 2>; }; };");
        Path blob = folder.resolve("s.dtb");
        Tools.run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blob.toString(), source.toString());
        DeviceTree tree = DeviceTreeReader.read(Files.readAllBytes(blob));
        DeviceTreeNode node = Optional.ofNullable(tree.root().find("a")).orElseThrow();
        assertThat(node.cell("c", 1, 0)).isEqualTo(2);
        assertThat(tree.reservations()).containsExactly(new AddressRange(0x4000_0000L, 0x4000_1000L));
    }

    @ParameterizedTest
    @CsvSource({"CORTEX_A57,2,1", "CORTEX_A57,2,8", "CORTEX_A57,3,4", "CORTEX_A15,2,2"})
    void dtcFindsNothingToWarnAboutInAPlatformsTree(CpuModel cpu, int gic, int pes) throws Exception {
        Programs.require("dtc", "device-tree-compiler");
        DeviceTreeNode root = PlatformDeviceTree.of(Platform.virt(cpu, pes, 1L << 30, gic));
        byte[] bytes = DeviceTreeWriter.write(new DeviceTree(root));
        assertThat(bytes.length).isLessThan(4096);
        Path blob = Files.write(folder.resolve("p.dtb"), bytes);
        String output = Tools.run("dtc", "-I", "dtb", "-O", "dts", blob.toString());
        assertThat(output).doesNotContain("Warning").doesNotContain("ERROR");
        assertThat(output).contains("stdout-path = \"/pl011@9000000\";");
        assertThat(output.split("device_type = \"cpu\"", -1)).hasSize(pes + 1);
    }

    @Test
    void errorsNameTheOffset() {
        byte[] blob = DeviceTreeWriter.write(sample());
        assertThatThrownBy(() -> DeviceTreeReader.read(new byte[12]))
                .isInstanceOf(DeviceTreeException.class)
                .hasMessageContaining("offset 0xc: ends within the header");
        assertThatThrownBy(() -> DeviceTreeReader.read(new byte[64])).hasMessageContaining("magic is 0x00000000");
        assertThatThrownBy(() -> DeviceTreeReader.read(Arrays.copyOf(blob, blob.length - 1)))
                .hasMessageContaining("header says %d bytes, there are %d".formatted(blob.length, blob.length - 1));
        byte[] badToken = blob.clone();
        int structure = ByteBuffer.wrap(blob).getInt(8);
        ByteBuffer.wrap(badToken).putInt(structure + 8, 7);
        assertThatThrownBy(() -> DeviceTreeReader.read(badToken))
                .hasMessageContaining("offset 0x%x: unknown token 0x7".formatted(structure + 8));
    }

    @Test
    void damagedBlobsGiveOneClearErrorAndNeverMore() {
        byte[] blob = DeviceTreeWriter.write(sample());
        long seed = 20221022;
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = blob.clone();
            for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                DeviceTreeReader.read(damaged);
            } catch (DeviceTreeException e) {
                refused++;
                assertThat(e).hasMessageContaining("offset 0x");
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(1000);
    }
}
