package dev.breakmake.engine.device;

import java.util.List;

/**
 * What a GICv2 and a GICv3 have in common: private and shared interrupts in banks, the choice of the interrupt a PE is to take, and
 * the four outputs to each PE. A controller says where a shared interrupt goes and what each CPU interface signals.
 */
abstract class InterruptRouter implements InterruptController {

    /** INTID of the maintenance interrupt. */
    public static final int MAINTENANCE_INTID = 25;

    static final int SGI_COUNT = 16;

    /** Private interrupts of each PE: INTIDs 0 to 31. */
    final InterruptBank[] banks;

    /** Shared interrupts: INTIDs from 32 on. */
    final InterruptBank shared;

    /** GICD_CTLR: EnableGrp0, EnableGrp1. */
    int control;

    private final List<PeInputs> inputs;

    /** What is driven to each PE: bit 0 IRQ, 1 FIQ, 2 virtual IRQ, 3 virtual FIQ. */
    private final int[] outputs;

    /**
     * A router after reset.
     *
     * @param architecture name used in messages
     * @param inputs the PEs, 1 to 8
     * @param interrupts interrupts altogether, a multiple of 32 from 64 on
     * @param most the most interrupts this architecture version allows
     */
    InterruptRouter(String architecture, List<? extends PeInputs> inputs, int interrupts, int most) {
        if (inputs.isEmpty() || inputs.size() > 8) {
            throw new IllegalArgumentException("a " + architecture + " here serves 1 to 8 PEs, not " + inputs.size());
        }
        if (interrupts % 32 != 0 || interrupts < 64 || interrupts > most) {
            throw new IllegalArgumentException(
                    "interrupts must be a multiple of 32 from 64 to " + most + ", not " + interrupts);
        }
        this.inputs = List.copyOf(inputs);
        outputs = new int[inputs.size()];
        banks = new InterruptBank[inputs.size()];
        shared = new InterruptBank(interrupts - 32);
    }

    /** Whether a PE gets the shared interrupt with this index (INTID less 32). */
    abstract boolean reaches(int index, int pe);

    /** What the physical CPU interface of a PE signals: bit 0 IRQ, bit 1 FIQ. */
    abstract int signal(int pe);

    /** The virtual interface of a PE. */
    abstract VirtualInterface guest(int pe);

    final int pes() {
        return inputs.size();
    }

    @Override
    public final void setSharedLine(int intid, boolean asserted) {
        shared.setLine(intid - 32, asserted);
        updateAll();
    }

    @Override
    public final void setPrivateLine(int pe, int intid, boolean asserted) {
        banks[pe].setLine(intid, asserted);
        update(pe);
    }

    final InterruptBank bank(int pe, int intid) {
        return intid < 32 ? banks[pe] : shared;
    }

    /** Index of an INTID in its bank. */
    static int index(int intid) {
        return intid < 32 ? intid : intid - 32;
    }

    final boolean exists(int intid) {
        return intid < 32 + 32 * shared.words();
    }

    /** The pending, enabled, inactive interrupt of highest priority for a PE whose group is forwarded; -1 if none. */
    final int highestPending(int pe) {
        int best = -1;
        int bestPriority = 256;
        for (int word = 0; word <= shared.words(); word++) {
            InterruptBank bank = word == 0 ? banks[pe] : shared;
            int inBank = word == 0 ? 0 : word - 1;
            int candidates =
                    bank.pending(inBank) & bank.enabled[inBank] & ~bank.active[inBank] & forwarded(bank.group[inBank]);
            while (candidates != 0) {
                int index = 32 * inBank + Integer.numberOfTrailingZeros(candidates);
                candidates &= candidates - 1;
                boolean mine = word == 0 || reaches(index, pe);
                if (mine && bank.priority(index) < bestPriority) {
                    bestPriority = bank.priority(index);
                    best = word == 0 ? index : index + 32;
                }
            }
        }
        return best;
    }

    private int forwarded(int group) {
        return ((control & 1) != 0 ? ~group : 0) | ((control & 2) != 0 ? group : 0);
    }

    final void deactivate(int pe, int intid) {
        if (exists(intid)) {
            bank(pe, intid).deactivate(index(intid));
            updateAll();
        }
    }

    final void updateAll() {
        for (int pe = 0; pe < pes(); pe++) {
            update(pe);
        }
    }

    /** Drives the outputs to one PE from the current state. */
    final void update(int pe) {
        VirtualInterface guest = guest(pe);
        banks[pe].setLine(MAINTENANCE_INTID, guest.maintenanceAsserted());
        int output = signal(pe) | (guest.virtualIrq() ? 4 : 0) | (guest.virtualFiq() ? 8 : 0);
        int changed = output ^ outputs[pe];
        if (changed != 0) {
            outputs[pe] = output;
            drive(pe, changed);
        }
    }

    /** Drives every output of every PE, also those that did not change: what a restored PE was driven with is not known. */
    final void driveAll() {
        for (int pe = 0; pe < pes(); pe++) {
            update(pe);
            drive(pe, ~0);
        }
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
}
