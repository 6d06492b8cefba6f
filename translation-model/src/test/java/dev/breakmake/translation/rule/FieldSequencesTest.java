package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.event.Shareability.SY;
import static dev.breakmake.translation.rule.World.contiguous;
import static dev.breakmake.translation.rule.World.l2;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;

import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.PageRole.Role;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import org.junit.jupiter.api.Test;

/**
 * Sequences as Linux, KVM, pKVM and Xen execute them, which must stay silent, and each with one thing left out or done wrong, which must
 * be found. What they do was read in their public sources; the sequences are written from the architecture's side.
 */
final class FieldSequencesTest {
    private static final World EL1 = World.EL1;
    private static final World EL2 = World.EL2;
    private static final World S2 = World.STAGE2;
    private static final long ASID = 1L << 48;
    private static final long VMID = 1L << 48;
    private static final long OTHER = 0x7000_0000L;
    /** TTL of a by-address operand: 4 KiB granule, level in bits 45:44. */
    private static final long TTL = 1L << 46;
    /** An empty root, as Linux's reserved page directory. */
    private static final long RESERVED = 0x401f_0000L;
    /** Two ranges of 48 bits, inner shareable write-back walks, ASID from TTBR1. */
    private static final long TWO_RANGES = 0x2_b510_3510L | 1L << 22;

    /** Roots of the upper range. */
    private static final long KERNEL = 0x4018_0000L;

    private static final long OTHER_KERNEL = 0x4018_8000L;

    private static long page(int i) {
        return EL1.page(0x5100_0000L + 0x1000L * i);
    }

    /** Sixteen pages of a contiguous group, broken: what Linux does before it folds or unfolds them. */
    private static Scenario brokenGroup() {
        Scenario s = Scenario.el1().setup(t -> {
            for (int i = 16; i < 32; i++) {
                t.write(l3(i), contiguous(page(i - 16)));
            }
            t.dsb(ISH).isb();
        });
        for (int i = 16; i < 32; i++) {
            s.write(l3(i), 0);
        }
        return s.dsbSt(ISH);
    }

    private static void unfold(Scenario s) {
        for (int i = 16; i < 32; i++) {
            s.write(l3(i), page(i - 16));
        }
        s.dsbSt(ISH).isb();
    }

    @Clause("F.contpte")
    @Test
    void aContiguousGroupIsUnfoldedAfterAnInvalidateOfEachMember() {
        Scenario each = brokenGroup();
        for (int i = 16; i < 32; i++) {
            each.tlbi(TlbOperation.VALE1, i | ASID | TTL | 3L << 44, ISH);
        }
        unfold(each.dsb(ISH));
        each.clean();
        Scenario range = brokenGroup().tlbi(TlbOperation.RVALE1, 16 | ASID | TTL | 3L << 37 | 7L << 39, ISH);
        unfold(range.dsb(ISH));
        range.clean();
        Scenario half = brokenGroup().tlbi(TlbOperation.RVALE1, 16 | ASID | TTL | 3L << 37 | 3L << 39, ISH);
        unfold(half.dsb(ISH));
        half.expect(RuleId.TLB_VA);
    }

    /** A table of pages, unlinked as khugepaged does before it puts a block there. */
    private static Scenario unlinked() {
        return Scenario.el1().write(World.L2, 0).dsbSt(ISH);
    }

    @Clause("F.collapse")
    @Test
    void aTableIsCollapsedToABlockAfterAnInvalidateOfTheAsid() {
        unlinked()
                .tlbi(TlbOperation.ASIDE1, ASID, ISH)
                .dsb(ISH)
                .write(l2(0), EL1.block(0x5000_0000L))
                .dsbSt(ISH)
                .isb()
                .clean();
        unlinked()
                .tlbi(TlbOperation.VALE1, ASID, ISH)
                .dsb(ISH)
                .write(l2(0), EL1.block(0x5000_0000L))
                .expect(RuleId.TLB_LAST);
    }

