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
public final class GicV2 implements InterruptController, Stateful<GicV2.State> {

    /** INTID of the maintenance interrupt. */
    public static final int MAINTENANCE_INTID = 25;

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

    private static final int SGI_COUNT = 16;

    final InterruptBank[] banks;
    final InterruptBank shared;

    /** Target PEs of each shared interrupt, a bit per PE. */
    final byte[] targets;

    /** Which PEs sent each pending SGI, a bit per sender; per receiving PE and SGI. */
    final int[][] sgiSources;

    final GicV2CpuInterface[] interfaces;
    final VirtualInterface[] guests;

    /** GICD_CTLR: EnableGrp0, EnableGrp1. */
    int control;

    private final List<PeInputs> inputs;
    private final int[] outputs;
    private final MmioDevice distributor = new GicV2Distributor(this);

    /**
     * A controller after reset.
     *
     * @param inputs the PEs, 1 to 8
     * @param interrupts interrupts altogether, a multiple of 32, at most 1024
     */
    public GicV2(List<? extends PeInputs> inputs, int interrupts) {
        if (inputs.isEmpty() || inputs.size() > 8) {
            throw new IllegalArgumentException("a GICv2 serves 1 to 8 PEs, not " + inputs.size());
        }
        if (interrupts % 32 != 0 || interrupts < 64 || interrupts > 1024) {
            throw new IllegalArgumentException(
                    "interrupts must be a multiple of 32 from 64 to 1024, not " + interrupts);
        }
        this.inputs = List.copyOf(inputs);
        int pes = inputs.size();
        outputs = new int[pes];
        shared = new InterruptBank(interrupts - 32);
        targets = new byte[interrupts - 32];
        banks = new InterruptBank[pes];
        sgiSources = new int[pes][SGI_COUNT];
        interfaces = new GicV2CpuInterface[pes];
        guests = new VirtualInterface[pes];
        for (int pe = 0; pe < pes; pe++) {
            banks[pe] = InterruptBank.withFixedSgis();
            interfaces[pe] = new GicV2CpuInterface(this, pe);
            guests[pe] = new VirtualInterface(4, 0xf800_00ff);
        }
    }

    int pes() {
        return inputs.size();
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

    @Override
    public void setSharedLine(int intid, boolean asserted) {
        shared.setLine(intid - 32, asserted);
        updateAll();
    }

    @Override
    public void setPrivateLine(int pe, int intid, boolean asserted) {
        banks[pe].setLine(intid, asserted);
        update(pe);
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

    InterruptBank bank(int pe, int intid) {
        return intid < 32 ? banks[pe] : shared;
    }

    static int index(int intid) {
        return intid < 32 ? intid : intid - 32;
    }

    int group(int pe, int intid) {
        return bank(pe, intid).group(index(intid));
    }

    int priority(int pe, int intid) {
        return bank(pe, intid).priority(index(intid));
    }

    /** The pending, enabled, inactive interrupt of highest priority for a PE whose group is forwarded; -1 if none. */
    int highestPending(int pe) {
        int best = -1;
        int bestPriority = 256;
        for (int word = 0; word <= shared.words(); word++) {
            InterruptBank bank = word == 0 ? banks[pe] : shared;
            int inBank = word == 0 ? 0 : word - 1;
            int candidates =
                    bank.pending(inBank) & bank.enabled[inBank] & ~bank.active[inBank] & forwarded(bank, inBank);
            while (candidates != 0) {
                int index = 32 * inBank + Integer.numberOfTrailingZeros(candidates);
                candidates &= candidates - 1;
                // A single PE gets every shared interrupt: it has no target registers.
                boolean mine = word == 0 || pes() == 1 || (targets[index] >>> pe & 1) != 0;
                if (mine && bank.priority(index) < bestPriority) {
                    bestPriority = bank.priority(index);
                    best = word == 0 ? index : index + 32;
                }
            }
        }
        return best;
    }

    private int forwarded(InterruptBank bank, int word) {
        int group = bank.group[word];
        return ((control & 1) != 0 ? ~group : 0) | ((control & 2) != 0 ? group : 0);
    }

    /** The PE took the interrupt. Returns what GICC_IAR shows: the INTID, with the sender of an SGI in bits 12:10. */
    int activate(int pe, int intid) {
        banksActivate(pe, intid);
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

    private void banksActivate(int pe, int intid) {
        bank(pe, intid).activate(index(intid));
    }

    void deactivate(int pe, int intid) {
        if (intid < 32 + shared.words() * 32) {
            bank(pe, intid).deactivate(index(intid));
            updateAll();
        }
    }

    void updateAll() {
        for (int pe = 0; pe < pes(); pe++) {
            update(pe);
        }
    }

    /** Drives the outputs to one PE from the current state. */
    void update(int pe) {
        VirtualInterface guest = guests[pe];
        banks[pe].setLine(MAINTENANCE_INTID, guest.maintenanceAsserted());
        int signal = interfaces[pe].signal();
        int output = signal | (guest.virtualIrq() ? 4 : 0) | (guest.virtualFiq() ? 8 : 0);
        int changed = output ^ outputs[pe];
        if (changed == 0) {
            return;
        }
        outputs[pe] = output;
        drive(pe, changed);
    }

    private void drive(int pe, int changed) {
        PeInputs pins = inputs.get(pe);
        int output = outputs[pe];
        if ((changed & 1) != 0) {
            pins.setIrq((output & 1) != 0);
        }
        if ((changed & 2) != 0) {
            pins.setFiq((output & 2) != 0);
        }
        if ((changed & 4) != 0) {
            pins.setVirtualIrq((output & 4) != 0);
        }
        if ((changed & 8) != 0) {
            pins.setVirtualFiq((output & 8) != 0);
        }
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
        for (int pe = 0; pe < pes(); pe++) {
            update(pe);
            drive(pe, ~0);
        }
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
