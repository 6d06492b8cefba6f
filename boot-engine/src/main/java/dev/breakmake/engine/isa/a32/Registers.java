package dev.breakmake.engine.isa.a32;

import java.util.Arrays;

/**
 * Core registers of an AArch32 PE with their banks, and the program status (DDI 0406C B1.3). The current mode's registers are always
 * in {@link #r}; a mode change swaps banks.
 *
 * <p>N and Z are kept as the result they come from: N is the sign of {@link #negative}, Z is {@link #zero} {@code == 0}; V is the sign
 * of {@link #overflow}.
 */
public final class Registers {

    private static final int BANKS = 9;
    private static final int USER_BANK = 0;
    private static final int FIQ_BANK = 1;
    private static final int HYP_BANK = 7;

    /** R0 to R15 of the current mode. R15 is the address of the current instruction plus 8 while one executes. */
    public final int[] r = new int[16];

    /** N is its sign bit. */
    public int negative;

    /** Z is set when this is 0. */
    public int zero = 1;

    /** C: 0 or 1. */
    public int carry;

    /** V is its sign bit. */
    public int overflow;

    /** Q: 0 or 1. */
    public int saturated;

    /** GE[3:0]. */
    public int greaterEqual;

    /** E, A, I, F, T, J and IT bits of the CPSR at their places; the mode is apart. */
    public int control;

    /** ELR_hyp. */
    public int elrHyp;

    private int mode = Mode.SUPERVISOR;
    private final int[] sp = new int[BANKS];
    private final int[] lr = new int[BANKS];
    private final int[] spsr = new int[BANKS];
    private final int[] fiqHigh = new int[5];
    private final int[] userHigh = new int[5];

    /** CPSR.E. */
    public static final int E = 1 << 9;

    /** CPSR.A: asynchronous aborts masked. */
    public static final int A = 1 << 8;

    /** CPSR.I: IRQ masked. */
    public static final int I = 1 << 7;

    /** CPSR.F: FIQ masked. */
    public static final int F = 1 << 6;

    /** CPSR.T. */
    public static final int T = 1 << 5;

    private static final int J = 1 << 24;
    private static final int IT = 0x0600_fc00;
    private static final int CONTROL = E | A | I | F | T | J | IT;

    /** Current mode. */
    public int mode() {
        return mode;
    }

    /** Whether the mode is User. */
    public boolean isUser() {
        return mode == Mode.USER;
    }

    private static int bank(final int mode) {
        return switch (mode) {
            case Mode.FIQ -> FIQ_BANK;
            case Mode.IRQ -> 2;
            case Mode.SUPERVISOR -> 3;
            case Mode.MONITOR -> 4;
            case Mode.ABORT -> 5;
            case Mode.UNDEFINED -> 6;
            case Mode.HYP -> HYP_BANK;
            default -> USER_BANK;
        };
    }

    /** Bank of R14: Hyp mode uses the User one. */
    private static int linkBank(final int mode) {
        return mode == Mode.HYP ? USER_BANK : bank(mode);
    }

    /** Switches the banks to another mode. */
    public void switchMode(final int to) {
        if (to == mode) {
            return;
        }
        sp[bank(mode)] = r[13];
        lr[linkBank(mode)] = r[14];
        if (mode == Mode.FIQ) {
            System.arraycopy(r, 8, fiqHigh, 0, 5);
            System.arraycopy(userHigh, 0, r, 8, 5);
        } else if (to == Mode.FIQ) {
            System.arraycopy(r, 8, userHigh, 0, 5);
            System.arraycopy(fiqHigh, 0, r, 8, 5);
        }
        mode = to;
        r[13] = sp[bank(to)];
        r[14] = lr[linkBank(to)];
    }

