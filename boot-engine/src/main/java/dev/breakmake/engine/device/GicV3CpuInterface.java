package dev.breakmake.engine.device;

/**
 * One PE's CPU interface of a {@link GicV3}: the ICC_*, ICV_* and ICH_* system registers.
 *
 * <p>Registers are named by their encoding {@code op0 << 14 | op1 << 11 | CRn << 7 | CRm << 3 | op2}. The caller checks the exception
 * level; it says whether an access of EL1 goes to the virtual interface (HCR_EL2.FMO for group 0, IMO for group 1).
 */
public final class GicV3CpuInterface {

    /** All registers; never changed. */
    record State(
            int control,
            int mask,
            int binaryPoint0,
            int binaryPoint1,
            int enabled,
            int active0,
            int active1,
            int enableLower,
            VirtualInterface.State guest) {}

    private static final int PMR = key(0, 4, 6, 0);
    private static final int IAR0 = key(0, 12, 8, 0);
    private static final int EOIR0 = key(0, 12, 8, 1);
    private static final int HPPIR0 = key(0, 12, 8, 2);
    private static final int BPR0 = key(0, 12, 8, 3);
    private static final int AP0R0 = key(0, 12, 8, 4);
    private static final int AP1R0 = key(0, 12, 9, 0);
    private static final int DIR = key(0, 12, 11, 1);
    private static final int RPR = key(0, 12, 11, 3);
    private static final int SGI1R = key(0, 12, 11, 5);
    private static final int ASGI1R = key(0, 12, 11, 6);
    private static final int SGI0R = key(0, 12, 11, 7);
    private static final int IAR1 = key(0, 12, 12, 0);
    private static final int EOIR1 = key(0, 12, 12, 1);
    private static final int HPPIR1 = key(0, 12, 12, 2);
    private static final int BPR1 = key(0, 12, 12, 3);
    private static final int CTLR = key(0, 12, 12, 4);
    private static final int SRE = key(0, 12, 12, 5);
    private static final int IGRPEN0 = key(0, 12, 12, 6);
    private static final int IGRPEN1 = key(0, 12, 12, 7);
    private static final int SRE_EL2 = key(4, 12, 9, 5);
    private static final int ICH_AP0R0 = key(4, 12, 8, 0);
    private static final int ICH_AP1R0 = key(4, 12, 9, 0);
    private static final int ICH_HCR = key(4, 12, 11, 0);
    private static final int ICH_VTR = key(4, 12, 11, 1);
    private static final int ICH_MISR = key(4, 12, 11, 2);
    private static final int ICH_EISR = key(4, 12, 11, 3);
    private static final int ICH_ELRSR = key(4, 12, 11, 5);
    private static final int ICH_VMCR = key(4, 12, 11, 7);
    private static final int ICH_LR0 = key(4, 12, 12, 0);

    /** System register access enabled, bypass of FIQ and IRQ disabled. */
    private static final int SRE_FIXED = 7;

    /** Affinity 3 valid, 16 bits of INTID, 5 bits of priority. */
    private static final int CTLR_FIXED = 0x8c00;

    private static final int CTLR_CBPR = 1;
    private static final int CTLR_EOI_MODE = 1 << 1;

    /** Five bits of priority and preemption, 16 bits of INTID, affinity 3 valid, no direct injection, TDS. */
    private static final int VTR_FIXED = 0x90b8_0000;

    private static final int SPURIOUS = 1023;
    private static final int LEAST_BINARY_POINT = 2;

    private final GicV3 gic;
    private final int pe;

    /** Four list registers; the trap and enable bits of ICH_HCR. */
    private final VirtualInterface guest = new VirtualInterface(4, 0xf800_7cff);

    private int control;
    private int mask;
    private int binaryPoint0 = LEAST_BINARY_POINT;
    private int binaryPoint1 = LEAST_BINARY_POINT + 1;

    /** Bit n: ICC_IGRPENn. */
    private int enabled;

    private int active0;
    private int active1;
    private int enableLower = 1 << 3;

    GicV3CpuInterface(GicV3 gic, int pe) {
        this.gic = gic;
        this.pe = pe;
    }

    private static int key(int op1, int crn, int crm, int op2) {
        return 3 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2;
    }

    /** Whether a register belongs to this interface. */
    public static boolean knows(int key) {
        int space = key >>> 7;
        boolean interrupts = space == key(0, 12, 0, 0) >>> 7 && (key >>> 3 & 15) >= 8;
        boolean hypervisor = space == key(4, 12, 0, 0) >>> 7 && (key >>> 3 & 15) >= 8;
        return key == PMR || interrupts || hypervisor;
    }

    VirtualInterface guest() {
        return guest;
    }

    /** What is signalled to the PE: bit 0 IRQ (group 1), bit 1 FIQ (group 0). */
    int signal() {
        int intid = signalled();
        return intid < 0 ? 0 : group(intid) == 0 ? 2 : 1;
    }

