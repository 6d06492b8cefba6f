package dev.breakmake.lab.scheduler.judge;

import dev.breakmake.lab.scheduler.matrix.BootFields;
import dev.breakmake.lab.v1.AttemptResult;
import dev.breakmake.lab.v1.Cause;
import dev.breakmake.lab.v1.CheckResult;
import dev.breakmake.lab.v1.Expectation;
import dev.breakmake.lab.v1.FindingSummary;
import dev.breakmake.lab.v1.JobSpec;
import dev.breakmake.lab.v1.JudgedFinding;
import dev.breakmake.lab.v1.Outcome;
import dev.breakmake.lab.v1.RunnerFault;
import dev.breakmake.lab.v1.Severity;
import dev.breakmake.lab.v1.TraceReceipt;
import dev.breakmake.lab.v1.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Derives verdict and cause of an attempt from what the runner reports, the findings in the trace service's receipt and the job's expectations. Pure: the same
 * inputs give the same judgement on every scheduler. Of several statements the worst verdict wins (FAILED &gt; ERRORED &gt; MISSED &gt; PASSED &gt; SKIPPED).
 */
public final class Judge {

    private final JobSpec spec;
    private final Map<String, String> parameters;
    private final Instant now;
    private Judgement worst = Judgement.of(Verdict.VERDICT_PASSED, Cause.CAUSE_UNSPECIFIED, "");

    private Judge(JobSpec spec, Map<String, String> parameters, Instant now) {
        this.spec = spec;
        this.parameters = parameters;
        this.now = now;
    }

    /**
     * Judges an attempt.
     *
     * @param spec specification of the run
     * @param parameters the cell's axis values, canonical
     * @param result the runner's report
     * @param receipt the trace service's receipt, verified; empty when no trace was written
     * @param now instant against which expectations expire
     */
    public static Judgement judge(
            JobSpec spec,
            Map<String, String> parameters,
            AttemptResult result,
            Optional<TraceReceipt> receipt,
            Instant now) {
        return new Judge(spec, parameters, now).judge(result, receipt);
    }

    private Judgement judge(AttemptResult result, Optional<TraceReceipt> receipt) {
        if (result.hasFault()) {
            fault(result.getFault());
        }
        if (result.hasOutcome()) {
            outcome(result.getOutcome());
            evidence(result, receipt);
            result.getChecksList().forEach(this::check);
        }
        List<JudgedFinding> findings = findings(receipt);
        List<Expectation> missing = result.hasOutcome() ? missing(findings) : List.of();
        return new Judgement(worst.verdict(), worst.cause(), worst.detail(), findings, missing);
    }

    private void fault(RunnerFault fault) {
        String detail = fault.getDetail();
        switch (fault.getCause()) {
            case CAUSE_ENGINE -> consider(Verdict.VERDICT_ERRORED, Cause.CAUSE_ENGINE, detail);
            case CAUSE_CONFIGURATION -> consider(Verdict.VERDICT_ERRORED, Cause.CAUSE_CONFIGURATION, detail);
            case CAUSE_TEST -> consider(Verdict.VERDICT_ERRORED, Cause.CAUSE_TEST, detail);
            case CAUSE_TIMEOUT ->
                consider(
                        fault.getStarted() ? Verdict.VERDICT_FAILED : Verdict.VERDICT_MISSED,
                        Cause.CAUSE_TIMEOUT,
                        detail);
            case CAUSE_CANCELLED -> worst = Judgement.of(Verdict.VERDICT_SKIPPED, Cause.CAUSE_CANCELLED, detail);
            default -> consider(Verdict.VERDICT_MISSED, Cause.CAUSE_INFRASTRUCTURE, detail);
        }
    }

    private void outcome(Outcome outcome) {
        String where = outcome.getSymbol().isEmpty() ? outcome.getPc() : outcome.getSymbol();
        String detail = outcome.getDetail().isEmpty() ? outcome.getConsoleLine() : outcome.getDetail();
        String at = (where.isEmpty() ? "" : " at " + where) + (detail.isEmpty() ? "" : ": " + detail);
        switch (outcome.getKind()) {
            case OUTCOME_KIND_REACHED -> {}
            case OUTCOME_KIND_PANICKED -> consider(Verdict.VERDICT_FAILED, Cause.CAUSE_TARGET, "panicked" + at);
            case OUTCOME_KIND_EXCEPTION_LOOP ->
                consider(Verdict.VERDICT_FAILED, Cause.CAUSE_TARGET, "loops in an exception" + at);
            case OUTCOME_KIND_HUNG -> consider(Verdict.VERDICT_FAILED, Cause.CAUSE_TARGET, "hung" + at);
            case OUTCOME_KIND_LIMIT -> consider(Verdict.VERDICT_FAILED, Cause.CAUSE_TIMEOUT, "reached a limit" + at);
            case OUTCOME_KIND_UNIMPLEMENTED ->
                consider(Verdict.VERDICT_ERRORED, Cause.CAUSE_ENGINE, "met something the backend lacks" + at);
            case OUTCOME_KIND_BAD_IMAGE ->
                consider(Verdict.VERDICT_ERRORED, Cause.CAUSE_CONFIGURATION, "the image cannot be loaded" + at);
            default ->
                consider(Verdict.VERDICT_MISSED, Cause.CAUSE_INFRASTRUCTURE, "the runner reported no kind of outcome");
        }
    }

