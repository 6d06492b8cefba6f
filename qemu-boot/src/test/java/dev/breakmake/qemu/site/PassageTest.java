package dev.breakmake.qemu.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.Architecture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassageTest {

    private static final long BASE = 0x1000;
    private static final int NOP = 0xd503201f;
    private static final int RET = 0xd65f03c0;
    private static final int TLBI_VAE2 = 0xd50c8720;
    private static final long CARRY = 1L << 29;

    private static @Nullable Passage a64(int site, int... words) {
        CodeRegion region = CodeRegion.scan(Decoder.of(Architecture.AARCH64), BASE, words);
        return Passage.through(region, BASE + 4L * site);
    }

    private static @Nullable Passage a32(int site, int... words) {
        CodeRegion region = CodeRegion.scan(Decoder.of(Architecture.AARCH32), BASE, words);
        return Passage.through(region, BASE + 4L * site);
    }

    private static Passage told(@Nullable Passage passage) {
        if (passage == null) {
            throw new AssertionError("nothing tells of the instruction");
        }
        return passage;
    }

    @Test
    void nothingButTheInvalidateLeadsBehindIt() {
        Passage passage = told(a64(1, NOP, TLBI_VAE2, NOP, RET));
        assertThat(passage.taken(0)).isTrue();
        assertThat(passage.taken(CARRY)).isTrue();
    }

    @Test
    void theFlagsTellWhetherItWasBranchedAround() {
        // B.HS +12; LSR X0, X0, #12; TLBI VAE2, X0; NOP
        Passage passage = told(a64(2, 0x54000062, 0xd34cfc00, TLBI_VAE2, NOP, RET));
        assertThat(passage.taken(CARRY)).isFalse();
        assertThat(passage.taken(0)).isTrue();
    }

    @Test
    void theFlagsOf32BitArmTellToo() {
        // BLS +8; TLBIMVAH R0; DSB SY
        Passage passage = told(a32(1, 0x9a000000, 0xee880f37, 0xf57ff04f, 0xe12fff1e));
        assertThat(passage.taken(CARRY)).as("higher").isTrue();
        assertThat(passage.taken(0)).as("lower or same").isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            ints = {
                // SUBS X0, X0, #1; ANDS X0, X0, #1; ADDS X0, X0, X1; CCMP X0, #0, #0, EQ; MSR NZCV, X0; BL +8
                0xf1000400,
                0xf2400000,
                0xab010000,
                0xfa400800,
                0xd51b4200,
                0x94000002
            })
    void flagsThatMayHaveChangedTellNothing(int word) {
        assertThat(a64(2, 0x54000062, word, TLBI_VAE2, NOP, RET)).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            ints = {
                // SUBS R0, R0, #1; CMP R0, #0; MSR CPSR_f, R0; BL +0; LDR PC, [R0]; MUL R0, R1, R2
                0xe2500001,
                0xe3500000,
                0xe128f000,
                0xeb000000,
                0xe590f000,
                0xe0000291
            })
    void flagsOf32BitArmThatMayHaveChangedTellNothing(int word) {
        assertThat(a32(2, 0x9a000001, word, 0xee880f37, 0xf57ff04f, 0xe12fff1e)).isNull();
    }

    @Test
    void aBranchThatNoFlagDecidesTellsNothing() {
        // CBZ X0, +8; TLBI; NOP
        assertThat(a64(1, 0xb4000040, TLBI_VAE2, NOP, RET)).isNull();
    }

    @Test
    void aSecondWayAroundTellsNothing() {
        // B.HS +12; B.EQ +8; TLBI; NOP
        assertThat(a64(2, 0x54000062, 0x54000040, TLBI_VAE2, NOP, RET)).isNull();
    }

    @Test
    void aWayIntoTheMiddleTellsNothing() {
        // B.HS +12; NOP; TLBI; NOP; B.EQ -12 (to the second)
        assertThat(a64(2, 0x54000062, 0xd34cfc00, TLBI_VAE2, NOP, 0x54ffffa0, RET))
                .isNull();
    }

    @Test
    void aWayFromBehindTellsNothing() {
        // TLBI; NOP; B.EQ -4 (to the NOP)
        assertThat(a64(0, TLBI_VAE2, NOP, 0x54ffffe0, RET)).isNull();
    }

    @Test
    void whatIsNoWriteAndNoInvalidateIsStoppedAt() {
        // MSR VBAR_EL2; SMC #0; ERET
        for (int word : new int[] {0xd51cc000, 0xd4000003, 0xd69f03e0}) {
            assertThat(a64(0, word, NOP, RET)).as("%x", word).isNull();
        }
    }

    @Test
    void whatTablesDependOnIsToldFromTheFirstRegistersAndWithoutFlags() {
        int branchAround = 0x54000042;
        // MSR TTBR0_EL2, X0; VTTBR_EL2, X0; HCR_EL2, X0; SCTLR_EL2, X0
        for (int word : new int[] {0xd51c2000, 0xd51c2100, 0xd51c1100, 0xd51c1000}) {
            assertThat(a64(0, word, NOP, RET)).as("%x", word).isNotNull();
            assertThat(a64(0, word | 13, NOP, RET)).as("X13: %x", word).isNotNull();
            assertThat(a64(0, word | 31, NOP, RET)).as("XZR: %x", word).isNotNull();
            assertThat(a64(0, word | 14, NOP, RET)).as("X14: %x", word).isNull();
            assertThat(a64(1, branchAround, word, NOP, RET)).as("%x", word).isNull();
        }
        // MSR TTBR1_EL1, X22 is a guest's: it is looked at later.
        assertThat(a64(0, 0xd5182036, NOP, RET)).isNotNull();
        assertThat(a64(1, branchAround, 0xd5182036, NOP, RET)).isNotNull();
    }

    @Test
    void the32BitLogShowsNoRegistersInTime() {
        // MCRR HTTBR, R0, R1 and MCR TTBCR, R0
        assertThat(a32(0, 0xec410f42, 0xf57ff04f, 0xe12fff1e)).isNull();
        assertThat(a32(0, 0xee020f50, 0xf57ff04f, 0xe12fff1e)).isNotNull();
    }

    @Test
    void theEndOfTheCodeTellsNothing() {
        assertThat(a64(1, NOP, TLBI_VAE2)).isNull();
    }
}
