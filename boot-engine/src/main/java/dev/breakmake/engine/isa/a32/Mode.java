package dev.breakmake.engine.isa.a32;

/** AArch32 modes: the M field of the CPSR (DDI 0406C B1.3.1). Kept as ints because the CPSR is tested on every system operation. */
public final class Mode {

    public static final int USER = 0x10;
    public static final int FIQ = 0x11;
    public static final int IRQ = 0x12;
    public static final int SUPERVISOR = 0x13;
    public static final int MONITOR = 0x16;
    public static final int ABORT = 0x17;
    public static final int HYP = 0x1a;
    public static final int UNDEFINED = 0x1b;
    public static final int SYSTEM = 0x1f;

    private Mode() {}

    /** Whether the number names a mode. */
    public static boolean exists(final int mode) {
        return switch (mode) {
            case USER, FIQ, IRQ, SUPERVISOR, MONITOR, ABORT, HYP, UNDEFINED, SYSTEM -> true;
            default -> false;
        };
    }

    /** Name as the manuals abbreviate it. */
    public static String name(final int mode) {
        return switch (mode) {
            case USER -> "usr";
            case FIQ -> "fiq";
            case IRQ -> "irq";
            case SUPERVISOR -> "svc";
            case MONITOR -> "mon";
            case ABORT -> "abt";
            case HYP -> "hyp";
            case UNDEFINED -> "und";
            case SYSTEM -> "sys";
            default -> "mode 0x" + Integer.toHexString(mode);
        };
    }
}
