package dev.breakmake.engine.device;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Generic Interrupt Controller, architecture version 2 (IHI 0048), without Security Extensions, with virtualization support.
 *
 * <p>Four windows: distributor, CPU interface, hypervisor interface, virtual CPU interface. Registers are banked by the PE that
 * accesses them. Identification and sizes are those of QEMU's {@code virt} machine, except that implemented priorities and list
 * registers are stated here.
 */
public final class GicV2 extends InterruptRouter implements Stateful<GicV2.State> {

    /** All state; opaque and never changed. */
    public static final class State {
        private final int control;
        private final List<PrivateState> pes;
        private final InterruptBank.State shared;
        private final byte[] targets;

        private State(int control, List<PrivateState> pes, InterruptBank.State shared, byte[] targets) {
            this.control = control;
            this.pes = List.copyOf(pes);
            this.shared = shared;
            this.targets = targets.clone();
        }
    }

    /** What is banked per PE. */
    private record PrivateState(
            InterruptBank.State bank,
            List<Integer> sources,
            GicV2CpuInterface.State physical,
            VirtualInterface.State guest) {}

    /** Target PEs of each shared interrupt, a bit per PE. */
    final byte[] targets;

    /** Which PEs sent each pending SGI, a bit per sender; per receiving PE and SGI. */
    final int[][] sgiSources;

    final GicV2CpuInterface[] interfaces;
    final VirtualInterface[] guests;

    private final MmioDevice distributor = new GicV2Distributor(this);

    /**
     * A controller after reset.
     *
     * @param inputs the PEs, 1 to 8
     * @param interrupts interrupts altogether, a multiple of 32, at most 1024
     */
    public GicV2(List<? extends PeInputs> inputs, int interrupts) {
        super("GICv2", inputs, interrupts, 1024);
        int pes = pes();
        targets = new byte[interrupts - 32];
        sgiSources = new int[pes][SGI_COUNT];
        interfaces = new GicV2CpuInterface[pes];
        guests = new VirtualInterface[pes];
        for (int pe = 0; pe < pes; pe++) {
            banks[pe] = InterruptBank.withFixedSgis();
            interfaces[pe] = new GicV2CpuInterface(this, pe);
            guests[pe] = new VirtualInterface(4, 0xf800_00ff);
        }
    }

    /** GICD window. */
    public MmioDevice distributor() {
        return distributor;
    }

    /** GICC window, 8 KiB: GICC_DIR lies in its second page. */
    public MmioDevice cpuInterface() {
        return new CpuWindow();
    }

    /** GICH window. */
    public MmioDevice hypervisorInterface() {
        return new GicV2HypervisorInterface(this);
    }

    /** GICV window: what a guest takes for its GICC. */
    public MmioDevice virtualCpuInterface() {
        return new GicV2VirtualCpuInterface(this);
    }

    /** Makes an SGI pending at the PEs of a bit mask. */
    void sendSgi(int sender, int receivers, int sgi) {
        for (int pe = 0; pe < pes(); pe++) {
            if ((receivers >>> pe & 1) != 0) {
                setSgiSources(pe, sgi, sgiSources[pe][sgi] | 1 << sender);
                update(pe);
            }
        }
    }

    void setSgiSources(int pe, int sgi, int sources) {
        sgiSources[pe][sgi] = sources;
        int bit = 1 << sgi;
        banks[pe].latched[0] = sources != 0 ? banks[pe].latched[0] | bit : banks[pe].latched[0] & ~bit;
    }

    int group(int pe, int intid) {
        return bank(pe, intid).group(index(intid));
    }

    int priority(int pe, int intid) {
        return bank(pe, intid).priority(index(intid));
    }

    /** A single PE gets every shared interrupt: it has no target registers. */
    @Override
    boolean reaches(int index, int pe) {
        return pes() == 1 || (targets[index] >>> pe & 1) != 0;
    }

    @Override
    int signal(int pe) {
        return interfaces[pe].signal();
    }

    @Override
    VirtualInterface guest(int pe) {
        return guests[pe];
    }

    /** The PE took the interrupt. Returns what GICC_IAR shows: the INTID, with the sender of an SGI in bits 12:10. */
    int activate(int pe, int intid) {
        bank(pe, intid).activate(index(intid));
        if (intid >= SGI_COUNT) {
            updateAll();
            return intid;
        }
        int sources = sgiSources[pe][intid];
        int source = Integer.numberOfTrailingZeros(sources);
        setSgiSources(pe, intid, sources & (sources - 1));
        update(pe);
        return intid | (source & 7) << 10;
    }

    @Override
    public State save() {
        List<PrivateState> states = new ArrayList<>();
        for (int pe = 0; pe < pes(); pe++) {
            states.add(new PrivateState(
                    banks[pe].save(),
                    Arrays.stream(sgiSources[pe]).boxed().toList(),
                    interfaces[pe].save(),
                    guests[pe].save()));
        }
        return new State(control, states, shared.save(), targets);
    }

    @Override
    public void restore(State state) {
        control = state.control;
        shared.restore(state.shared);
        System.arraycopy(state.targets, 0, targets, 0, targets.length);
        for (int pe = 0; pe < pes(); pe++) {
            PrivateState own = state.pes.get(pe);
            banks[pe].restore(own.bank);
            for (int sgi = 0; sgi < SGI_COUNT; sgi++) {
                sgiSources[pe][sgi] = own.sources.get(sgi);
            }
            interfaces[pe].restore(own.physical);
            guests[pe].restore(own.guest);
        }
        driveAll();
    }

    private final class CpuWindow implements MmioDevice {
        @Override
        public long size() {
            return 0x2000;
        }

        @Override
        public long read(long offset, int size, int pe) {
            return Registers.narrow(interfaces[pe].read((int) offset & ~3) & 0xffff_ffffL, offset, size);
        }

        @Override
        public void write(long offset, int size, long value, int pe) {
            interfaces[pe].write((int) offset & ~3, Registers.place(value, offset, size));
        }
    }
}
