package dev.breakmake.translation.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.register.Granule;
import dev.breakmake.translation.register.Regime;
import org.junit.jupiter.api.Test;

class DescriptorFormatTest {
    /** Attr0 Device-nGnRnE, 1 Normal-NC, 2 WT, 3 WB, 4 Device-nGnRE, 7 Normal-WB. */
    static final long MAIR = 0xff00_0004_ffaa_4400L;

    static DescriptorFormat stage1(Regime regime, Granule granule) {
        return new DescriptorFormat(
                regime, granule, 48, MAIR, false, false, false, 3, regime == Regime.HYP || regime == Regime.PL1_0);
    }

    static final DescriptorFormat EL2 = stage1(Regime.EL2, Granule.K4);
    static final DescriptorFormat EL1 = stage1(Regime.EL1_0, Granule.K4);
    static final DescriptorFormat STAGE2 =
            new DescriptorFormat(Regime.STAGE2, Granule.K4, 48, 0, false, false, true, 3, false);

    @Test
    void kindsDependOnTheLevel() {
        assertThat(EL2.kind(0, 1)).isEqualTo(Kind.INVALID);
        assertThat(EL2.kind(2, 3)).isEqualTo(Kind.INVALID);
        assertThat(EL2.kind(1, 0)).isEqualTo(Kind.RESERVED);
        assertThat(EL2.kind(1, 1)).isEqualTo(Kind.BLOCK);
        assertThat(EL2.kind(1, 2)).isEqualTo(Kind.BLOCK);
        assertThat(EL2.kind(1, 3)).isEqualTo(Kind.RESERVED);
        assertThat(EL2.kind(3, 2)).isEqualTo(Kind.TABLE);
        assertThat(EL2.kind(3, 3)).isEqualTo(Kind.PAGE);
    }

    @Test
    void onlySomeLevelsOfLargeGranulesHaveBlocks() {
        DescriptorFormat k16 = stage1(Regime.EL2, Granule.K16);
        DescriptorFormat k64 = stage1(Regime.EL2, Granule.K64);
        assertThat(k16.kind(1, 1)).isEqualTo(Kind.RESERVED);
        assertThat(k16.kind(1, 2)).isEqualTo(Kind.BLOCK);
        assertThat(k64.kind(1, 1)).isEqualTo(Kind.RESERVED);
        assertThat(k64.kind(1, 2)).isEqualTo(Kind.BLOCK);
        assertThat(k16.span(2)).isEqualTo(32L << 20);
        assertThat(k64.span(2)).isEqualTo(512L << 20);
    }

    @Test
    void aBlockOfXenReadsAsPeopleSayIt() {
        // PA 0x40200000, AttrIndx 7, AP[1], SH 3, AF, XN.
        long word = 0x4020_0000L | 1L << 54 | 0x75d;
        assertThat(Descriptor.decode(EL2, 2, word)).hasToString("L2 block PA 0x40200000 2MiB RW XN Normal-WB ISH AF");
        assertThat(Descriptor.decode(EL2, 1, 0x402a_2f7fL)).hasToString("L1 table 0x402a2000");
        assertThat(Descriptor.decode(EL2, 3, 0)).hasToString("L3 invalid");
        assertThat(Descriptor.decode(EL2, 3, 0x1001)).hasToString("L3 reserved encoding (0x1001)");
    }

    @Test
    void deviceAndNonCacheableMemoryIgnoresTheShareabilityField() {
        assertThat(EL2.shareability(0 << 2 | 3 << 8)).isEqualTo(2);
        assertThat(EL2.shareability(1 << 2)).isEqualTo(2);
        assertThat(EL2.shareability(3 << 2 | 3 << 8)).isEqualTo(3);
        assertThat(EL2.shareability(3 << 2)).isZero();
    }

    @Test
    void theTwoLevelRegimesSplitRights() {
        long userWritable = 0x40;
        assertThat(EL1.permissions(userWritable) & Permissions.EXECUTE).isZero();
        assertThat(Permissions.name(EL1.permissions(0))).isEqualTo("RW X/NA X");
        assertThat(Permissions.name(EL1.permissions(0xc0))).isEqualTo("RO X/RO X");
        assertThat(EL1.notGlobal(1 << 11)).isTrue();
        assertThat(EL2.notGlobal(1 << 11)).isFalse();
    }

    @Test
    void stageTwoHasItsOwnFields() {
        // S2AP RW, MemAttr WB, SH inner, AF.
        long word = 0x4000_0000L | 0x7fd;
        assertThat(Descriptor.decode(STAGE2, 2, word))
                .hasToString("L2 block PA 0x40000000 2MiB RW X/NA X Normal-WB ISH AF");
        assertThat(STAGE2.memoryType(1 << 2)).isEqualTo(MemoryType.DEVICE_NGNRE);
        assertThat(STAGE2.memoryType(4 << 2)).isEqualTo(MemoryType.RESERVED);
        assertThat(STAGE2.permissions(2L << 53) & (Permissions.EXECUTE | Permissions.USER_EXECUTE))
                .isZero();
    }

