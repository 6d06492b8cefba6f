package dev.breakmake.lab.trace.api.rest;

import dev.breakmake.lab.trace.domain.Texts;
import dev.breakmake.lab.trace.domain.TraceException;
import dev.breakmake.lab.trace.domain.TraceException.Reason;
import org.jspecify.annotations.Nullable;

/** Reads query parameters with messages that name them. */
final class Arguments {

    private Arguments() {}

    static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    static long number(String name, @Nullable String value, long standard) {
        if (value == null || value.isEmpty()) {
            return standard;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new TraceException(
                    Reason.ARGUMENT_INVALID, name + ": '" + Texts.shorten(value) + "' is not a whole number");
        }
    }

    static int small(String name, @Nullable String value, int standard) {
        long number = number(name, value, standard);
        if (number != (int) number) {
            throw new TraceException(Reason.ARGUMENT_INVALID, name + ": " + number + " is out of range");
        }
        return (int) number;
    }

    /** An address in hexadecimal, with or without 0x. */
    static long address(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw new TraceException(Reason.ARGUMENT_INVALID, name + ": an address is needed, for example 0x40200000");
        }
        String digits = value.startsWith("0x") || value.startsWith("0X") ? value.substring(2) : value;
        try {
            return Long.parseUnsignedLong(digits, 16);
        } catch (NumberFormatException e) {
            throw new TraceException(
                    Reason.ARGUMENT_INVALID, name + ": '" + Texts.shorten(value) + "' is not a hexadecimal address");
        }
    }
}
