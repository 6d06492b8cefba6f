package dev.breakmake.engine.study;

import dev.breakmake.engine.flow.Effect;
import dev.breakmake.engine.flow.FlowOperation;
import dev.breakmake.engine.flow.Mutation;
import dev.breakmake.translation.event.Barrier.AccessTypes;
import dev.breakmake.translation.event.TlbOperation;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The clause of the architecture (Arm ARM, DDI 0487) that allows a change of one operation. It is asked only about changes that no rule
 * objects to, that leave every obligation of {@link OrderingOracle} met and whose outcome is the same in all surroundings; it names what
 * takes the operation's place, or why nothing has to.
 */
final class Clause {

    private Clause() {}

    /** The clause, or null if none is known to apply. */
    static @Nullable String allowing(final Mutation mutation, final List<FlowOperation> operations) {
        final FlowOperation operation = operations.get(mutation.index());
        if (mutation instanceof Mutation.Swap) {
            final FlowOperation next = following(operation, operations, later -> true);
            return next == null
                    ? "nothing follows on this PE: the order is the same"
                    : exchange(operation.effect(), next.effect());
        }
        final boolean dropped = mutation instanceof Mutation.Drop;
        return switch (operation.effect()) {
            case Effect.Load load ->
                "an access that is not made uses no translation (D8.17: rules bind changes and uses)";
            case Effect.Fence fence -> fence(operation, fence, operations);
            case Effect.Isb isb -> synchronisation(operation, operations);
            case Effect.Tlbi tlbi -> invalidation(operation, operations);
            case Effect.Store store -> dropped ? store(operation, store, operations) : replacedStore(mutation, store);
            case Effect.Register register -> overwritten(operation, register, operations);
            case Effect.Maintain maintain -> maintenance(operation, maintain, operations);
            case Effect.Idle idle -> "WFI is a hint and may complete at once (C6.2, WFI)";
            case Effect.TornStore torn -> null;
            case Effect.Branch branch -> null;
        };
    }

    private static @Nullable FlowOperation following(
            final FlowOperation operation, final List<FlowOperation> operations, final Predicate<Effect> wanted) {
        for (int i = operation.index() + 1; i < operations.size(); i++) {
            final FlowOperation later = operations.get(i);
            if (later.pe() == operation.pe() && wanted.test(later.effect())) {
                return later;
            }
        }
        return null;
    }

    private static @Nullable FlowOperation preceding(
            final FlowOperation operation, final List<FlowOperation> operations, final Predicate<Effect> wanted) {
        for (int i = operation.index() - 1; i >= 0; i--) {
            final FlowOperation earlier = operations.get(i);
            if (earlier.pe() == operation.pe() && wanted.test(earlier.effect())) {
                return earlier;
            }
        }
        return null;
    }

    private static String fence(
            final FlowOperation operation, final Effect.Fence fence, final List<FlowOperation> operations) {
        final FlowOperation before = preceding(operation, operations, effect -> !(effect instanceof Effect.Isb));
        if (before != null && before.effect() instanceof Effect.Fence earlier && covers(earlier, fence)) {
            return "'%s' in %s has completed everything before it (B2.3.12)".formatted(before.name(), before.routine());
        }
        final FlowOperation later =
                following(operation, operations, effect -> effect instanceof Effect.Fence f && covers(f, fence));
        return later == null
                ? "nothing that follows depends on what it completes (B2.3.12)"
                : "what it completes is completed by '%s' in %s before anything depends on it (B2.3.12)"
                        .formatted(later.name(), later.routine());
    }

    /** Whether a DSB completes what another one does for this PE's own walks, accesses and fetches. */
    private static boolean covers(final Effect.Fence strong, final Effect.Fence weak) {
        return strong.complete() && (strong.types() == AccessTypes.ALL || strong.types() == weak.types());
    }

    private static String synchronisation(final FlowOperation operation, final List<FlowOperation> operations) {
        final FlowOperation later = following(operation, operations, effect -> effect instanceof Effect.Isb);
        return later == null
                ? "nothing that follows depends on the context it synchronises (D8.17.6)"
                : "the context is synchronised by the ISB in %s before anything depends on it (D8.17.6)"
                        .formatted(later.routine());
    }

