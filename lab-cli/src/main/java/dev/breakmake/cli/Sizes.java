package dev.breakmake.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes and addresses as users write them. */
final class Sizes {

    private static final Pattern SIZE =
            Pattern.compile("(?<number>[0-9]+)(?<unit>[KMGT]?)(i?B)?", Pattern.CASE_INSENSITIVE);

    private Sizes() {}

    /** {@code 128MiB}, {@code 1G}, {@code 4096}. */
    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            Matcher matcher = SIZE.matcher(value.strip());
            if (!matcher.matches() || matcher.group("number").length() > 15) {
                throw new TypeConversionException("'" + value + "' is no size: write 128MiB, 1GiB or bytes");
            }
            int shift = 10 * ("KMGT".indexOf(matcher.group("unit").toUpperCase(Locale.ROOT)) + 1);
            int power = matcher.group("unit").isEmpty() ? 0 : shift;
            long number = Long.parseLong(matcher.group("number"));
            if (number > Long.MAX_VALUE >> power) {
                throw new TypeConversionException("'" + value + "' is more than 8 EiB");
            }
            return number << power;
        }
    }

    /** {@code 0x40200000} or decimal. */
    static final class Address implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            try {
                return value.startsWith("0x") || value.startsWith("0X")
                        ? Long.parseUnsignedLong(value.substring(2).replace("_", ""), 16)
                        : Long.parseUnsignedLong(value);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + value + "' is no address: write 0x40200000");
            }
        }
    }
}