    /** A register as another mode sees it (MRS and LDM/STM with banked registers). */
    public int banked(final int register, final int of) {
        if (register >= 8 && register <= 12 && (of == Mode.FIQ) != (mode == Mode.FIQ)) {
            return of == Mode.FIQ ? fiqHigh[register - 8] : userHigh[register - 8];
        }
        if (register == 13 && bank(of) != bank(mode)) {
            return sp[bank(of)];
        }
        if (register == 14 && linkBank(of) != linkBank(mode)) {
            return lr[linkBank(of)];
        }
        return r[register];
    }

    /** Sets a register as another mode sees it. */
    public void setBanked(final int register, final int of, final int value) {
        if (register >= 8 && register <= 12 && (of == Mode.FIQ) != (mode == Mode.FIQ)) {
            (of == Mode.FIQ ? fiqHigh : userHigh)[register - 8] = value;
        } else if (register == 13 && bank(of) != bank(mode)) {
            sp[bank(of)] = value;
        } else if (register == 14 && linkBank(of) != linkBank(mode)) {
            lr[linkBank(of)] = value;
        } else {
            r[register] = value;
        }
    }

    /** Whether a mode has an SPSR. */
    public static boolean hasSpsr(final int mode) {
        return mode != Mode.USER && mode != Mode.SYSTEM;
    }

    /** SPSR of a mode. */
    public int spsr(final int of) {
        return spsr[bank(of)];
    }

    /** Sets the SPSR of a mode. */
    public void setSpsr(final int of, final int value) {
        spsr[bank(of)] = value;
    }

    /** The CPSR as MRS and an exception see it. */
    public int cpsr() {
        return negative & 0x8000_0000
                | (zero == 0 ? 1 << 30 : 0)
                | carry << 29
                | overflow >>> 31 << 28
                | saturated << 27
                | greaterEqual << 16
                | control
                | mode;
    }

    /** Sets the condition flags from bits 31:28 of a status word. */
    public void setConditionFlags(final int status) {
        negative = status;
        zero = ~status & 1 << 30;
        carry = status >>> 29 & 1;
        overflow = status << 3;
    }

    /** Sets the whole CPSR, mode included; the caller has checked the mode. */
    public void setCpsr(final int status) {
        setConditionFlags(status);
        saturated = status >>> 27 & 1;
        greaterEqual = status >>> 16 & 15;
        control = status & CONTROL;
        switchMode(status & 31);
    }

    /** Whether a condition code (0 to 14) holds. */
    public boolean passes(final int condition) {
        return switch (condition) {
            case 0 -> zero == 0;
            case 1 -> zero != 0;
            case 2 -> carry != 0;
            case 3 -> carry == 0;
            case 4 -> negative < 0;
            case 5 -> negative >= 0;
            case 6 -> overflow < 0;
            case 7 -> overflow >= 0;
            case 8 -> carry != 0 && zero != 0;
            case 9 -> carry == 0 || zero == 0;
            case 10 -> (negative ^ overflow) >= 0;
            case 11 -> (negative ^ overflow) < 0;
            case 12 -> zero != 0 && (negative ^ overflow) >= 0;
            case 13 -> zero == 0 || (negative ^ overflow) < 0;
            default -> true;
        };
    }

    /** Makes this a copy of another PE's registers. */
    public void copyFrom(final Registers other) {
        System.arraycopy(other.r, 0, r, 0, r.length);
        System.arraycopy(other.sp, 0, sp, 0, BANKS);
        System.arraycopy(other.lr, 0, lr, 0, BANKS);
        System.arraycopy(other.spsr, 0, spsr, 0, BANKS);
        System.arraycopy(other.fiqHigh, 0, fiqHigh, 0, fiqHigh.length);
        System.arraycopy(other.userHigh, 0, userHigh, 0, userHigh.length);
        negative = other.negative;
        zero = other.zero;
        carry = other.carry;
        overflow = other.overflow;
        saturated = other.saturated;
        greaterEqual = other.greaterEqual;
        control = other.control;
        elrHyp = other.elrHyp;
        mode = other.mode;
    }

    @Override
    public String toString() {
        return Arrays.toString(r) + " cpsr 0x" + Integer.toHexString(cpsr());
    }
}
