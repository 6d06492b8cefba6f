package dev.breakmake.lab.runner.backend;

import dev.breakmake.engine.machine.TlbPolicy;
import dev.breakmake.lab.runner.domain.AttemptFault;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Cause;

/** What a cell asks of the engine's TLBs, for images and flows alike. */
final class Adversaries {

    private Adversaries() {}

    /** The policy of a cell; one that asks for none has no adversary. */
    static TlbPolicy policy(BootSpec boot) throws AttemptFault {
        return switch (boot.getAdversary()) {
            case ADVERSARY_POLICY_UNSPECIFIED, ADVERSARY_POLICY_FLUSH_EAGERLY -> TlbPolicy.FLUSH_EAGERLY;
            case ADVERSARY_POLICY_KEEP_STALE -> TlbPolicy.KEEP_STALE;
            case ADVERSARY_POLICY_PREFER_OLD -> TlbPolicy.PREFER_OLD;
            case ADVERSARY_POLICY_CONFLICT_ABORT -> TlbPolicy.CONFLICT_ABORT;
            case UNRECOGNIZED ->
                throw new AttemptFault(Cause.CAUSE_CONFIGURATION, "adversary: a policy this runner does not know");
        };
    }
}
