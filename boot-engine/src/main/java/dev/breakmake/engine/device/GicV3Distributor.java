package dev.breakmake.engine.device;

/** The GICD window of a {@link GicV3}. Registers of private interrupts are in the redistributors: here they are RAZ/WI. */
final class GicV3Distributor implements MmioDevice {

    private static final int CTLR = 0x0000;
    private static final int TYPER = 0x0004;
    private static final int IIDR = 0x0008;
    private static final int IROUTER = 0x6000;
    private static final int PIDR2 = 0xffe8;

    /** ARE and DS read as one: affinity routing always, one security state. */
    private static final int CTLR_FIXED = 0x50;

    /**
     * No 1-of-N, affinity 3 valid, 16 bits of INTID, LPIs; the lines field counts what QEMU's virt machine counts, one group of 32
     * less than there is.
     */
    private static final int TYPER_FIXED = 0x037a_0000;

    static final int IMPLEMENTER_ARM = 0x43b;
    static final int ARCHITECTURE_3 = 0x3b;

    private final GicV3 gic;

    GicV3Distributor(GicV3 gic) {
        this.gic = gic;
    }

    @Override
    public long size() {
        return 0x1_0000;
    }

    @Override
    public long read(long offset, int size, int pe) {
        int at = (int) offset;
        if (isRoute(at)) {
            long route = gic.routes[((at - IROUTER) >> 3) - 32];
            long shifted = route >>> (8 * (at & 7));
            return size == 8 ? shifted : shifted & ((1L << (8 * size)) - 1);
        }
        int value = switch (at & ~3) {
            case CTLR -> CTLR_FIXED | gic.control;
            case TYPER -> TYPER_FIXED | gic.shared.words() - 1;
            case IIDR -> IMPLEMENTER_ARM;
            case PIDR2 -> ARCHITECTURE_3;
            default -> GicV3.readArrays(gic.shared, at & ~3, 32);
        };
        return Registers.narrow(value & 0xffff_ffffL, offset, size);
    }

    @Override
    public void write(long offset, int size, long value, int pe) {
        int at = (int) offset;
        if (isRoute(at)) {
            int index = ((at - IROUTER) >> 3) - 32;
            int shift = 8 * (at & 7);
            long mask = (size == 8 ? -1L : (1L << (8 * size)) - 1) << shift;
            gic.routes[index] = gic.routes[index] & ~mask | value << shift & mask;
        } else if ((at & ~3) == CTLR) {
            gic.control = Registers.place(value, offset, size) & 3;
        } else {
            GicV3.writeArrays(
                    gic.shared, at & ~3, Registers.place(value, offset, size), Registers.mask(offset, size), 32);
        }
        gic.updateAll();
    }

    private boolean isRoute(int offset) {
        int intid = (offset - IROUTER) >> 3;
        return offset >= IROUTER && intid >= 32 && gic.exists(intid);
    }
}
