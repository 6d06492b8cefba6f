package dev.breakmake.engine.pe;

/**
 * A synchronous exception of the guest: what the instruction raised, before routing. Thrown by memory accesses and slow operations,
 * caught once per run of the interpreter.
 */
public final class GuestFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Exception class of an instruction abort from a lower level (ESR_ELx.EC); the same level is one more. */
    public static final int EC_INSTRUCTION_ABORT = 0x20;

    /** Exception class of a data abort from a lower level; the same level is one more. */
    public static final int EC_DATA_ABORT = 0x24;

    /** Exception class, ESR_ELx.EC; aborts carry the "lower level" value. */
    public final int exceptionClass;

    /** Instruction specific syndrome, ESR_ELx.ISS. */
    public final int iss;

    /** Faulting virtual address; 0 if none. */
    public final long address;

    /** Faulting intermediate physical address of a stage 2 fault; 0 if none. */
    public final long ipa;

    /** Whether a stage 2 translation or the hypervisor's traps raised it: it goes to EL2. */
    public final boolean toEl2;

    /** Whether the exception returns to the instruction after this one (SVC, HVC). */
    public final boolean returnsAfter;

    private GuestFault(
            final int exceptionClass,
            final int iss,
            final long address,
            final long ipa,
            final boolean toEl2,
            final boolean returnsAfter) {
        super(null, null, false, false);
        this.exceptionClass = exceptionClass;
        this.iss = iss;
        this.address = address;
        this.ipa = ipa;
        this.toEl2 = toEl2;
        this.returnsAfter = returnsAfter;
    }

    /** An abort: {@code status} is the fault status code with its level. */
    public static GuestFault abort(
            final boolean fetch,
            final int status,
            final boolean write,
            final long va,
            final long ipa,
            final int extra) {
        final int iss = status | (write ? 1 << 6 : 0) | extra;
        return new GuestFault(fetch ? EC_INSTRUCTION_ABORT : EC_DATA_ABORT, iss, va, ipa, (extra & STAGE2) != 0, false);
    }

    /** Marks an abort as raised by stage 2 in {@link #abort}; not part of the syndrome. */
    public static final int STAGE2 = 1 << 30;

    /** ISS.S1PTW: a stage 2 fault on a stage 1 table walk. */
    public static final int S1PTW = 1 << 7;

    /** ISS.CM: cache maintenance or address translation instruction. */
    public static final int CM = 1 << 8;

    /** An undefined instruction (EC 0). */
    public static GuestFault undefined() {
        return new GuestFault(0, 0, 0, 0, false, false);
    }

    /** Any other synchronous exception that returns to this instruction. */
    public static GuestFault trap(final int exceptionClass, final int iss, final boolean toEl2) {
        return new GuestFault(exceptionClass, iss, 0, 0, toEl2, false);
    }

    /** A PC alignment fault. */
    public static GuestFault pcAlignment(final long pc) {
        return new GuestFault(0x22, 0, pc, 0, false, false);
    }

    /** A system call: SVC, HVC or a trapped SMC that returns after itself. */
    public static GuestFault call(final int exceptionClass, final int iss, final boolean toEl2) {
        return new GuestFault(exceptionClass, iss, 0, 0, toEl2, true);
    }

    /** Whether this is an instruction or data abort. */
    public boolean isAbort() {
        return exceptionClass == EC_INSTRUCTION_ABORT || exceptionClass == EC_DATA_ABORT;
    }
}
