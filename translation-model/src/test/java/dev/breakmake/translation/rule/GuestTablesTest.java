package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.PageRole.Role;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.TranslationUse;
import dev.breakmake.translation.finding.Finding;
import org.junit.jupiter.api.Test;

/**
 * Stage 1 of a guest under stage 2: its tables lie at intermediate addresses. The guest of these tests has them in the 2 MiB that stage
 * 2 maps from IPA 0x20_0000 to 0x6020_0000, and maps VA 0 to 64 KiB to IPA 0x40_0000 by pages.
 */
final class GuestTablesTest {
    private static final World G = World.EL1;
    private static final World HOST = World.STAGE2;
    private static final long IPA = 0x20_0000L;
    private static final long PA = 0x6020_0000L;
    /** Physical address of the guest's level 2 and level 3 tables. */
    private static final long G_L2 = PA + 0x2000;

    private static final long G_L3 = PA + 0x3000;
    private static final long OTHER = 0x60_0000L;
    /** Where the guest's tables lie in another stage 2. */
    private static final long ELSEWHERE = 0x7020_0000L;

    /** Guest pages stage 2 maps one by one: IPA 0x5000 to 0x5000_5000. */
    private static final long MOVED_IPA = 0x5000L;

    private static final long MOVED_PA = 0x5000_5000L;

    private static long g3(int i) {
        return G_L3 + 8L * i;
    }

    private static Scenario guest() {
        return guest(IPA);
    }

    private static Scenario guest(long root) {
        return Scenario.stage2().setup(s -> {
            s.write(PA, table(IPA + 0x1000))
                    .write(PA + 0x1000, table(IPA + 0x2000))
                    .write(PA + 0x1008, G.code(G.block(0x4000_0000L)))
                    .write(G_L2, table(IPA + 0x3000));
            for (int i = 0; i < 16; i++) {
                s.write(g3(i), G.page(0x40_0000L + 0x1000L * i));
            }
            s.dsb(ISH)
                    .msr(TranslationRegister.MAIR_EL1, 0x44_04ffL)
                    .msr(TranslationRegister.TCR_EL1, 0x2_8080_3510L)
                    .msr(TranslationRegister.TTBR0_EL1, root | 1L << 48)
                    .isb()
                    .msr(TranslationRegister.SCTLR_EL1, G.controlOn())
                    .isb();
        });
    }

    private static Scenario hypervisor(Scenario s) {
        return s.enter(ExceptionLevel.EL2);
    }

    private static Scenario back(Scenario s) {
        return s.dsb(ISH).isb().enter(ExceptionLevel.EL1);
    }

    /** The guest breaks its page 5; what follows decides whether it may make it anew. */
    private static Scenario broken() {
        return guest().write(g3(5), 0).dsb(ISH);
    }

    private static Scenario vmid(Scenario s, long vmid) {
        return s.msr(TranslationRegister.VTTBR_EL2, World.L1 | vmid << 48).isb();
    }

    private static Scenario useOf(Scenario s, TranslationUse.Kind kind, int page) {
        return s.useAt(kind, 0x1000L * page, 3, g3(page));
    }

    @Clause("H.guest")
    @Test
    void aGuestsPageIsFoundBehindStage2() {
        Finding finding =
                guest().write(g3(5), G.page(OTHER)).expect(RuleId.BBM_OA).getFirst();
        assertThat(finding.regime()).isEqualTo("EL1&0 (VMID 1, ASID 1)");
        assertThat(finding.vaRanges()).singleElement().asString().isEqualTo("[0x5000, 0x6000)");
        broken().tlbi(TlbOperation.VAE1, G.operand(0x5000), ISH)
                .dsb(ISH)
                .write(g3(5), G.page(OTHER))
                .dsb(ISH)
                .isb()
                .clean();
    }

    @Clause("H.guest")
    @Test
    void memoryAtTheIntermediateAddressIsNoTable() {
        guest().write(IPA + 0x3000 + 40, G.page(OTHER))
                .write(IPA + 0x3000 + 40, G.page(OTHER + 0x1000))
                .clean();
    }