    private int group(int intid) {
        return gic.bank(pe, intid).group(GicV3.index(intid));
    }

    private int priority(int intid) {
        return gic.bank(pe, intid).priority(GicV3.index(intid)) & 0xf8;
    }

    private int signalled() {
        int intid = gic.highestPending(pe);
        if (intid < 0) {
            return -1;
        }
        int group = group(intid);
        int priority = priority(intid);
        boolean passes = (enabled >>> group & 1) != 0 && priority < mask && groupPriority(priority, group) < running();
        return passes ? intid : -1;
    }

    private int groupPriority(int priority, int group) {
        boolean common = group == 0 || (control & CTLR_CBPR) != 0;
        return ActivePriorities.groupPriority(priority, common ? binaryPoint0 : binaryPoint1 - 1);
    }

    private int running() {
        int levels = active0 | active1;
        return levels == 0 ? ActivePriorities.IDLE : Integer.numberOfTrailingZeros(levels) << 3;
    }

    /**
     * Reads a register that {@link #knows}.
     *
     * @param virtual0 whether accesses for group 0 are the guest's
     * @param virtual1 whether accesses for group 1 are the guest's
     */
    public long read(int key, boolean virtual0, boolean virtual1) {
        boolean either = virtual0 || virtual1;
        if (key == IAR0) {
            return virtual0 ? acknowledgeGuest(0) : acknowledge(0);
        } else if (key == IAR1) {
            return virtual1 ? acknowledgeGuest(1) : acknowledge(1);
        } else if (key == HPPIR0) {
            return virtual0 ? guest.guestHighestPending(0) : highestPending(0);
        } else if (key == HPPIR1) {
            return virtual1 ? guest.guestHighestPending(1) : highestPending(1);
        } else if (key == BPR0) {
            return virtual0 ? guest.guestBinaryPoint(0) : binaryPoint0;
        } else if (key == BPR1) {
            return virtual1 ? guest.guestBinaryPoint(1) : binaryPoint1;
        } else if (key == IGRPEN0) {
            return virtual0 ? guest.guestControl() & 1 : enabled & 1;
        } else if (key == IGRPEN1) {
            return virtual1 ? guest.guestControl() >>> 1 & 1 : enabled >>> 1;
        } else if (key == PMR) {
            return either ? guest.guestMask() : mask;
        } else if (key == RPR) {
            return either ? guest.guestRunning() : running();
        } else if (key == CTLR) {
            return CTLR_FIXED | (either ? guestControl() : control);
        } else if (key == AP0R0) {
            return (virtual0 ? guest.activePriorities(0) : active0) & 0xffff_ffffL;
        } else if (key == AP1R0) {
            return (virtual1 ? guest.activePriorities(1) : active1) & 0xffff_ffffL;
        } else if (key == SRE) {
            return SRE_FIXED;
        } else if (key == SRE_EL2) {
            return SRE_FIXED | enableLower;
        }
        return readHypervisor(key);
    }

    private long readHypervisor(int key) {
        int list = key - ICH_LR0;
        if (list >= 0 && list < guest.listRegisters()) {
            return guest.list(list);
        } else if (key == ICH_HCR) {
            return guest.control() & 0xffff_ffffL;
        } else if (key == ICH_VTR) {
            return (VTR_FIXED | guest.listRegisters() - 1) & 0xffff_ffffL;
        } else if (key == ICH_MISR) {
            return guest.maintenance();
        } else if (key == ICH_EISR) {
            return guest.ended();
        } else if (key == ICH_ELRSR) {
            return guest.empty();
        } else if (key == ICH_VMCR) {
            return guest.machineControl() & 0xffff_ffffL | 1 << 3;
        } else if (key == ICH_AP0R0) {
            return guest.activePriorities(0) & 0xffff_ffffL;
        } else if (key == ICH_AP1R0) {
            return guest.activePriorities(1) & 0xffff_ffffL;
        }
        return 0;
    }

    /** Writes a register that {@link #knows}; parameters as for {@link #read}. */
    public void write(int key, long value, boolean virtual0, boolean virtual1) {
        int word = (int) value;
        boolean either = virtual0 || virtual1;
        if (key == EOIR0 || key == EOIR1) {
            int group = key == EOIR0 ? 0 : 1;
            endOfInterrupt(word & 0xff_ffff, group, group == 0 ? virtual0 : virtual1);
        } else if (key == DIR) {
            deactivate(word & 0xff_ffff, either);
        } else if (key == SGI1R || key == ASGI1R) {
            gic.sendSgi(pe, value, 1);
        } else if (key == SGI0R) {
            gic.sendSgi(pe, value, 0);
        } else if (key == PMR && either) {
            guest.setGuestMask(word);
        } else if (key == PMR) {
            mask = word & 0xf8;
        } else if (key == CTLR && either) {
            int mode = (word & CTLR_EOI_MODE) << 8 | (word & CTLR_CBPR) << 4;
            guest.setGuestControl(guest.guestControl() & ~(1 << 9 | 1 << 4) | mode);
        } else if (key == CTLR) {
            control = word & (CTLR_CBPR | CTLR_EOI_MODE);
        } else if (key == SRE_EL2) {
            enableLower = word & 1 << 3;
        } else if (!writeGroup(key, word, virtual0, virtual1)) {
            writeHypervisor(key, value);
        }
        gic.update(pe);
    }

