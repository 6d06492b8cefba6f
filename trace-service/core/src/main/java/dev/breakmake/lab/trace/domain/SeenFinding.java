package dev.breakmake.lab.trace.domain;

import dev.breakmake.translation.finding.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the lab keeps of a fingerprint in one trace. Findings of one fingerprint at several instructions are one row here; their evidence
 * stays apart.
 *
 * @param severity 1 lint, 2 warning, 3 error: as breakmake.lab.v1.Severity numbers them
 * @param symbol writer symbol without offset, empty if unknown
 * @param region symbolic region, empty if unknown
 */
public record SeenFinding(
        String fingerprint,
        String rule,
        int severity,
        String message,
        String symbol,
        String region,
        String regime,
        long count,
        long step) {

    /** One per fingerprint, in order of fingerprints. */
    static List<SeenFinding> of(List<Finding> findings) {
        Map<String, SeenFinding> merged = new LinkedHashMap<>();
        for (Finding finding : findings) {
            merged.merge(finding.fingerprint(), of(finding), SeenFinding::and);
        }
        List<SeenFinding> result = new ArrayList<>(merged.values());
        result.sort((a, b) -> a.fingerprint().compareTo(b.fingerprint()));
        return result;
    }

    private static SeenFinding of(Finding finding) {
        int severity = switch (finding.severity()) {
            case ERROR -> 3;
            case WARNING -> 2;
            case LINT -> 1;
        };
        return new SeenFinding(
                finding.fingerprint(),
                finding.rule().id(),
                severity,
                finding.message(),
                withoutOffset(finding.symbol()),
                Objects.requireNonNullElse(finding.region(), ""),
                finding.regime(),
                finding.count(),
                finding.step());
    }

    private static String withoutOffset(@org.jspecify.annotations.Nullable String symbol) {
        if (symbol == null) {
            return "";
        }
        int plus = symbol.lastIndexOf("+0x");
        return plus < 0 ? symbol : symbol.substring(0, plus);
    }

    private SeenFinding and(SeenFinding other) {
        SeenFinding first = step <= other.step ? this : other;
        return new SeenFinding(
                fingerprint,
                rule,
                Math.max(severity, other.severity),
                first.message,
                first.symbol,
                first.region,
                first.regime,
                count + other.count,
                first.step);
    }
}
