package dev.breakmake.cli.report;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.WalkStep;
import dev.breakmake.translation.rule.Severity;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Figures and places as every report words them. */
public final class Words {

    private Words() {}

    /** {@code 1 GiB}, {@code 128 MiB}, {@code 300 KiB} or bytes: the largest unit that divides the size. */
    public static String size(long bytes) {
        if (bytes != 0 && bytes % (1L << 30) == 0) {
            return (bytes >> 30) + " GiB";
        }
        if (bytes != 0 && bytes % (1L << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        return bytes != 0 && bytes % (1L << 10) == 0 ? (bytes >> 10) + " KiB" : bytes + " bytes";
    }

    /** {@code 12.3 M}, {@code 45.6 k} or the number itself. */
    public static String count(long number) {
        if (number >= 1_000_000) {
            return String.format(Locale.ROOT, "%.1f M", number / 1e6);
        }
        return number >= 10_000 ? String.format(Locale.ROOT, "%.1f k", number / 1e3) : Long.toString(number);
    }

    /** An address with 16 digits. */
    public static String address(long address) {
        return String.format(Locale.ROOT, "0x%016x", address);
    }

    /** {@code 0x...-0x...} for up to three ranges; the rest as a number. */
    public static String ranges(List<AddressRange> ranges) {
        String first = ranges.stream()
                .limit(3)
                .map(range -> "0x%x-0x%x".formatted(range.start(), range.end()))
                .collect(Collectors.joining(", "));
        return ranges.size() > 3 ? first + " and " + (ranges.size() - 3) + " more" : first;
    }

    /** {@code PE0, PE1}. */
    public static String pes(List<Integer> pes) {
        return pes.stream().map(pe -> "PE" + pe).collect(Collectors.joining(", "));
    }

    /** Where the instruction of a finding is. */
    public static String place(JudgedFinding judged) {
        String symbol = judged.finding().symbol();
        String at = symbol == null ? address(judged.finding().pc()) : symbol;
        String source = judged.finding().source();
        return source == null ? at : at + " (" + source + ")";
    }

    /** {@code 2 errors, 1 warning (all expected)}, or {@code no findings}. */
    public static String tally(List<JudgedFinding> findings) {
        if (findings.isEmpty()) {
            return "no findings";
        }
        long expected = findings.stream().filter(JudgedFinding::expected).count();
        String known =
                expected == 0 ? "" : expected == findings.size() ? " (all expected)" : " (" + expected + " expected)";
        return bySeverity(findings) + known;
    }

    private static String bySeverity(List<JudgedFinding> findings) {
        return java.util.Arrays.stream(Severity.values())
                .map(severity -> {
                    long number = findings.stream()
                            .filter(each -> each.finding().severity() == severity)
                            .count();
                    return number == 0 ? "" : number + " " + severity.text() + (number == 1 ? "" : "s");
                })
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /** {@code 4.17-arm64 on 2 PEs, 1 GiB, engine 0.1}. */
    public static String cell(BootReport report) {
        long memory = report.target().memoryBytes();
        return "%s on %d PE%s%s, %s"
                .formatted(
                        report.target().name(),
                        report.target().pes(),
                        report.target().pes() == 1 ? "" : "s",
                        memory == 0 ? "" : ", " + size(memory),
                        report.target().backend());
    }

    /** A level of a walk: what was walked, the level, and the table entry read there with its value. */
    public static String walkStep(String name, WalkStep step) {
        return "%-3s L%d  table entry at 0x%x holds 0x%016x"
                .formatted(name, step.level(), step.descriptorPa(), step.descriptor());
    }
}
