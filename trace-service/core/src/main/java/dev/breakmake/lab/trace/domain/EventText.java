package dev.breakmake.lab.trace.domain;

import dev.breakmake.trace.v1.BoundaryKind;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.Locale;

/** What ends a step, in words and as a kind. */
final class EventText {

    private EventText() {}

    /** Kind of the boundary, or null-like UNSPECIFIED if the event ends no step. */
    static BoundaryKind kind(TranslationEvent event) {
        return switch (event) {
            case RegisterWrite write -> BoundaryKind.BOUNDARY_KIND_REGISTER;
            case TlbInvalidate invalidate -> BoundaryKind.BOUNDARY_KIND_TLBI;
            case Barrier barrier -> BoundaryKind.BOUNDARY_KIND_BARRIER;
            case ContextSynchronization synchronization -> BoundaryKind.BOUNDARY_KIND_CONTEXT_SYNCHRONIZATION;
            default -> BoundaryKind.BOUNDARY_KIND_UNSPECIFIED;
        };
    }

    /** The event as a reader of assembly would write it. */
    static String of(TranslationEvent event) {
        return switch (event) {
            case RegisterWrite write -> write.register() + " = " + Texts.hex(write.value());
            case TlbInvalidate invalidate -> tlbi(invalidate);
            case Barrier barrier -> barrier(barrier);
            case ContextSynchronization synchronization ->
                switch (synchronization.cause()) {
                    case ISB -> "ISB";
                    case EXCEPTION_ENTRY -> "exception entry";
                    case EXCEPTION_RETURN -> "exception return";
                };
            default -> event.getClass().getSimpleName();
        };
    }

    private static String tlbi(TlbInvalidate invalidate) {
        String shareability = switch (invalidate.shareability()) {
            case ISH -> "IS";
            case OSH -> "OS";
            default -> "";
        };
        return "TLBI " + invalidate.operation() + shareability + (invalidate.nxs() ? "nXS" : "")
                + (invalidate.operand() == 0 ? "" : " " + Texts.hex(invalidate.operand()));
    }

    private static String barrier(Barrier barrier) {
        String domain =
                barrier.domain() == Shareability.SY ? "SY" : barrier.domain().name();
        String types = switch (barrier.types()) {
            case ALL -> "";
            case LD, ST -> barrier.types().name();
        };
        String option = domain.equals("SY") ? (types.isEmpty() ? "SY" : types) : domain + types;
        return barrier.kind() + " " + option.toUpperCase(Locale.ROOT) + (barrier.nxs() ? "nXS" : "");
    }
}
