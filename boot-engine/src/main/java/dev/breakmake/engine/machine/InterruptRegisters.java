package dev.breakmake.engine.machine;

import dev.breakmake.engine.device.GicV3CpuInterface;
import dev.breakmake.engine.pe.ExternalRegisters;
import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;

/** The system registers of a PE with a GICv3: its CPU interface, and whatever else lives outside the PE. */
final class InterruptRegisters implements ExternalRegisters {

    private static final long HCR_FMO = 1L << 3;
    private static final long HCR_IMO = 1L << 4;

    private final GicV3CpuInterface gic;
    private final ExternalRegisters others;

    InterruptRegisters(final GicV3CpuInterface gic, final ExternalRegisters others) {
        this.gic = gic;
        this.others = others;
    }

    @Override
    public boolean has(final int key) {
        return GicV3CpuInterface.knows(key) || others.has(key);
    }

    @Override
    public long read(final ProcessingElement pe, final int key) {
        if (!GicV3CpuInterface.knows(key)) {
            return others.read(pe, key);
        }
        checkLevel(pe, key);
        return gic.read(key, routed(pe, HCR_FMO), routed(pe, HCR_IMO));
    }

    @Override
    public void write(final ProcessingElement pe, final int key, final long value) {
        if (!GicV3CpuInterface.knows(key)) {
            others.write(pe, key, value);
            return;
        }
        checkLevel(pe, key);
        gic.write(key, value, routed(pe, HCR_FMO), routed(pe, HCR_IMO));
    }

    /** ICC registers exist from EL1 on, ICH registers and ICC_SRE_EL2 (op1 4) from EL2 on. */
    private static void checkLevel(final ProcessingElement pe, final int key) {
        final int least = (key >>> 11 & 7) == 4 ? 2 : 1;
        if (pe.el < least) {
            throw GuestFault.undefined();
        }
    }

    /** Whether a guest's access goes to the virtual interface. */
    private static boolean routed(final ProcessingElement pe, final long bit) {
        return pe.el == 1 && (pe.system.get(SystemRegister.HCR_EL2) & bit) != 0;
    }
}