    /** Two ranges at EL1: user pages below, the kernel's above. */
    private static Scenario kernel() {
        return Scenario.off(EL1).setup(s -> {
            for (long root : new long[] {KERNEL, OTHER_KERNEL}) {
                s.write(root, table(root + 0x1000))
                        .write(root + 0x1000, table(root + 0x2000))
                        .write(root + 0x2000, EL1.block(0x6000_0000L) & ~(1L << 11));
            }
            s.invalidateTables()
                    .dsb(SY)
                    .tlbi(EL1.all(), NSH)
                    .dsb(NSH)
                    .msr(TranslationRegister.MAIR_EL1, 0x44_04ffL)
                    .msr(TranslationRegister.TCR_EL1, TWO_RANGES)
                    .msr(TranslationRegister.TTBR0_EL1, World.L0)
                    .msr(TranslationRegister.TTBR1_EL1, KERNEL | ASID)
                    .isb()
                    .msr(TranslationRegister.SCTLR_EL1, EL1.controlOn())
                    .isb()
                    .enter(ExceptionLevel.EL1);
        });
    }

    private static Scenario flush(Scenario s) {
        return s.dsbSt(NSH).tlbi(TlbOperation.VMALLE1, NSH).dsb(NSH).isb();
    }

    @Clause("F.switch-mm")
    @Test
    void aProcessIsSwitchedOverTheReservedRootWithTheAsidInTtbr1() {
        kernel().msr(TranslationRegister.TTBR0_EL1, RESERVED)
                .msr(TranslationRegister.TTBR1_EL1, KERNEL | 2 * ASID)
                .isb()
                .msr(TranslationRegister.TTBR0_EL1, World.SPARE)
                .isb()
                .clean();
        // Under the same ASID the first process' entries are still there.
        kernel().msr(TranslationRegister.TTBR0_EL1, RESERVED)
                .isb()
                .msr(TranslationRegister.TTBR0_EL1, World.SPARE)
                .isb()
                .write(World.SPARE, table(World.SPARE + 0x1000))
                .expect(RuleId.REG_VMID);
    }

    @Clause("F.idmap")
    @Test
    void theIdentityMapIsInstalledWithAnotherInputSizeWhileTheLowerRangeIsEmpty() {
        long narrow = TWO_RANGES & ~0x3fL | 25;
        Scenario installed = flush(
                        kernel().msr(TranslationRegister.TTBR0_EL1, RESERVED).isb())
                .msr(TranslationRegister.TCR_EL1, narrow)
                .isb()
                .msr(TranslationRegister.TTBR0_EL1, World.L1)
                .isb();
        flush(installed.msr(TranslationRegister.TTBR0_EL1, RESERVED).isb())
                .msr(TranslationRegister.TCR_EL1, TWO_RANGES)
                .isb()
                .msr(TranslationRegister.TTBR0_EL1, World.L0)
                .isb()
                .clean();
        kernel().msr(TranslationRegister.TCR_EL1, TWO_RANGES & ~0x3fL | 17)
                .isb()
                .expect(RuleId.REG_CACHED);
    }

    @Clause("F.ttbr1")
    @Test
    void theKernelsRootIsReplacedOverTheReservedOneAfterAnInvalidate() {
        flush(kernel().msr(TranslationRegister.TTBR1_EL1, RESERVED | ASID).isb())
                .msr(TranslationRegister.TTBR1_EL1, OTHER_KERNEL | ASID)
                .isb()
                .clean();
        flush(kernel().msr(TranslationRegister.TTBR1_EL1, OTHER_KERNEL | ASID).isb())
                .expect(RuleId.REG_VMID);
    }

    @Clause("F.rollover")
    @Test
    void anAsidIsReusedAfterALocalInvalidateOfEverything() {
        Scenario away = flush(kernel().msr(TranslationRegister.TTBR0_EL1, RESERVED)
                .msr(TranslationRegister.TTBR1_EL1, KERNEL | 2 * ASID)
                .isb());
        away.msr(TranslationRegister.TTBR0_EL1, RESERVED)
                .msr(TranslationRegister.TTBR1_EL1, KERNEL | ASID)
                .isb()
                .msr(TranslationRegister.TTBR0_EL1, World.SPARE)
                .isb()
                .clean();
    }

