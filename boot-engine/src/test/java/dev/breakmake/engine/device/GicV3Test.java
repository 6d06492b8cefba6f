package dev.breakmake.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GicV3Test {

    private static final int UART = 33;
    private static final int PMR = key(0, 4, 6, 0);
    private static final int IAR1 = key(0, 12, 12, 0);
    private static final int EOIR1 = key(0, 12, 12, 1);
    private static final int DIR = key(0, 12, 11, 1);
    private static final int RPR = key(0, 12, 11, 3);
    private static final int SGI1R = key(0, 12, 11, 5);
    private static final int CTLR = key(0, 12, 12, 4);
    private static final int IGRPEN1 = key(0, 12, 12, 7);
    private static final int ICH_HCR = key(4, 12, 11, 0);
    private static final int ICH_ELRSR = key(4, 12, 11, 5);
    private static final int ICH_LR0 = key(4, 12, 12, 0);

    private final Pins pe0 = new Pins();
    private final Pins pe1 = new Pins();
    private final GicV3 gic = new GicV3(List.of(pe0, pe1), 288);

    private static int key(int op1, int crn, int crm, int op2) {
        return 3 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2;
    }

    @BeforeEach
    void enableAsXenDoes() {
        distributor(0x000, 2);
        for (int word = 1; word < 9; word++) {
            distributor(0x80 + 4 * word, -1);
        }
        for (int pe = 0; pe < 2; pe++) {
            gic.redistributors().write(0x2_0000L * pe + 0x1_0080, 4, -1, pe);
            gic.redistributors().write(0x2_0000L * pe + 0x1_0100, 4, 0xffff, pe);
            write(pe, PMR, 0xff);
            write(pe, CTLR, 2);
            write(pe, IGRPEN1, 1);
        }
        gic.distributor().write(0x400 + UART, 1, 0xa0, 0);
        distributor(0x104, 1 << 1);
    }

    /** Values observed on QEMU 7.2's virt machine with gic-version=3. */
    @Test
    void identifiesItselfAsTheGicOfQemusVirtMachine() {
        assertThat(gic.distributor().read(0x000, 4, 0)).isEqualTo(0x52);
        assertThat(gic.distributor().read(0x004, 4, 0)).isEqualTo(0x037a_0007);
        assertThat(gic.distributor().read(0xffe8, 4, 0)).isEqualTo(0x3b);
        assertThat(gic.redistributors().read(0x00000, 4, 0)).isEqualTo(2);
        assertThat(gic.redistributors().read(0x00008, 8, 0)).isEqualTo(0x0100_0001);
        assertThat(gic.redistributors().read(0x20008, 8, 0)).isEqualTo(0x1_0100_0111L);
        assertThat(gic.redistributors().read(0x2000c, 4, 0)).isEqualTo(1);
        assertThat(gic.redistributors().read(0x00014, 4, 0)).isEqualTo(6);
        assertThat(read(0, key(4, 12, 11, 1))).isEqualTo(0x90b8_0003L);
        assertThat(read(0, key(4, 12, 11, 7))).isEqualTo(0x004c_0008);
        assertThat(read(0, key(0, 12, 12, 3))).isEqualTo(3);
        assertThat(read(0, CTLR)).isEqualTo(0x8c02);
    }

    @Test
    void wakingARedistributorClearsBothSleepBits() {
        gic.redistributors().write(0x20014, 4, 0, 1);
        assertThat(gic.redistributors().read(0x20014, 4, 1)).isZero();
        assertThat(gic.redistributors().read(0x00014, 4, 1))
                .as("the other PE's")
                .isEqualTo(6);
    }

    @Test
    void aSharedInterruptGoesToTheAffinityItsRouterNames() {
        gic.distributor().write(0x6000 + 8 * UART, 8, 1, 0);
        gic.setSharedLine(UART, true);
        assertThat(pe0.irq).isFalse();
        assertThat(pe1.irq).isTrue();
        assertThat(read(1, IAR1)).isEqualTo(UART);
        assertThat(read(1, RPR)).isEqualTo(0xa0);
        gic.setSharedLine(UART, false);
        write(1, EOIR1, UART);
        assertThat(read(1, RPR)).isEqualTo(0xff);
        assertThat(gic.distributor().read(0x304, 4, 0))
                .as("EOImode: still active")
                .isEqualTo(2);
        write(1, DIR, UART);
        assertThat(gic.distributor().read(0x304, 4, 0)).isZero();
    }

    @Test
    void anInterruptOfADisabledGroupIsNotSignalled() {
        write(0, IGRPEN1, 0);
        gic.setSharedLine(UART, true);
        assertThat(pe0.irq).isFalse();
        assertThat(read(0, IAR1)).isEqualTo(1023);
        write(0, IGRPEN1, 1);
        assertThat(pe0.irq).isTrue();
    }

    @Test
    void groupZeroIsSignalledAsFiq() {
        distributor(0x084, 0);
        distributor(0x000, 3);
        write(0, key(0, 12, 12, 6), 1);
        gic.setSharedLine(UART, true);
        assertThat(pe0.fiq).isTrue();
        assertThat(pe0.irq).isFalse();
        assertThat(read(0, IAR1)).isEqualTo(1023);
        assertThat(read(0, key(0, 12, 8, 0))).isEqualTo(UART);
    }

    @Test
    void anSgiReachesTheTargetsOfItsList() {
        write(0, SGI1R, 0b10L | 5L << 24);
        assertThat(pe1.irq).isTrue();
        assertThat(pe0.irq).isFalse();
        assertThat(read(1, IAR1)).isEqualTo(5);
        write(1, EOIR1, 5);
        write(1, DIR, 5);
        assertThat(pe1.irq).isFalse();
        write(1, SGI1R, 1L << 40 | 2L << 24);
        assertThat(pe0.irq).isTrue();
        assertThat(pe1.irq).as("all but self").isFalse();
    }

    @Test
    void theDistributorHasNoPrivateInterrupts() {
        distributor(0x080, 0);
        distributor(0x180, -1);
        assertThat(gic.distributor().read(0x100, 4, 0)).isZero();
        assertThat(gic.redistributors().read(0x1_0100, 4, 0)).isEqualTo(0xffff);
    }

    @Test
    void aListRegisterReachesTheGuestAndItsEndFreesThePhysicalInterrupt() {
        gic.setSharedLine(UART, true);
        read(0, IAR1);
        write(0, EOIR1, UART);
        gic.setSharedLine(UART, false);

        GicV3CpuInterface own = gic.cpuInterface(0);
        own.write(IGRPEN1, 1, true, true);
        own.write(PMR, 0xf0, true, true);
        own.write(ICH_LR0, 1L << 62 | 1L << 61 | 1L << 60 | 0xa0L << 48 | (long) UART << 32 | 77, false, false);
        own.write(ICH_HCR, 1, false, false);
        assertThat(pe0.virtualIrq).isTrue();
        assertThat(own.read(IAR1, true, true)).isEqualTo(77);
        assertThat(pe0.virtualIrq).isFalse();
        own.write(EOIR1, 77, true, true);
        assertThat(own.read(ICH_ELRSR, false, false)).isEqualTo(0b1111);
        assertThat(gic.distributor().read(0x304, 4, 0))
                .as("deactivated by the guest")
                .isZero();
    }

    @Test
    void aSavedControllerContinuesInAnother() {
        gic.distributor().write(0x6000 + 8 * UART, 8, 1, 0);
        gic.setSharedLine(UART, true);
        GicV3.State state = gic.save();
        read(1, IAR1);
        Pins fork1 = new Pins();
        GicV3 fork = new GicV3(List.of(new Pins(), fork1), 288);
        fork.restore(state);
        assertThat(fork1.irq).isTrue();
        assertThat(fork.cpuInterface(1).read(IAR1, false, false)).isEqualTo(UART);
    }

    @Test
    void knowsItsRegisters() {
        assertThat(GicV3CpuInterface.knows(PMR)).isTrue();
        assertThat(GicV3CpuInterface.knows(ICH_LR0)).isTrue();
        assertThat(GicV3CpuInterface.knows(key(0, 12, 0, 0))).as("VBAR_EL1").isFalse();
        assertThat(GicV3CpuInterface.knows(key(4, 12, 0, 0))).as("VBAR_EL2").isFalse();
    }

    private void distributor(int offset, long value) {
        gic.distributor().write(offset, 4, value, 0);
    }

    private long read(int pe, int key) {
        return gic.cpuInterface(pe).read(key, false, false);
    }

    private void write(int pe, int key, long value) {
        gic.cpuInterface(pe).write(key, value, false, false);
    }
}
