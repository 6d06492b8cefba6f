package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Maintenance;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import org.jspecify.annotations.Nullable;

/**
 * TLBI in all its forms (Arm ARM C5.5): local, Inner and Outer Shareable, by range, with nXS. A form of an extension is undefined on a PE
 * that has not the extension.
 */
final class TlbMaintenance {

    /** CRn of the forms with nXS; 8 without. */
    private static final int NXS = 9;

    private TlbMaintenance() {}

    /**
     * Executes one.
     *
     * @param key op1, CRn, CRm and op2 as in bits 18:5 of the instruction
     * @throws GuestFault if the PE or the level has not this form
     */
    static void execute(final ProcessingElement pe, final int key, final long operand, final int word) {
        final int op1 = key >>> 11 & 7;
        final int crm = key >>> 3 & 15;
        final int op2 = key & 7;
        final boolean nxs = (key >>> 7 & 15) == NXS;
        if (pe.el == 0 || op1 == 4 && pe.el < 2) {
            throw GuestFault.undefined();
        }
        if (op1 != 0 && op1 != 4) {
            throw SystemOperations.unimplemented(word);
        }
        final boolean stage2 = op1 == 4 && (crm == 0 || crm == 4);
        final TlbOperation operation = stage2 ? stage2(crm, op2) : op1 == 0 ? el1(crm, op2) : el2(crm, op2);
        final Shareability shareability = stage2 ? stage2Domain(crm, op2) : domain(crm);
        if (operation == null
                || shareability == null
                || nxs && !has(pe, Feature.XS)
                || shareability == Shareability.OSH && !has(pe, Feature.TLBI_OS)
                || byRange(operation) && !has(pe, Feature.TLBI_RANGE)) {
            throw GuestFault.undefined();
        }
        Maintenance.invalidateTlb(pe, operation, takesOperand(operation) ? operand : 0, shareability, nxs);
    }

    private static boolean has(final ProcessingElement pe, final Feature feature) {
        return pe.model().features().contains(feature);
    }

    private static boolean byRange(final TlbOperation operation) {
        return switch (operation) {
            case RVAE1, RVAAE1, RVALE1, RVAALE1, RVAE2, RVALE2, RIPAS2E1, RIPAS2LE1 -> true;
            default -> false;
        };
    }

    private static boolean takesOperand(final TlbOperation operation) {
        return switch (operation) {
            case VMALLE1, ALLE1, ALLE2, VMALLS12E1 -> false;
            default -> true;
        };
    }

    /** By CRm, of all but the operations by IPA. */
    private static @Nullable Shareability domain(final int crm) {
        return switch (crm) {
            case 2, 3 -> Shareability.ISH;
            case 1, 5 -> Shareability.OSH;
            case 6, 7 -> Shareability.NSH;
            default -> null;
        };
    }

    /** Operations by IPA share CRm 4 between the local and the Outer Shareable forms. */
    private static Shareability stage2Domain(final int crm, final int op2) {
        if (crm == 0) {
            return Shareability.ISH;
        }
        return (op2 & 3) == 0 || (op2 & 3) == 3 ? Shareability.OSH : Shareability.NSH;
    }

    private static @Nullable TlbOperation stage2(final int crm, final int op2) {
        if (crm == 0 && ((op2 & 3) == 0 || (op2 & 3) == 3)) {
            return null;
        }
        return switch (op2) {
            case 0, 1 -> TlbOperation.IPAS2E1;
            case 2, 3 -> TlbOperation.RIPAS2E1;
            case 4, 5 -> TlbOperation.IPAS2LE1;
            default -> TlbOperation.RIPAS2LE1;
        };
    }

    private static @Nullable TlbOperation el1(final int crm, final int op2) {
        if (crm == 2 || crm == 5 || crm == 6) {
            return switch (op2) {
                case 1 -> TlbOperation.RVAE1;
                case 3 -> TlbOperation.RVAAE1;
                case 5 -> TlbOperation.RVALE1;
                case 7 -> TlbOperation.RVAALE1;
                default -> null;
            };
        }
        return switch (op2) {
            case 0 -> TlbOperation.VMALLE1;
            case 1 -> TlbOperation.VAE1;
            case 2 -> TlbOperation.ASIDE1;
            case 3 -> TlbOperation.VAAE1;
            case 5 -> TlbOperation.VALE1;
            case 7 -> TlbOperation.VAALE1;
            default -> null;
        };
    }

    private static @Nullable TlbOperation el2(final int crm, final int op2) {
        if (crm == 2 || crm == 5 || crm == 6) {
            return switch (op2) {
                case 1 -> TlbOperation.RVAE2;
                case 5 -> TlbOperation.RVALE2;
                default -> null;
            };
        }
        return switch (op2) {
            case 0 -> TlbOperation.ALLE2;
            case 1 -> TlbOperation.VAE2;
            case 4 -> TlbOperation.ALLE1;
            case 5 -> TlbOperation.VALE2;
            case 6 -> TlbOperation.VMALLS12E1;
            default -> null;
        };
    }
}
