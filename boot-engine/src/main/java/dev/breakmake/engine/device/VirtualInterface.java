package dev.breakmake.engine.device;

/**
 * The virtualization part of a CPU interface: list registers that a hypervisor fills, and what a guest sees of them.
 *
 * <p>Registers are kept in their GICv3 form (ICH_*, 64-bit list registers); {@link GicV2} converts. Both forms give the other fields
 * the same places. Five bits of priority, as the hardware this is compared with.
 */
final class VirtualInterface {

    /** All registers; never changed. */
    record State(int control, int machine, long[] lists, int activePriorities0, int activePriorities1) {}

    /** ICH_HCR.En. */
    private static final int ENABLE = 1;

    private static final int EOI_COUNT_ONE = 1 << 27;

    /** Writable bits of ICH_HCR of a GICv2; GICv3 adds the trap bits. */
    private final int controlMask;

    private static final int VMCR_ENG0 = 1;
    private static final int VMCR_ENG1 = 1 << 1;
    private static final int VMCR_ACK_CONTROL = 1 << 2;
    private static final int VMCR_FIQ_ENABLE = 1 << 3;
    private static final int VMCR_CBPR = 1 << 4;
    private static final int VMCR_EOI_MODE = 1 << 9;

    private static final long LIST_HARDWARE = 1L << 61;
    private static final long LIST_GROUP1 = 1L << 60;
    private static final long LIST_EOI = 1L << 41;
    private static final long STATE_PENDING = 1L << 62;
    private static final long STATE_ACTIVE = 1L << 63;

    private static final int SPURIOUS = 1023;

    private final long[] lists;
    private int control;
    private int machine = 2 << 21 | 3 << 18;
    private int active0;
    private int active1;

    VirtualInterface(int listRegisters, int controlMask) {
        lists = new long[listRegisters];
        this.controlMask = controlMask;
    }

    int listRegisters() {
        return lists.length;
    }

    int control() {
        return control;
    }

    void setControl(int value) {
        control = value & controlMask;
    }

    int machineControl() {
        return machine;
    }

    void setMachineControl(int value) {
        machine = value & 0xf8fc_021f;
        setGuestBinaryPoint(0, value >>> 21);
        setGuestBinaryPoint(1, value >>> 18);
    }

    long list(int index) {
        return lists[index];
    }

    void setList(int index, long value) {
        lists[index] = value;
    }

    int activePriorities(int group) {
        return group == 0 ? active0 : active1;
    }

    void setActivePriorities(int group, int value) {
        if (group == 0) {
            active0 = value;
        } else {
            active1 = value;
        }
    }

    /** ICH_EISR: list registers whose interrupt ended and asked to tell. */
    int ended() {
        int bits = 0;
        for (int i = 0; i < lists.length; i++) {
            if (state(lists[i]) == 0 && (lists[i] & (LIST_HARDWARE | LIST_EOI)) == LIST_EOI) {
                bits |= 1 << i;
            }
        }
        return bits;
    }

    /** ICH_ELRSR: list registers that hold nothing. */
    int empty() {
        int bits = 0;
        for (int i = 0; i < lists.length; i++) {
            if (state(lists[i]) == 0 && ((lists[i] & LIST_HARDWARE) != 0 || (lists[i] & LIST_EOI) == 0)) {
                bits |= 1 << i;
            }
        }
        return bits;
    }

    /** ICH_MISR: why the maintenance interrupt is asserted. */
    int maintenance() {
        int status = ended() != 0 ? 1 : 0;
        int valid = 0;
        int pending = 0;
        for (long list : lists) {
            valid += state(list) != 0 ? 1 : 0;
            pending += (list & (STATE_PENDING | STATE_ACTIVE)) == STATE_PENDING ? 1 : 0;
        }
        status |= (control & 1 << 1) != 0 && valid <= 1 ? 1 << 1 : 0;
        status |= (control & 1 << 2) != 0 && control >>> 27 != 0 ? 1 << 2 : 0;
        status |= (control & 1 << 3) != 0 && pending == 0 ? 1 << 3 : 0;
        status |= (control & 1 << 4) != 0 && (machine & VMCR_ENG0) != 0 ? 1 << 4 : 0;
        status |= (control & 1 << 5) != 0 && (machine & VMCR_ENG0) == 0 ? 1 << 5 : 0;
        status |= (control & 1 << 6) != 0 && (machine & VMCR_ENG1) != 0 ? 1 << 6 : 0;
        status |= (control & 1 << 7) != 0 && (machine & VMCR_ENG1) == 0 ? 1 << 7 : 0;
        return status;
    }

    boolean maintenanceAsserted() {
        return (control & ENABLE) != 0 && maintenance() != 0;
    }

    boolean virtualIrq() {
        int best = signalled();
        return best >= 0 && !(group(best) == 0 && (machine & VMCR_FIQ_ENABLE) != 0);
    }

    boolean virtualFiq() {
        int best = signalled();
        return best >= 0 && group(best) == 0 && (machine & VMCR_FIQ_ENABLE) != 0;
    }

