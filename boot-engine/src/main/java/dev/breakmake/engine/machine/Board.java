package dev.breakmake.engine.machine;

import dev.breakmake.engine.device.ConsoleSink;
import dev.breakmake.engine.device.GenericTimer;
import dev.breakmake.engine.device.GicV2;
import dev.breakmake.engine.device.GicV2mFrame;
import dev.breakmake.engine.device.GicV3;
import dev.breakmake.engine.device.InterruptController;
import dev.breakmake.engine.device.Pl011;
import dev.breakmake.engine.device.Psci;
import dev.breakmake.engine.device.PsciHost;
import dev.breakmake.engine.memory.PhysicalBus;
import dev.breakmake.engine.pe.Cluster;
import dev.breakmake.engine.pe.ExternalRegisters;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.platform.GicMap;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.event.PeState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The devices of a platform, wired to the PEs of a cluster: interrupt controller, serial port, timers, firmware. */
final class Board implements PsciHost {

    /** Told when the guest switches the machine off. */
    @FunctionalInterface
    interface PowerListener {
        void poweredOff(ProcessingElement pe, String how);
    }

    private final Platform platform;
    private final Cluster cluster;
    private final PowerListener power;
    private final List<GenericTimer> timers = new ArrayList<>();
    private final InterruptController controller;
    private final Pl011 uart;
    private int caller;

    Board(
            final Platform platform,
            final Cluster cluster,
            final PhysicalBus bus,
            final VirtualTime time,
            final ConsoleSink console,
            final PowerListener power) {
        this.platform = platform;
        this.cluster = cluster;
        this.power = power;
        final GicMap gic = platform.gic();
        controller = gic instanceof final GicMap.V2 map ? gicV2(map, bus) : gicV3((GicMap.V3) gic, bus);
        uart = new Pl011(console, controller, platform.uartIntid());
        bus.attach(platform.uart(), uart);
        final Psci psci = new Psci(this);
        for (final ProcessingElement pe : cluster.elements()) {
            final GenericTimer timer = new GenericTimer(pe.id, time, controller);
            timers.add(timer);
            pe.system.setAffinity(platform.affinity(pe.id));
            pe.system.setExternal(registers(controller, pe.id, timer, time));
            pe.setFirmware(caller -> call(psci, caller));
        }
    }

    private InterruptController gicV2(final GicMap.V2 map, final PhysicalBus bus) {
        final GicV2 gic = new GicV2(cluster.elements(), Platform.INTERRUPTS);
        bus.attach(map.distributor(), gic.distributor());
        bus.attach(map.cpuInterface(), gic.cpuInterface());
        bus.attach(map.hypervisorInterface(), gic.hypervisorInterface());
        bus.attach(map.virtualCpuInterface(), gic.virtualCpuInterface());
        bus.attach(map.messageFrame(), new GicV2mFrame(gic, Platform.MESSAGE_FIRST_INTID, Platform.MESSAGE_COUNT));
        return gic;
    }

    private InterruptController gicV3(final GicMap.V3 map, final PhysicalBus bus) {
        final GicV3 gic = new GicV3(cluster.elements(), Platform.INTERRUPTS);
        bus.attach(map.distributor(), gic.distributor());
        bus.attach(map.redistributors(), gic.redistributors());
        return gic;
    }

    private static ExternalRegisters registers(
            final InterruptController controller, final int pe, final GenericTimer timer, final VirtualTime time) {
        final ExternalRegisters timers = new TimerRegisters(timer, time);
        return controller instanceof final GicV3 gic ? new InterruptRegisters(gic.cpuInterface(pe), timers) : timers;
    }

    private void call(final Psci psci, final ProcessingElement pe) {
        caller = pe.id;
        final long function = pe.argument(0);
        pe.setArguments(
                Psci.isCall((int) function)
                        ? psci.call(function, pe.argument(1), pe.argument(2), pe.argument(3), pe.id)
                        : Psci.NOT_SUPPORTED);
    }

    @Override
    public Power power(final long mpidr) {
        final ProcessingElement pe = find(mpidr);
        if (pe == null) {
            return Power.ABSENT;
        }
        return pe.power == ProcessingElement.Power.OFF ? Power.OFF : Power.ON;
    }

    private @Nullable ProcessingElement find(final long mpidr) {
        for (final ProcessingElement pe : cluster.elements()) {
            if (platform.affinity(pe.id) == (mpidr & 0xff_00ff_ffffL)) {
                return pe;
            }
        }
        return null;
    }

    @Override
    public void cpuOn(final long mpidr, final long entry, final long context) {
        final ProcessingElement pe = find(mpidr);
        if (pe != null) {
            pe.start(entry, cluster.pe(caller).el, PeState.Change.CPU_ON);
            pe.setArguments(context);
        }
    }

    @Override
    public void cpuOff(final int pe) {
        cluster.pe(pe).stop();
    }

    @Override
    public void cpuSuspend(final int pe) {
        cluster.pe(pe).waitForInterrupt();
    }

    @Override
    public void systemOff() {
        power.poweredOff(cluster.pe(caller), "PSCI SYSTEM_OFF");
    }

    @Override
    public void systemReset() {
        power.poweredOff(cluster.pe(caller), "PSCI SYSTEM_RESET");
    }

    /** State of all devices; exactly one of the two controllers is there. */
    record State(
            GicV2.@Nullable State second,
            GicV3.@Nullable State third,
            Pl011.State uart,
            List<GenericTimer.State> timers) {}

    State save() {
        return new State(
                controller instanceof final GicV2 gic ? gic.save() : null,
                controller instanceof final GicV3 gic ? gic.save() : null,
                uart.save(),
                timers.stream().map(GenericTimer::save).toList());
    }

    /** Continues from a state; the time must be set before, the PEs come after. */
    void restore(final State from) {
        for (int i = 0; i < timers.size(); i++) {
            timers.get(i).restore(from.timers.get(i));
        }
        uart.restore(from.uart);
        if (controller instanceof final GicV2 gic && from.second != null) {
            gic.restore(from.second);
        } else if (controller instanceof final GicV3 gic && from.third != null) {
            gic.restore(from.third);
        }
    }
}