    @Clause("F.fixmap")
    @Test
    void aFixmapSlotIsReusedAfterALastLevelInvalidateWithItsLevel() {
        Scenario.el2()
                .write(l3(5), EL2.page(0x5000_5000L) & ~1L)
                .dsbSt(ISH)
                .tlbi(TlbOperation.VALE2, 5 | TTL | 3L << 44, ISH)
                .dsb(ISH)
                .isb()
                .write(l3(5), EL2.page(OTHER))
                .dsbSt(ISH)
                .isb()
                .load(0x5000)
                .clean();
        Scenario.el2()
                .write(l3(5), EL2.page(0x5000_5000L) & ~1L)
                .dsbSt(ISH)
                .tlbi(TlbOperation.VALE2, 5 | TTL | 2L << 44, ISH)
                .dsb(ISH)
                .isb()
                .write(l3(5), EL2.page(OTHER))
                .expect(RuleId.TLB_VA);
    }

    @Clause("F.switch-pgd")
    @Test
    void pkvmSwitchesItsRootWithTheMmuOff() {
        pgdSwitched(true).clean();
        pgdSwitched(false).expect(RuleId.MMU_STALE);
    }

    private static Scenario pgdSwitched(boolean invalidated) {
        Scenario s = Scenario.el2()
                .setup(t -> RuleExamples.copyTables(t, EL2))
                .msr(TranslationRegister.SCTLR_EL2, EL2.controlOff())
                .isb();
        if (invalidated) {
            s.tlbi(TlbOperation.ALLE2, NSH);
        }
        return s.msr(TranslationRegister.TTBR0_EL2, World.L0 + 0x8_0000L)
                .dsb(NSH)
                .isb()
                .msr(TranslationRegister.SCTLR_EL2, EL2.controlOn())
                .isb();
    }

    @Clause("F.hyp-init")
    @Test
    void kvmInvalidatesAfterItsRegistersAndBeforeItsEnable() {
        Scenario s = Scenario.off(EL2).setup(Scenario::invalidateTables).dsb(SY);
        EL2.registers().forEach(s::msr);
        s.isb()
                .tlbi(TlbOperation.ALLE2, NSH)
                .tlbi(TlbOperation.VMALLS12E1, NSH)
                .dsb(SY)
                .msr(TranslationRegister.SCTLR_EL2, EL2.controlOn())
                .isb()
                .clean();
    }

    private static Scenario host() {
        return Scenario.stage2().setup(s -> s.enter(ExceptionLevel.EL2));
    }

    private static Scenario back(Scenario s) {
        return s.dsbSt(ISH).isb().enter(ExceptionLevel.EL1);
    }

    private static Scenario vmid(Scenario s, long root, long vmid) {
        return s.msr(TranslationRegister.VTTBR_EL2, root | vmid * VMID).isb();
    }

    @Clause("F.s2-range")
    @Test
    void kvmInvalidatesARangeOfAGuestFromTheContextOfAnother() {
        // The guest is not the one whose registers are loaded: its VMID is borrowed for the invalidate.
        Scenario s = host().write(l3(4), 0).write(l3(5), 0).dsbSt(ISH);
        vmid(vmid(s, World.SPARE, 7), World.L1, 1)
                .tlbi(TlbOperation.RIPAS2E1, 4 | TTL, ISH)
                .dsb(ISH)
                .tlbi(TlbOperation.VMALLE1, ISH)
                .dsb(ISH)
                .isb();
        vmid(vmid(s, World.SPARE, 7), World.L1, 1).write(l3(4), S2.page(OTHER)).write(l3(5), S2.page(OTHER + 0x1000));
        back(s).clean();
        Scenario unsynchronised = host().write(l3(4), 0).dsbSt(ISH);
        vmid(unsynchronised, World.SPARE, 7)
                .msr(TranslationRegister.VTTBR_EL2, World.L1 | VMID)
                .tlbi(TlbOperation.VMALLS12E1, ISH)
                .dsb(ISH)
                .isb()
                .expect(RuleId.S2_CTX, RuleId.TLB_ID);
    }

