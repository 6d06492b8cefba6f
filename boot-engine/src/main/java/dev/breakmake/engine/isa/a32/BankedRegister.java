package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.pe.GuestFault;

/** MRS and MSR of another mode's registers (DDI 0406C B9.2.3): R selects SPSRs, SYSm the register. */
final class BankedRegister {

    private BankedRegister() {}

    private static int selector(final Instruction i) {
        return i.bits(8, 8) << 4 | i.bits(19, 16);
    }

    static int read(final Registers regs, final Instruction i) {
        final int selector = selector(i);
        final int mode = mode(regs, i.bit(22), selector);
        if (i.bit(22)) {
            return regs.spsr(mode);
        }
        return selector == 30 ? regs.elrHyp : regs.banked(register(selector), mode);
    }

    static void write(final Registers regs, final Instruction i, final int value) {
        final int selector = selector(i);
        final int mode = mode(regs, i.bit(22), selector);
        if (i.bit(22)) {
            regs.setSpsr(mode, value);
        } else if (selector == 30) {
            regs.elrHyp = value;
        } else {
            regs.setBanked(register(selector), mode, value);
        }
    }

    /** R8 to R14 of User and FIQ mode; R14 then R13 for each of the other modes. */
    private static int register(final int selector) {
        return selector < 16 ? 8 + (selector & 7) : 14 - (selector & 1);
    }

    private static int mode(final Registers regs, final boolean saved, final int selector) {
        final boolean hypMonitor = selector >= 28;
        if (regs.isUser() || hypMonitor && regs.mode() != Mode.HYP && regs.mode() != Mode.MONITOR) {
            throw GuestFault.undefined();
        }
        final int mode = switch (selector >>> 1) {
            case 0, 1, 2, 3 -> Mode.USER;
            case 4, 5, 6, 7 -> Mode.FIQ;
            case 8 -> Mode.IRQ;
            case 9 -> Mode.SUPERVISOR;
            case 10 -> Mode.ABORT;
            case 11 -> Mode.UNDEFINED;
            case 14 -> Mode.MONITOR;
            case 15 -> Mode.HYP;
            default -> throw GuestFault.undefined();
        };
        final boolean noSuchSpsr = saved && (mode == Mode.USER || (selector & 1) != 0);
        if (noSuchSpsr || !saved && (selector == 7 || selector == 15)) {
            throw GuestFault.undefined();
        }
        return mode;
    }
}