    private boolean writeGroup(int key, int word, boolean virtual0, boolean virtual1) {
        if (key == BPR0) {
            if (virtual0) {
                guest.setGuestBinaryPoint(0, word);
            } else {
                binaryPoint0 = Math.max(LEAST_BINARY_POINT, word & 7);
            }
        } else if (key == BPR1) {
            if (virtual1) {
                guest.setGuestBinaryPoint(1, word);
            } else {
                binaryPoint1 = Math.max(LEAST_BINARY_POINT + 1, word & 7);
            }
        } else if (key == IGRPEN0 || key == IGRPEN1) {
            int bit = key == IGRPEN0 ? 1 : 2;
            int on = (word & 1) != 0 ? bit : 0;
            if (bit == 1 ? virtual0 : virtual1) {
                guest.setGuestControl(guest.guestControl() & ~bit | on);
            } else {
                enabled = enabled & ~bit | on;
            }
        } else if (key == AP0R0) {
            if (virtual0) {
                guest.setActivePriorities(0, word);
            } else {
                active0 = word;
            }
        } else if (key == AP1R0) {
            if (virtual1) {
                guest.setActivePriorities(1, word);
            } else {
                active1 = word;
            }
        } else {
            return false;
        }
        return true;
    }

    private void writeHypervisor(int key, long value) {
        int list = key - ICH_LR0;
        if (list >= 0 && list < guest.listRegisters()) {
            guest.setList(list, value);
        } else if (key == ICH_HCR) {
            guest.setControl((int) value);
        } else if (key == ICH_VMCR) {
            guest.setMachineControl((int) value);
        } else if (key == ICH_AP0R0) {
            guest.setActivePriorities(0, (int) value);
        } else if (key == ICH_AP1R0) {
            guest.setActivePriorities(1, (int) value);
        }
    }

    /** ICV_CTLR_EL1's CBPR and EOImode from where ICH_VMCR_EL2 keeps them. */
    private int guestControl() {
        int machine = guest.guestControl();
        return machine >>> 8 & CTLR_EOI_MODE | machine >>> 4 & CTLR_CBPR;
    }

    private int acknowledge(int group) {
        int intid = signalled();
        if (intid < 0 || group(intid) != group) {
            return SPURIOUS;
        }
        int level = 1 << (groupPriority(priority(intid), group) >> 3);
        if (group == 0) {
            active0 |= level;
        } else {
            active1 |= level;
        }
        gic.activate(pe, intid);
        return intid;
    }

    private long acknowledgeGuest(int group) {
        int index = guest.acknowledge(group);
        if (index < 0) {
            return SPURIOUS;
        }
        gic.update(pe);
        return guest.list(index) & 0xffff_ffffL;
    }

    private int highestPending(int group) {
        int intid = gic.highestPending(pe);
        return intid < 0 || group(intid) != group ? SPURIOUS : intid;
    }

    private void endOfInterrupt(int intid, int group, boolean virtual) {
        if (virtual) {
            release(guest.endOfInterrupt(intid));
            return;
        }
        if (intid >= 1020 && intid <= SPURIOUS) {
            return;
        }
        if (group == 0) {
            active0 &= active0 - 1;
        } else {
            active1 &= active1 - 1;
        }
        if ((control & CTLR_EOI_MODE) == 0) {
            gic.deactivate(pe, intid);
        }
    }

    private void deactivate(int intid, boolean virtual) {
        if (virtual) {
            release(guest.deactivate(intid));
        } else if ((control & CTLR_EOI_MODE) != 0) {
            gic.deactivate(pe, intid);
        }
    }

    private void release(int physical) {
        if (physical >= 0) {
            gic.deactivate(pe, physical);
        }
    }

    State save() {
        return new State(
                control, mask, binaryPoint0, binaryPoint1, enabled, active0, active1, enableLower, guest.save());
    }

    void restore(State state) {
        control = state.control;
        mask = state.mask;
        binaryPoint0 = state.binaryPoint0;
        binaryPoint1 = state.binaryPoint1;
        enabled = state.enabled;
        active0 = state.active0;
        active1 = state.active1;
        enableLower = state.enableLower;
        guest.restore(state.guest);
    }
}