    @Clause("H.guest-vmid")
    @Test
    void aGuestsInvalidateIsOfTheVmidInForce() {
        Scenario other = broken();
        vmid(hypervisor(other), 2).tlbi(TlbOperation.VMALLE1, ISH).dsb(ISH);
        back(vmid(other, 1)).write(g3(5), G.page(OTHER)).expect(RuleId.TLB_ID);
        Scenario own = hypervisor(broken()).tlbi(TlbOperation.VMALLE1, ISH);
        back(own).write(g3(5), G.page(OTHER)).clean();
    }

    @Clause("H.guest-stage")
    @Test
    void anInvalidateByIntermediateAddressLeavesTheGuestsOwnEntries() {
        Scenario byIpa = hypervisor(broken()).tlbi(TlbOperation.IPAS2E1, 0x405, ISH);
        back(byIpa).write(g3(5), G.page(OTHER)).expect(RuleId.TLB_REGIME);
        Scenario both = hypervisor(broken()).tlbi(TlbOperation.VMALLS12E1, ISH);
        back(both).write(g3(5), G.page(OTHER)).clean();
        Scenario everything = hypervisor(broken()).tlbi(TlbOperation.ALLE1, ISH);
        back(everything).write(g3(5), G.page(OTHER)).clean();
    }

    /** A guest that links a level 3 table at an IPA for VA 2 MiB; {@code pa} holds it, with its page 5 mapped. */
    private static Scenario linked(long ipa, long pa) {
        return guest().setup(s -> s.write(pa + 40, G.page(0x40_0000L))
                .dsb(ISH)
                .write(G_L2 + 8, table(ipa))
                .dsb(ISH)
                .isb());
    }

    @Clause("H.guest-lazy")
    @Test
    void aTableThatStage2DoesNotMapYetIsNotHeldBeforeItDoes() {
        long pa = 0x5200_0000L;
        linked(0x1_e000, pa).write(pa + 40, G.page(OTHER)).clean();
        Scenario mapped = hypervisor(linked(0x1_e000, pa)).write(l3(30), HOST.page(pa));
        back(mapped).write(pa + 40, G.page(OTHER)).expect(RuleId.BBM_OA);
        Scenario update = hypervisor(linked(0x1_e000, pa)).write(l3(30), HOST.page(pa));
        back(update)
                .write(pa + 40, 0)
                .dsb(ISH)
                .tlbi(TlbOperation.VAE1, G.operand(0x20_5000), ISH)
                .dsb(ISH)
                .write(pa + 40, G.page(OTHER))
                .clean();
    }

    private static Scenario moved(boolean combined) {
        Scenario s = hypervisor(linked(MOVED_IPA, MOVED_PA))
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbi(TlbOperation.IPAS2E1, 5, ISH)
                .dsb(ISH);
        if (combined) {
            s.tlbi(TlbOperation.VMALLE1, ISH).dsb(ISH);
        }
        return back(s.write(0x5300_0028L, G.page(0x40_0000L)).write(l3(5), HOST.page(0x5300_0000L)));
    }

    @Clause("H.guest-move")
    @Test
    void aTableMovedByStage2IsReadWhereItLiesNow() {
        moved(true).clean();
        moved(true).write(MOVED_PA + 40, G.page(OTHER)).clean();
        moved(true).write(0x5300_0028L, G.page(OTHER)).expect(RuleId.BBM_OA);
    }

    @Clause("H.guest-move")
    @Test
    void movingAGuestsTableWantsCombinedEntriesGoneToo() {
        moved(false).expect(RuleId.S2_SEQ);
    }

    /** The guest runs on both PEs; the hypervisor on PE0 moves a table of it, and removes what TLBs combined from the old place. */
    private static Scenario movedUnderTwo(Shareability reach) {
        Scenario s = linked(MOVED_IPA, MOVED_PA)
                .setup(up -> up.bringUpHost(1)
                        .msr(TranslationRegister.MAIR_EL1, 0x44_04ffL)
                        .msr(TranslationRegister.TCR_EL1, 0x2_8080_3510L)
                        .msr(TranslationRegister.TTBR0_EL1, IPA | 1L << 48)
                        .msr(TranslationRegister.SCTLR_EL1, G.controlOn())
                        .isb()
                        .enter(ExceptionLevel.EL1)
                        .pe(0));
        return hypervisor(s)
                .write(l3(5), 0)
                .dsb(ISH)
                .tlbi(TlbOperation.IPAS2E1, 5, ISH)
                .dsb(ISH)
                .tlbi(TlbOperation.VMALLE1, reach)
                .dsb(ISH)
                .write(0x5300_0028L, G.page(0x40_0000L))
                .write(l3(5), HOST.page(0x5300_0000L));
    }

