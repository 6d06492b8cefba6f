package dev.breakmake.translation.trace;

import dev.breakmake.translation.trace.TraceFormatException.BadField;

/** Gives the fields of an event in their order. Implementations report positions; this checks values. */
interface FieldSource {
    /** The next value, any 64-bit number. */
    long number(Field field) throws BadField;

    String text(Field field) throws BadField;

    default boolean flag(Field field) throws BadField {
        long value = number(field);
        if (value >>> 1 != 0) {
            throw new BadField(field.word() + " must be 0 or 1, not " + Long.toUnsignedString(value));
        }
        return value == 1;
    }

    /** A 32-bit number. */
    default int small(Field field) throws BadField {
        long value = number(field);
        if (value != (int) value) {
            throw new BadField(field.word() + " does not fit 32 bits: " + value);
        }
        return (int) value;
    }

    /** The constant of an enum stored by ordinal. */
    default <E extends Enum<E>> E name(Field field, E[] constants) throws BadField {
        long value = number(field);
        if (value < 0 || value >= constants.length) {
            throw new BadField(
                    "%s has no value %d, the largest is %d".formatted(field.word(), value, constants.length - 1));
        }
        return constants[(int) value];
    }
}
