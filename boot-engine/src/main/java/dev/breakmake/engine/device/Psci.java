package dev.breakmake.engine.device;

/**
 * Power State Coordination Interface (DEN 0022) as firmware offers it to SMC or HVC: version 1.1, both calling conventions.
 *
 * <p>Answers what QEMU's firmware answers: among others it knows no SMCCC_VERSION, so callers fall back to SMCCC 1.0. It keeps no
 * state of its own; the host knows which PE is on.
 */
public final class Psci {

    /** The call did what it was asked. */
    public static final long SUCCESS = 0;

    /** Unknown function. */
    public static final long NOT_SUPPORTED = -1;

    /** An argument names nothing. */
    public static final long INVALID_PARAMETERS = -2;

    /** CPU_ON of a PE that is on. */
    public static final long ALREADY_ON = -4;

    /** CPU_ON of a PE that is about to be on. */
    public static final long ON_PENDING = -5;

    private static final int PSCI_VERSION = 0x8400_0000;
    private static final int CPU_SUSPEND = 0x8400_0001;
    private static final int CPU_OFF = 0x8400_0002;
    private static final int CPU_ON = 0x8400_0003;
    private static final int AFFINITY_INFO = 0x8400_0004;
    private static final int MIGRATE_INFO_TYPE = 0x8400_0006;
    private static final int SYSTEM_OFF = 0x8400_0008;
    private static final int SYSTEM_RESET = 0x8400_0009;
    private static final int PSCI_FEATURES = 0x8400_000a;

    /** Bit 30 of a function id: 64-bit calling convention. */
    private static final int SMC64 = 1 << 30;

    /** Version 1.1. */
    private static final long VERSION = 0x1_0001;

    /** No trusted OS that would have to move. */
    private static final long MIGRATION_NOT_REQUIRED = 2;

    private final PsciHost host;

    /** Firmware of a machine. */
    public Psci(PsciHost host) {
        this.host = host;
    }

    /**
     * Whether a function id belongs to PSCI or its calling convention, that is: whether {@link #call} is to be asked at all.
     *
     * @param function W0 of the call
     */
    public static boolean isCall(int function) {
        int owner = function & 0x3f00_0000;
        return function < 0 && owner == 0x0400_0000;
    }

    /**
     * Makes one call.
     *
     * @param x0 function id in bits 31:0
     * @param x1 first argument; 32-bit functions use bits 31:0 of all arguments
     * @param x2 second argument
     * @param x3 third argument
     * @param pe the calling PE
     * @return the value for X0 (sign extended; a 32-bit caller takes bits 31:0)
     */
    public long call(long x0, long x1, long x2, long x3, int pe) {
        int function = (int) x0;
        boolean wide = (function & SMC64) != 0;
        long first = wide ? x1 : x1 & 0xffff_ffffL;
        long second = wide ? x2 : x2 & 0xffff_ffffL;
        long third = wide ? x3 : x3 & 0xffff_ffffL;
        if (!known(function)) {
            return NOT_SUPPORTED;
        }
        return switch (function & ~SMC64) {
            case PSCI_VERSION -> VERSION;
            case PSCI_FEATURES -> known((int) x1) ? SUCCESS : NOT_SUPPORTED;
            case CPU_ON -> cpuOn(first, second, third);
            case CPU_OFF -> {
                host.cpuOff(pe);
                yield SUCCESS;
            }
            case CPU_SUSPEND -> {
                host.cpuSuspend(pe);
                yield SUCCESS;
            }
            case AFFINITY_INFO -> affinityInfo(first, second);
            case MIGRATE_INFO_TYPE -> MIGRATION_NOT_REQUIRED;
            case SYSTEM_OFF -> {
                host.systemOff();
                yield SUCCESS;
            }
            case SYSTEM_RESET -> {
                host.systemReset();
                yield SUCCESS;
            }
            default -> NOT_SUPPORTED;
        };
    }

    private static boolean known(int function) {
        return switch (function) {
            case PSCI_VERSION,
                    CPU_OFF,
                    MIGRATE_INFO_TYPE,
                    SYSTEM_OFF,
                    SYSTEM_RESET,
                    PSCI_FEATURES,
                    CPU_SUSPEND,
                    CPU_SUSPEND | SMC64,
                    CPU_ON,
                    CPU_ON | SMC64,
                    AFFINITY_INFO,
                    AFFINITY_INFO | SMC64 -> true;
            default -> false;
        };
    }

    private long cpuOn(long mpidr, long entry, long context) {
        return switch (host.power(mpidr)) {
            case ABSENT -> INVALID_PARAMETERS;
            case ON -> ALREADY_ON;
            case ON_PENDING -> ON_PENDING;
            case OFF -> {
                host.cpuOn(mpidr, entry, context);
                yield SUCCESS;
            }
        };
    }

    private long affinityInfo(long mpidr, long lowestLevel) {
        if (lowestLevel != 0) {
            return lowestLevel > 3 ? INVALID_PARAMETERS : 0;
        }
        return switch (host.power(mpidr)) {
            case ON -> 0;
            case OFF -> 1;
            case ON_PENDING -> 2;
            case ABSENT -> INVALID_PARAMETERS;
        };
    }
}