    @Clause("H.guest-pes")
    @Test
    void aTableMovedUnderAGuestOnTwoPesIsJudgedOnBoth() {
        Finding finding = movedUnderTwo(NSH).expect(RuleId.TLB_SCOPE).getFirst();
        assertThat(finding.message()).contains("while PE1 may still hold");
        movedUnderTwo(ISH).clean();
    }

    /** An import that does not say when the guest runs: it gets another stage 2, in which its tables lie elsewhere, while it may run. */
    private static Scenario otherStage2() {
        long root = 0x4013_0000L;
        return hypervisor(guest().hidden(Capability.SETUP)).setup(s -> {
            s.write(ELSEWHERE, table(IPA + 0x1000))
                    .write(ELSEWHERE + 0x1000, table(IPA + 0x2000))
                    .write(ELSEWHERE + 0x2000, table(IPA + 0x3000))
                    .write(ELSEWHERE + 0x3000 + 40, G.page(0x40_0000L))
                    .write(root, table(root + 0x1000))
                    .write(root + 0x1008, HOST.block(ELSEWHERE))
                    .dsb(ISH)
                    .msr(TranslationRegister.VTTBR_EL2, root | 2L << 48)
                    .isb();
        });
    }

    @Clause("H.guest-always")
    @Test
    void aGuestThatMayRunAllTheTimeIsReadBehindTheStage2ThatCameUnderIt() {
        otherStage2().clean();
        otherStage2().write(ELSEWHERE + 0x3000 + 40, G.page(OTHER)).expect(RuleId.BBM_OA);
        // Nobody walks the old place any more, but what TLBs have of it was never invalidated.
        otherStage2().write(g3(5), G.page(OTHER)).expect(RuleId.TLB_MISS);
    }

    @Clause("H.guest-use")
    @Test
    void aGuestsInsertWantsBarrierAndSynchronisationBeforeItsUse() {
        useOf(guest().write(g3(30), G.page(OTHER)), TranslationUse.Kind.LOAD, 30)
                .expect(RuleId.PTE_DSB);
        useOf(guest().write(g3(30), G.page(OTHER)).dsb(ISH), TranslationUse.Kind.LOAD, 30)
                .expect(RuleId.TLB_ISB);
        useOf(guest().write(g3(30), G.page(OTHER)).dsb(ISH).isb(), TranslationUse.Kind.LOAD, 30)
                .clean();
    }

    @Clause("H.guest-free")
    @Test
    void aPageTheGuestUnmappedIsNamedByWhereItReallyLies() {
        // VA 0x5000 is IPA 0x40_5000, which stage 2 maps to 0x6040_5000.
        broken().role(Role.FREED, 0x6040_5000L).expect(RuleId.LIFE_DATA);
        broken().role(Role.FREED, 0x40_5000L).expect(RuleId.TLB_MISS);
        broken().tlbi(TlbOperation.VAE1, G.operand(0x5000), ISH)
                .dsb(ISH)
                .role(Role.FREED, 0x6040_5000L)
                .clean();
    }

    @Clause("H.guest-unseen")
    @Test
    void aGuestWhoseTablesStage2DoesNotMapIsNotCalledClean() {
        assertThat(guest(0x7000_0000L).notObservable()).containsKey(RuleId.BBM_NG);
        assertThat(guest().notObservable()).isEmpty();
    }

    @Clause("H.guest-out")
    @Test
    void tablesOfAGuestThatIsOutAreJudgedWhenItReturns() {
        Scenario silent = hypervisor(guest())
                .write(g3(5), 0)
                .dsb(ISH)
                .write(g3(5), G.page(OTHER))
                .dsb(ISH)
                .tlbi(TlbOperation.VMALLE1, ISH);
        back(silent).clean();
        Scenario found = hypervisor(guest()).write(g3(5), 0).dsb(ISH).write(g3(5), G.page(OTHER));
        back(found).expect(RuleId.BBM_OA);
    }
}
