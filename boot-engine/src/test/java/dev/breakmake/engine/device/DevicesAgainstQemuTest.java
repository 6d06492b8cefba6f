package dev.breakmake.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.testkit.Programs;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Random accesses to our devices and to those of a stock QEMU: every read must give the same value. */
class DevicesAgainstQemuTest {

    private static final int ACCESSES = 6000;

    /** One register: offset in the window, number of them, bytes apart, access sizes, values worth writing. */
    private record Target(long base, MmioDevice device, int first, int count, int stride, int size, long mask) {}

    private final List<Target> targets = new ArrayList<>();
    private final List<String> history = new ArrayList<>();

    @BeforeEach
    void needQemu() {
        Programs.require("qemu-system-aarch64", "qemu-system-arm");
    }

    @Test
    void aGicV2AndASerialPortAnswerAsQemusDo() throws Exception {
        GicV2 gic = new GicV2(List.of(new Pins()), 288);
        Pl011 uart = new Pl011(new ConsoleLog(), gic, 33);
        long distributor = 0x0800_0000L;
        MmioDevice gicd = gic.distributor();
        // Group 0 only: QEMU 7.2 looks for the best interrupt before it asks whether its group is enabled.
        // Not ISACTIVER: what it activates in QEMU 7.2, a write to DIR does not deactivate.
        for (int block : new int[] {0x100, 0x180, 0x200, 0x280, 0x380}) {
            targets.add(new Target(distributor, gicd, block, 9, 4, 4, -1));
        }
        targets.add(new Target(distributor, gicd, 0x000, 1, 4, 4, 1));
        targets.add(new Target(distributor, gicd, 0x400, 288, 1, 1, -1));
        targets.add(new Target(distributor, gicd, 0x400, 72, 4, 4, -1));
        targets.add(new Target(distributor, gicd, 0x800, 72, 4, 4, -1));
        targets.add(new Target(distributor, gicd, 0xc00, 18, 4, 4, 0xaaaa_aaaaL));
        targets.add(new Target(distributor, gicd, 0xf00, 1, 4, 4, 0x0200_000fL));
        // Not SPENDSGIR: there QEMU 7.2 also makes SGIs pending whose byte is written as zero.
        targets.add(new Target(distributor, gicd, 0xf10, 4, 4, 4, 0x0101_0101L));
        MmioDevice gicc = gic.cpuInterface();
        targets.add(new Target(0x0801_0000L, gicc, 0x00, 1, 4, 4, 0x219));
        for (int register : new int[] {0x04, 0x08, 0x10, 0x1c}) {
            targets.add(new Target(0x0801_0000L, gicc, register, 1, 4, 4, -1));
        }
        // Not HPPIR: QEMU 7.2 applies the priority mask to it.
        for (int i = 0; i < 6; i++) {
            targets.add(new Target(0x0801_0000L, gicc, 0x0c, 3, 4, 4, 0x3ff));
        }
        targets.add(new Target(0x0801_0000L, gicc, 0x1000, 1, 4, 4, 0xff));
        MmioDevice gich = gic.hypervisorInterface();
        targets.add(new Target(0x0803_0000L, gich, 0x100, 4, 4, 4, 0xff8f_fcffL));
        for (int register : new int[] {0x00, 0x04, 0x08, 0x10, 0x20, 0x30}) {
            targets.add(new Target(0x0803_0000L, gich, register, 1, 4, 4, -1));
        }
        for (int register : new int[] {0x00, 0x04, 0x18, 0x24, 0x28, 0x2c, 0x30, 0x34, 0x38, 0x3c, 0x40, 0x44, 0x48}) {
            targets.add(new Target(0x0900_0000L, uart, register, 1, 4, 4, 0xffff));
        }
        try (Qtest qemu = new Qtest(2, 1)) {
            compare(qemu, 2017);
        }
    }

    @Test
    void aGicV3AnswersAsQemusDoes() throws Exception {
        GicV3 gic = new GicV3(List.of(new Pins(), new Pins()), 288);
        long distributor = 0x0800_0000L;
        MmioDevice gicd = gic.distributor();
        for (int block = 0x080; block < 0x400; block += 0x80) {
            targets.add(new Target(distributor, gicd, block, 9, 4, 4, -1));
        }
        targets.add(new Target(distributor, gicd, 0x000, 3, 4, 4, -1));
        targets.add(new Target(distributor, gicd, 0x400, 288, 1, 1, -1));
        targets.add(new Target(distributor, gicd, 0x400, 72, 4, 4, -1));
        targets.add(new Target(distributor, gicd, 0xc00, 18, 4, 4, 0xaaaa_aaaaL));
        targets.add(new Target(distributor, gicd, 0x6100, 128, 8, 8, 1));
        long redistributors = 0x080a_0000L;
        MmioDevice gicr = gic.redistributors();
        for (int pe = 0; pe < 2; pe++) {
            int frame = 0x2_0000 * pe;
            // Not EnableLPIs: QEMU then reads tables from memory.
            targets.add(new Target(redistributors, gicr, frame, 1, 4, 4, 0xffff_fffeL));
            targets.add(new Target(redistributors, gicr, frame + 0x08, 1, 8, 8, -1));
            targets.add(new Target(redistributors, gicr, frame + 0x14, 1, 4, 4, 2));
            for (int block = 0x080; block < 0x400; block += 0x80) {
                targets.add(new Target(redistributors, gicr, frame + 0x1_0000 + block, 1, 4, 4, -1));
            }
            targets.add(new Target(redistributors, gicr, frame + 0x1_0400, 32, 1, 1, -1));
            targets.add(new Target(redistributors, gicr, frame + 0x1_0400, 8, 4, 4, -1));
            targets.add(new Target(redistributors, gicr, frame + 0x1_0c00, 2, 4, 4, 0xaaaa_aaaaL));
        }
        try (Qtest qemu = new Qtest(3, 2)) {
            compare(qemu, 2022);
        }
    }

    private void compare(Qtest qemu, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < ACCESSES; i++) {
            Target target = targets.get(random.nextInt(targets.size()));
            int offset = target.first + random.nextInt(target.count) * target.stride;
            if (random.nextInt(5) < 2) {
                long value = (random.nextBoolean() ? random.nextLong() : 1L << random.nextInt(32)) & target.mask;
                long fitting = target.size == 8 ? value : value & ((1L << (8 * target.size)) - 1);
                history.add("write%d [0x%x] 0x%x".formatted(target.size, target.base + offset, fitting));
                qemu.write(target.base + offset, target.size, fitting);
                target.device.write(offset, target.size, fitting, 0);
            } else {
                long expected = qemu.read(target.base + offset, target.size);
                long actual = target.device.read(offset, target.size, 0);
                history.add("read%d [0x%x] 0x%x".formatted(target.size, target.base + offset, expected));
                assertThat(actual)
                        .as(
                                "seed %d, access %d, the last ones: %s",
                                seed, i, history.subList(Math.max(0, i - 12), i + 1))
                        .isEqualTo(expected);
            }
        }
    }
}
