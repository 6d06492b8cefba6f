package dev.breakmake.cli.report;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.WalkStep;
import dev.breakmake.translation.rule.Severity;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** Figures and places as every report words them; without formats, which take a short process milliseconds (docs/decisions/0800). */
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
            return tenths(number, 100_000) + " M";
        }
        return number >= 10_000 ? tenths(number, 100) + " k" : Long.toString(number);
    }

    private static String tenths(long number, int tenth) {
        long tenths = (number + tenth / 2) / tenth;
        return tenths / 10 + "." + tenths % 10;
    }

    /** An address with 16 digits. */
    public static String address(long address) {
        return "0x" + HexFormat.of().toHexDigits(address);
    }

    /** {@code 0x...-0x...} for up to three ranges; the rest as a number. */
    public static String ranges(List<AddressRange> ranges) {
        String first = ranges.stream()
                .limit(3)
                .map(range -> "0x" + Long.toHexString(range.start()) + "-0x" + Long.toHexString(range.end()))
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
        return report.target().name() + " on " + report.target().pes()
                + (report.target().pes() == 1 ? " PE" : " PEs")
                + (memory == 0 ? "" : ", " + size(memory)) + ", "
                + report.target().backend();
    }

    /** A text with blanks behind it to fill that many columns. */
    public static String padded(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - text.length()));
    }

    /** A level of a walk: what was walked, the level, and the table entry read there with its value. */
    public static String walkStep(String name, WalkStep step) {
        return padded(name, 3) + " L" + step.level() + "  table entry at 0x" + Long.toHexString(step.descriptorPa())
                + " holds " + address(step.descriptor());
    }
}
