package dev.breakmake.cli.matrix;

import dev.breakmake.cli.boot.BootWatch;
import dev.breakmake.lab.v1.FindingSummary;
import dev.breakmake.lab.v1.Severity;
import dev.breakmake.lab.v1.TraceReceipt;
import dev.breakmake.translation.finding.Finding;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the trace service would say of a boot: findings merged by fingerprint, the first of each described. */
final class Receipts {

    private Receipts() {}

    static TraceReceipt of(BootWatch.Seen seen) {
        SortedMap<String, FindingSummary> merged = new TreeMap<>();
        for (Finding finding : seen.findings()) {
            merged.merge(finding.fingerprint(), summary(finding), Receipts::together);
        }
        return TraceReceipt.newBuilder()
                .setTraceDigest(seen.traceDigest())
                .setEventCount(seen.events())
                .setStepCount(seen.steps())
                .addAllFindings(merged.values())
                .build();
    }

    private static FindingSummary summary(Finding finding) {
        String symbol = finding.symbol() == null ? "" : finding.symbol();
        int offset = symbol.lastIndexOf("+0x");
        return FindingSummary.newBuilder()
                .setFingerprint(finding.fingerprint())
                .setRule(finding.rule().id())
                .setSeverity(
                        switch (finding.severity()) {
                            case ERROR -> Severity.SEVERITY_ERROR;
                            case WARNING -> Severity.SEVERITY_WARNING;
                            case LINT -> Severity.SEVERITY_LINT;
                        })
                .setRegion(finding.evidence().getOrDefault("region", ""))
                .setSymbol(offset < 0 ? symbol : symbol.substring(0, offset))
                .setCount(finding.count())
                .setStep(finding.step())
                .setMessage(finding.message())
                .build();
    }

    private static FindingSummary together(FindingSummary one, FindingSummary other) {
        FindingSummary first = one.getStep() <= other.getStep() ? one : other;
        return first.toBuilder()
                .setSeverityValue(Math.max(one.getSeverityValue(), other.getSeverityValue()))
                .setCount(one.getCount() + other.getCount())
                .build();
    }
}
