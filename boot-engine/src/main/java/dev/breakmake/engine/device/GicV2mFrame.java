package dev.breakmake.engine.device;

/** A GICv2m frame: turns message-signalled interrupts (writes to SETSPI_NS) into pulses of shared interrupts. */
public final class GicV2mFrame implements MmioDevice {

    private static final int TYPER = 0x008;
    private static final int SETSPI_NS = 0x040;
    private static final int IIDR = 0xfcc;

    /** Product 0x51 as QEMU's frame identifies itself. */
    private static final int PRODUCT = 0x51 << 20;

    private final InterruptController controller;
    private final int firstIntid;
    private final int count;

    /** A frame that owns {@code count} shared interrupts from {@code firstIntid} on. */
    public GicV2mFrame(InterruptController controller, int firstIntid, int count) {
        this.controller = controller;
        this.firstIntid = firstIntid;
        this.count = count;
    }

    @Override
    public long size() {
        return 0x1000;
    }

    @Override
    public long read(long offset, int size, int pe) {
        int value = switch ((int) offset & ~3) {
            case TYPER -> firstIntid << 16 | count;
            case IIDR -> PRODUCT;
            default -> 0;
        };
        return Registers.narrow(value, offset, size);
    }

    @Override
    public void write(long offset, int size, long value, int pe) {
        int intid = (int) value & 0x3ff;
        if (offset == SETSPI_NS && intid >= firstIntid && intid < firstIntid + count) {
            controller.setSharedLine(intid, true);
            controller.setSharedLine(intid, false);
        }
    }
}
