package dev.breakmake.translation.walk;

import static dev.breakmake.translation.event.TranslationRegister.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.descriptor.MemoryType;
import dev.breakmake.translation.descriptor.Permissions;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.WalkStep;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegisterFile;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WalkerTest {
    private static final long BLOCK = 0x701 | 7 << 2 | 1L << 54;
    private static final long PAGE = 0x703 | 7 << 2;

    private final RegisterFile a64 = new RegisterFile(new Implementation(Architecture.AARCH64, 48, Set.of(), true));
    private final RegisterFile a32 = new RegisterFile(new Implementation(Architecture.AARCH32, 40, Set.of(), true));

    WalkerTest() {
        a64.set(TCR_EL2, 0x3510 | 5L << 16);
        a64.set(TTBR0_EL2, 0x1000);
        a64.set(MAIR_EL2, 0xff00_0000_0000_0004L);
    }

    private Walk el2(TableMemory memory, long va) {
        return new Walker(a64.configuration(Regime.EL2), memory).walk(va);
    }

    private static Translation found(Walk walk) {
        return Objects.requireNonNull(walk.translation(), walk::explain);
    }

    private static WalkFault fault(Walk walk) {
        return Objects.requireNonNull(walk.fault(), walk::explain);
    }

    private static TableMemory tables() {
        return new TableMemory()
                .with(0x1000, 0x2003)
                .with(0x2008, 0x3003)
                .with(0x3008, 0x4020_0000L | BLOCK)
                .with(0x3010, 0x4003)
                .with(0x4008, 0x5000_0000L | PAGE);
    }

    @Test
    void aBlockIsFoundAtLevel2() {
        Walk walk = el2(tables(), 0x4020_1234L);
        assertThat(walk.output()).isEqualTo(0x4020_1234L);
        assertThat(found(walk).size()).isEqualTo(2 << 20);
        assertThat(found(walk).permissions()).isEqualTo(Permissions.READ | Permissions.WRITE);
        assertThat(walk.toEventSteps())
                .containsExactly(
                        new WalkStep(0, 0x1000, 0x2003),
                        new WalkStep(1, 0x2008, 0x3003),
                        new WalkStep(2, 0x3008, 0x4020_0000L | BLOCK));
    }

    @Test
    void theExplanationNamesEveryLevelAndTheEnd() {
        assertThat(el2(tables(), 0x4040_1008L).explain()).isEqualTo("""
                        walk of 0x40401008
                          0x1000[0] = 0x0000000000002003  L0 table 0x2000
                          0x2000[1] = 0x0000000000003003  L1 table 0x3000
                          0x3000[2] = 0x0000000000004003  L2 table 0x4000
                          0x4000[1] = 0x000000005000071f  L3 page PA 0x50000000 4KiB RW X Normal-WB ISH AF
                          => PA 0x50000008: 0x40401000 -> 0x50000000 4KiB RW X Normal-WB ISH
                        """);
    }

    @Test
    void everyClassOfFaultHasItsLevel() {
        assertThat(el2(tables(), 0).fault()).isEqualTo(new WalkFault(WalkFault.Kind.TRANSLATION, 1, 1, 0));
        assertThat(fault(el2(tables(), 1L << 48)).kind()).isEqualTo(WalkFault.Kind.TRANSLATION_NO_ROOT);
        assertThat(el2(tables().with(0x3008, 0x4020_0301L), 0x4020_0000L).fault())
                .isEqualTo(new WalkFault(WalkFault.Kind.ACCESS_FLAG, 1, 2, 0x4020_0000L));
        TableMemory small = new TableMemory(0x2000).with(0x1000, 0x2003);
        assertThat(el2(small, 0).fault()).isEqualTo(new WalkFault(WalkFault.Kind.EXTERNAL_ABORT, 1, 1, 0x2000));
        a64.set(TCR_EL2, 0x3510);
        assertThat(el2(tables().with(0x2008, 0x1_0000_0003L), 0x4000_0000L).fault())
                .isEqualTo(new WalkFault(WalkFault.Kind.ADDRESS_SIZE, 1, 1, 0x1_0000_0000L));
    }

    @Test
    void rightsOfTablesAboveAndWxnCount() {
        TableMemory memory = tables().with(0x3010, 0x4003 | 2L << 61);
        assertThat(Permissions.name(found(el2(memory, 0x4040_1000L)).permissions()))
                .isEqualTo("RO X");
        a64.set(SCTLR_EL2, 1L << 19);
        assertThat(Permissions.name(found(el2(tables(), 0x4040_1000L)).permissions()))
                .isEqualTo("RW XN");
    }

    @Test
    void bigEndianTablesAreRead() {
        a64.set(SCTLR_EL2, 1L << 25);
        TableMemory memory = new TableMemory()
                .with(0x1000, Long.reverseBytes(0x2003))
                .with(0x2008, Long.reverseBytes(0x4000_0000L | BLOCK));
        assertThat(el2(memory, 0x4000_0000L).output()).isEqualTo(0x4000_0000L);
    }

    @Test
    void hypModeStartsAtAFourEntryRoot() {
        a32.set(HTCR, 0x3500);
        a32.set(HTTBR, 0x1000);
        a32.set(HMAIR1, 0xff00_0000L);
        TableMemory memory = new TableMemory().with(0x1018, 0x2003).with(0x2000, 0x8000_0000L | BLOCK);
        Walk walk = new Walker(a32.configuration(Regime.HYP), memory).walk(0xc000_0040L);
        assertThat(walk.output()).isEqualTo(0x8000_0040L);
        assertThat(found(walk).memoryType()).isEqualTo(MemoryType.NORMAL_WB);
    }

    @Test
    void stage1UnderStage2TranslatesEveryTableAddress() {
        a64.set(TCR_EL1, 0x3519 | 1L << 23 | 2L << 30 | 5L << 32);
        a64.set(TTBR0_EL1, 0x1000);
        a64.set(MAIR_EL1, 0xff);
        // IPA 1 GiB blocks: IPA 0 -> PA 0x80000000; from level 1, 39-bit IPA.
        a64.set(VTCR_EL2, 25 | 1L << 6 | 5L << 16);
        a64.set(VTTBR_EL2, 0x10_0000);
        a64.set(HCR_EL2, 1);
        TableMemory memory = new TableMemory()
                .with(0x10_0000, 0x8000_0000L | 0x7fd)
                .with(0x8000_1000L, 0x2003)
                .with(0x8000_2000L, 0x0020_0000L | 0x701);
        Walk walk = new Walker(a64.configuration(Regime.EL1_0), a64.configuration(Regime.STAGE2), memory).walk(0x5678);
        assertThat(walk.output()).isEqualTo(0x8020_5678L);
        assertThat(found(walk).size()).isEqualTo(2 << 20);
        assertThat(walk.steps()).extracting(Walk.Step::stage).containsExactly(2, 1, 2, 1, 2);
        Walk fault = new Walker(a64.configuration(Regime.EL1_0), a64.configuration(Regime.STAGE2), memory)
                .walk(0x4000_0000L);
        assertThat(fault(fault).stage()).isEqualTo(1);
        memory.with(0x8000_2000L, 0x4000_0000L | 0x701);
        assertThat(new Walker(a64.configuration(Regime.EL1_0), a64.configuration(Regime.STAGE2), memory)
                        .walk(0)
                        .fault())
                .isEqualTo(new WalkFault(WalkFault.Kind.TRANSLATION, 2, 1, 0x4000_0000L));
    }

    @Test
    void aSelfReferencingTableStillEndsAtLevel3() {
        TableMemory memory = new TableMemory().with(0x1000, 0x1703 | 7 << 2);
        Walk walk = el2(memory, 0);
        assertThat(walk.steps()).hasSize(4);
        assertThat(walk.output()).isEqualTo(0x1000);
    }
}
