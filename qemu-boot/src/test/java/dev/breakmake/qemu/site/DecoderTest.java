package dev.breakmake.qemu.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import org.junit.jupiter.api.Test;

class DecoderTest {

    private final Decoder a64 = Decoder.of(Architecture.AARCH64);
    private final Decoder a32 = Decoder.of(Architecture.AARCH32);

    @Test
    void recognisesA64RegisterWrites() {
        assertThat(a64.decode(0xd51c2004)).isEqualTo(write(TranslationRegister.TTBR0_EL2, 4));
        assertThat(a64.decode(0xd51c1000)).isEqualTo(write(TranslationRegister.SCTLR_EL2, 0));
        assertThat(a64.decode(0xd51ca200)).isEqualTo(write(TranslationRegister.MAIR_EL2, 0));
        assertThat(a64.decode(0xd51c2040)).isEqualTo(write(TranslationRegister.TCR_EL2, 0));
        assertThat(a64.decode(0xd51c1101)).isEqualTo(write(TranslationRegister.HCR_EL2, 1));
        assertThat(a64.decode(0xd51c2103)).isEqualTo(write(TranslationRegister.VTTBR_EL2, 3));
        assertThat(a64.decode(0xd51c2141)).isEqualTo(write(TranslationRegister.VTCR_EL2, 1));
        assertThat(a64.decode(0xd5182036)).isEqualTo(write(TranslationRegister.TTBR1_EL1, 22));
        assertThat(a64.decode(0xd518a216)).isEqualTo(write(TranslationRegister.MAIR_EL1, 22));
        assertThat(a64.decode(0xd53c2004)).as("MRS is no write").isNull();
    }

    @Test
    void recognisesA64InvalidatesWithTheirScope() {
        assertThat(a64.decode(0xd50c871f)).isEqualTo(tlbi(TlbOperation.ALLE2, Shareability.NSH, 31));
        assertThat(a64.decode(0xd50c8337)).isEqualTo(tlbi(TlbOperation.VAE2, Shareability.ISH, 23));
        assertThat(a64.decode(0xd50c8720)).isEqualTo(tlbi(TlbOperation.VAE2, Shareability.NSH, 0));
        assertThat(a64.decode(0xd50c83df)).isEqualTo(tlbi(TlbOperation.VMALLS12E1, Shareability.ISH, 31));
        assertThat(a64.decode(0xd50c879f)).isEqualTo(tlbi(TlbOperation.ALLE1, Shareability.NSH, 31));
        assertThat(a64.decode(0xd50c83bf)).isEqualTo(tlbi(TlbOperation.VALE2, Shareability.ISH, 31));
        // TLBI IPAS2E1IS, X5 and TLBI IPAS2E1, X5 and TLBI RVAE2IS, X7.
        assertThat(a64.decode(0xd50c8025)).isEqualTo(tlbi(TlbOperation.IPAS2E1, Shareability.ISH, 5));
        assertThat(a64.decode(0xd50c8425)).isEqualTo(tlbi(TlbOperation.IPAS2E1, Shareability.NSH, 5));
        assertThat(a64.decode(0xd50c8227)).isEqualTo(tlbi(TlbOperation.RVAE2, Shareability.ISH, 7));
        assertThat(a64.decode(0xd50b7423)).as("DC ZVA is no TLBI").isNull();
    }

