package dev.breakmake.translation.tlb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.register.Regime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What operands of TLB invalidates name, by the encodings of the register descriptions. */
final class ScopeTest {
    private static final int VMID = 3;

    private static Scope scope(Architecture architecture, TlbOperation operation, long operand, boolean hostRegime) {
        Scope scope = new Scope();
        scope.decode(
                new TlbInvalidate(9, 1, 9, 0x4000, ExceptionLevel.EL2, operation, operand, Shareability.ISH, false),
                9,
                architecture,
                VMID,
                hostRegime,
                hostRegime);
        return scope;
    }

    private static Scope a64(TlbOperation operation, long operand) {
        return scope(Architecture.AARCH64, operation, operand, false);
    }

    @ParameterizedTest
    @CsvSource({
        "TLBIMVA, 0x12345007, 0x12345000, 7",
        "TLBIMVAL, 0xfffff0ff, 0xfffff000, 255",
        "TLBIMVAA, 0x12345007, 0x12345000, -2",
        "TLBIMVAAL, 0x12345000, 0x12345000, -2",
        "TLBIMVAH, 0x80000fff, 0x80000000, -2",
        "TLBIIPAS2, 0xf1234567, 0x1234567000, -2",
        "TLBIIPAS2L, 0x00000005, 0x5000, -2"
    })
    void aarch32OperandsAreAddressesAndAsidsOf8Bits(TlbOperation operation, String operand, String start, int asid) {
        Scope scope = scope(Architecture.AARCH32, operation, Long.decode(operand), false);
        assertThat(scope.byAddress()).isTrue();
        assertThat(scope.start).isEqualTo(Long.decode(start));
        assertThat(scope.last).isEqualTo(scope.start + 0xfff);
        assertThat(scope.asid).isEqualTo(asid);
    }

    @Test
    void anAarch32InvalidateByAsidTakes8Bits() {
        Scope scope = scope(Architecture.AARCH32, TlbOperation.TLBIASID, 0x1_2305, false);
        assertThat(scope.asid).isEqualTo(5);
        assertThat(scope.byAddress()).isFalse();
        assertThat(scope.everything()).isFalse();
        assertThat(scope.reachesRegime(Regime.PL1_0)).isTrue();
        assertThat(scope.reachesRegime(Regime.HYP)).isFalse();
    }

    @Test
    void addressesOfTheUpperRangeAreSignExtendedFromBit55() {
        long va = 0xffff_8000_0000_1000L;
        Scope one = a64(TlbOperation.VAE1, va >>> 12 & (1L << 44) - 1 | 5L << 48);
        assertThat(one.start).isEqualTo(va);
        assertThat(one.last).isEqualTo(va + 0xfff);
        assertThat(one.asid).isEqualTo(5);
        Scope range = a64(TlbOperation.RVAE1, va >>> 12 & (1L << 37) - 1 | 1L << 46 | 5L << 48);
        assertThat(range.start).isEqualTo(va);
        assertThat(range.last).isEqualTo(va + 0x1fff);
    }

    @Test
    void rangesCountInPagesOfTheirGranule() {
        // Base 4, NUM 2, SCALE 1: 3 * 2^6 pages of 64 KiB.
        Scope range = a64(TlbOperation.RVAE2, 4 | 2L << 39 | 1L << 44 | 3L << 46);
        assertThat(range.start).isEqualTo(0x4_0000);
        assertThat(range.last).isEqualTo(0x4_0000L + 3 * 64 * 0x1_0000L - 1);
        Scope ipa = a64(TlbOperation.RIPAS2E1, 1L << 36 | 2L << 46);
        assertThat(ipa.start).as("an IPA has no sign; 16 KiB").isEqualTo(1L << 50);
        assertThat(ipa.last).isEqualTo((1L << 50) + 0x7fff);
    }