    /** An outcome without a sound trace is no evidence of anything. */
    private void evidence(AttemptResult result, Optional<TraceReceipt> receipt) {
        if (receipt.isEmpty()) {
            boolean neverBooted = worst.verdict() == Verdict.VERDICT_ERRORED;
            if (!neverBooted) {
                consider(
                        Verdict.VERDICT_MISSED,
                        Cause.CAUSE_INFRASTRUCTURE,
                        "the outcome comes without a trace receipt");
            }
        } else if (!result.getTraceDigest().isEmpty()
                && !result.getTraceDigest().equals(receipt.get().getTraceDigest())) {
            consider(
                    Verdict.VERDICT_MISSED,
                    Cause.CAUSE_INFRASTRUCTURE,
                    "the runner's trace digest " + result.getTraceDigest() + " is not the stored one "
                            + receipt.get().getTraceDigest());
        }
    }

    private void check(CheckResult check) {
        switch (check.getVerdict()) {
            case VERDICT_FAILED ->
                consider(
                        Verdict.VERDICT_FAILED,
                        Cause.CAUSE_TARGET,
                        "check '" + check.getName() + "': " + check.getDetail());
            case VERDICT_ERRORED ->
                consider(
                        Verdict.VERDICT_ERRORED,
                        Cause.CAUSE_TEST,
                        "check '" + check.getName() + "': " + check.getDetail());
            default -> {}
        }
    }

    private List<JudgedFinding> findings(Optional<TraceReceipt> receipt) {
        List<JudgedFinding> judged = new ArrayList<>();
        Severity threshold =
                spec.getFailOn() == Severity.SEVERITY_UNSPECIFIED ? Severity.SEVERITY_ERROR : spec.getFailOn();
        for (FindingSummary finding : receipt.map(TraceReceipt::getFindingsList).orElse(List.of())) {
            Optional<Expectation> excuse = spec.getExpectationsList().stream()
                    .filter(expectation -> covers(expectation, finding))
                    .findFirst();
            judged.add(JudgedFinding.newBuilder()
                    .setFinding(finding)
                    .setExpected(excuse.isPresent())
                    .setReason(excuse.map(Expectation::getReason).orElse(""))
                    .build());
            if (excuse.isEmpty() && finding.getSeverity().getNumber() >= threshold.getNumber()) {
                String symbol = finding.getSymbol().isEmpty() ? "" : " in " + finding.getSymbol();
                consider(
                        Verdict.VERDICT_FAILED,
                        Cause.CAUSE_TARGET,
                        finding.getRule() + symbol + ": " + finding.getMessage());
            }
        }
        return judged;
    }

    private List<Expectation> missing(List<JudgedFinding> findings) {
        Set<FindingSummary> seen = new HashSet<>();
        findings.forEach(judged -> seen.add(judged.getFinding()));
        return spec.getExpectationsList().stream()
                .filter(Expectation::getRequired)
                .filter(this::applies)
                .filter(expectation -> seen.stream().noneMatch(finding -> covers(expectation, finding)))
                .toList();
    }

    private boolean covers(Expectation expectation, FindingSummary finding) {
        return applies(expectation)
                && matchesRule(expectation.getRule(), finding.getRule())
                && matches(expectation.getRegion(), finding.getRegion())
                && matches(expectation.getSymbol(), finding.getSymbol())
                && matches(expectation.getFingerprint(), finding.getFingerprint());
    }

    /** Whether the expectation is alive and this cell is one of those it names. */
    private boolean applies(Expectation expectation) {
        if (expectation.hasExpireTime()
                && now.getEpochSecond() >= expectation.getExpireTime().getSeconds()) {
            return false;
        }
        return expectation.getCellsMap().entrySet().stream()
                .allMatch(wanted ->
                        BootFields.canonical(wanted.getKey(), wanted.getValue()).equals(field(wanted.getKey())));
    }

    private String field(String name) {
        String value = parameters.get(name);
        return value == null ? BootFields.get(spec.getBoot(), name) : value;
    }

    private static boolean matches(String wanted, String actual) {
        return wanted.isEmpty() || wanted.equals(actual);
    }

    private static boolean matchesRule(String wanted, String actual) {
        return wanted.endsWith("*")
                ? actual.startsWith(wanted.substring(0, wanted.length() - 1))
                : matches(wanted, actual);
    }

    private void consider(Verdict verdict, Cause cause, String detail) {
        if (verdict.getNumber() > worst.verdict().getNumber()) {
            worst = Judgement.of(verdict, cause, detail);
        }
    }
}
