package dev.breakmake.engine.device;

/** The GICR frames of a {@link GicV3}: per PE 64 KiB of control and 64 KiB of private interrupts. */
final class GicV3Redistributors implements MmioDevice {

    /** Registers of one PE's control frame. */
    record State(int control, int waker, long properties, long pending) {}

    private static final int FRAME = 0x1_0000;
    private static final int CTLR = 0x00;
    private static final int IIDR = 0x04;
    private static final int TYPER = 0x08;
    private static final int WAKER = 0x14;
    private static final int PROPBASER = 0x70;
    private static final int PENDBASER = 0x78;
    private static final int PIDR2 = 0xffe8;

    /** LPI tables may be shared within the same affinity 3.2.1; physical LPIs. */
    private static final long TYPER_FIXED = 0x0100_0001L;

    private static final int ENABLE_LPIS = 1;
    /** CES, read-only: EnableLPIs can be cleared again. */
    private static final int CAN_CLEAR_LPIS = 1 << 1;

    private static final int PROCESSOR_SLEEP = 1 << 1;
    private static final int CHILDREN_ASLEEP = 1 << 2;

    private final GicV3 gic;
    private final int[] control;
    private final int[] waker;
    private final long[] properties;
    private final long[] pending;

    GicV3Redistributors(GicV3 gic) {
        this.gic = gic;
        int pes = gic.pes();
        control = new int[pes];
        waker = new int[pes];
        properties = new long[pes];
        pending = new long[pes];
        for (int pe = 0; pe < pes; pe++) {
            waker[pe] = PROCESSOR_SLEEP | CHILDREN_ASLEEP;
        }
    }

    @Override
    public long size() {
        return 2L * FRAME * gic.pes();
    }

    @Override
    public long read(long offset, int size, int pe) {
        int owner = (int) (offset / (2 * FRAME));
        int at = (int) (offset % (2 * FRAME));
        if (at >= FRAME) {
            int register = at - FRAME & ~3;
            return Registers.narrow(GicV3.readArrays(gic.banks[owner], register, 0) & 0xffff_ffffL, offset, size);
        }
        long wide = switch (at & ~7) {
            case TYPER -> type(owner);
            case PROPBASER -> properties[owner];
            case PENDBASER -> pending[owner];
            default -> narrowRegister(at & ~3, owner) << (8 * (at & 4));
        };
        long shifted = wide >>> (8 * (at & 7));
        return size == 8 ? shifted : shifted & ((1L << (8 * size)) - 1);
    }

    private long type(int owner) {
        long last = owner == gic.pes() - 1 ? 1L << 4 : 0;
        return TYPER_FIXED | last | (long) owner << 8 | (long) owner << 32;
    }

    private long narrowRegister(int register, int owner) {
        return switch (register) {
            case CTLR -> CAN_CLEAR_LPIS | control[owner];
            case IIDR -> GicV3Distributor.IMPLEMENTER_ARM;
            case WAKER -> waker[owner];
            case PIDR2 -> GicV3Distributor.ARCHITECTURE_3;
            default -> 0;
        };
    }

    @Override
    public void write(long offset, int size, long value, int pe) {
        int owner = (int) (offset / (2 * FRAME));
        int at = (int) (offset % (2 * FRAME));
        if (at >= FRAME) {
            int word = Registers.place(value, offset, size);
            GicV3.writeArrays(gic.banks[owner], at - FRAME & ~3, word, Registers.mask(offset, size), 0);
            gic.update(owner);
            return;
        }
        switch (at & ~7) {
            case PROPBASER -> properties[owner] = merge(properties[owner], at, size, value);
            case PENDBASER -> pending[owner] = merge(pending[owner], at, size, value);
            default -> {
                if (at == CTLR) {
                    control[owner] = (int) value & ENABLE_LPIS;
                } else if (at == WAKER) {
                    boolean asleep = (value & PROCESSOR_SLEEP) != 0;
                    waker[owner] = asleep ? PROCESSOR_SLEEP | CHILDREN_ASLEEP : 0;
                }
            }
        }
    }

    private static long merge(long old, int at, int size, long value) {
        int shift = 8 * (at & 7);
        long mask = (size == 8 ? -1L : (1L << (8 * size)) - 1) << shift;
        return old & ~mask | value << shift & mask;
    }

    State save(int pe) {
        return new State(control[pe], waker[pe], properties[pe], pending[pe]);
    }

    void restore(int pe, State state) {
        control[pe] = state.control;
        waker[pe] = state.waker;
        properties[pe] = state.properties;
        pending[pe] = state.pending;
    }
}