    /** The guest's GICC_CTLR. */
    int guestControl() {
        return machine & 0x21f;
    }

    void setGuestControl(int value) {
        machine = machine & ~0x21f | value & 0x21f;
    }

    /** The guest's priority mask, 8 bits. */
    int guestMask() {
        return machine >>> 24 & 0xf8;
    }

    void setGuestMask(int value) {
        machine = machine & 0x00ff_ffff | (value & 0xf8) << 24;
    }

    int guestBinaryPoint(int group) {
        return group == 0 ? machine >>> 21 & 7 : machine >>> 18 & 7;
    }

    void setGuestBinaryPoint(int group, int value) {
        int least = group == 0 ? 2 : 3;
        int field = Math.max(value & 7, least);
        machine = group == 0 ? machine & ~(7 << 21) | field << 21 : machine & ~(7 << 18) | field << 18;
    }

    /** The guest's running priority. */
    int guestRunning() {
        int levels = active0 | active1;
        return levels == 0 ? ActivePriorities.IDLE : Integer.numberOfTrailingZeros(levels) << 3;
    }

    /** INTID a read of HPPIR gives for that group. */
    int guestHighestPending(int group) {
        int best = (control & ENABLE) != 0 ? highestPending() : -1;
        return best < 0 || group(best) != group ? SPURIOUS : (int) (lists[best] & 0xffff_ffffL);
    }

    /** The list register's value a guest would take, for its GICv2 source field; index from {@link #acknowledge}. */
    int signalled() {
        if ((control & ENABLE) == 0) {
            return -1;
        }
        int best = highestPending();
        if (best < 0) {
            return -1;
        }
        int priority = priority(best);
        boolean preempts = groupPriority(priority, group(best)) < guestRunning();
        return priority < guestMask() && preempts ? best : -1;
    }

    /**
     * The guest reads IAR.
     *
     * @param group 0 or 1; -1 reads what a GICv2 GICV_IAR gives (group 0, and group 1 when AckCtl allows)
     * @return the list register that became active, or -1 for none (spurious)
     */
    int acknowledge(int group) {
        int index = signalled();
        if (index < 0) {
            return -1;
        }
        int found = group(index);
        boolean allowed = group < 0 ? found == 0 || (machine & VMCR_ACK_CONTROL) != 0 : group == found;
        if (!allowed) {
            return -1;
        }
        int level = 1 << (groupPriority(priority(index), found) >> 3);
        if (found == 0) {
            active0 |= level;
        } else {
            active1 |= level;
        }
        lists[index] = lists[index] & ~STATE_PENDING | STATE_ACTIVE;
        return index;
    }

    /**
     * The guest writes EOIR.
     *
     * @return physical INTID to deactivate with it, or -1
     */
    int endOfInterrupt(int intid) {
        if (intid >= 1020 && intid <= SPURIOUS) {
            return -1;
        }
        int level = Integer.lowestOneBit(active0 | active1);
        if ((active0 & level) != 0) {
            active0 &= ~level;
        } else {
            active1 &= ~level;
        }
        return (machine & VMCR_EOI_MODE) != 0 ? -1 : deactivate(intid);
    }

    /** The guest writes DIR, or EOIR in the mode that does both; the result is as for {@link #endOfInterrupt}. */
    int deactivate(int intid) {
        for (int i = 0; i < lists.length; i++) {
            long list = lists[i];
            if ((list & 0xffff_ffffL) == intid && (list & STATE_ACTIVE) != 0) {
                lists[i] = list & ~STATE_ACTIVE;
                return (list & LIST_HARDWARE) != 0 ? (int) (list >>> 32) & 0x1fff : -1;
            }
        }
        control += EOI_COUNT_ONE;
        return -1;
    }

    private int highestPending() {
        int best = -1;
        for (int i = 0; i < lists.length; i++) {
            boolean pending = (lists[i] & (STATE_PENDING | STATE_ACTIVE)) == STATE_PENDING;
            int enable = group(i) == 0 ? VMCR_ENG0 : VMCR_ENG1;
            if (pending && (machine & enable) != 0 && (best < 0 || priority(i) < priority(best))) {
                best = i;
            }
        }
        return best;
    }

    private int groupPriority(int priority, int group) {
        boolean common = group == 0 || (machine & VMCR_CBPR) != 0;
        int binaryPoint = common ? guestBinaryPoint(0) : guestBinaryPoint(1) - 1;
        return ActivePriorities.groupPriority(priority, binaryPoint);
    }

    private int group(int index) {
        return (lists[index] & LIST_GROUP1) != 0 ? 1 : 0;
    }

    private int priority(int index) {
        return (int) (lists[index] >>> 48) & 0xf8;
    }

    private static long state(long list) {
        return list >>> 62;
    }

    State save() {
        return new State(control, machine, lists.clone(), active0, active1);
    }

    void restore(State state) {
        control = state.control;
        machine = state.machine;
        System.arraycopy(state.lists, 0, lists, 0, lists.length);
        active0 = state.activePriorities0;
        active1 = state.activePriorities1;
    }
}
