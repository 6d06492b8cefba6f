package dev.breakmake.engine.pe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breakmake.engine.memory.GuestMemory;
import dev.breakmake.engine.memory.PhysicalBus;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.WriteOrigin;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A mistake shows as a wrong value or an abort where TLBs keep what they may; what the architecture allows works under every policy. */
class TlbAdversaryTest {

    private static final long RAM = 0x4000_0000L;
    private static final long ROOT = RAM + 0x1000;
    private static final long OTHER_ROOT = RAM + 0x2000;
    private static final long LEVEL2 = RAM + 0x3000;
    private static final long LEVEL3 = RAM + 0x4000;
    private static final long OTHER_LEVEL2 = RAM + 0x5000;
    private static final long OTHER_LEVEL3 = RAM + 0x6000;
    private static final long OLD = RAM + 0x20_0000;
    private static final long NEW = RAM + 0x20_1000;
    private static final long VA = 0x4040_0000L;
    private static final long LEAF = 0x743;
    private static final long TABLE = 3;

    private final GuestMemory memory = new GuestMemory(List.of(new AddressRange(RAM, RAM + (16 << 20))));
    private final Cluster cluster =
            new Cluster(new PhysicalBus(memory), new EventEmitter(null), PeIdentity.cortexA57(false), 2);
    private final ProcessingElement pe = cluster.pe(0);
    private final ProcessingElement other = cluster.pe(1);

    /** Both roots map RAM's first 2 MiB flat, table pages among it; VA goes to OLD by one, to NEW by the other. */
    private void tables() {
        word(ROOT + 8, LEVEL2 | TABLE);
        word(OTHER_ROOT + 8, OTHER_LEVEL2 | TABLE);
        word(LEVEL2, RAM | LEAF & ~2L);
        word(OTHER_LEVEL2, RAM | LEAF & ~2L);
        word(LEVEL2 + 16, LEVEL3 | TABLE);
        word(OTHER_LEVEL2 + 16, OTHER_LEVEL3 | TABLE);
        word(LEVEL3, OLD | LEAF);
        word(OTHER_LEVEL3, NEW | LEAF);
        word(OLD, 1);
        word(NEW, 2);
    }