    private static String invalidation(final FlowOperation operation, final List<FlowOperation> operations) {
        final FlowOperation later =
                following(operation, operations, effect -> effect instanceof Effect.Tlbi tlbi && ofRegime(tlbi));
        return later == null
                ? "no TLB holds an entry that differs from the tables (D8.17.1: old or new may be used, both are the same)"
                : "nothing uses what it invalidates before '%s' in %s does (D8.17.1: until then old or new may be used)"
                        .formatted(later.name(), later.routine());
    }

    private static boolean ofRegime(final Effect.Tlbi tlbi) {
        return tlbi.operation() == TlbOperation.ALLE2
                || tlbi.operation() == TlbOperation.TLBIALLH
                || tlbi.operation() == TlbOperation.TLBIMVAH;
    }

    private static String store(
            final FlowOperation operation, final Effect.Store store, final List<FlowOperation> operations) {
        if (store.value() == 0) {
            return "an entry may stay valid: until its table is left behind it maps what it mapped before (D8.17.1)";
        }
        final FlowOperation earlier = preceding(
                operation, operations, effect -> effect instanceof Effect.Store other && other.pa() == store.pa());
        if (earlier != null && earlier.effect() instanceof Effect.Store same && same.value() == store.value()) {
            return "the entry has this value since %s".formatted(earlier.routine());
        }
        return "an invalid entry faults on access only, and nothing accesses through it before its table is left behind"
                + " (D8.2.5, Translation fault)";
    }

    private static @Nullable String replacedStore(final Mutation mutation, final Effect.Store store) {
        if (!(mutation instanceof Mutation.Replace replace)) {
            return null;
        }
        return switch (replace.by()) {
            case OTHER_PAGE ->
                "nothing accesses through the entry before its table is left behind: what it maps is not used (D8.17)";
            case TWO_HALVES ->
                (store.value() >>> 32) == 0
                        ? "the upper half is the same before and after: every half-written value is the old or the new one (B2.2.1)"
                        : "the table is not reachable yet, or every half-written value is invalid: no walk can see half of it (B2.2.1)";
            default -> null;
        };
    }

    private static @Nullable String overwritten(
            final FlowOperation operation, final Effect.Register write, final List<FlowOperation> operations) {
        final FlowOperation later = following(
                operation,
                operations,
                effect -> effect instanceof Effect.Register other && other.register() == write.register());
        return later == null
                ? null
                : "with the MMU off the value is not used, and %s writes it whole before the MMU goes on (D22.1.2)"
                        .formatted(later.routine());
    }

    private static String maintenance(
            final FlowOperation operation, final Effect.Maintain maintain, final List<FlowOperation> operations) {
        final FlowOperation later = following(
                operation,
                operations,
                effect -> effect instanceof Effect.Maintain other && other.pa() == maintain.pa());
        return later == null
                ? "no line of the range can differ from memory (D7.5: maintenance of a clean line changes nothing)"
                : "the lines are maintained in %s before anything reads them past the caches (D7.5)"
                        .formatted(later.routine());
    }

    private static String exchange(final Effect first, final Effect second) {
        if (first.equals(second) || first.name().equals(second.name())) {
            return "the two operations are the same";
        }
        if (first instanceof Effect.Store && second instanceof Effect.Store) {
            return "stores to different locations are not ordered before the next barrier (B2.3)";
        }
        if (first instanceof Effect.Register && second instanceof Effect.Register) {
            return "direct writes take effect together at the next context synchronisation (D22.1.2)";
        }
        if (first instanceof Effect.Isb || second instanceof Effect.Isb) {
            final Effect other = first instanceof Effect.Isb ? second : first;
            return "'%s' needs no context synchronisation on this side: another one stands before what depends on it (D8.17.6)"
                    .formatted(other.name());
        }
        if (first instanceof Effect.Fence || second instanceof Effect.Fence) {
            final Effect other = first instanceof Effect.Fence ? second : first;
            return "'%s' is completed, or ordered, by another barrier before anything depends on it (B2.3.12)"
                    .formatted(other.name());
        }
        if (first instanceof Effect.Load || second instanceof Effect.Load) {
            return "the load uses no translation that the other one changes (B2.3)";
        }
        return "neither depends on the other: both take effect at the same later barrier (B2.3.12)";
    }
}
