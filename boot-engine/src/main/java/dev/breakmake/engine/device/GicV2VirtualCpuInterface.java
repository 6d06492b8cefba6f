package dev.breakmake.engine.device;

/** The GICV window: the CPU interface a guest sees, backed by the list registers of the PE it runs on. */
final class GicV2VirtualCpuInterface implements MmioDevice {

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
    private static final int IIDR = 0xfc;
    private static final int DIR = 0x1000;
    private static final int EOI_MODE = 1 << 9;
    private static final int SPURIOUS = 1023;

    private final GicV2 gic;

    GicV2VirtualCpuInterface(GicV2 gic) {
        this.gic = gic;
    }

    @Override
    public long size() {
        return 0x2000;
    }

    @Override
    public long read(long offset, int size, int pe) {
        VirtualInterface guest = gic.guests[pe];
        int value = switch ((int) offset & ~3) {
            case CTLR -> guest.guestControl();
            case PMR -> guest.guestMask();
            case BPR -> guest.guestBinaryPoint(0);
            case ABPR -> guest.guestBinaryPoint(1);
            case IAR -> acknowledge(guest, pe, -1);
            case AIAR -> acknowledge(guest, pe, 1);
            case RPR -> guest.guestRunning();
            case HPPIR -> guest.guestHighestPending(0);
            case AHPPIR -> guest.guestHighestPending(1);
            case APR -> guest.activePriorities(0) | guest.activePriorities(1);
            case IIDR -> GicV2CpuInterface.IDENTIFICATION;
            default -> 0;
        };
        return Registers.narrow(value & 0xffff_ffffL, offset, size);
    }

    private int acknowledge(VirtualInterface guest, int pe, int group) {
        int index = guest.acknowledge(group);
        if (index < 0) {
            return SPURIOUS;
        }
        gic.update(pe);
        long list = guest.list(index);
        int intid = (int) list & 0x3ff;
        boolean hardware = (list >>> 61 & 1) != 0;
        // A software-generated entry carries the sender's number where a hardware one carries the physical INTID.
        int sender = hardware ? 0 : (int) (list >>> 32) & 7;
        return intid | sender << 10;
    }

    @Override
    public void write(long offset, int size, long value, int pe) {
        VirtualInterface guest = gic.guests[pe];
        int word = Registers.place(value, offset, size);
        switch ((int) offset & ~3) {
            case CTLR -> guest.setGuestControl(word);
            case PMR -> guest.setGuestMask(word);
            case BPR -> guest.setGuestBinaryPoint(0, word);
            case ABPR -> guest.setGuestBinaryPoint(1, word);
            case EOIR, AEOIR -> release(pe, guest.endOfInterrupt(word & 0x3ff));
            case DIR -> {
                if ((guest.guestControl() & EOI_MODE) != 0) {
                    release(pe, guest.deactivate(word & 0x3ff));
                }
            }
            default -> {
                // Read-only or reserved: writes are ignored.
            }
        }
        gic.update(pe);
    }

    private void release(int pe, int physical) {
        if (physical >= 0) {
            gic.deactivate(pe, physical);
        }
    }
}