    private void word(final long pa, final long value) {
        final byte[] bytes = new byte[8];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (value >>> (8 * i));
        }
        memory.write(pa, bytes);
    }

    private void start(final TlbAdversary.@Nullable Policy policy, final long seed) {
        tables();
        if (policy != null) {
            cluster.setAdversary(policy, seed);
        }
        for (final ProcessingElement each : cluster.elements()) {
            each.start(RAM, 2, PeState.Change.RESET);
        }
    }

    private static void enable(final ProcessingElement pe, final boolean invalidate) {
        if (invalidate) {
            invalidate(pe, TlbOperation.ALLE2, 0, Shareability.NSH);
            dsb(pe);
        }
        pe.system.write(SystemRegister.MAIR_EL2.key(), 0xff);
        pe.system.write(SystemRegister.TCR_EL2.key(), 25 | 2 << 16);
        pe.system.write(SystemRegister.TTBR0_EL2.key(), ROOT);
        pe.system.write(SystemRegister.SCTLR_EL2.key(), 0x30c5_1835L);
    }

    private static void dsb(final ProcessingElement pe) {
        Maintenance.barrier(pe, Barrier.Kind.DSB, Shareability.ISH, Barrier.AccessTypes.ALL, false);
    }

    private static void invalidate(
            final ProcessingElement pe, final TlbOperation operation, final long operand, final Shareability domain) {
        Maintenance.invalidateTlb(pe, operation, operand, domain, false);
    }

    private void store(final long pa, final long value) {
        pe.mmu.store(pa, 8, value, WriteOrigin.STORE);
    }

    private void breakBeforeMake(final Shareability domain) {
        store(LEVEL3, 0);
        dsb(pe);
        invalidate(pe, TlbOperation.VAE2, VA >>> 12, domain);
        dsb(pe);
        store(LEVEL3, NEW | LEAF);
        dsb(pe);
    }

    @ParameterizedTest
    @EnumSource(TlbAdversary.Policy.class)
    void breakBeforeMakeShowsTheNewPageUnderEveryPolicy(final TlbAdversary.Policy policy) {
        start(policy, 0);
        enable(pe, true);
        assertThat(pe.mmu.load64(VA)).isEqualTo(1);

        breakBeforeMake(Shareability.ISH);

        assertThat(pe.mmu.load64(VA)).isEqualTo(2);
    }

    @Test
    void aMissingInvalidateIsForgivenByATlbThatFlushesEagerly() {
        start(null, 0);
        enable(pe, true);
        assertThat(pe.mmu.load64(VA)).isEqualTo(1);

        store(LEVEL3, NEW | LEAF);
        dsb(pe);

        assertThat(pe.mmu.load64(VA)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(value = TlbAdversary.Policy.class, mode = Mode.EXCLUDE, names = "CONFLICT_ABORT")
    void aMissingInvalidateServesTheOldPage(final TlbAdversary.Policy policy) {
        start(policy, 0);
        enable(pe, true);
        assertThat(pe.mmu.load64(VA)).isEqualTo(1);

        store(LEVEL3, NEW | LEAF);
        dsb(pe);

        assertThat(pe.mmu.load64(VA)).isEqualTo(1);
    }

    @Test
    void twoTranslationsOfOneAddressAbortWithATlbConflict() {
        start(TlbAdversary.Policy.CONFLICT_ABORT, 0);
        enable(pe, true);
        store(LEVEL3, NEW | LEAF);
        dsb(pe);

        assertThatExceptionOfType(GuestFault.class)
                .isThrownBy(() -> pe.mmu.load64(VA))
                .satisfies(fault -> assertThat(fault.iss & 0x3f).isEqualTo(0x30));
    }

    @Test
    void aPermissionChangeIsNoConflict() {
        start(TlbAdversary.Policy.CONFLICT_ABORT, 0);
        enable(pe, true);
        store(LEVEL3, OLD | LEAF | 1 << 7);
        dsb(pe);

        assertThat(pe.mmu.load64(VA)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(value = TlbAdversary.Policy.class, mode = Mode.EXCLUDE, names = "CONFLICT_ABORT")
    void anInvalidateBeforeTheStoreIsVisibleLeavesTheOldPage(final TlbAdversary.Policy policy) {
        start(policy, 0);
        enable(pe, true);
        assertThat(pe.mmu.load64(VA)).isEqualTo(1);

        store(LEVEL3, 0);
        invalidate(pe, TlbOperation.VAE2, VA >>> 12, Shareability.ISH);
        dsb(pe);
        store(LEVEL3, NEW | LEAF);
        dsb(pe);

        assertThat(pe.mmu.load64(VA)).isEqualTo(1);
    }

    @Test
    void whatWasNeverUsedIsHeldOnlyByATlbThatSpeculates() {
        start(TlbAdversary.Policy.KEEP_STALE, 0);
        enable(pe, true);
        store(LEVEL3, NEW | LEAF);
        dsb(pe);
        assertThat(pe.mmu.load64(VA)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(value = TlbAdversary.Policy.class, mode = Mode.EXCLUDE, names = "CONFLICT_ABORT")
    void aRootSwitchWithoutInvalidateServesTheOldTree(final TlbAdversary.Policy policy) {
        start(policy, 0);
        enable(pe, true);
        assertThat(pe.mmu.load64(VA)).isEqualTo(1);

        pe.system.write(SystemRegister.TTBR0_EL2.key(), OTHER_ROOT);
        assertThat(pe.mmu.load64(VA)).isEqualTo(1);

        invalidate(pe, TlbOperation.ALLE2, 0, Shareability.NSH);
        assertThat(pe.mmu.load64(VA)).as("before the DSB").isEqualTo(1);
        dsb(pe);
        assertThat(pe.mmu.load64(VA)).isEqualTo(2);
    }

    @Test
    void aRootSwitchBetweenTreesThatDisagreeAborts() {
        start(TlbAdversary.Policy.CONFLICT_ABORT, 0);
        enable(pe, true);
        pe.system.write(SystemRegister.TTBR0_EL2.key(), OTHER_ROOT);

        assertThat(pe.mmu.load64(RAM + 0x10_0000)).as("both trees agree here").isZero();
        assertThatExceptionOfType(GuestFault.class).isThrownBy(() -> pe.mmu.load64(VA));
    }

    @ParameterizedTest
    @EnumSource(TlbAdversary.Policy.class)
    void aRootSwitchWithTheMmuOffAndAnInvalidateWorksUnderEveryPolicy(final TlbAdversary.Policy policy) {
        start(policy, 0x5eed);
        enable(pe, true);
        final long control = pe.system.get(SystemRegister.SCTLR_EL2);
        pe.system.write(SystemRegister.SCTLR_EL2.key(), control & ~5L);
        pe.system.write(SystemRegister.TTBR0_EL2.key(), OTHER_ROOT);
        invalidate(pe, TlbOperation.ALLE2, 0, Shareability.NSH);
        dsb(pe);
        pe.system.write(SystemRegister.SCTLR_EL2.key(), control);

        assertThat(pe.mmu.load64(VA)).isEqualTo(2);
    }

    @Test
    void aLocalInvalidateLeavesTheOtherPesTlbAlone() {
        start(TlbAdversary.Policy.KEEP_STALE, 0);
        enable(pe, true);
        enable(other, true);
        assertThat(pe.mmu.load64(VA)).isEqualTo(1);
        assertThat(other.mmu.load64(VA)).isEqualTo(1);

        breakBeforeMake(Shareability.NSH);

        assertThat(pe.mmu.load64(VA)).isEqualTo(2);
        assertThat(other.mmu.load64(VA)).isEqualTo(1);
    }

    @Test
    void aTlbThatWasNeverInvalidatedHoldsAnything() {
        start(TlbAdversary.Policy.PREFER_OLD, 7);
        enable(pe, false);
        int wrong = 0;
        for (long page = RAM + 0x1_0000; page < RAM + 0x4_0000; page += 4096) {
            word(page, page);
            wrong += pe.mmu.load64(page) == page ? 0 : 1;
        }
        assertThat(wrong).isPositive();

        invalidate(pe, TlbOperation.ALLE2, 0, Shareability.NSH);
        dsb(pe);
        for (long page = RAM + 0x1_0000; page < RAM + 0x4_0000; page += 4096) {
            assertThat(pe.mmu.load64(page)).isEqualTo(page);
        }
    }
}
