package dev.breakmake.engine.device;

/** The GICD window of a {@link GicV2}. */
final class GicV2Distributor implements MmioDevice {

    private static final int CTLR = 0x000;
    private static final int TYPER = 0x004;
    private static final int IIDR = 0x008;
    private static final int IPRIORITYR = 0x400;
    private static final int ITARGETSR = 0x800;
    private static final int ICFGR = 0xc00;
    private static final int SGIR = 0xf00;
    private static final int CPENDSGIR = 0xf10;
    private static final int SPENDSGIR = 0xf20;
    private static final int PERIPHERAL_ID4 = 0xfd0;

    private static final int IMPLEMENTER_ARM = 0x43b;

    /** Peripheral and component identification from 0xfd0 on: a GICv2 of Arm. */
    private static final int[] IDENTIFICATION = {0x04, 0x00, 0x00, 0x00, 0x90, 0xb4, 0x2b, 0x00, 0x0d, 0xf0, 0x05, 0xb1
    };

    private final GicV2 gic;

    GicV2Distributor(GicV2 gic) {
        this.gic = gic;
    }

    @Override
    public long size() {
        return 0x1000;
    }

    @Override
    public long read(long offset, int size, int pe) {
        return Registers.narrow(register((int) offset & ~3, pe) & 0xffff_ffffL, offset, size);
    }

    private int register(int offset, int pe) {
        if (offset < 0x80) {
            return switch (offset) {
                case CTLR -> gic.control;
                case TYPER -> gic.shared.words() | (gic.pes() - 1) << 5;
                case IIDR -> IMPLEMENTER_ARM;
                default -> 0;
            };
        }
        if (offset < IPRIORITYR) {
            int word = (offset & 0x7f) >> 2;
            return word > gic.shared.words() ? 0 : bank(pe, word).readBits(offset & 0xf80, Math.max(0, word - 1));
        }
        if (offset < ITARGETSR) {
            int intid = offset - IPRIORITYR;
            return beyond(intid) ? 0 : gic.bank(pe, intid).priorities(GicV2.index(intid));
        }
        if (offset < ICFGR) {
            return targets(offset - ITARGETSR, pe);
        }
        if (offset < 0xd00) {
            int intid = (offset - ICFGR) * 4;
            return beyond(intid) ? 0 : gic.bank(pe, intid).configuration(GicV2.index(intid));
        }
        if (offset >= CPENDSGIR && offset < SPENDSGIR + 0x10) {
            int first = offset & 0xc;
            int[] sources = gic.sgiSources[pe];
            return sources[first] | sources[first + 1] << 8 | sources[first + 2] << 16 | sources[first + 3] << 24;
        }
        int identification = (offset - PERIPHERAL_ID4) >> 2;
        return identification >= 0 && identification < IDENTIFICATION.length ? IDENTIFICATION[identification] : 0;
    }

    private int targets(int intid, int pe) {
        if (beyond(intid) || gic.pes() == 1) {
            // With a single PE the target registers are RAZ/WI (IHI 0048, 4.3.12).
            return 0;
        }
        if (intid < 32) {
            return 0x0101_0101 << pe;
        }
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value |= (gic.targets[intid - 32 + i] & 0xff) << (8 * i);
        }
        return value;
    }

    @Override
    public void write(long offset, int size, long value, int pe) {
        setRegister((int) offset & ~3, Registers.place(value, offset, size), Registers.mask(offset, size), pe);
        gic.updateAll();
    }

    private void setRegister(int offset, int value, int mask, int pe) {
        if (offset == CTLR) {
            gic.control = value & 3;
        } else if (offset >= 0x80 && offset < IPRIORITYR) {
            int word = (offset & 0x7f) >> 2;
            if (word <= gic.shared.words()) {
                bank(pe, word).writeBits(offset & 0xf80, Math.max(0, word - 1), value, mask);
            }
        } else if (offset < SGIR && offset >= IPRIORITYR) {
            setArray(offset, value, mask, pe);
        } else if (offset == SGIR) {
            generate(value, pe);
        } else if (offset >= CPENDSGIR && offset < SPENDSGIR + 0x10) {
            boolean set = offset >= SPENDSGIR;
            for (int i = 0; i < 4; i++) {
                int sgi = (offset & 0xc) + i;
                int sources = value >>> (8 * i) & 0xff;
                int old = gic.sgiSources[pe][sgi];
                gic.setSgiSources(pe, sgi, set ? old | sources : old & ~sources);
            }
        }
    }

    private void setArray(int offset, int value, int mask, int pe) {
        if (offset < ITARGETSR) {
            int intid = offset - IPRIORITYR;
            if (!beyond(intid)) {
                gic.bank(pe, intid).setPriorities(GicV2.index(intid), value, mask);
            }
        } else if (offset < ICFGR) {
            setTargets(offset - ITARGETSR, value, mask);
        } else if (offset < 0xd00) {
            int intid = (offset - ICFGR) * 4;
            // SGIs are edge-triggered whatever is written.
            if (!beyond(intid) && intid >= 16) {
                gic.bank(pe, intid).setConfiguration(GicV2.index(intid), value, mask);
            }
        }
    }

    private void setTargets(int intid, int value, int mask) {
        if (intid < 32 || beyond(intid) || gic.pes() == 1) {
            return;
        }
        int all = (1 << gic.pes()) - 1;
        for (int i = 0; i < 4; i++) {
            if ((mask >>> (8 * i) & 0xff) != 0) {
                gic.targets[intid - 32 + i] = (byte) (value >>> (8 * i) & all);
            }
        }
    }

    private void generate(int value, int pe) {
        int all = (1 << gic.pes()) - 1;
        int receivers = switch (value >>> 24 & 3) {
            case 0 -> value >>> 16 & all;
            case 1 -> all & ~(1 << pe);
            case 2 -> 1 << pe;
            default -> 0;
        };
        gic.sendSgi(pe, receivers, value & 0xf);
    }

    private InterruptBank bank(int pe, int word) {
        return word == 0 ? gic.banks[pe] : gic.shared;
    }

    private boolean beyond(int intid) {
        return intid >= 32 + 32 * gic.shared.words();
    }
}
