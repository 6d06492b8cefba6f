package dev.breakmake.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Steps from a first to a last one, both included.
 *
 * @param first first step
 * @param last last step
 */
record StepRange(long first, long last) {

    /** Every step. */
    static final StepRange ALL = new StepRange(0, Long.MAX_VALUE);

    boolean contains(long step) {
        return step >= first && step <= last;
    }

    /** {@code 812}, {@code 800..820}, {@code 800..} or {@code ..820}. */
    static final class Converter implements ITypeConverter<StepRange> {

        private static final Pattern RANGE = Pattern.compile("(?<first>[0-9]{0,18})(?<to>\\.\\.)?(?<last>[0-9]{0,18})");

        @Override
        public StepRange convert(String value) {
            Matcher matcher = RANGE.matcher(value);
            if (!matcher.matches() || value.isEmpty() || value.equals("..")) {
                throw new TypeConversionException("'" + value + "' is no step: write 812, 800..820, 800.. or ..820");
            }
            long first = matcher.group("first").isEmpty() ? 0 : Long.parseLong(matcher.group("first"));
            if (matcher.group("to") == null) {
                return new StepRange(first, first);
            }
            long last = matcher.group("last").isEmpty() ? Long.MAX_VALUE : Long.parseLong(matcher.group("last"));
            if (last < first) {
                throw new TypeConversionException("'" + value + "' ends before it starts");
            }
            return new StepRange(first, last);
        }
    }
}
