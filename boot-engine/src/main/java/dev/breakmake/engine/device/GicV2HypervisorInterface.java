package dev.breakmake.engine.device;

/** The GICH window: a hypervisor's view of the calling PE's list registers. */
final class GicV2HypervisorInterface implements MmioDevice {

    private static final int HCR = 0x00;
    private static final int VTR = 0x04;
    private static final int VMCR = 0x08;
    private static final int MISR = 0x10;
    private static final int EISR0 = 0x20;
    private static final int ELRSR0 = 0x30;
    private static final int APR = 0xf0;
    private static final int LR0 = 0x100;

    /** Five bits of priority and preemption. */
    private static final int VTR_PRIORITIES = 0x9000_0000;

    private final GicV2 gic;

    GicV2HypervisorInterface(GicV2 gic) {
        this.gic = gic;
    }

    @Override
    public long size() {
        return 0x1000;
    }

    @Override
    public long read(long offset, int size, int pe) {
        return Registers.narrow(register((int) offset & ~3, gic.guests[pe]) & 0xffff_ffffL, offset, size);
    }

    private static int register(int offset, VirtualInterface guest) {
        int list = (offset - LR0) >> 2;
        if (list >= 0 && list < guest.listRegisters()) {
            return narrow(guest.list(list));
        }
        return switch (offset) {
            case HCR -> guest.control();
            case VTR -> VTR_PRIORITIES | guest.listRegisters() - 1;
            case VMCR -> guest.machineControl();
            case MISR -> guest.maintenance();
            case EISR0 -> guest.ended();
            case ELRSR0 -> guest.empty();
            case APR -> guest.activePriorities(0) | guest.activePriorities(1);
            default -> 0;
        };
    }

    @Override
    public void write(long offset, int size, long value, int pe) {
        VirtualInterface guest = gic.guests[pe];
        int register = (int) offset & ~3;
        int word = Registers.place(value, offset, size);
        int list = (register - LR0) >> 2;
        if (list >= 0 && list < guest.listRegisters()) {
            guest.setList(list, widen(word));
        } else {
            switch (register) {
                case HCR -> guest.setControl(word);
                case VMCR -> guest.setMachineControl(word);
                case APR -> {
                    guest.setActivePriorities(0, word);
                    guest.setActivePriorities(1, 0);
                }
                default -> {
                    // Read-only or reserved: writes are ignored.
                }
            }
        }
        gic.update(pe);
    }

    /** GICH_LR to ICH_LR: HW, group, state, priority, physical INTID (or EOI and CPUID), virtual INTID. */
    private static long widen(int list) {
        long word = list & 0xffff_ffffL;
        long state = word >>> 28 & 3;
        long priority = word >>> 23 & 0x1f;
        long physical = word >>> 10 & 0x3ff;
        long hardware = word >>> 31;
        long group = word >>> 30 & 1;
        return state << 62 | hardware << 61 | group << 60 | priority << 51 | physical << 32 | word & 0x3ff;
    }

    private static int narrow(long list) {
        int state = (int) (list >>> 62);
        int hardware = (int) (list >>> 61) & 1;
        int group = (int) (list >>> 60) & 1;
        int priority = (int) (list >>> 51) & 0x1f;
        int physical = (int) (list >>> 32) & 0x3ff;
        return hardware << 31 | group << 30 | state << 28 | priority << 23 | physical << 10 | (int) list & 0x3ff;
    }
}