    @Clause("F.s2-pages")
    @Test
    void kvmInvalidatesPageByPageAndItsCombinedEntriesEachTime() {
        Scenario s = host().write(l3(4), 0).write(l3(5), 0).dsbSt(ISH);
        for (int page = 4; page <= 5; page++) {
            s.tlbi(TlbOperation.IPAS2E1, page, ISH)
                    .dsb(ISH)
                    .tlbi(TlbOperation.VMALLE1, ISH)
                    .dsb(ISH)
                    .isb();
        }
        back(s.write(l3(4), S2.page(OTHER)).write(l3(5), S2.page(OTHER + 0x1000)))
                .clean();
    }

    @Clause("F.vmid-rollover")
    @Test
    void aVmidIsGivenToAnotherGuestAfterAnInvalidateOfAll() {
        Scenario reused = host().setup(s -> s.write(World.SPARE, table(World.SPARE + 0x1000))
                        .write(World.SPARE + 0x1000, S2.block(0x6800_0000L)))
                .dsbSt(ISH)
                .tlbi(TlbOperation.ALLE1, ISH)
                .dsb(ISH);
        back(vmid(reused, World.SPARE, 1)).clean();
        Scenario without = host().setup(s ->
                s.write(World.SPARE, table(World.SPARE + 0x1000)).write(World.SPARE + 0x1000, S2.block(0x6800_0000L)));
        back(vmid(without, World.SPARE, 1)).expect(RuleId.REG_VMID);
    }

    /** Stage 2 pages unmapped one by one. */
    private static Scenario unmapped() {
        Scenario s = host();
        for (int i = 0; i < 16; i++) {
            s.write(l3(i), 0);
        }
        return s.dsbSt(ISH);
    }

    @Clause("F.s2-batch")
    @Test
    void manyPagesAreUnmappedAndInvalidatedOnceBeforeTheyAreFreed() {
        unmapped()
                .tlbi(TlbOperation.VMALLS12E1, ISH)
                .dsb(ISH)
                .role(Role.FREED, 0x5000_3000L)
                .role(Role.FREED, 0x5000_4000L)
                .clean();
        unmapped()
                .role(Role.FREED, 0x5000_3000L)
                .tlbi(TlbOperation.VMALLS12E1, ISH)
                .dsb(ISH)
                .expect(RuleId.S2_DEFER);
    }

    @Clause("F.s2-split")
    @Test
    void xenSplitsASuperpageAfterBreakingIt() {
        split(true).clean();
        split(false).expect(RuleId.BBM_SIZE);
    }

    private static Scenario split(boolean broken) {
        Scenario s = host();
        for (int i = 0; i < 512; i++) {
            s.write(World.SPARE + 8L * i, S2.page(0x6020_0000L + 0x1000L * i));
        }
        s.dsbSt(ISH);
        if (broken) {
            s.write(l2(1), 0)
                    .dsbSt(ISH)
                    .tlbi(TlbOperation.VMALLS12E1, ISH)
                    .dsb(ISH)
                    .isb();
        }
        return back(s.write(l2(1), table(World.SPARE)));
    }

    @Clause("F.idmap-secondary")
    @Test
    void theIdentityMapIsRemovedWhenTheLastSecondaryIsUp() {
        Scenario.el2()
                .bringUp(1)
                .write(World.L2, 0)
                .dsbSt(ISH)
                .tlbi(TlbOperation.ALLE2, ISH)
                .dsb(ISH)
                .isb()
                .clean();
        Scenario.el2()
                .bringUp(1)
                .write(World.L2, 0)
                .dsbSt(ISH)
                .tlbi(TlbOperation.ALLE2, NSH)
                .dsb(ISH)
                .isb()
                .expect(RuleId.TLB_SCOPE);
    }

    @Clause("F.offline")
    @Test
    void aPeThatWentOffComesBackWithAnInvalidateOfItsOwn() {
        Scenario.el2()
                .bringUp(1)
                .pe(1)
                .state(PeState.Change.CPU_OFF, 0)
                .pe(0)
                .bringUp(1)
                .clean();
    }
}
