package dev.breakmake.lab.scheduler.judge;

import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.Expectation;
import dev.breakmake.lab.v1.JudgedFinding;
import dev.breakmake.lab.v1.Verdict;
import java.util.List;

/**
 * What an attempt amounts to.
 *
 * @param verdict the verdict
 * @param cause who is responsible; unspecified for PASSED
 * @param detail one sentence
 * @param findings every finding with what expectations make of it
 * @param missing required expectations that did not appear
 */
public record Judgement(
        Verdict verdict, Cause cause, String detail, List<JudgedFinding> findings, List<Expectation> missing) {

    public Judgement {
        findings = List.copyOf(findings);
        missing = List.copyOf(missing);
    }

    /** A verdict that rests on no findings. */
    public static Judgement of(Verdict verdict, Cause cause, String detail) {
        return new Judgement(verdict, cause, detail, List.of(), List.of());
    }

    /** How many attempts in all this judgement allows when the retry policy allows {@code policy}: target and configuration faults are never retried. */
    public int allowedAttempts(int policy) {
        return switch (cause) {
            case CAUSE_INFRASTRUCTURE -> policy;
            case CAUSE_TIMEOUT -> verdict == Verdict.VERDICT_MISSED ? policy : 1;
            case CAUSE_ENGINE -> Math.min(2, policy);
            default -> 1;
        };
    }
}
