package dev.breakmake.translation.descriptor;

import static dev.breakmake.translation.descriptor.DescriptorFormatTest.EL1;
import static dev.breakmake.translation.descriptor.DescriptorFormatTest.EL2;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class DescriptorChangeTest {
    private static final long PAGE = 0x4000_0000L | 3 << 2 | 0x40 | 3 << 8 | 1 << 10 | 3;

    private static Set<ChangeKind> page(long after) {
        return DescriptorChange.of(EL2, 3, PAGE, after).kinds();
    }

    @Test
    void eachRespectIsItsOwnKind() {
        assertThat(page(PAGE)).isEmpty();
        assertThat(page(PAGE + 0x1000)).containsExactly(ChangeKind.OUTPUT_ADDRESS);
        assertThat(page(PAGE ^ 3 << 2)).contains(ChangeKind.MEMORY_TYPE);
        assertThat(page(PAGE ^ 3 << 8)).containsExactly(ChangeKind.SHAREABILITY);
        assertThat(page(PAGE | 1L << 52)).containsExactly(ChangeKind.CONTIGUOUS);
        assertThat(page(PAGE | 1 << 7)).containsExactly(ChangeKind.PERMISSION_REDUCED);
        assertThat(page(PAGE | 1L << 54)).containsExactly(ChangeKind.PERMISSION_REDUCED);
        assertThat(page(PAGE & ~(1L << 10))).containsExactly(ChangeKind.ACCESS_FLAG_CLEARED);
        assertThat(page(PAGE | 1L << 51)).containsExactly(ChangeKind.DIRTY_MODIFIER);
        assertThat(page(PAGE | 1L << 55)).containsExactly(ChangeKind.SOFTWARE);
        assertThat(page(0)).containsExactly(ChangeKind.MADE_INVALID);
        assertThat(DescriptorChange.of(EL2, 3, 0, PAGE).kinds()).containsExactly(ChangeKind.MADE_VALID);
        assertThat(DescriptorChange.of(EL2, 3, 0, 8).kinds()).containsExactly(ChangeKind.SOFTWARE);
    }

    @Test
    void anotherIndexWithTheSameMemoryTypeIsNoChangeOfType() {
        // Attr3 and Attr7 are both Write-Back; only an ignored difference remains.
        assertThat(page(PAGE | 7 << 2)).containsExactly(ChangeKind.SOFTWARE);
    }

    @Test
    void notGlobalMattersOnlyWithAsids() {
        assertThat(DescriptorChange.of(EL1, 3, PAGE | 1 << 11, PAGE).kinds()).containsExactly(ChangeKind.MADE_GLOBAL);
        assertThat(DescriptorChange.of(EL1, 3, PAGE, PAGE | 1 << 11).kinds())
                .containsExactly(ChangeKind.MADE_NOT_GLOBAL);
        assertThat(page(PAGE | 1 << 11)).containsExactly(ChangeKind.SOFTWARE);
    }

    @Test
    void blocksAndTablesReplaceEachOtherAsAChangeOfSize() {
        long block = PAGE & ~2L;
        assertThat(DescriptorChange.of(EL2, 2, block, 0x5000_0003L).kinds()).containsExactly(ChangeKind.SIZE);
        assertThat(DescriptorChange.of(EL2, 2, 0x5000_0003L, 0x5000_1003L).kinds())
                .containsExactly(ChangeKind.TABLE_ADDRESS);
        assertThat(DescriptorChange.of(EL2, 2, 0x5000_0003L, 0x5000_0003L | 1L << 60)
                        .kinds())
                .containsExactly(ChangeKind.TABLE_ATTRIBUTES);
        assertThat(DescriptorChange.of(EL2, 2, 0x5000_0003L, 0x5000_0f7fL).kinds())
                .containsExactly(ChangeKind.SOFTWARE);
    }

    @Test
    void leavesOfDifferentLevelsCompareByTheCommonInput() {
        long block = 0x4020_0000L | (PAGE & 0xffd);
        long sameByte = 0x4020_5000L | (PAGE & 0xfff);
        int same = DescriptorChange.mask(EL2, 2, block, 0x80_0000, EL2, 3, sameByte, 0x80_5000);
        assertThat(DescriptorChange.setOf(same)).containsExactly(ChangeKind.SIZE);
        int other = DescriptorChange.mask(EL2, 2, block, 0x80_0000, EL2, 3, sameByte, 0x80_6000);
        assertThat(DescriptorChange.setOf(other)).containsExactlyInAnyOrder(ChangeKind.SIZE, ChangeKind.OUTPUT_ADDRESS);
    }

    @Test
    void onlyTheListedChangesNeedABreak() {
        assertThat(DescriptorChange.needsBreak(DescriptorChange.mask(EL2, 3, PAGE, PAGE + 0x1000)))
                .isTrue();
        assertThat(DescriptorChange.needsBreak(DescriptorChange.mask(EL2, 3, PAGE, PAGE | 1 << 7)))
                .isFalse();
        assertThat(DescriptorChange.needsBreak(DescriptorChange.mask(EL2, 3, PAGE, 0)))
                .isFalse();
        assertThat(DescriptorChange.needsBreak(DescriptorChange.mask(EL2, 3, PAGE, PAGE | 1L << 57)))
                .isFalse();
    }
}
