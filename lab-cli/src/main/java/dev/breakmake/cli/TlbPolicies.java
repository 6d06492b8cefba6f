package dev.breakmake.cli;

import dev.breakmake.engine.machine.TlbPolicy;
import java.util.Locale;

/** TLB policies as {@code --tlb} names them. */
final class TlbPolicies {

    private TlbPolicies() {}

    /**
     * The policy of a name.
     *
     * @throws CommandFailure naming those there are
     */
    static TlbPolicy named(String name) {
        try {
            return TlbPolicy.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(
                    "--tlb: no policy '" + name + "'", "known: flush-eagerly, keep-stale, prefer-old, conflict-abort");
        }
    }
}
