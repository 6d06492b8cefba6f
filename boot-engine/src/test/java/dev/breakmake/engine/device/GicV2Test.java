package dev.breakmake.engine.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GicV2Test {

    private static final int UART = 33;

    private final Pins pe0 = new Pins();
    private final Pins pe1 = new Pins();
    private final GicV2 gic = new GicV2(List.of(pe0, pe1), 288);

    @BeforeEach
    void enableAsXenDoes() {
        distributor(0x000, 1);
        for (int pe = 0; pe < 2; pe++) {
            cpu(pe, 0x04, 0xff);
            cpu(pe, 0x00, 1 | 1 << 9);
        }
        priority(UART, 0xa0);
        target(UART, 1);
        distributor(0x104, 1 << 1);
    }

    @Test
    void identifiesItselfAsTheGicOfQemusVirtMachine() {
        MmioDevice distributor = gic.distributor();
        assertThat(distributor.read(0x004, 4, 0)).isEqualTo(0x28);
        assertThat(distributor.read(0x008, 4, 0)).isEqualTo(0x43b);
        assertThat(distributor.read(0xfe8, 4, 0)).isEqualTo(0x2b);
        assertThat(gic.cpuInterface().read(0xfc, 4, 0)).isEqualTo(0x2043b);
        assertThat(gic.hypervisorInterface().read(0x04, 4, 0)).isEqualTo(0x9000_0003L);
        assertThat(gic.hypervisorInterface().read(0x08, 4, 0)).isEqualTo(0x004c_0000);
    }

    @Test
    void aSinglePeHasNoTargetRegisters() {
        GicV2 single = new GicV2(List.of(new Pins()), 288);
        single.distributor().write(0x820, 4, 0xffff_ffffL, 0);
        assertThat(single.distributor().read(0x800, 4, 0)).isZero();
        assertThat(single.distributor().read(0x820, 4, 0)).isZero();
    }

    @Test
    void aSinglePeGetsEverySharedInterrupt() {
        Pins only = new Pins();
        GicV2 single = new GicV2(List.of(only), 288);
        single.distributor().write(0x000, 4, 1, 0);
        single.distributor().write(0x104, 4, 1 << 1, 0);
        single.cpuInterface().write(0x04, 4, 0xff, 0);
        single.cpuInterface().write(0x00, 4, 1, 0);
        single.setSharedLine(UART, true);
        assertThat(only.irq).isTrue();
        assertThat(single.cpuInterface().read(0x0c, 4, 0)).isEqualTo(UART);
    }

    @Test
    void everyPeReadsItsOwnBitFromTheBankedTargets() {
        assertThat(gic.distributor().read(0x800, 4, 0)).isEqualTo(0x0101_0101);
        assertThat(gic.distributor().read(0x81c, 4, 1)).isEqualTo(0x0202_0202);
    }

    @Test
    void priorityDropAndDeactivationAreSeparateInEoiMode() {
        gic.setSharedLine(UART, true);
        assertThat(pe0.irq).isTrue();
        assertThat(pe1.irq).isFalse();

        assertThat(acknowledge(0)).isEqualTo(UART);
        assertThat(pe0.irq).as("running priority masks it").isFalse();
        assertThat(cpuRead(0, 0x14)).isEqualTo(0xa0);

        cpu(0, 0x10, UART);
        assertThat(cpuRead(0, 0x14)).isEqualTo(0xff);
        assertThat(pe0.irq).as("still active, so not signalled again").isFalse();
        assertThat(acknowledge(0)).isEqualTo(1023);

        cpu(0, 0x1000, UART);
        assertThat(pe0.irq).as("the line is still up").isTrue();
        gic.setSharedLine(UART, false);
        assertThat(pe0.irq).isFalse();
    }

    @Test
    void withoutEoiModeTheEndDeactivatesToo() {
        cpu(0, 0x00, 1);
        gic.setSharedLine(UART, true);
        acknowledge(0);
        gic.setSharedLine(UART, false);
        cpu(0, 0x10, UART);
        assertThat(gic.distributor().read(0x304, 4, 0)).isZero();
        assertThat(pe0.irq).isFalse();
    }

    @Test
    void aHigherPriorityPreemptsAndALowerOneWaits() {
        int urgent = 40;
        int lazy = 41;
        for (int intid : new int[] {urgent, lazy}) {
            target(intid, 1);
            distributor(0x104, 1 << (intid - 32));
        }
        priority(urgent, 0x40);
        priority(lazy, 0xc0);

        gic.setSharedLine(UART, true);
        assertThat(acknowledge(0)).isEqualTo(UART);
        gic.setSharedLine(lazy, true);
        assertThat(pe0.irq).isFalse();
        gic.setSharedLine(urgent, true);
        assertThat(pe0.irq).isTrue();
        assertThat(acknowledge(0)).isEqualTo(urgent);
        assertThat(cpuRead(0, 0x14)).isEqualTo(0x40);

        gic.setSharedLine(urgent, false);
        cpu(0, 0x10, urgent);
        cpu(0, 0x1000, urgent);
        assertThat(cpuRead(0, 0x14)).as("the preempted one runs on").isEqualTo(0xa0);
        gic.setSharedLine(UART, false);
        cpu(0, 0x10, UART);
        cpu(0, 0x1000, UART);
        assertThat(acknowledge(0)).isEqualTo(lazy);
    }

    @Test
    void thePriorityMaskHoldsBackEqualAndLowerPriorities() {
        cpu(0, 0x04, 0xa0);
        gic.setSharedLine(UART, true);
        assertThat(pe0.irq).isFalse();
        assertThat(cpuRead(0, 0x18)).as("HPPIR ignores the mask").isEqualTo(UART);
        cpu(0, 0x04, 0xa1);
        assertThat(pe0.irq).isTrue();
    }

    @Test
    void anSgiCarriesItsSenderAndIsDeliveredOncePerSender() {
        gic.distributor().write(0xf00, 4, 1 << 17 | 5, 0);
        gic.distributor().write(0xf00, 4, 2 << 24 | 5, 1);
        assertThat(pe1.irq).isTrue();
        assertThat(pe0.irq).isFalse();
        assertThat(gic.distributor().read(0xf24, 4, 1)).isEqualTo(0x0300);

        assertThat(acknowledge(1)).isEqualTo(5);
        cpu(1, 0x10, 5);
        cpu(1, 0x1000, 5);
        assertThat(acknowledge(1)).isEqualTo(5 | 1 << 10);
        cpu(1, 0x10, 5 | 1 << 10);
        cpu(1, 0x1000, 5);
        assertThat(acknowledge(1)).isEqualTo(1023);
    }

    @Test
    void allButSelfReachesTheOthers() {
        gic.distributor().write(0xf00, 4, 1 << 24 | 1, 1);
        assertThat(pe0.irq).isTrue();
        assertThat(pe1.irq).isFalse();
    }

    @Test
    void anEdgeIsLatchedAndALevelIsNot() {
        gic.distributor().write(0xc08, 4, 2L << 2, 0);
        gic.setSharedLine(UART, true);
        gic.setSharedLine(UART, false);
        assertThat(pe0.irq).isTrue();
        assertThat(acknowledge(0)).isEqualTo(UART);
        assertThat(gic.distributor().read(0x204, 4, 0)).isZero();
    }

    @Test
    void sgisCannotBeDisabled() {
        gic.distributor().write(0x180, 4, 0xffff_ffffL, 0);
        assertThat(gic.distributor().read(0x100, 4, 0)).isEqualTo(0xffff);
    }

    @Test
    void aListRegisterReachesTheGuestAndItsEndFreesThePhysicalInterrupt() {
        MmioDevice hypervisor = gic.hypervisorInterface();
        MmioDevice guest = gic.virtualCpuInterface();
        gic.setSharedLine(UART, true);
        acknowledge(0);
        cpu(0, 0x10, UART);
        gic.setSharedLine(UART, false);

        guest.write(0x00, 4, 1, 0);
        guest.write(0x04, 4, 0xf0, 0);
        hypervisor.write(0x100, 4, 1L << 31 | 1L << 28 | 0x14L << 23 | UART << 10 | UART, 0);
        assertThat(pe0.virtualIrq).isFalse();
        hypervisor.write(0x00, 4, 1, 0);
        assertThat(pe0.virtualIrq).isTrue();
        assertThat(pe1.virtualIrq).isFalse();
        assertThat(hypervisor.read(0x30, 4, 0)).isEqualTo(0b1110);

        assertThat(guest.read(0x0c, 4, 0)).isEqualTo(UART);
        assertThat(pe0.virtualIrq).isFalse();
        assertThat(guest.read(0x14, 4, 0)).isEqualTo(0xa0);
        guest.write(0x10, 4, UART, 0);
        assertThat(guest.read(0x14, 4, 0)).isEqualTo(0xff);
        assertThat(hypervisor.read(0x30, 4, 0)).isEqualTo(0b1111);
        assertThat(gic.distributor().read(0x304, 4, 0))
                .as("deactivated by the guest")
                .isZero();
    }

    @Test
    void anEmptyListRaisesTheMaintenanceInterruptWhenAskedFor() {
        MmioDevice hypervisor = gic.hypervisorInterface();
        priority(GicV2.MAINTENANCE_INTID, 0xa0);
        gic.distributor().write(0x100, 4, 1L << GicV2.MAINTENANCE_INTID, 0);
        hypervisor.write(0x00, 4, 1 | 1 << 1, 0);
        assertThat(acknowledge(0)).isEqualTo(GicV2.MAINTENANCE_INTID);
        assertThat(hypervisor.read(0x10, 4, 0)).isEqualTo(1 << 1);
    }

    @Test
    void aSavedControllerContinuesInAnother() {
        gic.setSharedLine(UART, true);
        gic.distributor().write(0xf00, 4, 1 << 17 | 3, 0);
        acknowledge(1);
        GicV2.State state = gic.save();
        acknowledge(0);
        cpu(0, 0x04, 0);

        Pins fork0 = new Pins();
        Pins fork1 = new Pins();
        GicV2 fork = new GicV2(List.of(fork0, fork1), 288);
        fork.restore(state);
        assertThat(fork0.irq).isTrue();
        assertThat(fork.cpuInterface().read(0x0c, 4, 0)).isEqualTo(UART);
        assertThat(fork.cpuInterface().read(0x14, 4, 1))
                .as("the SGI has priority 0")
                .isZero();
    }

    @Test
    void refusesSizesTheArchitectureDoesNotHave() {
        assertThatThrownBy(() -> new GicV2(List.of(), 288)).hasMessageContaining("1 to 8 PEs");
        assertThatThrownBy(() -> new GicV2(List.of(pe0), 100)).hasMessageContaining("multiple of 32");
    }

    private void distributor(int offset, long value) {
        gic.distributor().write(offset, 4, value, 0);
    }

    private void priority(int intid, int priority) {
        gic.distributor().write(0x400 + intid, 1, priority, 0);
    }

    private void target(int intid, int mask) {
        gic.distributor().write(0x800 + intid, 1, mask, 0);
    }

    private void cpu(int pe, int offset, int value) {
        gic.cpuInterface().write(offset, 4, value, pe);
    }

    private long cpuRead(int pe, int offset) {
        return gic.cpuInterface().read(offset, 4, pe);
    }

    private long acknowledge(int pe) {
        return cpuRead(pe, 0x0c);
    }
}
