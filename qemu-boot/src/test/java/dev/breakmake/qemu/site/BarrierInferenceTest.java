package dev.breakmake.qemu.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.Architecture;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The code shapes around TLBIs that compilers make of Xen's and Linux's flush loops. */
class BarrierInferenceTest {

    private static final long BASE = 0x1000;
    private static final int DSB_SY = 0xd5033f9f;
    private static final int ISB = 0xd5033fdf;
    private static final int TLBI_VAE2IS_X0 = 0xd50c8320;
    private static final int NOP = 0xd503201f;
    private static final int RET = 0xd65f03c0;
    private static final int STR_X1_X0 = 0xf9000001;

    /** dsb; cmp x21, x25; b.cs out; loop: lsr x0, x21, 12; tlbi; add x21, x21, 4096; cmp x25, x21; b.hi loop; out: dsb; isb; ret. */
    private static final int[] LOOP = {
        DSB_SY, 0xeb1902bf, 0x540000c2, 0xd34cfea0, TLBI_VAE2IS_X0, 0x914006b5, 0xeb15033f, 0x54ffff88, DSB_SY, ISB, RET
    };

    private static final long TLBI = BASE + 16;

    private static CodeRegion a64(int... words) {
        return CodeRegion.scan(Decoder.of(Architecture.AARCH64), BASE, words);
    }

    private static long[] registers(long x21, long x25) {
        long[] registers = new long[32];
        registers[21] = x21;
        registers[25] = x25;
        return registers;
    }

    @Test
    void findsTheBarrierBeforeALoopPastItsBackEdge() {
        BarriersBefore before = BarriersBefore.find(a64(LOOP), TLBI);
        assertThat(before.barriers()).extracting(BarriersBefore.Placed::address).containsExactly(BASE);
        assertThat(before.through()).contains(BASE + 4, BASE + 8, BASE + 12);
    }

    @Test
    void theLastRoundOfALoopLeadsToItsBarriers() {
        PathFollower.Path path = PathFollower.follow(a64(LOOP), TLBI + 4, registers(0x5000, 0x6000), 0);
        assertThat(path.barriers()).extracting(BarriersBefore.Placed::address).containsExactly(BASE + 32, BASE + 36);
        assertThat(path.end()).isEqualTo(BASE + 40);
    }

    @Test
    void anEarlierRoundLeadsBackToTheInvalidateWithoutABarrier() {
        PathFollower.Path path = PathFollower.follow(a64(LOOP), TLBI + 4, registers(0x5000, 0x9000), 0);
        assertThat(path.barriers()).isEmpty();
        assertThat(path.end()).isEqualTo(TLBI);
    }

    @Test
    void aStoreBetweenBarrierAndInvalidateDestroysTheCertainty() {
        assertThat(BarriersBefore.find(a64(DSB_SY, STR_X1_X0, NOP, NOP, TLBI_VAE2IS_X0), TLBI)
                        .barriers())
                .isEmpty();
    }

    @Test
    void aCallOrFunctionEntryBetweenThemDoesToo() {
        assertThat(BarriersBefore.find(a64(DSB_SY, 0x94000010, NOP, NOP, TLBI_VAE2IS_X0), TLBI)
                        .barriers())
                .isEmpty();
        assertThat(BarriersBefore.find(a64(RET, NOP, NOP, NOP, TLBI_VAE2IS_X0), TLBI)
                        .barriers())
                .isEmpty();
    }

    @Test
    void twoWaysWithDifferentBarriersGiveNoCertainty() {
        // b.eq +8 skips the second DSB.
        int[] code = {DSB_SY, 0x54000040, DSB_SY, NOP, TLBI_VAE2IS_X0};
        assertThat(BarriersBefore.find(a64(code), TLBI).barriers()).isEmpty();
    }

    @Test
    void takesARunOfBarriersTogether() {
        assertThat(BarriersBefore.find(a64(NOP, NOP, DSB_SY, ISB, TLBI_VAE2IS_X0), TLBI)
                        .barriers())
                .extracting(BarriersBefore.Placed::address)
                .containsExactly(BASE + 8, BASE + 12);
    }

    @Test
    void stopsFollowingAtABranchOnALoadedValue() {
        // ldr x2, [x0]; cbz x2, +8; dsb; isb
        PathFollower.Path path =
                PathFollower.follow(a64(NOP, 0xf9400002, 0xb4000042, DSB_SY, ISB), BASE + 4, new long[32], 0);
        assertThat(path.barriers()).isEmpty();
        assertThat(path.end()).isEqualTo(BASE + 8);
    }

    @Test
    void followsA32Loops() {
        // dsb sy; loop: mcr TLBIMVAHIS r9; add r9, r9, 4096; cmp r3, r9; bhi loop; dsb sy; isb
        int[] code = {0xf57ff04f, 0xee889f33, 0xe2899a01, 0xe1530009, 0x8afffffb, 0xf57ff04f, 0xf57ff06f};
        CodeRegion region = CodeRegion.scan(Decoder.of(Architecture.AARCH32), BASE, code);
        long[] registers = new long[15];
        registers[9] = 0x40_0000;
        registers[3] = 0x40_2000;
        assertThat(PathFollower.follow(region, BASE + 8, registers, 0).end()).isEqualTo(BASE + 4);
        registers[9] = 0x40_1000;
        assertThat(PathFollower.follow(region, BASE + 8, registers, 0).barriers())
                .hasSize(2);
        assertThat(BarriersBefore.find(region, BASE + 4).barriers())
                .extracting(BarriersBefore.Placed::address)
                .isEqualTo(List.of(BASE));
    }
}
