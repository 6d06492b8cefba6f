package dev.breakmake.engine.device;

import java.util.ArrayList;
import java.util.List;

/**
 * Generic Interrupt Controller, architecture version 3 (IHI 0069), affinity routing only, one security state, with virtualization
 * support.
 *
 * <p>Two windows (distributor, redistributors) and one {@link GicV3CpuInterface} per PE that the PE's system registers lead to. PE
 * {@code n} has the affinity 0.0.0.n. There is no ITS, so no LPI ever arrives; the registers that describe LPI tables keep what is
 * written to them.
 */
public final class GicV3 extends InterruptRouter implements Stateful<GicV3.State> {

    /** All state; opaque and never changed. */
    public static final class State {
        private final int control;
        private final InterruptBank.State shared;
        private final long[] routes;
        private final List<PrivateState> pes;

        private State(int control, InterruptBank.State shared, long[] routes, List<PrivateState> pes) {
            this.control = control;
            this.shared = shared;
            this.routes = routes.clone();
            this.pes = List.copyOf(pes);
        }
    }

    private record PrivateState(
            InterruptBank.State bank, GicV3Redistributors.State redistributor, GicV3CpuInterface.State physical) {}

    /** GICD_IROUTER of each shared interrupt. */
    final long[] routes;

    private final GicV3CpuInterface[] interfaces;
    private final GicV3Distributor distributor = new GicV3Distributor(this);
    private final GicV3Redistributors redistributors;

    /**
     * A controller after reset.
     *
     * @param inputs the PEs, 1 to 8
     * @param interrupts interrupts altogether, a multiple of 32, at most 992
     */
    public GicV3(List<? extends PeInputs> inputs, int interrupts) {
        super("GICv3", inputs, interrupts, 992);
        int pes = pes();
        routes = new long[interrupts - 32];
        interfaces = new GicV3CpuInterface[pes];
        for (int pe = 0; pe < pes; pe++) {
            banks[pe] = new InterruptBank(32);
            banks[pe].edge[0] = 0xffff;
            interfaces[pe] = new GicV3CpuInterface(this, pe);
        }
        redistributors = new GicV3Redistributors(this);
    }

    /** GICD window, 64 KiB. */
    public MmioDevice distributor() {
        return distributor;
    }

    /** The GICR frames of all PEs, 128 KiB each, in the order of the PEs. */
    public MmioDevice redistributors() {
        return redistributors;
    }

    /** What the system registers of a PE lead to. */
    public GicV3CpuInterface cpuInterface(int pe) {
        return interfaces[pe];
    }

    /**
     * Makes an SGI pending.
     *
     * @param value ICC_SGI1R_EL1 as written
     * @param group group the interrupt must belong to at the receiver
     */
    void sendSgi(int sender, long value, int group) {
        int sgi = (int) (value >>> 24) & 15;
        boolean others = (value >>> 40 & 1) != 0;
        // Affinity 3, 2 and 1 are zero for every PE here; the range selector only reaches above Aff0 = 15.
        boolean here = (value & 0x00ff_f0ff_00ff_0000L) == 0;
        for (int pe = 0; pe < pes(); pe++) {
            boolean named = others ? pe != sender : here && (value >>> pe & 1) != 0;
            if (named && banks[pe].group(sgi) == group) {
                banks[pe].latched[0] |= 1 << sgi;
                update(pe);
            }
        }
    }

    @Override
    boolean reaches(int index, int pe) {
        return routedTo(index) == pe;
    }

    @Override
    int signal(int pe) {
        return interfaces[pe].signal();
    }

    @Override
    VirtualInterface guest(int pe) {
        return interfaces[pe].guest();
    }

    /** The PE a shared interrupt goes to; 1-of-N interrupts go to the first, as no distribution is offered. */
    private int routedTo(int index) {
        long route = routes[index];
        if ((route & 1L << 31) != 0) {
            return 0;
        }
        return (route & 0xff_00ff_ff00L) == 0 ? (int) route & 0xff : -1;
    }

    void activate(int pe, int intid) {
        bank(pe, intid).activate(index(intid));
        updateAll();
    }

    @Override
    public State save() {
        List<PrivateState> states = new ArrayList<>();
        for (int pe = 0; pe < pes(); pe++) {
            states.add(new PrivateState(banks[pe].save(), redistributors.save(pe), interfaces[pe].save()));
        }
        return new State(control, shared.save(), routes, states);
    }

    @Override
    public void restore(State state) {
        control = state.control;
        shared.restore(state.shared);
        System.arraycopy(state.routes, 0, routes, 0, routes.length);
        for (int pe = 0; pe < pes(); pe++) {
            PrivateState own = state.pes.get(pe);
            banks[pe].restore(own.bank);
            redistributors.restore(pe, own.redistributor);
            interfaces[pe].restore(own.physical);
        }
        driveAll();
    }

    /** Reads a register array of a bank whose first interrupt is {@code firstIntid}; other offsets read as zero. */
    static int readArrays(InterruptBank bank, int offset, int firstIntid) {
        if (offset >= 0x80 && offset < 0x400) {
            int word = ((offset & 0x7f) >> 2) - firstIntid / 32;
            return word < 0 || word >= bank.words() ? 0 : bank.readBits(offset & 0xf80, word);
        }
        if (offset >= 0x400 && offset < 0x800) {
            int index = offset - 0x400 - firstIntid;
            return index < 0 || index >= 32 * bank.words() ? 0 : bank.priorities(index);
        }
        if (offset >= 0xc00 && offset < 0xd00) {
            int index = (offset - 0xc00) * 4 - firstIntid;
            return index < 0 || index >= 32 * bank.words() ? 0 : bank.configuration(index);
        }
        return 0;
    }

    /** Writes a register array of a bank; other offsets are ignored. */
    static void writeArrays(InterruptBank bank, int offset, int value, int mask, int firstIntid) {
        if (offset >= 0x80 && offset < 0x400) {
            int word = ((offset & 0x7f) >> 2) - firstIntid / 32;
            if (word >= 0 && word < bank.words()) {
                bank.writeBits(offset & 0xf80, word, value, mask);
            }
        } else if (offset >= 0x400 && offset < 0x800) {
            int index = offset - 0x400 - firstIntid;
            if (index >= 0 && index < 32 * bank.words()) {
                bank.setPriorities(index, value, mask);
            }
        } else if (offset >= 0xc00 && offset < 0xd00) {
            int index = (offset - 0xc00) * 4 - firstIntid;
            boolean sgis = firstIntid == 0 && index < SGI_COUNT;
            if (index >= 0 && index < 32 * bank.words() && !sgis) {
                bank.setConfiguration(index, value, mask);
            }
        }
    }
}