    @Test
    void recognisesBarriersOfBothInstructionSets() {
        assertThat(a64.decode(0xd5033f9f))
                .isEqualTo(barrier(Barrier.Kind.DSB, Shareability.SY, Barrier.AccessTypes.ALL));
        assertThat(a64.decode(0xd5033a9f))
                .isEqualTo(barrier(Barrier.Kind.DSB, Shareability.ISH, Barrier.AccessTypes.ST));
        assertThat(a64.decode(0xd503379f))
                .isEqualTo(barrier(Barrier.Kind.DSB, Shareability.NSH, Barrier.AccessTypes.ALL));
        assertThat(a64.decode(0xd50339bf))
                .isEqualTo(barrier(Barrier.Kind.DMB, Shareability.ISH, Barrier.AccessTypes.LD));
        assertThat(a64.decode(0xd503309f)).as("SSBB completes nothing").isNull();
        assertThat(a64.decode(0xd5033fdf)).isEqualTo(new SiteOperation.InstructionBarrier());
        assertThat(a32.decode(0xf57ff04f))
                .isEqualTo(barrier(Barrier.Kind.DSB, Shareability.SY, Barrier.AccessTypes.ALL));
        assertThat(a32.decode(0xf57ff04a))
                .isEqualTo(barrier(Barrier.Kind.DSB, Shareability.ISH, Barrier.AccessTypes.ST));
        assertThat(a32.decode(0xf57ff06f)).isEqualTo(new SiteOperation.InstructionBarrier());
    }

    @Test
    void recognisesA32Operations() {
        assertThat(a32.decode(0xec410f42)).isEqualTo(new SiteOperation.WriteRegister(TranslationRegister.HTTBR, 0, 1));
        assertThat(a32.decode(0xec432f62)).isEqualTo(new SiteOperation.WriteRegister(TranslationRegister.VTTBR, 2, 3));
        assertThat(a32.decode(0xec432f07)).as("MCRR to PAR").isNull();
        assertThat(a32.decode(0xee880f17)).isEqualTo(tlbi(TlbOperation.TLBIALLH, Shareability.NSH, 31));
        assertThat(a32.decode(0xee889f33)).isEqualTo(tlbi(TlbOperation.TLBIMVAH, Shareability.ISH, 9));
        assertThat(a32.decode(0xee881f97)).isEqualTo(tlbi(TlbOperation.TLBIALLNSNH, Shareability.NSH, 31));
        assertThat(a32.decode(0xe160006e)).isEqualTo(new SiteOperation.ReturnFromException());
        assertThat(a32.decode(0xe1600070)).isEqualTo(new SiteOperation.CallFirmware());
        assertThat(a32.decode(0xee810f10)).isEqualTo(write(TranslationRegister.HSCTLR, 0));
    }

    @Test
    void aConditionalA32WriteDependsOnTheFlags() {
        int mcrne = 0x1e810f10;
        assertThat(a32.decode(mcrne)).isNotNull();
        assertThat(a32.conditionHolds(mcrne, 1L << 30)).isFalse();
        assertThat(a32.conditionHolds(mcrne, 0)).isTrue();
    }

    @Test
    void followsBranchTargets() {
        assertThat(a64.flow(0x54ffff88, 0x262194)).isEqualTo(new Decoder.Flow(true, true, 0x262184, true));
        assertThat(a64.flow(0x17fffeb1, 0x2621a0)).isEqualTo(new Decoder.Flow(false, true, 0x261c64, true));
        assertThat(a64.flow(0x3607fca0, 0x263dc4)).isEqualTo(new Decoder.Flow(true, true, 0x263d58, true));
        assertThat(a64.flow(0xd65f03c0, 0).known()).isFalse();
        assertThat(a32.flow(0x8afffffb, 0x2678c4)).isEqualTo(new Decoder.Flow(true, true, 0x2678b8, true));
        assertThat(a32.flow(0xe8bd8010, 0).known()).as("LDM with PC").isFalse();
    }

    private static SiteOperation write(TranslationRegister register, int rt) {
        return new SiteOperation.WriteRegister(register, rt, SiteOperation.NONE);
    }

    private static SiteOperation tlbi(TlbOperation operation, Shareability shareability, int rt) {
        return new SiteOperation.InvalidateTlb(operation, shareability, rt, false);
    }

    private static SiteOperation barrier(Barrier.Kind kind, Shareability domain, Barrier.AccessTypes types) {
        return new SiteOperation.DataBarrier(kind, domain, types, false);
    }
}
