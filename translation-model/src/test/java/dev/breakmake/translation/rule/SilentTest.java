package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.rule.World.contiguous;
import static dev.breakmake.translation.rule.World.l2;
import static dev.breakmake.translation.rule.World.l3;
import static dev.breakmake.translation.rule.World.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.WriteOrigin;
import org.junit.jupiter.api.Test;

/** What must not be reported, and what must not be called clean. */
final class SilentTest {
    private static final World W = World.EL2;
    private static final long MAPPED = 0x5000_5000L;

    @Clause("3.agree")
    @Test
    void validInvalidValidWithoutAnInvalidateIsFineIfBothAgree() {
        Scenario.el2()
                .write(l3(5), 0)
                .write(l3(5), W.readOnly(W.page(MAPPED)))
                .dsb(ISH)
                .tlbiVa(0x5000)
                .dsb(ISH)
                .isb()
                .clean();
    }

    @Clause("3.old")
    @Test
    void anOldVersionStillCountsAfterACompatibleOneCameBetween() {
        Scenario.el2()
                .write(l3(5), 0)
                .write(l3(5), W.readOnly(W.page(MAPPED)))
                .write(l3(5), 0)
                .write(l3(5), W.page(0x7000_0000L))
                .expect(RuleId.BBM_OA);
    }

    @Clause("17.software")
    @Test
    void softwareBitsMayBeStoredInHalfWordsWithoutBarriers() {
        Scenario.el2()
                .write(l3(5), W.page(MAPPED) | 3L << 55, 2, true, WriteOrigin.STORE)
                .load(0x5000)
                .clean();
    }

    @Test
    void softwareBitsMakeNoVersionThatWouldBeToldASecondTime() {
        Scenario.el2()
                .write(l3(5), W.page(MAPPED) | 3L << 55, 2, true, WriteOrigin.STORE)
                .dsb(ISH)
                .tlbiVa(0x6000)
                .dsb(ISH)
                .write(l3(5), W.page(0x7000_0000L))
                .expect(RuleId.BBM_OA);
    }

    @Clause("A.ok")
    @Test
    void permissionsMayBeUsedBeforeTheOneInvalidateAtTheEnd() {
        Scenario s = Scenario.el2();
        for (int i = 0; i < 8; i++) {
            s.write(l3(i), W.readOnly(W.page(0x5000_0000L + 0x1000L * i)))
                    .dsb(ISH)
                    .load(0x1000L * i);
        }
        s.dsbSt(NSH).tlbi(TlbOperation.ALLE2, NSH).dsb(NSH).isb().clean();
    }

    @Clause("10.no-af")
    @Test
    void aDescriptorWithoutAccessFlagIsNeverHeld() {
        Scenario.el2()
                .setup(s -> s.write(l3(30), W.page(0x5100_0000L) & ~(1L << 10)))
                .write(l3(30), W.page(0x5200_0000L))
                .expect(RuleId.ENC_AF);
    }

    @Clause("A.cont")
    @Test
    void contiguousMembersMayBeInsertedOneByOne() {
        Scenario s = Scenario.el2();
        for (int i = 16; i < 32; i++) {
            s.write(l3(i), contiguous(W.page(0x5100_0000L + 0x1000L * (i - 16))));
        }
        s.dsb(ISH).isb().load(0x10000).clean();
    }

    @Clause("A.cont")
    @Test
    void aStaleMemberOfAContiguousGroupServesAllItsAddresses() {
        Scenario s = Scenario.el2();
        s.setup(t -> {
            for (int i = 16; i < 32; i++) {
                t.write(l3(i), contiguous(W.page(0x5100_0000L + 0x1000L * (i - 16))));
            }
        });
        for (int i = 16; i < 32; i++) {
            s.write(l3(i), 0);
        }
        s.dsb(ISH);
        for (int i = 16; i < 31; i++) {
            s.tlbiVa(0x1000L * i);
        }
        s.dsb(ISH).write(l3(16), W.page(0x5200_0000L)).expect(RuleId.TLB_VA);
    }

    @Clause("4.above")
    @Test
    void aBlockMadeOverPagesThatSurvivedInTheTlbIsFound() {
        Scenario.el2()
                .write(l2(0), 0)
                .dsb(ISH)
                .tlbiVa(0)
                .dsb(ISH)
                .write(l2(0), W.block(0x5000_0000L))
                .expect(RuleId.TLB_SUBTREE);
    }

    @Clause("B.subtree")
    @Test
    void anEmptyTableNeedsOneInvalidateByAddressOnly() {
        Scenario.el2()
                .setup(s -> s.write(l2(20), table(World.SPARE)).dsb(ISH).isb())
                .write(l2(20), 0)
                .dsb(ISH)
                .tlbiVa(20 * 0x20_0000L)
                .dsb(ISH)
                .write(l2(20), W.block(0x6a00_0000L))
                .clean();
    }

    @Clause("X.unseen")
    @Test
    void whatABackendCannotSeeIsNotCalledClean() {
        assertThat(Scenario.el2().hidden(Capability.CACHE_STATE).notObservable())
                .containsKey(RuleId.CMO_PTOFF);
        assertThat(Scenario.el2().hidden(Capability.STORE_ORDER).notObservable())
                .containsKey(RuleId.MMU_DSB);
        assertThat(Scenario.el2().hidden(Capability.TRANSLATION_USE).notObservable())
                .containsKeys(RuleId.TLB_ISB, RuleId.PTE_DSB, RuleId.TLB_MISS, RuleId.TLB_PERM, RuleId.CMO_ICACHE);
        assertThat(Scenario.el2().notObservable()).isEmpty();
    }
}
