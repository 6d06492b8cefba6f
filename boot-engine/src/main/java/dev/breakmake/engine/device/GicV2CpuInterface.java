package dev.breakmake.engine.device;

/** One PE's physical CPU interface (GICC) of a {@link GicV2}. */
final class GicV2CpuInterface {

    /** All registers; never changed. */
    record State(int control, int mask, int binaryPoint, int aliasedBinaryPoint, int[] active, int[] activeGroup1) {}

    private static final int CTLR = 0x00;
    private static final int PMR = 0x04;
    private static final int BPR = 0x08;
    private static final int IAR = 0x0c;
    private static final int EOIR = 0x10;
    private static final int RPR = 0x14;
    private static final int HPPIR = 0x18;
    private static final int ABPR = 0x1c;
    private static final int AIAR = 0x20;
    private static final int AEOIR = 0x24;
    private static final int AHPPIR = 0x28;
    private static final int APR = 0xd0;
    private static final int NSAPR = 0xe0;
    private static final int IIDR = 0xfc;
    private static final int DIR = 0x1000;

    private static final int ENABLE_GROUP0 = 1;
    private static final int ENABLE_GROUP1 = 1 << 1;
    private static final int ACK_CONTROL = 1 << 2;
    private static final int FIQ_ENABLE = 1 << 3;
    private static final int CBPR = 1 << 4;
    private static final int EOI_MODE = 1 << 9;

    /** A CPU interface of Arm, architecture version 2. */
    static final int IDENTIFICATION = 0x0002_043b;

    private static final int SPURIOUS = 1023;

    /** What IAR reads when the interrupt to take belongs to the group this register is not for. */
    private static final int OTHER_GROUP = 1022;

    private final GicV2 gic;
    private final int pe;
    private final ActivePriorities active = new ActivePriorities();
    private final ActivePriorities activeGroup1 = new ActivePriorities();
    private int control;
    private int mask;
    private int binaryPoint;
    private int aliasedBinaryPoint = 1;

    GicV2CpuInterface(GicV2 gic, int pe) {
        this.gic = gic;
        this.pe = pe;
    }

    /** What is signalled to the PE: bit 0 IRQ, bit 1 FIQ. */
    int signal() {
        int intid = signalled();
        if (intid < 0) {
            return 0;
        }
        boolean fiq = gic.group(pe, intid) == 0 && (control & FIQ_ENABLE) != 0;
        return fiq ? 2 : 1;
    }

    /** The interrupt that passes mask and running priority, or -1. */
    private int signalled() {
        int intid = gic.highestPending(pe);
        if (intid < 0) {
            return -1;
        }
        int group = gic.group(pe, intid);
        int priority = gic.priority(pe, intid);
        boolean enabled = (control & (group == 0 ? ENABLE_GROUP0 : ENABLE_GROUP1)) != 0;
        return enabled && priority < mask && groupPriority(priority, group) < running() ? intid : -1;
    }

    private int running() {
        return Math.min(active.running(), activeGroup1.running());
    }

    private int groupPriority(int priority, int group) {
        boolean common = group == 0 || (control & CBPR) != 0;
        return ActivePriorities.groupPriority(priority, common ? binaryPoint : aliasedBinaryPoint - 1);
    }

    int read(int offset) {
        return switch (offset) {
            case CTLR -> control;
            case PMR -> mask;
            case BPR -> binaryPoint;
            case IAR -> acknowledge(false);
            case AIAR -> acknowledge(true);
            case RPR -> running();
            case HPPIR -> highestPending(false);
            case AHPPIR -> highestPending(true);
            case ABPR -> aliasedBinaryPoint;
            case IIDR -> IDENTIFICATION;
            default -> {
                if (offset >= APR && offset < APR + 16) {
                    yield active.word((offset - APR) >> 2);
                }
                yield offset >= NSAPR && offset < NSAPR + 16 ? activeGroup1.word((offset - NSAPR) >> 2) : 0;
            }
        };
    }

    void write(int offset, int value) {
        switch (offset) {
            case CTLR -> control = value & 0x21f;
            case PMR -> mask = value & 0xff;
            case BPR -> binaryPoint = value & 7;
            case ABPR -> aliasedBinaryPoint = Math.max(1, value & 7);
            case EOIR, AEOIR -> endOfInterrupt(value & 0x3ff);
            case DIR -> {
                if ((control & EOI_MODE) != 0) {
                    gic.deactivate(pe, value & 0x3ff);
                }
            }
            default -> {
                if (offset >= APR && offset < APR + 16) {
                    active.setWord((offset - APR) >> 2, value);
                } else if (offset >= NSAPR && offset < NSAPR + 16) {
                    activeGroup1.setWord((offset - NSAPR) >> 2, value);
                }
            }
        }
        gic.update(pe);
    }

    private int acknowledge(boolean aliased) {
        int intid = signalled();
        if (intid < 0) {
            return SPURIOUS;
        }
        int group = gic.group(pe, intid);
        if (aliased && group == 0) {
            return SPURIOUS;
        }
        if (!aliased && group == 1 && (control & ACK_CONTROL) == 0) {
            return OTHER_GROUP;
        }
        (group == 0 ? active : activeGroup1).push(groupPriority(gic.priority(pe, intid), group));
        return gic.activate(pe, intid);
    }

    private int highestPending(boolean aliased) {
        int intid = gic.highestPending(pe);
        if (intid < 0 || (control & (ENABLE_GROUP0 | ENABLE_GROUP1)) == 0) {
            return SPURIOUS;
        }
        int group = gic.group(pe, intid);
        if (aliased && group == 0) {
            return SPURIOUS;
        }
        if (!aliased && group == 1 && (control & ACK_CONTROL) == 0) {
            return OTHER_GROUP;
        }
        return intid >= 16 ? intid : intid | Integer.numberOfTrailingZeros(gic.sgiSources[pe][intid]) << 10;
    }

    private void endOfInterrupt(int intid) {
        // An end without anything active is UNPREDICTABLE; ignored, as QEMU does.
        if (intid >= 1020 || running() == ActivePriorities.IDLE) {
            return;
        }
        (active.running() <= activeGroup1.running() ? active : activeGroup1).pop();
        if ((control & EOI_MODE) == 0) {
            gic.deactivate(pe, intid);
        }
    }

    State save() {
        return new State(control, mask, binaryPoint, aliasedBinaryPoint, active.save(), activeGroup1.save());
    }

    void restore(State state) {
        control = state.control;
        mask = state.mask;
        binaryPoint = state.binaryPoint;
        aliasedBinaryPoint = state.aliasedBinaryPoint;
        active.restore(state.active);
        activeGroup1.restore(state.activeGroup1);
    }
}
