package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.UnimplementedException;

/**
 * The Security Extensions of a PE (DDI 0406C B1.5): Secure state and Monitor mode as far as firmware needs them that is entered in Secure
 * Supervisor mode and hands over to Hyp mode. A PE without them is always Non-secure.
 */
final class Security {

    private static final int NS = 1;
    private static final int IRQ_AND_FIQ = 6;
    private static final int SCD = 1 << 7;
    private static final int HCE = 1 << 8;

    /** Bits of the SCR that exist. */
    private static final int SCR_WRITABLE = 0x3ff;

    private static final int NSACR_VECTORS = 3 << 10;

    private final AArch32 state;
    private final boolean present;

    Security(final AArch32 state, final boolean present) {
        this.state = state;
        this.present = present;
    }

    /** Whether the PE has the extensions. */
    boolean present() {
        return present;
    }

    private int scr() {
        return state.system().get(Cp15.SCR);
    }

    private boolean inMonitor() {
        return state.registers().mode() == Mode.MONITOR;
    }

    /** Whether the PE is in Secure state: in Monitor mode whatever SCR.NS says. */
    boolean secure() {
        return present && (inMonitor() || (scr() & NS) == 0);
    }

    /** Whether Monitor mode looks at the Non-secure banks of registers while its own translation regime is the Secure one. */
    boolean monitorOverNonSecure() {
        return present && inMonitor() && (scr() & NS) != 0;
    }

    /** Writes the SCR; its NS bit says which banks of coprocessor 15 are seen. */
    void writeScr(final int value) {
        final boolean swapped = ((scr() ^ value) & NS) != 0;
        state.system().set(Cp15.SCR, value & SCR_WRITABLE);
        if (swapped) {
            if (!inMonitor() && (value & NS) != 0) {
                throw new UnimplementedException("SCR.NS set in mode "
                        + Mode.name(state.registers().mode()) + ", SCR 0x" + Integer.toHexString(value));
            }
            state.system().swapBanks();
        }
    }

    /** An exception taken in Monitor mode makes it look at the Secure banks. */
    void exceptionTaken() {
        if (monitorOverNonSecure()) {
            writeScr(scr() & ~NS);
        }
    }

    /** Refuses what the SCR routes to Monitor mode and the engine would not route. */
    void checkInterruptRouting() {
        if (present && (scr() & IRQ_AND_FIQ) != 0) {
            throw new UnimplementedException("interrupts routed to Monitor mode, SCR 0x" + Integer.toHexString(scr()));
        }
    }

    /** Refuses changes to a mode that the security state does not have. */
    void checkMode(final int mode) {
        final boolean secureOnly = mode == Mode.MONITOR && !secure();
        final boolean nonSecureOnly = mode == Mode.HYP && present && (scr() & NS) == 0;
        if (secureOnly && state.registers().mode() != Mode.MONITOR || nonSecureOnly) {
            throw new UnimplementedException("UNPREDICTABLE change from mode %s to %s in %s state"
                    .formatted(
                            Mode.name(state.registers().mode()), Mode.name(mode), secure() ? "Secure" : "Non-secure"));
        }
    }

    /** Whether SMC goes to Monitor mode; without the extensions firmware outside of the machine answers it. */
    boolean takesMonitorCalls() {
        if (present && !secure() && (scr() & SCD) != 0) {
            throw GuestFault.undefined();
        }
        return present;
    }

    /** HVC is undefined in Secure state and until SCR.HCE allows it. */
    void checkHypervisorCall() {
        if (present && (secure() || (scr() & HCE) == 0)) {
            throw GuestFault.undefined();
        }
    }

    /** NSACR keeps Non-secure state away from the vector unit. */
    void checkVectorUnit() {
        if (present && !secure() && (state.system().get(Cp15.NSACR) & NSACR_VECTORS) != NSACR_VECTORS) {
            throw GuestFault.undefined();
        }
    }

    /** Checks an access to one of the extensions' own registers: Secure state only, but NSACR may be read everywhere. */
    void check(final Cp15 register, final boolean write) {
        final boolean secureOnly = switch (register) {
            case SCR, SDER, MVBAR -> true;
            case NSACR -> write;
            default -> false;
        };
        if (secureOnly && !secure()) {
            throw GuestFault.undefined();
        }
    }

    /** What NSACR reads as: all of the vector unit where there is no Secure state. */
    int nsacr() {
        return present ? state.system().get(Cp15.NSACR) : NSACR_VECTORS;
    }
}