    @Test
    void forcedWriteBackReadsMemAttrDifferently() {
        DescriptorFormat forced = new DescriptorFormat(Regime.STAGE2, Granule.K4, 48, 0, false, true, true, 3, false);
        assertThat(forced.memoryType(6 << 2)).isEqualTo(MemoryType.NORMAL_WB);
        assertThat(forced.memoryType(7 << 2)).isEqualTo(MemoryType.FROM_STAGE_1);
        assertThat(forced.memoryType(5 << 2)).isEqualTo(MemoryType.NORMAL_NC);
        assertThat(forced.memoryType(1 << 2)).isEqualTo(MemoryType.DEVICE_NGNRE);
    }

    @Test
    void wideLayoutsMoveTheHighAddressBits() {
        DescriptorFormat lpa = new DescriptorFormat(Regime.EL2, Granule.K64, 52, MAIR, false, false, false, 3, false);
        assertThat(lpa.address(0x1234_5678_0000L | 0xa << 12)).isEqualTo(0xa_1234_5678_0000L);
        DescriptorFormat lpa2 = new DescriptorFormat(Regime.EL2, Granule.K4, 52, MAIR, true, false, false, 3, false);
        assertThat(lpa2.address(0x3_1234_5678_9000L | 2 << 8)).isEqualTo(0xb_1234_5678_9000L);
        assertThat(lpa2.shareability(3 << 2)).isEqualTo(3);
    }

    @Test
    void addressesBeyondTheOutputSizeAndMisalignedBlocksAreSeen() {
        DescriptorFormat small = new DescriptorFormat(Regime.EL2, Granule.K4, 40, MAIR, false, false, false, 3, false);
        assertThat(small.addressTooLarge(0x100_0000_0003L)).isTrue();
        assertThat(small.addressTooLarge(0xff_ffff_f003L)).isFalse();
        assertThat(EL2.addressReservedBits(0x4020_1000L | 1, 2)).isTrue();
        assertThat(EL2.addressReservedBits(0x4020_0000L | 1, 2)).isFalse();
        assertThat(EL2.addressReservedBits(0x4020_0000L | 1 << 16 | 1, 2)).isFalse();
        assertThat(EL2.addressReservedBits(1L << 48 | 3, 3)).isTrue();
    }

    @Test
    void tablesAboveTakeRightsAway() {
        int all = EL1.permissions(0x40) | Permissions.EXECUTE;
        assertThat(Permissions.writable(EL1.restrict(all, 2L << 61))).isFalse();
        assertThat(EL1.restrict(all, 1L << 61) & (Permissions.USER_READ | Permissions.USER_WRITE))
                .isZero();
        assertThat(EL1.restrict(all, 1L << 60) & Permissions.USER_EXECUTE).isZero();
        assertThat(EL1.restrict(all, 1L << 60) & Permissions.EXECUTE).isNotZero();
        assertThat(Permissions.executable(EL2.restrict(Permissions.EXECUTE, 1L << 60)))
                .isFalse();
    }

    @Test
    void memoryTypesDropHintsOnly() {
        assertThat(MemoryType.ofMairByte(0xff))
                .isEqualTo(MemoryType.ofMairByte(0xee))
                .isEqualTo(MemoryType.NORMAL_WB);
        assertThat(MemoryType.ofMairByte(0xbb))
                .isEqualTo(MemoryType.ofMairByte(0xaa))
                .isEqualTo(MemoryType.NORMAL_WT);
        assertThat(MemoryType.ofMairByte(0x77)).isEqualTo(MemoryType.NORMAL_WB);
        assertThat(MemoryType.ofMairByte(0x02)).isEqualTo(MemoryType.RESERVED);
        assertThat(MemoryType.name(MemoryType.ofMairByte(0x4f))).isEqualTo("Normal-iWBoNC");
        assertThat(MemoryType.combine(MemoryType.NORMAL_WB, MemoryType.DEVICE_NGNRE))
                .isEqualTo(MemoryType.DEVICE_NGNRE);
        assertThat(MemoryType.combine(MemoryType.NORMAL_WB, MemoryType.NORMAL_WT))
                .isEqualTo(MemoryType.NORMAL_WT);
        assertThat(MemoryType.combine(MemoryType.NORMAL_NC, MemoryType.FROM_STAGE_1))
                .isEqualTo(MemoryType.NORMAL_NC);
    }
}
