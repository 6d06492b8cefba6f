package dev.breakmake.engine.study;

import dev.breakmake.engine.flow.FlowOperation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why the architecture allows a change that no rule objects to. Only changes whose neighbours prove the reason get one; whatever is
 * left is undetected and has to be looked at.
 */
final class Clause {

    private Clause() {}

    /** The clause that allows a change, or null if none is known to. */
    static @Nullable String allowing(final String change, final int index, final List<FlowOperation> operations) {
        final FlowOperation operation = operations.get(index);
        if (change.equals("swap")) {
            final FlowOperation next = following(index, operations);
            return next == null ? null : exchange(operation.name(), next.name());
        }
        final String name = operation.name();
        if (name.startsWith("load ")) {
            return "a load that is not made uses no translation (D8.17: rules bind uses and changes)";
        }
        if (name.startsWith("dsb ")) {
            return laterBarrier(index, operations);
        }
        if (name.equals("isb")) {
            return laterSynchronization(index, operations);
        }
        return null;
    }

    private static @Nullable FlowOperation following(final int index, final List<FlowOperation> operations) {
        for (int i = index + 1; i < operations.size(); i++) {
            if (operations.get(i).pe() == operations.get(index).pe()) {
                return operations.get(i);
            }
        }
        return null;
    }

    private static @Nullable String exchange(final String first, final String second) {
        if (first.equals(second)) {
            return "the two operations are the same";
        }
        if (first.startsWith("store ") && second.startsWith("store ")) {
            return "stores to different locations are not ordered before the next barrier (B2.3)";
        }
        if (first.startsWith("msr ") && second.startsWith("msr ")) {
            return "direct writes take effect together at the next context synchronisation (D22.1.2)";
        }
        if (isBarrier(first) && isBarrier(second)) {
            return "barriers with no access, maintenance or register write between them commute (B2.3.12)";
        }
        return null;
    }

    private static boolean isBarrier(final String name) {
        return name.startsWith("dsb ") || name.equals("isb");
    }

    /** A DSB may go when another one at least as strong follows before anything depends on it. */
    private static @Nullable String laterBarrier(final int index, final List<FlowOperation> operations) {
        final FlowOperation dropped = operations.get(index);
        for (int i = index + 1; i < operations.size(); i++) {
            final FlowOperation later = operations.get(i);
            if (later.pe() != dropped.pe()) {
                continue;
            }
            if (later.name().startsWith("dsb ") && covers(later.name(), dropped.name())) {
                return "completed by '%s' in %s before anything depends on it (B2.3.12)"
                        .formatted(later.name(), later.routine());
            }
            if (!later.name().equals("isb")
                    && !later.name().startsWith("msr ")
                    && !later.name().startsWith("store ")) {
                return null;
            }
        }
        return null;
    }

    private static boolean covers(final String later, final String earlier) {
        final boolean types = !later.endsWith("st") || earlier.endsWith("st");
        return types && domain(later) >= domain(earlier);
    }

    private static int domain(final String name) {
        return name.startsWith("dsb nsh") ? 0 : name.startsWith("dsb ish") ? 1 : 2;
    }

    /** An ISB may go when another one follows before a use that depends on it. */
    private static @Nullable String laterSynchronization(final int index, final List<FlowOperation> operations) {
        final FlowOperation dropped = operations.get(index);
        for (int i = index + 1; i < operations.size(); i++) {
            final FlowOperation later = operations.get(i);
            if (later.pe() != dropped.pe()) {
                continue;
            }
            if (later.name().equals("isb")) {
                return "synchronised by the ISB in %s before anything depends on it (D8.17.6)"
                        .formatted(later.routine());
            }
            if (later.name().startsWith("load ") || later.name().startsWith("branch ")) {
                return null;
            }
        }
        return null;
    }
}