    @ParameterizedTest
    @CsvSource({"0x5, 1, 12", "0x6, 2, 12", "0x7, 3, 12", "0x9, 1, 14", "0xe, 2, 16", "0x4, -2, 0", "0x3, -2, 0"})
    void aLevelHintNamesGranuleAndLevel(String ttl, int level, int granule) {
        int bits = Integer.decode(ttl);
        Scope va = a64(TlbOperation.VAE2, 5 | (long) bits << 44);
        assertThat(va.levelHint).isEqualTo(level);
        assertThat(va.granuleHint).isEqualTo(granule);
        Scope ipa = a64(TlbOperation.IPAS2E1, 5 | (long) bits << 44);
        assertThat(ipa.levelHint).isEqualTo(va.levelHint);
        assertThat(ipa.start).isEqualTo(0x5000);
    }

    @Test
    void withHostExtensionsE1OperationsAreTheHypervisorsOwn() {
        Scope host = scope(Architecture.AARCH64, TlbOperation.VMALLE1, 0, true);
        assertThat(host.reachesRegime(Regime.EL2_0)).isTrue();
        assertThat(host.reachesRegime(Regime.EL1_0)).isFalse();
        assertThat(host.usesCurrentVmid()).isFalse();
        assertThat(a64(TlbOperation.VMALLE1, 0).reachesRegime(Regime.EL2_0)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"VAE2, 0", "VALE2, 0", "RVAE2, 1", "RVALE2, 1"})
    void withHostExtensionsE2OperationsByAddressNameAnAsid(TlbOperation operation, int range) {
        long operand = 7L << 48 | (long) range << 46 | 5;
        assertThat(scope(Architecture.AARCH64, operation, operand, true).asid).isEqualTo(7);
        assertThat(a64(operation, operand).asid).as("EL2 alone has none").isEqualTo(Scope.ANY);
        assertThat(scope(Architecture.AARCH64, TlbOperation.ALLE2, operand, true).asid)
                .isEqualTo(Scope.ANY);
    }

    @Test
    void aGuestsInvalidateIsOfTheVmidInForceUnlessItIsOfAll() {
        assertThat(a64(TlbOperation.VMALLE1, 0).usesCurrentVmid()).isTrue();
        assertThat(a64(TlbOperation.IPAS2E1, 5).usesCurrentVmid()).isTrue();
        assertThat(a64(TlbOperation.ALLE1, 0).usesCurrentVmid()).isFalse();
        assertThat(a64(TlbOperation.ALLE2, 0).usesCurrentVmid()).isFalse();
        assertThat(a64(TlbOperation.VMALLS12E1, 0).reaches(Regime.STAGE2, VMID)).isTrue();
        assertThat(a64(TlbOperation.VMALLS12E1, 0).reaches(Regime.STAGE2, VMID + 1))
                .isFalse();
        assertThat(a64(TlbOperation.ALLE1, 0).reaches(Regime.EL1_0, VMID + 1)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"ITLBIALL", "ITLBIMVA", "ITLBIASID", "DTLBIALL", "DTLBIMVA", "DTLBIASID", "ALLE3"})
    void whatReachesNoRegimeOfOursReachesNothing(TlbOperation operation) {
        Scope scope = scope(Architecture.AARCH32, operation, 0x5000, false);
        for (Regime regime : Regime.values()) {
            assertThat(scope.reachesRegime(regime)).isFalse();
        }
        assertThat(scope.wholeRegime()).isFalse();
    }

    @Test
    void aScopeKnowsItsInstruction() {
        Scope scope = a64(TlbOperation.VALE2, 5);
        assertThat(scope.operation()).isEqualTo(TlbOperation.VALE2);
        assertThat(scope.pc()).isEqualTo(0x4000);
        assertThat(scope.pe()).isEqualTo(1);
        assertThat(scope.time()).isEqualTo(9);
        assertThat(scope.shared()).isTrue();
        assertThat(scope.nxs()).isFalse();
        assertThat(scope.wholeRegime()).isFalse();
        assertThat(a64(TlbOperation.ALLE2, 0).wholeRegime()).isTrue();
    }
}
