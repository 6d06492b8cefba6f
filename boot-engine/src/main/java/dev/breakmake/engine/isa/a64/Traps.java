package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;

/**
 * System instructions of EL1 and EL0 that EL2 or EL1 wants to see: HCR_EL2, CPTR_EL2, SCTLR_EL1 (Arm ARM D1.3.6, D19.2.48). Raises the
 * exception with its syndrome; whatever passes here may still be undefined.
 */
final class Traps {

    /** Exception class of a trapped MSR, MRS or SYS. */
    private static final int EC_SYSTEM = 0x18;

    private static final int EC_WAIT = 0x01;

    private static final int TWI = 13;
    private static final int TWE = 14;
    private static final int TID1 = 16;
    private static final int TID2 = 17;
    private static final int TID3 = 18;
    private static final int TACR = 21;
    private static final int TSW = 22;
    private static final int TPC = 23;
    private static final int TPU = 24;
    private static final int TTLB = 25;
    private static final int TVM = 26;
    private static final int TDZ = 28;
    private static final int TRVM = 30;

    private static final int SCTLR_UMA = 9;
    private static final int SCTLR_DZE = 14;
    private static final int SCTLR_UCT = 15;
    private static final int SCTLR_NTWI = 16;
    private static final int SCTLR_NTWE = 18;
    private static final int SCTLR_UCI = 26;

    private static final int CPTR_TCPAC = 31;

    private Traps() {}

    private static boolean hypervisor(final ProcessingElement pe, final int bit) {
        return (pe.system.get(SystemRegister.HCR_EL2) >>> bit & 1) != 0;
    }

    private static boolean kernel(final ProcessingElement pe, final int bit) {
        return (pe.system.get(SystemRegister.SCTLR_EL1) >>> bit & 1) != 0;
    }

    private static GuestFault trap(final int word, final boolean toEl2) {
        final int direction = word >>> 21 & 1;
        final int iss = (word >>> 19 & 3) << 20
                | (word >>> 5 & 7) << 17
                | (word >>> 16 & 7) << 14
                | (word >>> 12 & 15) << 10
                | (word & 31) << 5
                | (word >>> 8 & 15) << 1
                | direction;
        return GuestFault.trap(EC_SYSTEM, iss, toEl2);
    }

    /** MRS or MSR at EL1 or EL0. */
    static void register(final ProcessingElement pe, final int word) {
        final SystemRegister register = SystemRegister.of(word >>> 5 & 0xffff);
        if (register == null || pe.el < register.level()) {
            if (pe.el == 1 && isIdentification(word) && hypervisor(pe, TID3)) {
                throw trap(word, true);
            }
            return;
        }
        final boolean read = (word >>> 21 & 1) != 0;
        if (pe.el == 0 && register == SystemRegister.CTR_EL0 && !kernel(pe, SCTLR_UCT)) {
            throw trap(word, false);
        }
        if (pe.el == 0 && register == SystemRegister.DAIF && !kernel(pe, SCTLR_UMA)) {
            throw trap(word, false);
        }
        final boolean wanted = switch (register) {
            case SCTLR_EL1,
                    TTBR0_EL1,
                    TTBR1_EL1,
                    TCR_EL1,
                    ESR_EL1,
                    FAR_EL1,
                    AFSR0_EL1,
                    AFSR1_EL1,
                    MAIR_EL1,
                    AMAIR_EL1,
                    CONTEXTIDR_EL1 -> hypervisor(pe, read ? TRVM : TVM);
            case REVIDR_EL1, AIDR_EL1 -> hypervisor(pe, TID1);
            case CTR_EL0, CCSIDR_EL1, CLIDR_EL1, CSSELR_EL1 -> hypervisor(pe, TID2);
            case ACTLR_EL1 -> hypervisor(pe, TACR);
            case CPACR_EL1 -> (pe.system.get(SystemRegister.CPTR_EL2) >>> CPTR_TCPAC & 1) != 0;
            default -> isIdentification(word) && hypervisor(pe, TID3);
        };
        if (wanted) {
            throw trap(word, true);
        }
    }

    /** The feature registers: op0 3, op1 0, CRn 0, CRm 1 to 7. */
    private static boolean isIdentification(final int word) {
        final int crm = word >>> 8 & 15;
        return (word >>> 12 & 0xff) == 0x80 && crm >= 1 && crm <= 7;
    }

    /** MSR to the masks at EL0. */
    static void masks(final ProcessingElement pe, final int word) {
        if (pe.el == 0 && !kernel(pe, SCTLR_UMA)) {
            throw trap(word, false);
        }
    }

    /** WFI or WFE at EL1 or EL0 that would wait. */
    static void wait(final ProcessingElement pe, final boolean event) {
        if (pe.el == 2 || pe.interruptPending() || event && pe.eventRegistered()) {
            return;
        }
        final int iss = 1 << 24 | 14 << 20 | (event ? 1 : 0);
        if (pe.el == 0 && !kernel(pe, event ? SCTLR_NTWE : SCTLR_NTWI)) {
            throw GuestFault.trap(EC_WAIT, iss, false);
        }
        if (hypervisor(pe, event ? TWE : TWI)) {
            throw GuestFault.trap(EC_WAIT, iss, true);
        }
    }

    /** SYS at EL1 or EL0: cache and TLB maintenance, DC ZVA; AT is trapped on later architectures only. */
    static void maintenance(final ProcessingElement pe, final int word) {
        final int op1 = word >>> 16 & 7;
        final int crn = word >>> 12 & 15;
        final int crm = word >>> 8 & 15;
        if (crn == 8 || crn == 9) {
            if (op1 == 0 && pe.el == 1 && hypervisor(pe, TTLB)) {
                throw trap(word, true);
            }
            return;
        }
        if (crn != 7 || crm == 8 || pe.el == 0 && op1 != 3) {
            return;
        }
        final int form = op1 << 8 | crm << 4 | word >>> 5 & 7;
        if (pe.el == 0 && !kernel(pe, form == 0x341 ? SCTLR_DZE : SCTLR_UCI)) {
            throw trap(word, false);
        }
        final int bit = switch (form) {
            case 0x341 -> TDZ;
            case 0x062, 0x0a2, 0x0e2 -> TSW;
            case 0x061, 0x3a1, 0x3c1, 0x3d1, 0x3e1 -> TPC;
            case 0x010, 0x050, 0x351, 0x3b1 -> TPU;
            default -> -1;
        };
        if (bit >= 0 && hypervisor(pe, bit)) {
            throw trap(word, true);
        }
    }
}
