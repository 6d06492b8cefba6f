package dev.breakmake.cli.matrix;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.BootWatch;
import dev.breakmake.cli.boot.Cause;
import dev.breakmake.cli.boot.Expectation;
import dev.breakmake.cli.boot.ImageDigest;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.boot.Outcome;
import dev.breakmake.cli.boot.Target;
import dev.breakmake.cli.boot.Verdict;
import dev.breakmake.cli.matrix.LocalImages.LocalImage;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Cell;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Cells as the report files show boots. */
final class CellReports {

    private static final long GIB = 1L << 30;

    /**
     * What a backend made of a cell.
     *
     * @param backend its version
     * @param seen what was seen of the boot, or null if none began
     * @param console what the guest printed
     * @param elapsedMillis wall-clock time of the boot
     */
    record Booted(String backend, BootWatch.@Nullable Seen seen, List<String> console, long elapsedMillis) {}

    private CellReports() {}

    static BootReport of(Cell cell, @Nullable LocalImage image, @Nullable Booted booted) {
        BootWatch.Seen seen = booted == null ? null : booted.seen();
        String backend = booted == null
                ? cell.getBoot()
                        .getBackend()
                        .name()
                        .substring("BACKEND_".length())
                        .toLowerCase(Locale.ROOT)
                : booted.backend();
        return new BootReport(
                target(cell, image, backend),
                outcome(cell, booted == null ? List.of() : booted.console()),
                verdict(cell),
                cause(cell),
                seen == null ? List.of() : findings(cell, seen),
                cell.getMissingExpectationsList().stream()
                        .map(each -> new Expectation(
                                each.getRule(),
                                each.getSymbol().isEmpty() ? null : each.getSymbol(),
                                1,
                                false,
                                each.getReason()))
                        .toList(),
                seen == null ? new TreeMap<>() : seen.notObservable(),
                seen == null ? List.of() : seen.timeline(),
                cell.getOutcome().getInstructions(),
                seen == null ? 0 : seen.events(),
                seen == null ? 0 : seen.steps(),
                seen == null ? null : seen.traceDigest(),
                booted == null ? 0 : booted.elapsedMillis(),
                seen == null ? null : seen.pictures());
    }

    private static Target target(Cell cell, @Nullable LocalImage image, String backend) {
        BootSpec boot = cell.getBoot();
        String architecture =
                boot.getFlow().startsWith("arm32") || boot.getImage().contains("armhf") ? "AARCH32" : "AARCH64";
        return new Target(
                image == null ? boot.getFlow() : image.name(),
                ImageDigest.known(image == null ? "" : image.sha256()),
                architecture,
                Math.max(1, boot.getPes()),
                image == null ? 0 : boot.getMemory() == 0 ? GIB : boot.getMemory(),
                parameters(cell),
                backend);
    }

    /** The cell's axis values, which say more than the platform's description. */
    static String parameters(Cell cell) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(cell.getParametersMap())
                .forEach((name, value) -> text.append(text.isEmpty() ? "" : ", ")
                        .append(name)
                        .append(' ')
                        .append(value));
        return text.toString();
    }

    private static Outcome outcome(Cell cell, List<String> console) {
        if (!cell.hasOutcome()) {
            return new Outcome("NOT_RUN", cell.getDetail(), 0, null, null, List.of(), console);
        }
        var outcome = cell.getOutcome();
        return new Outcome(
                outcome.getKind().name().substring("OUTCOME_KIND_".length()),
                outcome.getDetail().isEmpty() ? outcome.getConsoleLine() : outcome.getDetail(),
                0,
                outcome.getPc().isEmpty() ? null : Long.decode(outcome.getPc()),
                outcome.getSymbol().isEmpty() ? null : outcome.getSymbol(),
                List.of(),
                console);
    }

    private static Verdict verdict(Cell cell) {
        return switch (cell.getVerdict()) {
            case VERDICT_FAILED -> Verdict.FAILED;
            case VERDICT_ERRORED -> Verdict.ERRORED;
            case VERDICT_PASSED -> Verdict.PASSED;
            case VERDICT_SKIPPED -> Verdict.SKIPPED;
            default -> Verdict.MISSED;
        };
    }

    private static @Nullable Cause cause(Cell cell) {
        return switch (cell.getCause()) {
            case CAUSE_TARGET -> Cause.TARGET;
            case CAUSE_TEST -> Cause.TEST;
            case CAUSE_ENGINE -> Cause.ENGINE;
            case CAUSE_CONFIGURATION -> Cause.CONFIGURATION;
            case CAUSE_TIMEOUT -> Cause.TIMEOUT;
            case CAUSE_INFRASTRUCTURE -> Cause.INFRASTRUCTURE;
            case CAUSE_CANCELLED -> Cause.CANCELLED;
            default -> null;
        };
    }

    private static List<JudgedFinding> findings(Cell cell, BootWatch.Seen seen) {
        Map<String, Expectation> reasons = new HashMap<>();
        cell.getFindingsList().stream()
                .filter(each -> each.getExpected())
                .forEach(each -> reasons.put(
                        each.getFinding().getFingerprint(),
                        new Expectation(
                                each.getFinding().getRule(),
                                each.getFinding().getSymbol(),
                                1,
                                false,
                                each.getReason())));
        return seen.findings().stream()
                .map(finding -> new JudgedFinding(finding, reasons.get(finding.fingerprint())))
                .sorted(Comparator.comparing(
                                (JudgedFinding each) -> each.finding().severity())
                        .thenComparingLong(each -> each.finding().step()))
                .toList();
    }
}
