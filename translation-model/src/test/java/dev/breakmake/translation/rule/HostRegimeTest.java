package dev.breakmake.translation.rule;

import static dev.breakmake.translation.event.Shareability.ISH;
import static dev.breakmake.translation.event.Shareability.NSH;
import static dev.breakmake.translation.event.Shareability.SY;
import static dev.breakmake.translation.rule.World.l3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.finding.Finding;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** EL2&amp;0: a kernel at EL2 with host extensions (HCR_EL2.E2H), as Linux runs under VHE. Its tables are those of {@link World#EL1}. */
final class HostRegimeTest {
    private static final World W = World.EL1;
    private static final long OTHER = 0x7000_0000L;
    private static final long ASID = 1L << 48;
    private static final long E2H = 1L << 34 | 1L << 31;
    private static final long TGE = 1L << 27;

    private static Scenario host() {
        return Scenario.off(W)
                .setup(s -> s.invalidateTables()
                        .dsb(SY)
                        .msr(TranslationRegister.HCR_EL2, E2H | TGE)
                        .isb()
                        .tlbi(TlbOperation.VMALLE1, NSH)
                        .dsb(NSH)
                        .msr(TranslationRegister.MAIR_EL2, 0x44_04ffL)
                        .msr(TranslationRegister.TCR_EL2, 0x2_8080_3510L)
                        .msr(TranslationRegister.TTBR0_EL2, World.L0 | ASID)
                        .isb()
                        .msr(TranslationRegister.SCTLR_EL2, W.controlOn())
                        .isb());
    }

    private static Scenario updated(Consumer<Scenario> invalidate) {
        Scenario s = host().write(l3(5), 0).dsbSt(ISH);
        invalidate.accept(s);
        return s.dsb(ISH).write(l3(5), W.page(OTHER)).dsbSt(ISH).isb();
    }

    @Clause("E2H.bbm")
    @Test
    void aLivePageReplacedInPlaceIsFound() {
        Finding finding =
                host().write(l3(5), W.page(OTHER)).expect(RuleId.BBM_OA).getFirst();
        assertThat(finding.regime()).isEqualTo("EL2&0 (ASID 1)");
    }

    @Clause("E2H.tlbi")
    @Test
    void theHostsInvalidatesAreThoseOfE1WithTgeAndThoseOfE2() {
        updated(s -> s.tlbi(TlbOperation.VAE1, 5 | ASID, ISH)).clean();
        updated(s -> s.tlbi(TlbOperation.VALE1, 5 | ASID, ISH)).clean();
        updated(s -> s.tlbi(TlbOperation.ASIDE1, ASID, ISH)).clean();
        updated(s -> s.tlbi(TlbOperation.VMALLE1, ISH)).clean();
        updated(s -> s.tlbi(TlbOperation.ALLE2, ISH)).clean();
        updated(s -> s.tlbi(TlbOperation.VAE1, 5 | 2 * ASID, ISH)).expect(RuleId.TLB_ID);
        updated(s -> s.tlbi(TlbOperation.VAE1, 6 | ASID, ISH)).expect(RuleId.TLB_VA);
        updated(s -> s.tlbi(TlbOperation.VMALLS12E1, ISH)).expect(RuleId.TLB_REGIME);
    }

    @Clause("E2H.asid")
    @Test
    void aHypervisorsInvalidateByAddressIsOfOneAsid() {
        updated(s -> s.tlbi(TlbOperation.VAE2, 5 | ASID, ISH)).clean();
        updated(s -> s.tlbi(TlbOperation.RVALE2, 4 | 1L << 46 | ASID, ISH)).clean();
        updated(s -> s.tlbi(TlbOperation.VAE2, 5, ISH)).expect(RuleId.TLB_ID);
        updated(s -> s.tlbi(TlbOperation.RVAE2, 4 | 1L << 46 | 2 * ASID, ISH)).expect(RuleId.TLB_ID);
        long global = W.page(0x5000_5000L) & ~(1L << 11);
        host().setup(s -> s.write(l3(30), global).dsb(ISH).isb())
                .write(l3(30), 0)
                .dsb(ISH)
                .tlbi(TlbOperation.VAE2, 30 | 2 * ASID, ISH)
                .dsb(ISH)
                .write(l3(30), W.page(OTHER))
                .clean();
    }

    @Clause("E2H.tge")
    @Test
    void withoutTgeTheSameInvalidateIsAGuests() {
        updated(s -> s.msr(TranslationRegister.HCR_EL2, E2H)
                        .isb()
                        .tlbi(TlbOperation.VMALLE1, ISH)
                        .dsb(ISH)
                        .msr(TranslationRegister.HCR_EL2, E2H | TGE)
                        .isb())
                .expect(RuleId.TLB_REGIME);
    }

    @Clause("E2H.root")
    @Test
    void processesAreSwitchedWithTheirAsid() {
        host().msr(TranslationRegister.TTBR0_EL2, World.SPARE | 2 * ASID).isb().clean();
        host().msr(TranslationRegister.TTBR0_EL2, World.SPARE | ASID).isb().expect(RuleId.REG_TTBR);
    }
}
