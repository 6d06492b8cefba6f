package dev.breakmake.lab.scheduler.document;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Texts of scalars: sizes, lengths of time, instants, enum values; in both directions. */
public final class Scalars {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,19})\\s?(KiB|MiB|GiB|TiB)");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)(ms|s|m|h|d)");
    private static final Map<String, Integer> SIZE_SHIFT = Map.of("KiB", 10, "MiB", 20, "GiB", 30, "TiB", 40);
    private static final Map<String, BigDecimal> SECONDS = Map.of(
            "ms",
            new BigDecimal("0.001"),
            "s",
            BigDecimal.ONE,
            "m",
            BigDecimal.valueOf(60),
            "h",
            BigDecimal.valueOf(3600),
            "d",
            BigDecimal.valueOf(86400));

    private Scalars() {}

    /** An integer in decimal, 0x-hexadecimal or as a size such as 128MiB. Throws IllegalArgumentException with a text for people. */
    public static long integer(String text) {
        Matcher size = SIZE.matcher(text);
        try {
            if (size.matches()) {
                return new BigInteger(size.group(1))
                        .shiftLeft(SIZE_SHIFT.getOrDefault(size.group(2), 0))
                        .longValueExact();
            }
            if (text.startsWith("0x") || text.startsWith("0X")) {
                return new BigInteger(text.substring(2), 16).longValueExact();
            }
            return new BigDecimal(text).longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no integer; write it like 1073741824, 0x40000000 or 1GiB", e);
        }
    }

    /** A field mask as JSON and parameters write it: names separated by commas (AIP-161). */
    public static FieldMask fieldMask(String text) {
        return FieldMask.newBuilder().addAllPaths(List.of(text.split(",", -1))).build();
    }

    /** A length of time such as 300s, 1.5s, 250ms, 5m, 2h or 1d. */
    public static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no length of time; write it like 300s, 1.5s, 5m or 2h");
        }
        BigDecimal seconds =
                new BigDecimal(matcher.group(1)).multiply(SECONDS.getOrDefault(matcher.group(2), BigDecimal.ONE));
        BigDecimal whole = new BigDecimal(seconds.toBigInteger());
        return Duration.newBuilder()
                .setSeconds(whole.longValue())
                .setNanos(seconds.subtract(whole).movePointRight(9).intValue())
                .build();
    }

    /** A length of time as seconds, for example 300s or 1.500s. */
    public static String text(Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNanos(), 9));
        return seconds.stripTrailingZeros().toPlainString() + "s";
    }

    /** An instant after RFC 3339. */
    public static Timestamp timestamp(String text) {
        try {
            return timestamp(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is no instant; write it like 2026-11-01T06:00:00Z", e);
        }
    }

    /** The contract's form of an instant. */
    public static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /** Java's form of the contract's instant. */
    public static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    /** An enum value by its name, with or without the enum's name as prefix. */
    public static EnumValueDescriptor enumValue(EnumDescriptor type, String text) {
        String prefix = prefix(type);
        for (EnumValueDescriptor value : type.getValues()) {
            boolean named = value.getName().equals(text) || value.getName().equals(prefix + text);
            if (named && value.getNumber() != 0) {
                return value;
            }
        }
        String known = type.getValues().stream()
                .filter(value -> value.getNumber() != 0)
                .map(Scalars::name)
                .collect(Collectors.joining(", "));
        throw new IllegalArgumentException("'" + text + "' is none of " + known);
    }

    /** Name of an enum value without the enum's name. */
    public static String name(EnumValueDescriptor value) {
        String prefix = prefix(value.getType());
        return value.getName().startsWith(prefix) ? value.getName().substring(prefix.length()) : value.getName();
    }

    private static String prefix(EnumDescriptor type) {
        return type.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "_";
    }

    /** Parses {@code text} to what {@code field} (scalar or enum, one element of it when repeated) holds. */
    public static Object value(FieldDescriptor field, String text) {
        return switch (field.getJavaType()) {
            case STRING -> text;
            case LONG -> integer(text);
            case INT -> {
                long value = integer(text);
                if (value != (int) value) {
                    throw new IllegalArgumentException("'" + text + "' is too large");
                }
                yield (int) value;
            }
            case BOOLEAN -> {
                if (!text.equals("true") && !text.equals("false")) {
                    throw new IllegalArgumentException("'" + text + "' is neither true nor false");
                }
                yield text.equals("true");
            }
            case ENUM -> enumValue(field.getEnumType(), text);
            default ->
                throw new IllegalArgumentException(
                        "a value of type " + Arrays.asList(field.getType()) + " cannot be written as one word");
        };
    }
}
