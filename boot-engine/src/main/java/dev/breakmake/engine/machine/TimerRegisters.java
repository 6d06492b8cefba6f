package dev.breakmake.engine.machine;

import static dev.breakmake.engine.pe.SystemRegister.*;

import dev.breakmake.engine.device.GenericTimer;
import dev.breakmake.engine.pe.ExternalRegisters;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;

/** The system registers of a PE's generic timer. */
final class TimerRegisters implements ExternalRegisters {

    /** Instructions between two reads of the counter that count as polling. */
    private static final int NEAR = 64;

    /** Reads in a row before time is helped along. */
    private static final int PATIENCE = 512;

    /** Nanoseconds a further read takes. */
    private static final long SKIP = 100_000;

    private final GenericTimer timer;
    private final VirtualTime time;
    private long polledAt = -1;
    private long polledWhen;
    private int polls;

    TimerRegisters(final GenericTimer timer, final VirtualTime time) {
        this.timer = timer;
        this.time = time;
    }

    /** A PE that does nothing but read the counter waits for time to pass: let it pass faster. */
    private void poll(final ProcessingElement pe) {
        if (pe.pc == polledAt && pe.instructions - polledWhen < NEAR) {
            polls++;
            if (polls > PATIENCE) {
                time.skip(SKIP);
            }
        } else {
            polls = 0;
        }
        polledAt = pe.pc;
        polledWhen = pe.instructions;
    }

    @Override
    public boolean has(final int key) {
        final SystemRegister register = SystemRegister.of(key);
        return register != null
                && switch (register) {
                    case CNTPCT_EL0,
                            CNTVCT_EL0,
                            CNTFRQ_EL0,
                            CNTVOFF_EL2,
                            CNTP_TVAL_EL0,
                            CNTP_CTL_EL0,
                            CNTP_CVAL_EL0,
                            CNTV_TVAL_EL0,
                            CNTV_CTL_EL0,
                            CNTV_CVAL_EL0,
                            CNTHP_TVAL_EL2,
                            CNTHP_CTL_EL2,
                            CNTHP_CVAL_EL2 -> true;
                    default -> false;
                };
    }

    @Override
    public long read(final ProcessingElement pe, final int key) {
        final SystemRegister register = SystemRegister.of(key);
        if (register == null) {
            return 0;
        }
        return switch (register) {
            case CNTPCT_EL0 -> {
                poll(pe);
                yield timer.physicalCount();
            }
            case CNTVCT_EL0 -> {
                poll(pe);
                yield timer.virtualCount();
            }
            case CNTFRQ_EL0 -> timer.frequency();
            case CNTVOFF_EL2 -> timer.virtualOffset();
            case CNTP_TVAL_EL0 -> timer.timerValue(GenericTimer.Timer.PHYSICAL) & 0xffff_ffffL;
            case CNTP_CTL_EL0 -> timer.control(GenericTimer.Timer.PHYSICAL);
            case CNTP_CVAL_EL0 -> timer.compare(GenericTimer.Timer.PHYSICAL);
            case CNTV_TVAL_EL0 -> timer.timerValue(GenericTimer.Timer.VIRTUAL) & 0xffff_ffffL;
            case CNTV_CTL_EL0 -> timer.control(GenericTimer.Timer.VIRTUAL);
            case CNTV_CVAL_EL0 -> timer.compare(GenericTimer.Timer.VIRTUAL);
            case CNTHP_TVAL_EL2 -> timer.timerValue(GenericTimer.Timer.HYPERVISOR) & 0xffff_ffffL;
            case CNTHP_CTL_EL2 -> timer.control(GenericTimer.Timer.HYPERVISOR);
            default -> timer.compare(GenericTimer.Timer.HYPERVISOR);
        };
    }

    @Override
    public void write(final ProcessingElement pe, final int key, final long value) {
        final SystemRegister register = SystemRegister.of(key);
        if (register == null) {
            return;
        }
        switch (register) {
            case CNTVOFF_EL2 -> timer.setVirtualOffset(value);
            case CNTP_TVAL_EL0 -> timer.setTimerValue(GenericTimer.Timer.PHYSICAL, (int) value);
            case CNTP_CTL_EL0 -> timer.setControl(GenericTimer.Timer.PHYSICAL, (int) value);
            case CNTP_CVAL_EL0 -> timer.setCompare(GenericTimer.Timer.PHYSICAL, value);
            case CNTV_TVAL_EL0 -> timer.setTimerValue(GenericTimer.Timer.VIRTUAL, (int) value);
            case CNTV_CTL_EL0 -> timer.setControl(GenericTimer.Timer.VIRTUAL, (int) value);
            case CNTV_CVAL_EL0 -> timer.setCompare(GenericTimer.Timer.VIRTUAL, value);
            case CNTHP_TVAL_EL2 -> timer.setTimerValue(GenericTimer.Timer.HYPERVISOR, (int) value);
            case CNTHP_CTL_EL2 -> timer.setControl(GenericTimer.Timer.HYPERVISOR, (int) value);
            case CNTHP_CVAL_EL2 -> timer.setCompare(GenericTimer.Timer.HYPERVISOR, value);
            default -> {}
        }
    }
}
