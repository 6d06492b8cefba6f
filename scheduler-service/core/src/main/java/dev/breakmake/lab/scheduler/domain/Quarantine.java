package dev.breakmake.lab.scheduler.domain;

import dev.breakmake.lab.scheduler.judge.Judgement;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Verdict;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes cells out of circulation that take their runners along. */
final class Quarantine {

    private Quarantine() {}

    /** The verdict that ends a cell for good, if it was lost with its runner too often. */
    static Optional<Judgement> of(int losses, LabLimits limits, @Nullable String runner) {
        return losses < limits.maxExpirations()
                ? Optional.empty()
                : Optional.of(Judgement.of(
                        Verdict.VERDICT_ERRORED,
                        Cause.CAUSE_ENGINE,
                        "quarantined: " + losses + " runners were lost while executing it, the last one runners/"
                                + runner));
    }
}
