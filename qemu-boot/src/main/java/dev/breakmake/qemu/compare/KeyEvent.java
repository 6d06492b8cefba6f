package dev.breakmake.qemu.compare;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.Locale;

/**
 * An event that both backends must show, in the same order on each PE.
 *
 * @param event the event
 * @param text what must be equal
 * @param step step of its trace
 */
record KeyEvent(TranslationEvent event, String text, long step) {

    private static final long SLOT_BYTES = 2L << 20;

    /** Whether the event is of a kind that is compared. */
    static boolean compared(TranslationEvent event) {
        return event instanceof RegisterWrite
                || event instanceof TlbInvalidate
                || (event instanceof PeState state
                        && (state.change() == PeState.Change.CPU_ON || state.change() == PeState.Change.RESET));
    }

    static KeyEvent of(TranslationEvent event, long step) {
        String text = switch (event) {
            case RegisterWrite write -> "%s = 0x%x at 0x%x".formatted(write.register(), write.value(), write.pc());
            case TlbInvalidate tlbi -> invalidate(tlbi);
            case PeState state ->
                "%s at 0x%x".formatted(state.change().name().toLowerCase(Locale.ROOT), state.argument());
            default -> throw new IllegalArgumentException("not compared: " + event);
        };
        return new KeyEvent(event, text, step);
    }

    /** Operations on everything have no operand; what their register happens to hold says nothing. */
    private static String invalidate(TlbInvalidate tlbi) {
        String operand = switch (tlbi.operation()) {
            case ALLE1, ALLE2, ALLE3, VMALLE1, VMALLS12E1, TLBIALL, TLBIALLH, TLBIALLNSNH, ITLBIALL, DTLBIALL -> "";
            default -> " 0x" + Long.toHexString(tlbi.operand());
        };
        return "%s %s%s at 0x%x".formatted(tlbi.operation(), tlbi.shareability(), operand, tlbi.pc());
    }

    /**
     * Whether how often it happens depends on timing when several PEs run: local invalidates by address belong to short-lived private
     * mappings, which a PE makes as often as the work it finds to do (scrubbing pages while idle, for one).
     */
    boolean timingDependent() {
        return event instanceof TlbInvalidate tlbi
                && tlbi.shareability() == Shareability.NSH
                && byAddress(tlbi.operation());
    }

    private static boolean byAddress(TlbOperation operation) {
        return switch (operation) {
            case VAE1, VAAE1, VALE1, VAALE1, VAE2, VALE2, TLBIMVA, TLBIMVAA, TLBIMVAL, TLBIMVAAL, TLBIMVAH, TLBIMVALH ->
                true;
            default -> false;
        };
    }

    /** The instruction without its operand: what stays of a timing-dependent event. */
    String site() {
        TlbInvalidate tlbi = (TlbInvalidate) event;
        return "%s %s at 0x%x".formatted(tlbi.operation(), tlbi.shareability(), tlbi.pc());
    }

    /** The 2 MiB of virtual addresses a timing-dependent invalidate belongs to: what such private mappings are made in. */
    AddressRange slot() {
        TlbInvalidate tlbi = (TlbInvalidate) event;
        boolean a32 = tlbi.operation().name().startsWith("TLBI");
        // A64 operands hold VA[55:12] in their low bits, A32 operands the address itself.
        long va = a32 ? tlbi.operand() : tlbi.operand() << 20 >> 8;
        return new AddressRange(va & -SLOT_BYTES, (va & -SLOT_BYTES) + SLOT_BYTES);
    }

    BackendDifference.Kind kind() {
        return event instanceof TlbInvalidate ? BackendDifference.Kind.TLB_INVALIDATE : BackendDifference.Kind.REGISTER;
    }
}
